"""Clocks for shells: the real one with short dice, and one that stands still until it is moved."""

from __future__ import annotations

from ipygenesys._core.model.inputs import Now
from ipygenesys._io.host.clock import SystemClock


class QuickClock(SystemClock):
    """Real time; the dice are always low, so that every backoff is over in milliseconds."""

    def __init__(self, jitter: float = 0.002) -> None:
        self.jitter = jitter

    def now(self) -> Now:
        return super().now()._replace(jitter=self.jitter)


class StandingClock(QuickClock):
    """Stands still until a test moves it."""

    def __init__(self, monotonic: float = 1000.0, epoch: float = 1_800_000_000.0) -> None:
        super().__init__()
        self._monotonic, self._epoch = monotonic, epoch

    def advance(self, seconds: float) -> None:
        self._monotonic += seconds
        self._epoch += seconds

    def now(self) -> Now:
        return Now(self._monotonic, int(self._epoch * 1000), self.jitter)

    def monotonic(self) -> float:
        return self._monotonic

    def epoch(self) -> float:
        return self._epoch
