"""One timer of a loop, for whoever's deadlines move with all that happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Alarm:
    """Rings once at a moment; or earlier, where that was put off: who is rung for looks, and sets it again.

    Most deadlines are put off again and again, as by each sign of life. A timer that is left where it is costs nothing
    then; one that is made anew, for each of many conversations, costs as much as what has happened.

    Args:
        monotonic: the clock, in seconds.
        ring: is told the moment for which it was set.
    """

    def __init__(self, monotonic: Callable[[], float], ring: Callable[[float], object]) -> None:
        self._monotonic, self._ring = monotonic, ring
        self._timer: asyncio.TimerHandle | None = None
        self._at = 0.0

    def set(self, loop: asyncio.AbstractEventLoop | None, at: float | None) -> None:
        """Ring by then, on this loop, if there is one yet; None: not at all. On the loop's thread."""
        if self._timer is not None:
            if at is not None and at >= self._at:
                return
            self.cancel()
        if at is not None and loop is not None:
            self._at = at
            self._timer = loop.call_later(max(at - self._monotonic(), 0.0), self._rings)

    @property
    def is_set(self) -> bool:
        """It is going to ring."""
        return self._timer is not None

    def cancel(self) -> None:
        """Do not ring; doing it twice is fine."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rings(self) -> None:
        self._timer = None
        self._ring(self._at)
