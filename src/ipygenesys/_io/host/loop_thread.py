"""An asyncio loop in a named daemon thread, shared by all widgets of a kernel, joined when the last one closes.

The kernel's own loop stands still while a cell runs; here heartbeats, typing expiry and the view go on.
Source: reference/jupyter.md A, measured: on the kernel's loop a 20 s cell cost the socket.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

THREAD_NAME = "ipygenesys-gateway"
JOIN_S = 5.0


class LoopThread:
    """A running loop in its thread.

    Args:
        prepare: done there before all else, while nobody waits for it.
    """

    def __init__(self, prepare: Callable[[], object] = lambda: None) -> None:
        self._prepare = prepare
        self._ready = threading.Event()
        self._is_stopped = False
        self._lock = threading.RLock()  # Re-entrant, as the shared one's.
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name=THREAD_NAME, daemon=True)
        self._thread.start()
        self._ready.wait()

    def _main(self) -> None:
        asyncio.set_event_loop(self.loop)
        self._ready.set()
        self._prepare()
        try:
            self.loop.run_forever()
        finally:
            self._finish()

    def _finish(self) -> None:
        """What is begun by the end of something else is ended too."""
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        while tasks := asyncio.all_tasks(self.loop):
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()

    @property
    def is_current(self) -> bool:
        """We are on this very thread."""
        return threading.current_thread() is self._thread

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop, from any thread.

        Raises:
            RuntimeError: the thread is stopped.
        """
        with self._lock:
            if not self._is_stopped:
                return asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        coroutine.close()
        raise RuntimeError("The conversation's thread has ended.")

    def stop(self) -> None:
        """Cancel what still runs, end the loop and join the thread (unless called from it)."""
        with self._lock:  # What was submitted before is begun before.
            self._is_stopped = True
            self.loop.call_soon_threadsafe(self.loop.stop)
        if not self.is_current:
            self._thread.join(JOIN_S)


class SharedLoopThread:
    """The one gateway thread of a process: started with the first lease, joined with the last.

    Args:
        prepare: for ``LoopThread``.
    """

    def __init__(self, prepare: Callable[[], object] = lambda: None) -> None:
        self._prepare = prepare
        # Re-entrant: the garbage collector may finalize a forgotten widget while its thread holds the lock.
        self._lock = threading.RLock()
        self._thread: LoopThread | None = None
        self._leases = 0

    def acquire(self) -> LoopThread:
        """Take a lease; pair it with ``release``."""
        with self._lock:
            if self._thread is None:
                self._thread = LoopThread(self._prepare)
            self._leases += 1
            return self._thread

    def release(self) -> None:
        """Give a lease back."""
        with self._lock:
            self._leases -= 1
            thread = self._thread if self._leases == 0 else None
            if thread is not None:
                self._thread = None
        if thread is not None:
            thread.stop()
