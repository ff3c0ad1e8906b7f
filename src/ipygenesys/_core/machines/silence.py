"""Silence on a stream that promised a heartbeat: past a limit it is taken for dead.

The transport's own pings notice a dead peer; this notices a living one in front of a dead service. A program that has
stood still for longer than the limit has read nothing either: it looks once more, after what waits in the socket is read.
"""

from __future__ import annotations

LOOK_AGAIN_S = 0.5
"""Chosen: many times what it takes to read what has arrived."""


class SilenceWatch:
    """How long the current stream has said nothing. Times are monotonic seconds."""

    def __init__(self, limit_s: float = 0.0) -> None:
        self._limit_s = limit_s
        """0: the server promises no heartbeat."""
        self._heard_at: float | None = None
        self._doubted_at: float | None = None
        """When it seemed to be over."""

    def heard(self, now: float) -> None:
        """A frame came, or the stream has opened."""
        self._heard_at, self._doubted_at = now, None

    def stream_lost(self) -> None:
        """There is nothing to listen to."""
        self._heard_at = self._doubted_at = None

    def is_over(self, now: float) -> bool:
        """It has been silent for too long, and still is at a second look."""
        deadline = self.next_deadline()
        if deadline is None or now < deadline:
            return False
        was_doubted, self._doubted_at = self._doubted_at is not None, now
        return was_doubted

    def next_deadline(self) -> float | None:
        """When to look."""
        if self._doubted_at is not None:
            return self._doubted_at + LOOK_AGAIN_S
        return self._heard_at + self._limit_s if self._limit_s and self._heard_at is not None else None
