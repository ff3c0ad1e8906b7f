"""Many schedules in a row: finds the ones that fail, makes them short and says how to repeat them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.simulation.schedule import Schedule, schedule_of, shrink
from tests.simulation.world import World

S = TypeVar("S")
REPLAY = "uv run poe simulate-faults --replay {seed}"


@dataclass
class Findings:
    """Of some runs."""

    runs: int = 0
    failed: dict[int, list[str]] = field(default_factory=dict)
    """Violations by seed."""
    counts: Counter[str] = field(default_factory=Counter)
    """Of what the runs consisted of."""

    def note(self, seed: int, found: list[str], counts: Counter[str]) -> None:
        """One more run."""
        self.runs += 1
        self.counts += counts
        if found:
            self.failed[seed] = sorted(set(found))

    def add(self, other: Findings) -> None:
        self.runs += other.runs
        self.failed |= other.failed
        self.counts += other.counts


def violations(schedule: Schedule) -> list[str]:
    """Of one run; one that breaks down violates them all."""
    return _run(schedule)[0]


def _run(schedule: Schedule) -> tuple[list[str], Counter[str]]:
    world = World(schedule)
    try:
        found = world.run()
    except Exception as error:
        found = [f"I10: the run broke down: {error!r}"]
    counts = Counter(
        conversations=len(world.users),
        messages=sum(len(truth.ever) for truth in world.server.truths),
        requests=world.network.requests,
        connects=world.network.connects,
        kernels=len(world.users[0].clients),
        minutes=round(world.clock.elapsed_s - 1000.0) // 60,
    )
    for witness in (client.witness for user in world.users for client in user.clients):
        counts += witness.counts
    return found, counts


def run(seeds: Iterable[int], protocol: str | None = None) -> Findings:
    """Run the schedules of these seeds."""
    findings = Findings()
    for seed in seeds:
        findings.note(seed, *_run(schedule_of(seed, protocol)))
    return findings


def explain(seed: int, protocol: str | None = None) -> str:
    """What is wrong with a seed: the shortest schedule that violates one of the same invariants, and how to repeat it."""
    return explained(schedule_of(seed, protocol), violations, shrink, REPLAY.format(seed=seed))


def explained(
    schedule: S,
    violations: Callable[[S], list[str]],
    shrink: Callable[[S, Callable[[S], bool]], S],
    replay: str,
) -> str:
    """The shortest schedule that violates one of the same invariants, what it violates, and how to repeat the whole."""
    kinds = invariants(violations(schedule))
    if not kinds:
        return f"{schedule}\nno violation"
    short = shrink(schedule, lambda candidate: bool(kinds & invariants(violations(candidate))))
    found = sorted(set(violations(short)))
    return "\n".join([str(short), *(f"  ✗ {each}" for each in found), f"  {replay}"])


def invariants(found: list[str]) -> set[str]:
    """Such as I1."""
    return {each.partition(":")[0] for each in found}
