"""Wraps the real clock in one class, so that everything else takes ``now`` as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Epoch seconds that never run backwards: the wall clock at creation plus the monotonic time since."""

    def __init__(self) -> None:
        self._wall = time.time()
        self._monotonic = time.monotonic()

    def now(self) -> float:
        """Epoch seconds."""
        return self._wall + (time.monotonic() - self._monotonic)


def rfc3339(epoch_s: float) -> str:
    """The time as Genesys writes it: UTC, milliseconds, ``Z``."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
