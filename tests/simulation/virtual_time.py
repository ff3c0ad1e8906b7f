"""Time that passes only when nobody has anything to do: a clock, and an asyncio loop that runs on it."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from ipygenesys._core.model.inputs import Now
from ipygenesys._io.host.clock import SystemClock

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
    """asyncio's own loop without its selector: where it would wait, the clock passes.

    It is a loop of its own only where that is faster: timers lie in the heap as tuples, and those of one moment go in the
    order in which they were set.
    """

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.clock = clock
        self.problems: list[str] = []
        """What nobody has caught."""
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._timers_set = 0
        self._spins = 0
        self.set_exception_handler(self._note_problem)

    def time(self) -> float:
        return self.clock.elapsed_s

    @property
    def timers(self) -> list[asyncio.TimerHandle]:
        """Those that will go off."""
        return [handle for _, _, handle in self._timers if not handle.cancelled()]

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)  # type: ignore[attr-defined]
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._timers_set += 1
        heapq.heappush(self._timers, (when, self._timers_set, handle))
        return handle

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.clock.elapsed_s + delay, callback, *args, context=context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It leaves the heap when its time has come."""

    def _run_once(self) -> None:
        ready: deque[asyncio.Handle] = self._ready  # type: ignore[attr-defined]
        timers, clock = self._timers, self.clock
        while timers and timers[0][2].cancelled():
            heapq.heappop(timers)
        self._let_time_pass(bool(ready))
        while timers and timers[0][0] <= clock.elapsed_s:
            ready.append(heapq.heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                self._run(handle)

    def _run(self, handle: asyncio.Handle) -> None:
        handle._run()

    def _let_time_pass(self, is_busy: bool) -> None:
        """Up to the next timer, unless somebody has something to do."""
        if self._spins > MAX_SPINS or not (is_busy or self._timers):
            raise Stuck
        if is_busy or self._timers[0][0] <= self.clock.elapsed_s:
            self._spins += 1
        else:
            self._spins = 0
            self.clock.elapsed_s = self._timers[0][0]

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """At once: there are no threads here."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _write_to_self(self) -> None:
        pass

    def _note_problem(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.problems.append(f"{context['message']} ({type(error).__name__ if error else 'no exception'})")
