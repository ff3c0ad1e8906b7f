"""Wraps the real clock in one class, so that everything else takes ``now`` as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache


class Clock:
    """Epoch seconds that never run backwards: the wall clock at creation plus the monotonic time since.

    Args:
        ahead_s: How far it is ahead of this machine's.
    """

    def __init__(self, ahead_s: float = 0.0) -> None:
        self._wall = time.time() + ahead_s
        self._monotonic = time.monotonic()

    def now(self) -> float:
        """Epoch seconds."""
        return self._wall + (time.monotonic() - self._monotonic)


def http_date(epoch_s: float) -> str:
    """The time as HTTP writes it."""
    return formatdate(epoch_s, usegmt=True)


@lru_cache(maxsize=2**15)  # The same times are told again and again, in each event about a conversation.
def rfc3339(epoch_s: float) -> str:
    """The time as Genesys writes it: UTC, milliseconds, ``Z``."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
