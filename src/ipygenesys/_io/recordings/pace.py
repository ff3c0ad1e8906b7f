"""Where in a recording a replay is: it goes on with a clock, faster or slower, or stands still."""

from __future__ import annotations

import math
from collections.abc import Callable

AT_ONCE_S = 1e-6
"""Less than a clock can be waited for: it would be waited for over and over."""


class Pace:
    """Of one replay; positions are seconds from the beginning.

    Args:
        clock: goes on by itself, in seconds.
        speed: as a factor; infinite is as fast as it goes.
        reached: up to where entries were handed in.
    """

    def __init__(self, clock: Callable[[], float], speed: float, reached: Callable[[], float]) -> None:
        self._clock = clock
        self._speed = speed
        self._is_playing = False
        self._anchor = (clock(), 0.0)
        """When it was where."""
        self._reached = reached

    @property
    def position(self) -> float:
        """Where it is."""
        since, position = self._anchor
        if not self._is_playing:
            return position
        if math.isinf(self._speed):
            return self._reached()
        return position + (self._clock() - since) * self._speed

    @property
    def speed(self) -> float:
        """As a factor."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self.be_at(self.position)
        self._speed = speed

    @property
    def is_playing(self) -> bool:
        """It goes on by itself."""
        return self._is_playing

    @is_playing.setter
    def is_playing(self, is_playing: bool) -> None:
        self.be_at(self.position)
        self._is_playing = is_playing

    def be_at(self, position: float) -> None:
        """Go on from there."""
        self._anchor = (self._clock(), position)

    @property
    def due(self) -> float:
        """Up to where all is due by now."""
        return math.inf if math.isinf(self._speed) else self.position

    def wait_s(self, position: float) -> float:
        """How long until it is there; 0 or less: it is due."""
        wait_s = 0.0 if math.isinf(self._speed) else (position - self.position) / self._speed
        return wait_s if wait_s > AT_ONCE_S else 0.0
