"""Schedules: who does what when and what goes wrong, drawn from a seed; and how a failing one is made short.

The shrinker is delta debugging over the list of actions rather than Hypothesis: a run has to follow from one number, to
be repeated by anybody and drawn a hundred thousand times at no cost, and what is left in the end is the list itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

PROTOCOLS = ("tutorial", "guest", "agent")
DAY_S = 86_400.0


@dataclass(frozen=True)
class Action:
    """Something that happens ``at`` seconds after the beginning."""

    at: float
    kind: str
    value: float = 0.0
    seconds: float = 0.0
    who: int = 0
    """In whose conversation."""

    def __str__(self) -> str:
        value = f" {self.value:g}" if self.value else ""
        seconds = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.at:8.2f} s  {self.kind}{value}{seconds}{f' ({self.who})' if self.who else ''}"


@dataclass(frozen=True)
class Schedule:
    """All that a run depends on."""

    seed: int
    protocol: str
    actions: tuple[Action, ...]
    conversations: int = 1
    """Of one process, which share what their protocol lets them share: token, budget of calls, sight of the stream."""
    credentials: str = "token"
    """Agents have a user's token, the user's login, or watch as an app; guests sign in with a login."""
    before: int = 0
    """Messages that were there before we came."""
    page: int = 200
    """The most that a page of the server's history holds."""
    token_life_s: float = DAY_S
    channel_life_s: float = DAY_S
    has_batch_read: bool = True
    is_durable: bool = False
    """Drafts and receipts outlive the kernel."""
    tells_time: bool = True
    """Answers have a Date. Where they have none, our clock is right: else nothing could tell the server's."""
    looks_every_s: float = 5.0
    """At the two clocks. Each look is a step of the session, which would hide that another deadline was forgotten."""

    time_step_ms: int = 1
    """In which the platform tells times: some tell whole seconds."""
    names_creators: bool = True
    """What agents get in bulk says whose it is."""

    def __str__(self) -> str:
        rules = f"{self.conversations} conversations by {self.credentials}, {self.before} messages before, "
        rules += f"pages of {self.page}, tokens live {self.token_life_s:.0f} s"
        rules += ", durable" if self.is_durable else ""
        rules += "" if self.tells_time else ", no Date"
        rules += "" if self.time_step_ms == 1 else ", whole seconds"
        rules += "" if self.names_creators else ", no creators"
        head = f"seed {self.seed}: {self.protocol}, {rules}, channels {self.channel_life_s:.0f} s"
        return "\n".join([head, *map(str, self.actions)])


_COMMON: dict[str, float] = {
    # people
    "other says": 14,
    "other types": 6,
    "other stops typing": 2,
    "other reads": 3,
    "we type": 6,
    "we stop typing": 2,
    "we send": 10,
    "we send the same again": 2,
    "we cancel": 1,
    "we see": 8,
    "we mark all read": 2,
    "we retry": 3,
    "we discard": 2,
    "load older": 2,
    "reconnect now": 1,
    "disconnect": 0.5,
    "connect": 1,
    "view reloads": 1,
    "view misses": 1.5,
    # network
    "drop": 2,
    "duplicate": 2,
    "reorder": 2.5,
    "delay": 1.5,
    "lose_answer": 3,
    "lose_request": 1.5,
    "503": 1.5,
    "502": 1,
    "429": 1.5,
    "refuse": 1,
    "blackhole": 1,
    "reset": 2.5,
    "half open": 1.5,
    "socket is closed": 1,
    "garbage": 1,
    # time and machines
    "tokens expire": 1,
    "clock jumps": 1,
    "kernel restarts": 0.7,
    "kernel is killed": 0.7,
    "quiet": 0.5,
    "a day passes": 0.003,
}
_OF_AGENTS: dict[str, float] = {
    "socket closing": 1.5,
    "no longer subscribed": 1,
    "channel taken": 0.7,
    "conversation ends": 0.5,
    "conversation goes on": 1,
    "we send a file": 3,
}
_OF_GUESTS: dict[str, float] = {
    "we clear": 0.6,
    "we start anew": 0.8,
    "session expires": 0.5,
    "conversation ends": 0.5,
    "we send a file": 3,
}
_CREDENTIALS = {
    "tutorial": ("app",),
    "guest": ("token", "token", "login"),
    "agent": ("token", "token", "login", "login", "app"),
}
_LASTING = frozenset(
    [
        "drop",
        "duplicate",
        "reorder",
        "delay",
        "lose_answer",
        "lose_request",
        "503",
        "502",
        "429",
        "refuse",
        "blackhole",
        "odd fields",
    ]
) | {"view misses"}
CLOSE_CODES = (1000, 1001, 1006, 1009, 1011, 1012, 1013)


