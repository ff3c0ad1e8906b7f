"""An organisation on virtual time."""

from __future__ import annotations

from collections.abc import Iterator

from ipygenesys.simulator.org.busy_hour import BusyHour
from ipygenesys.simulator.org.plan import Pace, plan
from ipygenesys.simulator.state.conversation import Event
from ipygenesys.simulator.state.platform import Platform
from ipygenesys.simulator.state.settings import seeded_ids

BEGIN = 1_800_000_000.0


def hour(
    conversations: int = 20,
    *,
    seed: int = 0,
    warm_up_s: float = 0.0,
    speed: float = 1.0,
    pace: Pace | None = None,
) -> BusyHour:
    """It has just begun, or has been at work for a while."""
    new_id = seeded_ids(seed, "organisation")
    return BusyHour(
        Platform(seeded_ids(seed, "messages")),
        plan(conversations, new_id, queue_id="queue-1", user_id="user-1", pace=pace, speed=speed),
        new_id,
        seed=seed,
        now=BEGIN,
        speed=speed,
        warm_up_s=warm_up_s,
    )


def played(org: BusyHour, seconds: float) -> Iterator[tuple[float, Event]]:
    """All that happens until so long after the beginning, each with its time."""
    while (at := org.next_deadline()) is not None and at <= BEGIN + seconds:
        for event in org.step():
            yield at, event
