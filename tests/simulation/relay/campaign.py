"""Many schedules of a relay in a row: finds the ones that fail, makes them short and says how to repeat them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.simulation.campaign import Findings, explained
from tests.simulation.relay.schedule import Schedule, schedule_of, shrink
from tests.simulation.relay.world import World

REPLAY = "uv run poe relay-truth --replay {seed}"


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
        messages=len(world.truth.ever),
        entries=sum(key == world.keys.events.encode() for key, _ in world.redis.added),
        kernels=sum(len(viewer.kernels) for viewer in world.viewers),
        relays=sum(host.life for host in world.hosts),
        minutes=round(world.clock.elapsed_s - 1000.0) // 60,
    )
    for kernel in (kernel for viewer in world.viewers for kernel in viewer.kernels):
        counts["gaps noticed"] += kernel.gateway.session.conversation.counters["relay_gap"]
    return found, counts


def run(seeds: Iterable[int]) -> Findings:
    """Run the schedules of these seeds."""
    findings = Findings()
    for seed in seeds:
        findings.note(seed, *_run(schedule_of(seed)))
    return findings


def explain(seed: int) -> str:
    """What is wrong with a seed: the shortest schedule that violates one of the same invariants, and how to repeat it."""
    return explained(schedule_of(seed), violations, shrink, REPLAY.format(seed=seed))
