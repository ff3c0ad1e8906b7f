"""A thread for the users' handlers: a slow one must stop neither the stream nor the view."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import SimpleQueue

THREAD_NAME = "ipygenesys-handlers"
JOIN_S = 1.0
"""A handler may be slow; closing does not wait for it any longer."""
MAX_WAITING = 10_000
"""Chosen: as many as one consumer of ``events()`` may leave waiting."""


class HandlerThread:
    """Runs calls one after the other, in order; started with the first one.

    Args:
        on_error: hears what failed in one of them.
        name: of the thread.
    """

    def __init__(self, on_error: Callable[[BaseException], None], *, name: str = THREAD_NAME) -> None:
        self._on_error = on_error
        self._name = name
        self._queue: SimpleQueue[tuple[Callable[[], object], Context] | None] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        """For what is ``async``."""
        self._thread: threading.Thread | None = None

    @property
    def is_current(self) -> bool:
        """We are on this very thread."""
        return threading.current_thread() is self._thread

    @property
    def is_behind(self) -> bool:
        """More calls wait than one could still be interested in."""
        return self._queue.qsize() >= MAX_WAITING

    def submit(self, call: Callable[[], object], context: Context | None = None) -> None:
        """Run a call when its turn comes; always from the same thread. What it returns is awaited, if it is a coroutine."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._main, name=self._name, daemon=True)
            self._thread.start()
        self._queue.put((call, context or copy_context()))

    def stop(self, *, wait: bool = True) -> None:
        """End after the calls that are queued, and wait for that for JOIN_S (unless called from it)."""
        self._queue.put(None)
        if wait and self._thread is not None and not self.is_current:
            self._thread.join(JOIN_S)

    def _main(self) -> None:
        while (item := self._queue.get()) is not None:
            call, context = item
            try:
                context.run(self._run, call)
            except (
                BaseException
            ) as error:  # sys.exit() in a handler must not end the others' thread in silence.
                self._on_error(error)
        if self._loop is not None:
            self._loop.close()

    def _run(self, call: Callable[[], object]) -> None:
        outcome = call()
        if inspect.iscoroutine(outcome):
            self._loop = self._loop or asyncio.new_event_loop()
            self._loop.run_until_complete(outcome)
