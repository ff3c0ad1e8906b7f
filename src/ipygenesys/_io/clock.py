"""The real clock and the real dice, in one object that tests replace."""

from __future__ import annotations

import random
import time

from ipygenesys._core.inputs import Now


class SystemClock:
    """Reads what a step of the core may depend on."""

    def now(self) -> Now:
        """Monotonic seconds, wall milliseconds, and a fresh draw."""
        return Now(time.monotonic(), int(time.time() * 1000), random.random())

    def monotonic(self) -> float:
        """Seconds."""
        return time.monotonic()

    def epoch(self) -> float:
        """Seconds since the epoch."""
        return time.time()
