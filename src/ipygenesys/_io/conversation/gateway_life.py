"""A widget's gateway on the shared thread: begun with the first use, ended once. Safe from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.conversation.gateway import CLOSE_S, Gateway
from ipygenesys._io.host.loop_thread import LoopThread, SharedLoopThread

T = TypeVar("T")


def _import_shells() -> None:
    """On the thread: its loop does not run yet, and the cell that has made the first widget goes on."""
    from ipygenesys._io.platform import source  # noqa: F401


gateway_thread = SharedLoopThread(_import_shells)
"""Holds no conversation: only the thread that they run on. In marimo's run mode users share it, not its contents."""


class GatewayLife:
    """It holds no widget, so that a widget which is forgotten can end it.

    Args:
        gateway: to be run.
        then: what to do once the gateway has closed.
    """

    def __init__(self, gateway: Gateway, then: Callable[[], object]) -> None:
        self._gateway = gateway
        self._then = then
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
            self._thread = gateway_thread.acquire()
            self._gateway.bind(self._thread.loop)
            return True

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run something on the thread of a gateway that has begun."""
        assert self._thread is not None
        return self._thread.submit(coroutine)

    def end(self, *, wait: bool = True, why: Failure | None = None) -> None:
        """Close the gateway, see there for ``why``, and give the thread back."""
        with self._lock:
            thread, self.is_over = (None if self.is_over else self._thread), True
        if thread is None:
            self._gateway.abandon()
            return
        closing = thread.submit(self._gateway.close(why))
        closing.add_done_callback(lambda _: self._then())
        if wait and not thread.is_current:
            with suppress(Exception):
                closing.result(CLOSE_S + 1.0)
            gateway_thread.release()
        else:
            closing.add_done_callback(lambda _: gateway_thread.release())
