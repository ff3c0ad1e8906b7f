"""Schedules of a relay: who says and looks at what when, which relay or kernel dies, what becomes of Redis; from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.simulation.schedule import CLOSE_CODES, PROTOCOLS, Action, shortest

AGE_S = 7 * 86_400


@dataclass(frozen=True)
class Schedule:
    """All that a run depends on. An action's ``who`` is a viewer, or a relay."""

    seed: int
    protocol: str
    actions: tuple[Action, ...]
    relays: int = 2
    viewers: int = 2
    before: int = 0
    """Messages that were there before the relays came."""
    page: int = 200
    """The most that a page of the platform's history holds."""
    max_entries: int = 10_000
    """That Redis keeps, more or less."""
    max_age_s: int = AGE_S
    """Of what nobody leads any more."""

    def __str__(self) -> str:
        rules = f"{self.relays} relays, {self.viewers} viewers, {self.before} messages before, pages of {self.page}, "
        rules += f"{self.max_entries} entries, {self.max_age_s} s"
        return "\n".join([f"seed {self.seed}: {self.protocol}, {rules}", *map(str, self.actions)])


_PEOPLE: dict[str, float] = {
    "other says": 16,
    "other types": 3,
    "other stops typing": 1,
    "other reads": 3,
    "we type": 3,
    "we stop typing": 1,
    "we send": 16,
    "we see": 6,
    "we mark all read": 1,
    "we retry": 2,
    "we discard": 1,
    "load older": 2,
    "reconnect now": 1,
    "disconnect": 0.5,
    "connect": 1,
}
_FAULTS: dict[str, float] = {
    "relay is killed": 3,
    "relay is stopped": 3,
    "relay is ended": 1.5,
    "relay is silent": 3,
    "relay is refused": 1,
    "kernel is killed": 0.7,
    "kernel is stopped": 1,
    "viewer is silent": 2,
    "viewer is refused": 1,
    "requests are lost": 1.5,
    "answers are lost": 2.5,
    "redis is slow": 1,
    "connections end": 1.5,
    "listeners are forgotten": 0.7,
    "stream is trimmed": 3,
    "redis restarts empty": 1.5,
    "redis restarts": 1.5,
    "redis forgets a second": 1.5,
    "redis is replaced": 0.7,
    "quiet": 1,
    # the platform
    "lose_answer": 2,
    "lose_request": 1,
    "duplicate": 1,
    "503": 0.7,
    "429": 0.7,
    "refuse": 0.7,
    "reset": 1.5,
    "socket is closed": 0.7,
    "tokens expire": 0.5,
}
_OF_THE_PLATFORM = frozenset(["lose_answer", "lose_request", "duplicate", "503", "429", "refuse"])
_LOSES = ("redis restarts empty", "redis forgets a second", "redis is replaced")
_LEAVES = ("relay is killed", "relay is stopped", "relay is silent", "relay is refused", "relay is ended")
_OF_LINKS = frozenset(["requests are lost", "answers are lost"])


def schedule_of(seed: int) -> Schedule:
    """The schedule of a seed."""
    dice = random.Random(f"relay {seed}")
    protocol = dice.choice(PROTOCOLS)
    faults = dict(_FAULTS)
    if (
        protocol != "tutorial"
    ):  # Whose platform knows no draft ids: with Redis and its leader at once all memory is lost.
        for kind in dice.choice((_LOSES, _LEAVES)):
            del faults[kind]
    if dice.random() < 0.2:  # Some runs have one kind of fault only.
        kept = dice.choice(list(faults))
        faults = {kept: faults[kept]}
    weights = _PEOPLE | faults
    hurry = dice.choice((0.3, 1.0, 1.0, 3.0))
    at, actions = 0.0, []
    for _ in range(dice.randint(6, 36)):
        at += dice.expovariate(1.0 / hurry)
        actions.append(_action(dice.choices(list(weights), list(weights.values()))[0], at, dice))
        if actions[-1].kind == "quiet":
            at += actions[-1].seconds
    return Schedule(
        seed=seed,
        protocol=protocol,
        actions=tuple(actions),
        relays=dice.choices((1, 2, 3), (10, 75, 15))[0],
        viewers=dice.choices((1, 2, 3), (25, 55, 20))[0],
        before=dice.choice((0, 0, 1, 3, 9)),
        page=dice.choice((3, 5, 200, 200)),
        max_entries=dice.choice((2, 10, 10_000, 10_000)),
        max_age_s=dice.choice((10, 60, AGE_S, AGE_S)) if protocol == "tutorial" else AGE_S,
    )


def _action(kind: str, at: float, dice: random.Random) -> Action:
    who = dice.randrange(6)
    match kind:
        case "other says" | "we type":
            return Action(at, kind, dice.choice((1, 1, 2, 4)), who=who)
        case "socket is closed":
            return Action(at, kind, dice.choice(CLOSE_CODES), who=who)
        case "stream is trimmed":
            return Action(at, kind, dice.choice((0, 1, 3)), who=who)
        case "quiet":
            return Action(at, kind, seconds=dice.choice((5.0, 20.0, 60.0)))
        case "redis is slow":
            return Action(at, kind, dice.choice((0.1, 0.5, 2.0)), dice.uniform(0.5, 10.0), who)
        case "redis restarts empty" | "redis restarts" | "redis forgets a second" | "redis is replaced":
            return Action(at, kind, seconds=dice.choice((0.0, 0.3, 3.0, 12.0)), who=who)
        case _ if kind in _OF_LINKS or kind in _OF_THE_PLATFORM:
            return Action(at, kind, dice.choice((0.3, 0.7, 1.0)), dice.uniform(0.5, 10.0), who)
        case _ if kind.startswith(("relay ", "kernel ", "viewer ")):
            return Action(
                at, kind, seconds=dice.choice((0.5, 3.0, 7.0, 20.0)) * dice.uniform(0.5, 1.5), who=who
            )
        case _:
            return Action(at, kind, dice.randrange(8), who=who)


def shrink(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """A schedule that still fails and of which no action can be left out, in plain surroundings."""
    actions = shortest(schedule.actions, lambda rest: fails(replace(schedule, actions=rest)))
    schedule = replace(schedule, actions=actions)
    plain: tuple[dict[str, int], ...] = (
        {"relays": 1}, {"relays": 2}, {"viewers": 1}, {"before": 0}, {"page": 200}, {"max_entries": 10_000}, {"max_age_s": AGE_S}
    )  # fmt: skip
    for change in plain:
        candidate = replace(schedule, **change)  # type: ignore[arg-type]
        if candidate != schedule and fails(candidate):
            schedule = candidate
    return schedule
