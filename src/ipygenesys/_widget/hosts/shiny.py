"""Shiny sends with a flush alone."""

from __future__ import annotations

import asyncio
from typing import Any

from ipygenesys._widget.hosts.host import Host
from ipygenesys._widget.kernel_comm import send_custom


class ShinySession(Host):
    """Its comm keeps what is sent until the session flushes, which nothing of ours makes it do.

    Source: read in shiny 1.8.0, shinywidgets 0.8.2 (``ShinyComm._publish_msg``): sent within the session, on its loop,
    and ``on_flushed``.
    """

    def __init__(self, session: Any, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
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
