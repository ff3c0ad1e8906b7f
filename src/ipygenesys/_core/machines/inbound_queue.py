"""What the stream has said and the session has not taken yet: bounded, in two lanes.

Theory of operation. Whoever receives must never wait for long: pongs come behind the data, so a reader that stands
still for its consumer loses its own stream. While the queue is full the reader waits, but only for PATIENCE_S: the
server is slowed down, and nothing is lost. After that, typing is dropped, and messages too where history has them: the
gap is marked, and history is read once the rest is through. Everything else is rare, and always taken.
"""

from __future__ import annotations

from collections import deque

from ipygenesys._core.model.platform_events import FrameIgnored, MessageArrived, PlatformEvent, TypingNoticed

MAX_FRAMES = 2000
MAX_BYTES = 8 << 20
"""Source of both: reference/realtime.md 4.4."""
BACKLOG = 8
"""Chosen: when more frames wait, many are taken in one step; till then, each has a step of its own."""
MAX_TOGETHER = 64
"""Chosen: how many that is at most; a step stays well below a millisecond."""
PATIENCE_S = 5.0
"""Chosen: well below the time in which a pong has to be here."""


class InboundQueue:
    """Decoded frames, oldest first.

    Args:
        backlog: when more frames wait, many are taken in one step; None: ``BACKLOG``.
    """

    def __init__(self, backlog: int | None = None) -> None:
        self._backlog = BACKLOG if backlog is None else backlog
        self._frames: deque[tuple[tuple[PlatformEvent, ...], int, bool]] = deque()
        """With their sizes, and whether there is nothing but typing in them."""
        self._bytes = 0
        self._typing = 0
        """Frames that hold nothing else: a full queue is searched for them only if there are any."""
        self._full_since: float | None = None
        self._gaps: list[PlatformEvent] = []
        """What was dropped, to be said when the queue is empty."""

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def is_full(self) -> bool:
        """No frame is taken but by force."""
        return len(self._frames) >= MAX_FRAMES or self._bytes >= MAX_BYTES

    def put(
        self, events: tuple[PlatformEvent, ...], size: int, now: float, *, has_history: bool
    ) -> float | None:
        """Take a frame.

        Args:
            events: what it says.
            size: of the frame, in bytes.
            now: monotonic seconds.
            has_history: messages that are dropped can be had from the server.

        Returns:
            None if that is done; else how long to wait, at most, before it is put again.
        """
        if self.is_full and self._typing:
            self._drop_typing()
        if self.is_full:
            if self._full_since is None:
                self._full_since = now
            if (patience := self._full_since + PATIENCE_S - now) > 0:
                return patience
            if not (events := self._without_the_droppable(events, has_history=has_history)):
                return None
        is_typing = _is_typing(events)
        self._frames.append((events, size, is_typing))
        self._bytes += size
        self._typing += is_typing
        return None

    def take(self) -> tuple[PlatformEvent, ...] | None:
        """What comes next, None if there is nothing; a frame that says nothing is a sign of life all the same."""
        if not self._frames:
            return None
        taken: list[PlatformEvent] = []
        for _ in range(min(len(self._frames), MAX_TOGETHER) if len(self._frames) > self._backlog else 1):
            events, size, is_typing = self._frames.popleft()
            self._bytes -= size
            self._typing -= is_typing
            taken += events
        if not self.is_full:
            self._full_since = None
        if not self._frames and self._gaps:
            taken += self._gaps
            self._gaps = []
        return tuple(taken)

    def _drop_typing(self) -> None:
        kept: deque[tuple[tuple[PlatformEvent, ...], int, bool]] = deque()
        for frame in self._frames:
            _, size, is_typing = frame
            if is_typing:
                self._bytes -= size
            else:
                kept.append(frame)
        self._frames, self._typing = kept, 0

    def _without_the_droppable(
        self, events: tuple[PlatformEvent, ...], *, has_history: bool
    ) -> tuple[PlatformEvent, ...]:
        kept = []
        for event in events:
            if isinstance(event, MessageArrived) and has_history:
                self._gaps.append(FrameIgnored("overflow"))
            elif not isinstance(event, TypingNoticed):
                kept.append(event)
        return tuple(kept)


def _is_typing(events: tuple[PlatformEvent, ...]) -> bool:
    return bool(events) and all(isinstance(event, TypingNoticed) for event in events)
