"""Writes a recording as HAR with Chrome's keys: an entry for each socket with its messages, one for each call.

Chrome's own importer, and whoever reads ``_webSocketMessages``, takes it. Messages go through a file of their own for each
socket, so that a long recording needs no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    CallMade,
    FrameIn,
    FrameOut,
    Header,
    StreamBegan,
    StreamEnded,
)
from ipygenesys._recordings.foreign.capture import written
from ipygenesys._recordings.masking import Masks

_CHUNK = 1 << 16
_TIMINGS = {"blocked": -1, "dns": -1, "ssl": -1, "connect": -1, "send": 0, "wait": 0, "receive": 0}


class _Part:
    """An entry in the making."""

    def __init__(self, started_s: float, fields: dict[str, Any], messages: IO[bytes] | None = None) -> None:
        self.started_s = self.ended_s = started_s
        self.fields = fields
        self.messages = messages

    def say(self, message: dict[str, Any]) -> None:
        assert self.messages is not None
        self.messages.write(b"," if self.messages.tell() else b"")
        self.messages.write(msgspec.json.encode(message))

    def chunks(self) -> Iterator[bytes]:
        took_ms = (self.ended_s - self.started_s) * 1000
        timings = {**_TIMINGS, "receive": took_ms}
        head = msgspec.json.encode(
            {**self.fields, "startedDateTime": written(self.started_s), "time": took_ms, "timings": timings}
        )
        if self.messages is None:
            yield head
            return
        yield head[:-1] + b',"_webSocketMessages":['
        self.messages.seek(0)
        while chunk := self.messages.read(_CHUNK):
            yield chunk
        yield b"]}"


def har_of(entries: Iterable[AnyEntry], version: str, new_file: Callable[[], IO[bytes]]) -> Iterator[bytes]:
    """The HAR, piece by piece.

    Args:
        entries: of a recording, its header first.
        version: ours.
        new_file: makes an empty file that is gone once it is closed.
    """
    parts: list[_Part] = []
    sockets: dict[int, _Part] = {}
    calls: dict[int, _Part] = {}
    masks, title, started_s = Masks(), "", 0.0
    for entry in entries:
        match entry:
            case Header():
                title, started_s = entry.title or f"{entry.protocol} conversation", entry.at_s
            case StreamBegan(stream=stream):
                sockets[stream] = _socket(entry.at_s, masks.masked(entry.url), new_file())
                parts.append(sockets[stream])
            case FrameIn() | FrameOut():
                if entry.stream not in sockets:  # The recording began while it was open.
                    sockets[entry.stream] = _socket(entry.at_s, "", new_file())
                    parts.append(sockets[entry.stream])
                _say(sockets[entry.stream], entry, masks)
            case StreamEnded(stream=stream) if stream in sockets:
                sockets.pop(stream).ended_s = entry.at_s
            case CallMade():
                calls[entry.call] = _Part(entry.at_s, _call(entry, masks))
                parts.append(calls[entry.call])
            case CallEnded(call=call) if call in calls:
                _answer(calls.pop(call), entry, masks)
    yield (
        b'{"log":'
        + msgspec.json.encode(
            {
                "version": "1.2",
                "creator": {"name": "ipygenesys", "version": version},
                "pages": [
                    {
                        "startedDateTime": written(started_s),
                        "id": "page_1",
                        "title": title,
                        "pageTimings": {"onContentLoad": -1, "onLoad": -1},
                    }
                ],
            }
        )[:-1]
        + b',"entries":['
    )
    for place, part in enumerate(sorted(parts, key=lambda part: part.started_s)):
        yield b",\n" if place else b"\n"
        yield from part.chunks()
    yield b"\n]}}\n"


def _say(socket: _Part, entry: FrameIn | FrameOut, masks: Masks) -> None:
    socket.ended_s = max(socket.ended_s, entry.at_s)
    socket.say(
        {
            "type": "receive" if isinstance(entry, FrameIn) else "send",
            "time": entry.at_s,
            "opcode": 2 if entry.is_base64 else 1,
            "data": entry.data if entry.is_base64 else masks.masked(entry.data),
        }
    )


def _socket(at_s: float, url: str, file: IO[bytes]) -> _Part:
    fields = _fields("GET", url or "wss://recorded/", 101, "Switching Protocols", None)
    return _Part(at_s, {**fields, "_resourceType": "websocket"}, file)


def _call(entry: CallMade, masks: Masks) -> dict[str, Any]:
    fields = _fields(entry.method, masks.masked(entry.url), 0, "", None)
    if entry.body is not None:
        text = masks.masked(entry.body)
        fields["request"]["postData"] = {"mimeType": "application/json", "text": text}
        fields["request"]["bodySize"] = len(text.encode("utf-8", "replace"))
    return {**fields, "_resourceType": "fetch"}


def _answer(part: _Part, entry: CallEnded, masks: Masks) -> None:
    part.ended_s = max(entry.at_s, part.started_s)
    body = None if entry.body is None else masks.masked(entry.body)
    answered = _fields("", "", entry.status or 0, "", body)["response"]
    headers = [{"name": name, "value": masks.masked(value)} for name, value in entry.headers.items()]
    part.fields["response"] = {**answered, "headers": headers, "_error": entry.error}


def _fields(method: str, url: str, status: int, words: str, body: str | None) -> dict[str, Any]:
    query = [{"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query)]
    size = 0 if body is None else len(body.encode("utf-8", "replace"))
    content: dict[str, Any] = {"size": size, "mimeType": "x-unknown" if body is None else "application/json"}
    common = {"httpVersion": "HTTP/1.1", "headers": [], "cookies": [], "headersSize": -1}
    return {
        "cache": {},
        "pageref": "page_1",
        "request": {"method": method, "url": url, "queryString": query, "bodySize": 0, **common},
        "response": {
            "status": status,
            "statusText": words,
            "content": content if body is None else {**content, "text": body},
            "redirectURL": "",
            "bodySize": size,
            **common,
        },
    }
