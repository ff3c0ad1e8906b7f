"""The control endpoint in the process under measurement: the driver POSTs, the process appends messages from Python.

Every text begins with a stamp «id:microseconds since the epoch», made right before the call that is measured. Standard
library only: it runs in kernels and in the peers' own servers.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USERS = ("Customer", "Agent Ana", "Bot")
LINES = (
    "Hi, I would like to check the status of my order please, it is late.",
    "Sure, could you share the order number so that I can look it up for you?",
    "It is 48213-B, ordered last Thursday with express delivery.",
    "Thanks! I can see it left the warehouse yesterday and should reach you tomorrow before noon.",
    "Great, can I still change the delivery address?",
)
LIMIT_S = 300.0
QUIET_S = 0.03
"""Between the last message and the answer, after which the driver asks the page: neither shall run in the kernel or in the
page while the message is on its way."""

Append = Callable[[str, str], object]
"""(text, user): the peer's own way to add one message, plain or async."""
Run = Callable[[Coroutine[Any, Any, Any]], "Future[Any]"]
"""Runs a coroutine where that call belongs."""


def text_of(name: str, stamp_us: int = 0) -> str:
    return f"«{name}:{stamp_us}» {LINES[int(name[1:]) % len(LINES)]}"


def seeds(count: int | None = None) -> list[tuple[str, str]]:
    """(user, text) of the messages that exist already when the chat is opened."""
    count = int(os.environ.get("BENCH_N", "0")) if count is None else count
    return [(USERS[i % len(USERS)], text_of(f"s{i}")) for i in range(count)]


class _State:
    append: Append | None = None
    run: Run | None = None
    counts: Callable[[], dict[str, int]] = dict
    number = 0
    shown_at_ms: float | None = None
    is_serving = False


_state = _State()


def note_start() -> None:
    """The measured opening begins here, where it does not begin with the page's navigation."""
    _state.shown_at_ms = time.time() * 1000


def serve(
    append: Append, run: Run, *, port: int | None = None, counts: Callable[[], dict[str, int]] = dict
) -> None:
    """Answer the driver from now on; called again, by a newer session, only what is called changes.

    Args:
        append: adds one message.
        run: where that belongs.
        port: to listen on; else that of the environment.
        counts: what must be true of the page when all is shown.
    """
    _state.append, _state.run, _state.counts = append, run, counts
    if _state.is_serving:
        return
    _state.is_serving = True
    address = ("127.0.0.1", int(os.environ["BENCH_CONTROL"]) if port is None else port)
    server = ThreadingHTTPServer(address, _Handler)
    threading.Thread(target=server.serve_forever, name="control", daemon=True).start()


def on_loop(loop: asyncio.AbstractEventLoop) -> Run:
    return lambda work: asyncio.run_coroutine_threadsafe(work, loop)


async def _append_many(count: int) -> list[tuple[str, float, float]]:
    """(id, ms before the call, ms after it) of each."""
    assert _state.append is not None
    done = []
    for _ in range(count):
        _state.number += 1
        name, before = f"m{_state.number}", time.time()
        result = _state.append(text_of(name, int(before * 1e6)), USERS[_state.number % len(USERS)])
        if inspect.isawaitable(result):
            await result
        done.append((name, before * 1000, time.time() * 1000))
        await asyncio.sleep(0)
    await asyncio.sleep(QUIET_S)
    return done


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(
            200,
            {
                "is_ready": _state.append is not None,
                "shown_at_ms": _state.shown_at_ms,
                "number": _state.number,
            }
            | _state.counts(),
        )

    def do_POST(self) -> None:
        count = int(parse_qs(urlsplit(self.path).query)["count"][0])
        try:
            assert _state.run is not None
            self._answer(200, _state.run(_append_many(count)).result(LIMIT_S))
        except Exception as error:
            self._answer(500, repr(error))

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
