"""A kernel's page without a Jupyter: widgets whose comms end in a page at the other end of a WebSocket."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from comm.base_comm import BaseComm
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from ipygenesys._widget.bundle import STATIC


class PageComm(BaseComm):
    """A comm whose front end is a page at the other end of a WebSocket."""

    page: ServerConnection | None = None
    bytes_sent = 0

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,
    ) -> None:
        if data and data.get("method") == "custom" and PageComm.page is not None:
            text = json.dumps(data["content"], ensure_ascii=False)
            PageComm.bytes_sent += len(text)
            PageComm.page.send(text)

    def heard(self, content: Any) -> None:
        self.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def serve_page(
    html: Path,
    widget: Callable[[], object],
    asked: Mapping[str, Callable[[], object]],
) -> None:
    """Serve a page, the bundles and a socket to a widget, for ever; the first line that is written is its address.

    Args:
        html: the page.
        widget: the one whose page it is; None where nobody is there.
        asked: by path, what is to be done; what comes back is told as JSON.
    """

    def answered(page: ServerConnection, request: Request) -> Response | None:
        name = request.path.lstrip("/")
        if name == "socket":
            return None
        if name in asked:
            return page.respond(HTTPStatus.OK, json.dumps(asked[name]()))
        file = html if name == "" else STATIC / Path(name).name
        if not file.is_file():
            return page.respond(HTTPStatus.NOT_FOUND, "")
        response = page.respond(HTTPStatus.OK, file.read_text("utf-8"))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = f"{mimetypes.guess_type(file.name)[0]}; charset=utf-8"
        return response

    def hear(page: ServerConnection) -> None:
        PageComm.page = page
        model = getattr(widget(), "comm", None)
        for text in page:
            if isinstance(model, PageComm):
                model.heard(json.loads(text))

    with serve(hear, "127.0.0.1", 0, process_request=answered) as server:
        print(f"http://127.0.0.1:{server.socket.getsockname()[1]}/", flush=True)
        server.serve_forever()
