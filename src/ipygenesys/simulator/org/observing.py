"""Counts who waits, is offered and is talked to in each queue, as the analytics service observes it; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ipygenesys.simulator.state.conversation import Conversation, Part
from ipygenesys.simulator.state.deadlines import Deadlines

Metric = Literal["oWaiting", "oAlerting", "oInteracting"]
METRICS: tuple[Metric, ...] = ("oWaiting", "oAlerting", "oInteracting")
LONGEST: dict[str, Metric] = {"oLongestWaiting": "oWaiting", "oLongestInteracting": "oInteracting"}
"""The oldest of which metric each of these is."""
LEAST_INTERVAL_S = 1.0
"""Between two observations of a queue. Source: developer.genesys.cloud, analytics notifications."""


@dataclass(frozen=True)
class Observed:
    """One conversation in one queue, and since when it is in that state."""

    conversation: Conversation
    part: Part
    metric: Metric
    since_s: float


def observe(
    conversations: Iterable[Conversation], parts_of: Callable[[Conversation], list[Part]]
) -> list[Observed]:
    """Where each live conversation is, the oldest first.

    Whoever is offered to an agent does not count as waiting; what is parked counts as talked to, as no metric names it.
    """
    found = [o for c in conversations if (o := _observed(c, parts_of(c))) is not None]
    return sorted(found, key=lambda o: (o.since_s, o.conversation.id))


def _observed(c: Conversation, parts: list[Part]) -> Observed | None:
    for part in reversed(parts):
        if part.ended_s is not None or part.queue_id is None:
            continue
        if part.purpose == "acd":
            return Observed(c, part, "oWaiting", part.started_s)
        if part.state == "alerting":
            return Observed(c, part, "oAlerting", part.started_s)
        return Observed(c, part, "oInteracting", part.connected_s or part.started_s)
    return None


class Watch:
    """When each queue's figures are told again: on change, and not too often."""

    def __init__(self) -> None:
        self._due: Deadlines[str] = Deadlines()
        self._told: dict[str, float] = {}

    def changed(self, queue_ids: Iterable[str], now: float) -> None:
        """Something has happened in these queues."""
        for queue_id in queue_ids:
            self._due.set(queue_id, max(now, self._told.get(queue_id, 0.0) + LEAST_INTERVAL_S))

    def next_deadline(self) -> float | None:
        """When the next queue is to be told of."""
        return self._due.next()

    def due(self, now: float) -> Iterator[str]:
        """The queues to tell of now."""
        for queue_id in self._due.take(now):
            self._told[queue_id] = now
            yield queue_id