def schedule_of(seed: int, protocol: str | None = None) -> Schedule:
    """The schedule of a seed."""
    dice = random.Random(seed)
    chosen = protocol or PROTOCOLS[dice.randrange(3)]
    weights = dict(_COMMON)
    if chosen == "agent":
        weights |= _OF_AGENTS
    if chosen == "guest":
        weights |= _OF_GUESTS
    calm = dice.random()  # Some runs have few faults, and some have one kind of fault only.
    if calm < 0.15:
        faults = [
            kind for kind in weights if kind in _LASTING or kind in ("reset", "half open", "socket is closed")
        ]
        kept = dice.choice(faults)
        weights = {kind: weight for kind, weight in weights.items() if kind not in faults or kind == kept}
    kinds, odds = list(weights), list(weights.values())
    conversations = _conversations(dice)
    if conversations > 3:  # A day of each takes a second of ours.
        odds[kinds.index("a day passes")] = 0.0
    hurry = dice.choice((0.3, 1.5, 1.5, 4.0)) / max(1.0, conversations / 10)
    at, actions = 0.0, []
    for _ in range(dice.randint(4, 32) + conversations - 1):
        at += dice.expovariate(1.0 / hurry)
        actions.append(_action(dice.choices(kinds, odds)[0], at, dice.randrange(conversations), dice))
        if actions[-1].kind in ("quiet", "a day passes"):
            at += actions[-1].seconds
    schedule = _with_few_moves(
        Schedule(
            seed=seed,
            protocol=chosen,
            actions=tuple(actions),
            conversations=conversations,
            credentials=dice.choice(_CREDENTIALS[chosen]),
            before=dice.choice((0, 0, 1, 3, 9)),
            page=dice.choice((2, 3, 5, 200, 200)),
            token_life_s=dice.choice((DAY_S, DAY_S, 60.0 if conversations < 20 else 400.0, 400.0)),
            channel_life_s=dice.choice((DAY_S, DAY_S, DAY_S, 40.0)),
            has_batch_read=dice.random() < 0.7,
            is_durable=dice.random() < 0.3,
            looks_every_s=dice.choice((5.0, 60.0, 60.0, 60.0)),
        )
    )
    if dice.random() < 0.1:
        schedule = _without_dates(schedule)
    if chosen != "tutorial":  # Which numbers its messages.
        schedule = replace(
            schedule, time_step_ms=dice.choice((1, 1, 1, 1000)), names_creators=dice.random() < 0.7
        )
    if chosen == "guest" and dice.random() < 0.1:
        schedule = _with("we sign in elsewhere", schedule, dice)
    if dice.random() < 0.1:
        schedule = _with("odd fields", schedule, dice)
    return schedule


def _with(kind: str, schedule: Schedule, dice: random.Random) -> Schedule:
    """Once more, somewhere in it."""
    at, who = dice.uniform(0.0, schedule.actions[-1].at), dice.randrange(schedule.conversations)
    actions = [*schedule.actions, _action(kind, at, who, dice)]
    return replace(schedule, actions=tuple(sorted(actions, key=lambda action: action.at)))


def _without_dates(schedule: Schedule) -> Schedule:
    """Then our own clock has to do, and is right."""
    actions = tuple(action for action in schedule.actions if action.kind != "clock jumps")
    return replace(schedule, actions=actions, tells_time=False)


def _with_few_moves(schedule: Schedule) -> Schedule:
    """Tokens and channels that both end within a minute would want more moves than a client makes (10 in 5 minutes)."""
    if schedule.channel_life_s < DAY_S:
        return replace(schedule, token_life_s=max(schedule.token_life_s, 400.0))
    return schedule


def _conversations(dice: random.Random) -> int:
    """Most runs are small, because most bugs are; one in a hundred has 20 conversations, one in two thousand 200."""
    chance = dice.random()
    if chance < 0.0005:
        return 200
    return 20 if chance < 0.01 else dice.choices((1, 2, 3), (80, 13, 7))[0]


def _action(kind: str, at: float, who: int, dice: random.Random) -> Action:
    return replace(_drawn(kind, at, dice), who=who)


def _drawn(kind: str, at: float, dice: random.Random) -> Action:
    match kind:
        case "reorder":
            return Action(at, kind, dice.choice((0.3, 1.0, 5.0)), dice.uniform(1, 15))
        case "delay":
            return Action(at, kind, dice.choice((0.5, 3.0, 12.0)), dice.uniform(1, 15))
        case _ if kind in _LASTING:
            return Action(at, kind, dice.choice((0.3, 0.7, 1.0)), dice.uniform(0.5, 12))
        case "other says" | "we type":
            return Action(at, kind, dice.choice((1, 1, 2, 4)))
        case "socket is closed":
            return Action(at, kind, dice.choice(CLOSE_CODES))
        case "clock jumps":
            return Action(at, kind, dice.choice((-3600, 3600)))
        case "quiet":
            return Action(at, kind, seconds=dice.choice((10.0, 40.0, 150.0)))
        case "a day passes":
            return Action(at, kind, seconds=DAY_S + dice.choice((-60.0, 60.0)))
        case _:
            return Action(at, kind, dice.randrange(8))


def shrink(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """A schedule that still fails and of which no action can be left out, in plain surroundings."""
    actions = shortest(schedule.actions, lambda rest: fails(replace(schedule, actions=rest)))
    return _simpler(replace(schedule, actions=actions), fails)


def shortest(actions: tuple[Action, ...], fails: Callable[[tuple[Action, ...]], bool]) -> tuple[Action, ...]:
    """Those that are still too many: delta debugging (Zeller, ddmin)."""
    pieces = 2
    while len(actions) > 1:
        size = max(len(actions) // pieces, 1)
        for start in range(0, len(actions), size):
            rest = actions[:start] + actions[start + size :]
            if fails(rest):
                actions, pieces = rest, max(pieces - 1, 2)
                break
        else:
            if size == 1:
                break
            pieces = min(pieces * 2, len(actions))
    return actions


def _simpler(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """The same with plain surroundings, where they do not matter."""
    plain = (
        {"conversations": 1}, {"credentials": "token"},
        {"time_step_ms": 1}, {"names_creators": True}, {"before": 0}, {"page": 200}, {"token_life_s": DAY_S}, {"channel_life_s": DAY_S}, {"has_batch_read": True}
    )  # fmt: skip
    for change in plain:
        candidate = replace(schedule, **change)
        if candidate != schedule and fails(candidate):
            schedule = candidate
    return schedule
