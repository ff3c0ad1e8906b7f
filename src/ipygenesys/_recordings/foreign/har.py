"""HAR with the messages of WebSockets, as Chrome's DevTools, Playwright and mitmproxy write it.

Each has its ways (reference: the HAR 1.2 specification has no WebSockets at all): the unit of times, the scheme of the
address, side files. What none of them has is how a socket was closed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.foreign.capture import (
    UNREADABLE,
    Call,
    Capture,
    Data,
    Frame,
    Payload,
    Socket,
    epoch_s,
    lines_of,
    plain,
    seconds_of,
    unreadable,
)

MAX_BODY = 16 << 20
"""Chosen: a page of history has a thousandth of that."""

SideFile = Callable[[str], bytes | None]
"""A file beside the HAR, by its plain name; None: it is not there."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``_webSocketMessages``."""

    type: str = ""
    time: Any = None
    opcode: Any = 1
    data: str = ""

    @property
    def payload(self) -> Payload:
        """A text, or the Base64 of bytes."""
        return Payload(self.data, is_base64=self.opcode == 2)


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """Of a message, all but what it says."""

    type: str = ""
    time: Any = None
    opcode: Any = 1


class _Creator(msgspec.Struct, frozen=True, kw_only=True):
    name: Any = ""
    version: Any = ""


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    method: str = "GET"
    url: str = ""


class _Content(msgspec.Struct, frozen=True, kw_only=True):
    text: msgspec.Raw = msgspec.Raw(b"null")
    encoding: Any = None
    file: Any = msgspec.field(default=None, name="_file")


class _Response(msgspec.Struct, frozen=True, kw_only=True):
    status: Any = 0
    content: _Content = _Content()
    failure: Any = msgspec.field(default=None, name="_failureText")


class _Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    started_date_time: Any = None
    time: Any = None
    request: _Request = _Request()
    response: _Response = _Response()
    resource_type: Any = msgspec.field(default=None, name="_resourceType")
    messages: msgspec.Raw = msgspec.field(default=msgspec.Raw(b"null"), name="_webSocketMessages")

    @property
    def has_messages(self) -> bool:
        """In itself, and not in a file beside it."""
        return bytes(memoryview(self.messages)[:4]) != b"null"

    @property
    def is_socket(self) -> bool:
        """Whatever its scheme: mitmproxy writes http."""
        scheme = self.request.url.partition("://")[0].lower()
        return (
            self.resource_type == "websocket"
            or self.has_messages
            or scheme in ("ws", "wss")
            or self.response.status == 101
        )


class _Log(msgspec.Struct, frozen=True, kw_only=True):
    creator: _Creator = _Creator()
    entries: list[msgspec.Raw]


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    log: _Log


def looks_like_har(start: bytes) -> bool:
    """Whether a file that begins like this may be one."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"log"' in start


def capture_of(name: str, data: Data, side_file: SideFile) -> Capture:
    """What a HAR holds.

    Args:
        name: of the file, for errors.
        data: all of it; it may be mapped.
        side_file: reads what Playwright has attached.

    Raises:
        NoRecording: it is damaged, or holds no messages; says which tool made it and what to do instead.
    """
    try:
        log = msgspec.json.decode(plain(data), type=_Document).log
    except UNREADABLE:
        raise unreadable(name, "it is not the JSON of a whole HAR file; was the export cut off?") from None
    tool = (
        " ".join(str(each)[:60] for each in (log.creator.name, log.creator.version) if each)
        or "an unnamed tool"
    )
    capture = Capture(tool=tool, sockets=[], calls=[])
    for raw in log.entries:
        try:
            entry = msgspec.json.decode(raw, type=_Entry)
        except UNREADABLE:
            continue  # Somebody else's entry, of another shape.
        if entry.is_socket:
            capture.sockets.append(_socket(entry, side_file))
        else:
            capture.calls.append(_call(entry, side_file))
    if not any(socket.frames for socket in capture.sockets):
        raise NoRecording(_without_messages(name, tool, len(capture.sockets)))
    return capture


def _socket(entry: _Entry, side_file: SideFile) -> Socket:
    raws = list(_messages(entry, side_file))
    frames: list[Frame] = []
    error = entry.response.failure if isinstance(entry.response.failure, str) else None
    for raw in raws:
        try:
            head = msgspec.json.decode(raw, type=_Head)
        except UNREADABLE:
            continue
        if head.type in ("send", "receive"):
            frames.append(Frame(epoch_s(head.time), head.type == "send", raw, Message))
        elif head.type == "error":
            error = error or "The browser says that it failed."
    started_s = epoch_s(entry.started_date_time)
    ended_s = None if started_s is None or not seconds_of(entry.time) else started_s + seconds_of(entry.time)
    return Socket(url=entry.request.url, started_s=started_s, ended_s=ended_s, frames=frames, error=error)


def _messages(entry: _Entry, side_file: SideFile) -> Iterator[msgspec.Raw]:
    if entry.has_messages:
        try:
            yield from msgspec.json.decode(entry.messages, type=list[msgspec.Raw])
        except UNREADABLE:
            pass
        return
    file = entry.response.content.file
    if isinstance(file, str) and (data := side_file(file)) is not None:
        for line in lines_of(data):
            yield msgspec.Raw(line)


def _call(entry: _Entry, side_file: SideFile) -> Call:
    def read() -> str | None:
        content = entry.response.content
        if isinstance(content.file, str):
            data = side_file(content.file)
            return None if data is None else bytes(data[:MAX_BODY]).decode("utf-8", "replace")
        if len(content.text) > MAX_BODY:
            return None
        try:
            text = msgspec.json.decode(content.text, type=str | None)
            is_base64 = content.encoding == "base64" and text is not None
            return base64.b64decode(text or "").decode("utf-8", "replace") if is_base64 else text
        except (*UNREADABLE, binascii.Error):
            return None

    status = entry.response.status
    return Call(
        at_s=epoch_s(entry.started_date_time),
        took_s=seconds_of(entry.time),
        method=entry.request.method,
        url=entry.request.url,
        status=status if isinstance(status, int) and status > 0 else None,
        read=read,
    )


def _without_messages(name: str, tool: str, sockets: int) -> str:
    """What to do instead depends on who made it."""
    if not sockets:
        return (
            f"{name}, made by {tool}, holds no WebSocket at all: the conversation ran elsewhere, or the recording began "
            "after it. Open the developer tools first, then reload the page."
        )
    lower = tool.lower()
    if "firefox" in lower:
        cure = "Firefox exports no WebSocket messages. Record it in Chrome or Edge: Network, then Export HAR."
    elif "playwright" in lower:
        cure = (
            "Playwright leaves them out with record_har_content='omit', and keeps them in side files with 'attach' (pass "
            "the HAR with its files, or the .zip). Record it with record_har_content='embed', or mode 'full'."
        )
    else:
        cure = (
            "Record it with a tool that keeps them: Chrome or Edge (Network, Export HAR), Playwright 1.61 or newer, or "
            "mitmproxy (mitmdump --set hardump=x.har)."
        )
    what = (
        "a WebSocket, but not its messages"
        if sockets == 1
        else f"{sockets} WebSockets, but none of their messages"
    )
    return f"{name}, made by {tool}, holds {what}. {cure}"
