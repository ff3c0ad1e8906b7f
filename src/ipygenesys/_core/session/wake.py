"""Waking up: a machine that slept has dead sockets which nothing has noticed yet.

The monotonic clock stands still in a sleep and the wall clock does not. Where it goes on, as on Windows, the timers of
the transport's pings are overdue at once and notice for themselves.
"""

from __future__ import annotations

from ipygenesys._core.model.inputs import Now

JUMP_S = 30.0
"""Source: reference/realtime.md 4.4."""
LOOK_EVERY_S = 5.0
"""Chosen: how soon after it a sleep is noticed."""


class WakeWatch:
    """Compares the two clocks."""

    def __init__(self) -> None:
        self._difference_s: float | None = None
        self._looked_at = 0.0

    def has_slept(self, now: Now) -> bool:
        """Whether the wall clock has run ahead since the last look. One that was set forward looks the same."""
        difference_s, before = now.wall_ms / 1000 - now.monotonic, self._difference_s
        self._difference_s, self._looked_at = difference_s, now.monotonic
        return before is not None and difference_s - before > JUMP_S

    def next_deadline(self) -> float:
        """When to look again."""
        return self._looked_at + LOOK_EVERY_S
