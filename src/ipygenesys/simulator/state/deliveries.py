"""Plans how an agent's message gets on its way: queued, sent, delivered; pure, ``now`` is an argument."""

from __future__ import annotations

import heapq
from typing import cast

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.state.conversation import Status

STEPS = tuple(
    cast("Status", wire.MEDIA_STATUS_TO_RECEIPT[status]) for status in wire.Unverified.STATUS_SEQUENCE[1:]
)


class Deliveries:
    """The messages on their way."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str, Status]] = []
        self._serial = 0

    def start(self, message_id: str, now: float, step_s: float) -> None:
        """Plans the steps of a message, ``step_s`` apart."""
        for number, status in enumerate(STEPS, start=1):
            self._serial += 1
            heapq.heappush(self._heap, (now + number * step_s, self._serial, message_id, status))

    def next_deadline(self) -> float | None:
        """When the next step is due."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[tuple[str, Status]]:
        """Messages and the status that each has reached, in order; each step once."""
        steps = []
        while self._heap and self._heap[0][0] <= now:
            _, _, message_id, status = heapq.heappop(self._heap)
            steps.append((message_id, status))
        return steps
