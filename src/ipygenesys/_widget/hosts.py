"""Hosts that are no Jupyter: Shiny sends with a flush alone, marimo and Panel drop widgets without a word."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

from ipygenesys._widget.kernel_comm import send_custom


def instead_of(widget: object, what: str, to: str = "to see it") -> str:
    """What a reader finds where a widget does not show: which of the three cases it is, only they can tell."""
    return (
        f"{what} (ipygenesys): run the cell in Jupyter {to}. If that was done, trust the notebook: a page that does not "
        f"trust it shows these words instead, and so does a host that shows no widgets. {widget!r}"
    )


class Host(Protocol):
    """What a widget has been made in."""

    def send(self, comm: Any, content: Any) -> None:
        """Put a custom message on the comm, from whichever thread."""


class Jupyter:
    """Or its like: a comm takes what threads send, and says when it is closed."""

    def send(self, comm: Any, content: Any) -> None:
        send_custom(comm, content)


class ShinySession:
    """Its comm keeps what is sent until the session flushes, which nothing of ours makes it do.

    Source: read in shiny 1.8.0, shinywidgets 0.8.2 (``ShinyComm._publish_msg``): sent within the session, on its loop,
    and ``on_flushed``.
    """

    def __init__(self, session: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._session = session.root_scope()
        self._loop = loop
        self._flushing: asyncio.Task[None] | None = None

    def send(self, comm: Any, content: Any) -> None:
        self._loop.call_soon_threadsafe(self._send, comm, content)

    def _send(self, comm: Any, content: Any) -> None:
        from shiny.session import session_context

        with session_context(self._session):
            send_custom(comm, content)
            if self._flushing is None:
                self._flushing = self._loop.create_task(self._flush())

    async def _flush(self) -> None:
        from shiny import reactive

        async with reactive.lock():
            self._flushing = None  # What is sent from now on may miss this one.
            await reactive.flush()


class MarimoSession:
    """A cell that is run again closes the comm and says nothing to the widget; a session's end closes nothing at all.

    Source: read in marimo 0.25.2 (``CommLifecycleItem``, ``Kernel.teardown``). In run mode each session has a thread; in the
    editor a process, whose end is the program's.

    Args:
        context: the session's.
        ended: called when the cell that has made the widget is run again or deleted, and when the session's thread ends.
    """

    def __init__(self, context: Any, ended: Callable[[], None]) -> None:
        self._ended = ended
        context.cell_lifecycle_registry.add(self)
        thread = threading.current_thread()
        # A session's is a plain one; `mo.Thread` is a user's, whose widgets outlive it.
        if type(thread) is threading.Thread and thread is not threading.main_thread():
            if not hasattr(_of_thread, "widgets"):
                _of_thread.widgets = _EndWithThread()
            _of_thread.widgets.ended[self] = ended

    def send(self, comm: Any, content: Any) -> None:
        send_custom(comm, content)

    # --- what marimo calls -------------------------------------------------------------------------------

    def create(self, context: Any) -> None:
        """It is there already."""

    def dispose(self, context: Any, deletion: bool) -> bool:
        if hasattr(_of_thread, "widgets"):
            _of_thread.widgets.ended.pop(self, None)
        self._ended()
        return True


class _EndWithThread:
    """What a thread holds goes with the thread, and nobody else hears of a session's end."""

    def __init__(self) -> None:
        self.ended: dict[MarimoSession, Callable[[], None]] = {}

    def __del__(self) -> None:
        # On a thread of its own: this one is no more than a memory.
        threading.Thread(
            target=_call_all, args=(list(self.ended.values()),), name="ipygenesys-closing", daemon=True
        ).start()


def _call_all(each: list[Callable[[], None]]) -> None:
    for call in each:
        call()


_of_thread = threading.local()


def host_here(ended: Callable[[], None]) -> Host:
    """The host that this is called in, for a widget that is being made. Nothing is imported that is not there already."""
    if (shiny := sys.modules.get("shiny.session")) and (session := shiny.get_current_session()) is not None:
        try:
            return ShinySession(session, asyncio.get_running_loop())
        except RuntimeError:  # An app that is looked at, not served.
            return Jupyter()
    if (panel := sys.modules.get("panel.io.state")) and (page := panel.state.curdoc) is not None:
        if page.session_context is not None:
            page.on_session_destroyed(lambda _session: ended())
        return Jupyter()
    if (marimo := sys.modules.get("marimo._runtime.context")) and (context := marimo.safe_get_context()):
        return MarimoSession(context, ended)
    return Jupyter()
