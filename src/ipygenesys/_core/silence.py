"""Silence on a stream that promised a heartbeat: past a limit it is taken for dead.

The transport's own pings notice a dead peer; this notices a living one in front of a dead service.
"""

from __future__ import annotations


class SilenceWatch:
    """How long the current stream has said nothing. Times are monotonic seconds."""

    def __init__(self, limit_s: float = 0.0) -> None:
        self._limit_s = limit_s
        """0: the server promises no heartbeat."""
        self._heard_at: float | None = None

    def heard(self, now: float) -> None:
        """A frame came, or the stream has opened."""
        self._heard_at = now

    def stream_lost(self) -> None:
        """There is nothing to listen to."""
        self._heard_at = None

    def is_over(self, now: float) -> bool:
        """It has been silent for too long."""
        deadline = self.next_deadline()
        return deadline is not None and now >= deadline

    def next_deadline(self) -> float | None:
        """When it has been silent for too long."""
        return self._heard_at + self._limit_s if self._limit_s and self._heard_at is not None else None
