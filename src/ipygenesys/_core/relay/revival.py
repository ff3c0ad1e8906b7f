"""When a connection that has failed is tried again: users do so by themselves, and of a relay there are none."""

from __future__ import annotations

from ipygenesys._core.machines.connection import Connection

FIRST_S, LONGEST_S = 60.0, 960.0
"""Chosen: each time twice as long."""


class Revival:
    """Of one upstream. What a person has to do something about, such as a right that is missing, stays as it is."""

    def __init__(self) -> None:
        self._wait_s = FIRST_S
        self._due: float | None = None

    def is_due(self, connection: Connection, now: float) -> bool:
        """Whether to connect now; asked again and again, in monotonic seconds."""
        if connection.is_open:
            self._wait_s = FIRST_S
        failure = connection.failure
        if connection.status != "failed" or failure is None or not failure.is_transient:
            self._due = None
        elif self._due is None:
            self._due = now + self._wait_s
            self._wait_s = min(2 * self._wait_s, LONGEST_S)
        elif now >= self._due:
            self._due = None
            return True
        return False
