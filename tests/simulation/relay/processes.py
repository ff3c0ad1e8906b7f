"""Processes on one virtual loop: relays and kernels that are stopped, go on, and are killed, each by itself."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from weakref import WeakSet

from tests.simulation.virtual_time import VirtualClock, VirtualLoop
from tests.simulation.witness import OWNER

T = TypeVar("T")
OUTSIDE = contextvars.Context()
"""Of what belongs to no process: what is on its way, and servers."""


class Process:
    """What was begun in it, and all that follows from that, is its own.

    Args:
        name: of its way to Redis, too.
        loop: where it runs.
    """

    def __init__(self, name: str, loop: ProcessLoop) -> None:
        self.name = name
        self.is_stopped = False
        """By SIGSTOP; or for good, by SIGKILL: nothing of it says goodbye."""
        self.is_killed = False
        self.held: list[asyncio.Handle] = []
        """What it would have done since."""
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._loop = loop
        self._context = contextvars.copy_context()
        self._context.run(OWNER.set, self)

    def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Do this in it; only while it is not stopped."""
        return self._context.copy().run(function, *arguments)

    def start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        return self._loop.create_task(coroutine, context=self._context.copy())

    def stop(self) -> None:
        self.is_stopped = True

    def go_on(self) -> None:
        if not self.is_killed:
            self._resume()

    def kill(self) -> None:
        self.is_stopped = self.is_killed = True

    def bury(self) -> None:
        """Once nobody can be harmed any more: its tasks end."""
        for task in self.tasks:
            task.cancel()
        self._resume()

    def _resume(self) -> None:
        self.is_stopped = False
        held, self.held = self.held, []
        self._loop.go_on_with(held)

    # --- as the network's OWNER

    def exchanged(self, *, is_done: bool) -> None:
        """A call was answered, or was not."""

    def stream_ended(self) -> None:
        """A socket was closed or reset."""


class ProcessLoop(VirtualLoop):
    """What a stopped process has to do waits for it."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.set_task_factory(_noted)

    def go_on_with(self, held: list[asyncio.Handle]) -> None:
        self._ready.extend(held)  # type: ignore[attr-defined]

    def _run(self, handle: asyncio.Handle) -> None:
        process = handle._context.get(OWNER)  # type: ignore[attr-defined]
        if process is not None and process.is_stopped:
            process.held.append(handle)
        else:
            handle._run()


def _noted(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
    task = asyncio.Task(coroutine, loop=loop, **options)
    context = options.get("context")
    process = OWNER.get() if context is None else context.get(OWNER)
    if process is not None:
        process.tasks.add(task)
    return task


class Outside:
    """A loop for what is on its way: no process that has sent it can stop it."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.clock, self.time, self.create_future = loop.clock, loop.time, loop.create_future

    def call_at(self, when: float, callback: Callable[..., object], *arguments: Any) -> asyncio.TimerHandle:
        return self._loop.call_at(when, callback, *arguments, context=OUTSIDE)

    def call_later(
        self, delay: float, callback: Callable[..., object], *arguments: Any
    ) -> asyncio.TimerHandle:
        return self.call_at(self._loop.time() + delay, callback, *arguments)


class PerProcess(dict[Any, Any]):
    """In place of what programs keep for each loop: here all of them run on one."""

    def setdefault(self, _: object, default: Any = None) -> Any:
        return super().setdefault(OWNER.get(), default)
