"""What is nobody else's business, as it leaves us, and where it is looked for: logs, reprs, and what ``vars`` shows."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from ipygenesys._io.stream.websocket import Stream
from tests.io.watch import Watched


class Wire:
    """What we have sent that is nobody else's business, by its kind."""

    def __init__(self) -> None:
        self.secrets: defaultdict[str, set[str]] = defaultdict(set)

    def address(self, address: str) -> None:
        parts = urlsplit(address)
        for name, values in parse_qs(parts.query).items():
            self.secrets[name].update(value for value in values if len(value) > 15)
        if channel := parts.path.partition("/channels/")[2]:
            self.secrets["channel"].add(channel.split("/")[0])

    def headers(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            if name.lower() == "authorization":
                self.secrets["token"].add(value.split()[-1])

    def frame(self, frame: str) -> None:
        said = msgspec.json.decode(frame)
        if isinstance(said, dict) and isinstance(said.get("token"), str):
            self.secrets["session"].add(said["token"])


def tapped(patch: pytest.MonkeyPatch) -> Wire:
    """Catches secrets where they leave us, for as long as the patches last."""
    made = Wire()
    http, opened, said = httpx.AsyncClient.send, Stream.open.__func__, Stream.send  # type: ignore[attr-defined]

    async def send_http(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> Any:
        made.address(str(request.url))
        made.headers(dict(request.headers))
        return await http(client, request, **options)

    async def open_stream(cls: type[Stream], url: str, /, **options: Any) -> Stream:
        made.address(url)
        made.headers(options["headers"])
        for frame in options["first_frames"]:
            made.frame(frame)
        stream: Stream = await opened(cls, url, **options)
        return stream

    async def send_frame(stream: Stream, frame: str) -> None:
        made.frame(frame)
        await said(stream, frame)

    patch.setattr(httpx.AsyncClient, "send", send_http)
    patch.setattr(Stream, "open", classmethod(open_stream))
    patch.setattr(Stream, "send", send_frame)
    return made


def reprs(client: Watched) -> list[str]:
    """What it shows of itself, and what ``vars`` shows, two levels down."""
    gateway: Any = client._gateway
    things = [
        client,
        gateway,
        gateway._protocol,
        getattr(gateway._protocol, "credentials", None),
        gateway._source,
        *client.told,
    ]
    inner = [value for thing in things if hasattr(thing, "__dict__") for value in vars(thing).values()]
    inner = [value for value in inner if not isinstance(value, Wire)]
    return [*map(repr, things + inner), *(repr(vars(each)) for each in inner if hasattr(each, "__dict__"))]


def tells_all(loop: asyncio.AbstractEventLoop) -> None:
    """Its own log names each callback from now on."""
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0


def all_loops_tell_all(patch: pytest.MonkeyPatch) -> None:
    """Those that are made from now on, too, such as the loops of commands and of the gateway's thread."""
    made = asyncio.BaseEventLoop.__init__

    def made_to_tell(loop: asyncio.BaseEventLoop) -> None:
        made(loop)
        tells_all(loop)

    patch.setattr(asyncio.BaseEventLoop, "__init__", made_to_tell)
