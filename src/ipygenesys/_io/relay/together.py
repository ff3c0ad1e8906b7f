"""What was read together is handed in together: what a step costs besides is paid once, and a step stays short."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from ipygenesys._core.machines.inbound_queue import MAX_TOGETHER
from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._io.stream.source import Fed

Events = tuple[PlatformEvent, ...]
"""What is handed in; of an inbox it is rows."""


class Together:
    """``with Together(fed, generation) as together``: all that was added is handed in by its end, by an error too.

    Args:
        fed: a conversation, or an inbox.
        generation: of the stream.
    """

    def __init__(self, fed: Fed, generation: int) -> None:
        self._fed, self._generation = fed, generation
        self._events: list[PlatformEvent] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hand_in()

    def add(self, events: Events) -> None:
        """These come next."""
        self._events += events
        if len(self._events) >= MAX_TOGETHER:
            self._hand_in()

    def _hand_in(self) -> None:
        if self._events:
            events, self._events = tuple(self._events), []
            self._fed.step(FrameReceived(self._generation, events))
