"""The breaker: a server that lets us in and throws us out again is left alone for a minute, then tried once.

A server that cannot be reached is no case for it: there the backoff does, and the way back must be short.
Times are monotonic seconds. Source of the figures: reference/realtime.md 4.4.
"""

from __future__ import annotations

from collections import deque

MAX_FAILURES = 5
WINDOW_S = 60.0
OPEN_S = 60.0


class Breaker:
    """Closed until ``MAX_FAILURES`` within ``WINDOW_S``; then open until something lasts, with one try each ``OPEN_S``."""

    def __init__(self) -> None:
        self.is_open = False
        self.not_before = float("-inf")
        """When the next try may be made by itself."""
        self._failures: deque[float] = deque(maxlen=MAX_FAILURES)

    def failed(self, now: float) -> None:
        """We were let in, and thrown out before it could be called a success."""
        self._failures.append(now)
        is_many = len(self._failures) == MAX_FAILURES and now - self._failures[0] < WINDOW_S
        self.is_open |= is_many
        if self.is_open:
            self.not_before = now + OPEN_S

    def reset(self) -> None:
        """It lasted, or somebody wants to begin anew."""
        self.is_open, self.not_before = False, float("-inf")
        self._failures.clear()
