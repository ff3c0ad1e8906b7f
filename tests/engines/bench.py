"""The page of the view's tests in another engine: served from this machine, driven by WebDriver."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ipygenesys._core.view import protocol as vp
from tests.engines.browsers import Engine
from tests.tools.screen import Screen
from tests.view.conftest import HERE, STATIC, blank_page
from tests.view.kernel import Kernel

TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}
FILES = {
    "/widget.js": STATIC / "widget.js",
    "/widget.css": STATIC / "widget.css",
    "/harness.js": HERE / "harness.js",
}
# A kernel that says nothing is soon said not to answer, and some of these machines and engines are slow.
BEAT = "beat => void setInterval(() => harness.model.deliver(beat), 1_000)"


class Handler(BaseHTTPRequestHandler):
    """The bundle, the harness and a blank page; nothing else."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        body = blank_page("light", "ltr").encode() if path == "/" else b""
        if path in FILES:
            body = FILES[path].read_bytes()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", TYPES[Path(path).suffix or ".html"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Bench:
    """One engine with the page in it."""

    def __init__(self, engine: Engine, screen: Screen, address: str, folder: Path) -> None:
        self.engine = engine
        self.screen = screen
        self.page = engine.page
        self.folder = folder
        self._address = address

    def start(
        self, messages: Sequence[vp.ViewMessage] = (), *, newest: int | None = None, **fields: Any
    ) -> Kernel:
        """A blank page with one view, whose hello is answered."""
        self.page.goto(self._address)
        return self.show(messages, newest=newest, **fields)

    def show(
        self, messages: Sequence[vp.ViewMessage] = (), *, newest: int | None = None, **fields: Any
    ) -> Kernel:
        """The view, in the page as it is."""
        self.page.until("() => typeof harness === 'object'")
        self.page.evaluate("() => harness.start()")
        self.page.evaluate("() => harness.open()")
        kernel = Kernel(self.page, messages, **fields)
        kernel.answer_hello(newest=newest)
        self.page.until("""() => document.querySelector('[data-link="live"]') !== null""")
        alive = vp.KernelHeartbeat(epoch=kernel.epoch, revision=kernel.revision)
        self.page.evaluate(BEAT, vp.encode_to_view(alive))
        self.page.evaluate("() => harness.atRest()")
        return kernel

    def value(self, selector: str = ".ipg-box") -> str:
        found: str = self.page.evaluate("selector => document.querySelector(selector).value", selector)
        return found

    def text(self, selector: str) -> str:
        found: str = self.page.evaluate(
            "selector => document.querySelector(selector)?.textContent ?? ''", selector
        )
        return found
