"""A sliding window over what we send, for platforms that count messages and typing together."""

from __future__ import annotations

from collections import deque

WINDOW_S = 1.1
"""The platform's second and a margin, chosen: two sends may come closer together than they went out."""


class SendRate:
    """At most ``per_s`` sends in any second, as the platform sees them; 0 means that it does not count."""

    def __init__(self, per_s: int) -> None:
        self._per_s = per_s
        self._sent: deque[float] = deque(maxlen=per_s or 1)

    def note(self, now: float) -> None:
        """Something was sent."""
        self._sent.append(now)

    def answered(self, now: float) -> None:
        """The latest has an answer: the platform has counted it by now, and nobody knows since when."""
        if self._sent:
            self._sent[-1] = now

    @property
    def is_limited(self) -> bool:
        """The platform counts."""
        return self._per_s > 0

    @property
    def earliest(self) -> float:
        """When the next send may go out."""
        is_full = self.is_limited and len(self._sent) == self._per_s
        return self._sent[0] + WINDOW_S if is_full else 0.0
