"""A widget's gateway on the shared thread: begun with the first use, ended once. Safe from any thread."""

from __future__ import annotations

import functools
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.conversation.closing import CLOSE_S, SENDS_FOR_S, say_unsent
from ipygenesys._io.host.at_exit import before_pools_end
from ipygenesys._io.host.loop_thread import LoopThread, SharedLoopThread

T = TypeVar("T")
MARGIN_S = 5.0
"""Chosen: the thread may still be importing its shells, on a slow machine."""


def _import_shells() -> None:
    """On the thread: its loop does not run yet, and the cell that has made the first widget goes on."""
    from ipygenesys._io.platform import source  # noqa: F401


gateway_thread = SharedLoopThread(_import_shells)
"""Holds no conversation: only the thread that they run on. In marimo's run mode users share it, not its contents."""


class Runs(Protocol):
    """What is run: a conversation, or an inbox of many."""

    def bind(self, loop: AbstractEventLoop) -> None:
        """On this loop from now on; from any thread, once."""

    async def close(self, why: Failure | None = None, *, sends_for_s: float = 0.0) -> None:
        """Leave nothing behind."""

    @property
    def unsent(self) -> int:
        """How many messages are not sent, so far or for good; from any thread."""

    def abandon(self) -> None:
        """Close what never ran."""


class GatewayLife:
    """It holds no widget, so that a widget which is forgotten can end it.

    Args:
        gateway: to be run.
        then: what to do once the gateway has closed.
        sends_for_s: how long a close goes on with what is being sent.
    """

    def __init__(
        self, gateway: Runs, then: Callable[[], object], *, sends_for_s: float = SENDS_FOR_S
    ) -> None:
        self._gateway = gateway
        self._then = then
        self._sends_for_s = sends_for_s
        self._lock = threading.Lock()
        self._thread: LoopThread | None = None
        self.is_over = False

    @property
    def is_current_thread(self) -> bool:
        """We are on the gateway's thread."""
        return self._thread is not None and self._thread.is_current

    @property
    def is_running(self) -> bool:
        """The gateway has begun and not ended."""
        return self._thread is not None and not self.is_over

    def begin(self) -> bool:
        """Start the gateway; False if it runs already, or never will again."""
        with self._lock:
            if self._thread is not None or self.is_over:
                return False
            _end_all_at_exit()
            self._thread = gateway_thread.acquire()
            self._gateway.bind(self._thread.loop)
            _open_lives.add(self)
            return True

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run something on the thread of a gateway that has begun."""
        assert self._thread is not None
        return self._thread.submit(coroutine)

    def end(self, *, wait: bool = True, why: Failure | None = None, timeout: float | None = None) -> None:
        """Close the gateway, see there for ``why``, and give the thread back.

        Args:
            wait: until it is closed.
            why: what those are told who did not ask for it.
            timeout: seconds for what is being sent; by default those that were given first.
        """
        self.ending(wait=wait, why=why, timeout=timeout)()

    def ending(
        self, *, wait: bool = True, why: Failure | None = None, timeout: float | None = None
    ) -> Callable[[], None]:
        """Begin to end; what is returned waits until it is over. Arguments as above."""
        sends_for_s = self._sends_for_s if timeout is None else timeout
        with self._lock:
            thread, was_over, self.is_over = (None if self.is_over else self._thread), self.is_over, True
        if thread is None:
            if not was_over:
                self._gateway.abandon()
            return _nothing
        closing = thread.submit(self._gateway.close(why, sends_for_s=sends_for_s))
        closing.add_done_callback(lambda _: self._then())
        if not wait or thread.is_current:
            closing.add_done_callback(lambda _: say_unsent(self._gateway.unsent))
            closing.add_done_callback(lambda _: gateway_thread.release())
            return _nothing
        over_at = time.monotonic() + sends_for_s + CLOSE_S + MARGIN_S

        def wait_for_it() -> None:
            try:
                with suppress(Exception):
                    closing.result(max(over_at - time.monotonic(), 0.0))
            finally:  # Also where it takes longer, or is interrupted: what is not sent by now is lost with the program.
                say_unsent(self._gateway.unsent)
                gateway_thread.release()

        return wait_for_it


def _nothing() -> None:
    """It is over, or nobody waits."""


_open_lives: WeakSet[GatewayLife] = WeakSet()


def _end_all() -> None:
    """The program ends: while pools still take work, for names are looked up and files written by them.

    All at once, and without a thread of its own: CPython 3.12 starts none here any more (tried: 3.12.1).
    """
    with ExitStack() as waiting:  # For each, also where it is interrupted.
        for life in list(_open_lives):
            _ = waiting.callback(life.ending())


@functools.cache
def _end_all_at_exit() -> None:
    before_pools_end(_end_all)
