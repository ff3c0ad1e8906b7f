"""Time that passes only when nobody has anything to do: a clock, and an asyncio loop that runs on it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from ipygenesys._core.inputs import Now
from ipygenesys._io.clock import SystemClock

EPOCH_S = 1_800_000_000.0


class VirtualClock(SystemClock):
    """Monotonic and wall time of the simulated machine; the wall clock may be set, the monotonic one never jumps."""

    def __init__(self, dice: random.Random) -> None:
        self.elapsed_s = 1000.0
        self.wall_offset_s = 0.0
        self._dice = dice

    def now(self) -> Now:
        return Now(self.elapsed_s, int(self.epoch() * 1000), self._dice.random())

    def monotonic(self) -> float:
        return self.elapsed_s

    def epoch(self) -> float:
        return self.true_epoch() + self.wall_offset_s

    def true_epoch(self) -> float:
        """The servers' time."""
        return EPOCH_S + self.elapsed_s


MAX_SPINS = 10_000
"""Turns of the loop without a moment's passing: far more than any burst takes."""


class Stuck(Exception):
    """Everybody waits for somebody else, or time does not pass because somebody is always busy."""


class VirtualLoop(asyncio.BaseEventLoop):
    """asyncio's own loop, whose selector lets the clock pass instead of waiting."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.clock = clock
        self.problems: list[str] = []
        """What nobody has caught."""
        self._selector = self
        self._spins = 0
        self.set_exception_handler(self._note_problem)

    def time(self) -> float:
        return self.clock.elapsed_s

    def select(self, timeout: float | None) -> tuple[()]:
        """As a selector: no sockets, so nothing ever happens before the timeout."""
        if timeout is None or self._spins > MAX_SPINS:
            raise Stuck
        self._spins = 0 if timeout > 0 else self._spins + 1
        self.clock.elapsed_s += timeout
        return ()

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """At once: there are no threads here."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _process_events(self, event_list: object) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def _note_problem(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.problems.append(f"{context['message']} ({type(error).__name__ if error else 'no exception'})")
