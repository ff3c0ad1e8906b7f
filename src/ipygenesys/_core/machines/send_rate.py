"""How fast we send, where a platform counts messages and typing together: its limit, until it refuses something."""

from __future__ import annotations

MARGIN = 1.1
"""Chosen: two sends may come closer together than they went out, and clocks differ."""


class SendRate:
    """As many at once as a second takes, then evenly; 0 a second means that the platform does not count.

    Whether the platform's second is a bucket or a window, and what it takes of us, it tells by refusing alone: from then
    on at half the pace, and none at once.
    """

    def __init__(self, per_s: int) -> None:
        self._per_s = self._at_once = per_s
        self._full_at = self._full_before = 0.0
        """When as many may go out at once as ever; and when that was, before the latest send."""

    def note(self, now: float) -> None:
        """Something was sent."""
        if self.is_limited:
            self._full_before = max(self._full_at, now)
            self._full_at = self._full_before + self._pause_s

    def answered(self, now: float) -> None:
        """The latest has an answer: the platform has counted it by now, and nobody knows since when."""
        if self._full_at:
            self._full_at = max(self._full_before, now) + self._pause_s

    def refused(self) -> None:
        """That was more than the platform takes."""
        if self.is_limited:
            self._per_s, self._at_once = max(1, self._per_s // 2), 1

    @property
    def is_limited(self) -> bool:
        """The platform counts."""
        return self._per_s > 0

    @property
    def earliest(self) -> float:
        """When the next send may go out."""
        return self._full_at - (self._at_once - 1) * self._pause_s if self._full_at else 0.0

    @property
    def _pause_s(self) -> float:
        return MARGIN / self._per_s
