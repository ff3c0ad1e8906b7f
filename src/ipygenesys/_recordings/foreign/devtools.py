"""Events of the DevTools protocol, one a line or in an array.

Each is ``{"method": "Network.webSocket…", "params": {…}}``. WebDriver's performance log holds them as texts, each in the
``message`` of an entry, there in a ``message`` again. Their ``timestamp`` is monotonic seconds; the ``wallTime`` of a
handshake, or of any other request, tells the distance to the wall clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.foreign.capture import (
    UNREADABLE,
    Capture,
    Data,
    Frame,
    Payload,
    Socket,
    epoch_s,
    lines_of,
    plain,
    unreadable,
)

_SOCKET = "Network.webSocket"
_EVENT = re.compile(rb'\\*"method\\*"\s*:\s*\\*"[A-Z]\w*\.[a-z]\w*\\*"')
_MAX_WRAPPINGS = 3


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    method: str = ""
    params: msgspec.Raw = msgspec.Raw(b"{}")
    message: msgspec.Raw = msgspec.Raw(b"")
    """Another one, or its text: of a performance log."""


class _Params(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    request_id: str = ""
    url: str = ""
    timestamp: float | None = None
    wall_time: Any = None
    error_message: str | None = None


class _FrameBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    opcode: Any = 1
    payload_data: str = ""


class FrameEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of webSocketFrameSent and webSocketFrameReceived."""

    response: _FrameBody = _FrameBody()

    @property
    def payload(self) -> Payload:
        """A text, or the Base64 of bytes."""
        return Payload(self.response.payload_data, is_base64=self.response.opcode == 2)


class _Opcode(msgspec.Struct, frozen=True, kw_only=True):
    opcode: Any = 1


class _FrameHead(msgspec.Struct, frozen=True, kw_only=True):
    response: _Opcode = _Opcode()


def looks_like_events(start: bytes) -> bool:
    """Whether a file that begins like this may be one."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and _EVENT.search(start) is not None


def capture_of(name: str, data: Data) -> Capture:
    """The sockets of a file of events; what is something else is skipped.

    Raises:
        NoRecording: it is damaged, or there is no message in it.
    """
    sockets: dict[str, Socket] = {}
    ahead_s: dict[str, float] = {}
    anyones_s: float | None = None
    for event in _events(_raws(name, data)):
        try:
            params = msgspec.json.decode(event.params, type=_Params)
        except UNREADABLE:
            continue
        id_, wall_s = params.request_id, epoch_s(params.wall_time)
        if wall_s is not None and params.timestamp is not None:
            anyones_s = ahead_s[id_] = wall_s - params.timestamp
        if not event.method.startswith(_SOCKET):
            continue
        what, socket = event.method.removeprefix(_SOCKET), sockets.setdefault(id_, Socket(url="", frames=[]))
        match what:
            case "Created":
                socket.url = params.url
            case "WillSendHandshakeRequest":
                socket.started_s = wall_s
            case "FrameSent" | "FrameReceived" if _is_message(event.params):
                socket.frames.append(Frame(params.timestamp, what == "FrameSent", event.params, FrameEvent))
            case "FrameError":
                socket.error = "The browser says that it failed."
            case "Closed":
                socket.ended_s = params.timestamp
            case _:
                pass  # Such as the handshake's answer.
    if not any(socket.frames for socket in sockets.values()):
        raise NoRecording(
            f"{name} holds DevTools protocol events, but none of a WebSocket's messages. Enable the Network domain before "
            "the page opens its socket."
        )
    for id_, socket in sockets.items():  # Until now their times were the browser's own.
        distance_s = ahead_s.get(id_, anyones_s)
        socket.frames = [frame._replace(at_s=_wall(frame.at_s, distance_s)) for frame in socket.frames]
        socket.ended_s = _wall(socket.ended_s, distance_s)
    return Capture(tool="DevTools protocol", sockets=list(sockets.values()))


def _raws(name: str, data: Data) -> Iterable[msgspec.Raw | memoryview]:
    if bytes(plain(data)[:64]).lstrip()[:1] != b"[":
        return lines_of(data)
    try:
        return msgspec.json.decode(plain(data), type=list[msgspec.Raw])
    except UNREADABLE:
        raise unreadable(name, "it is not a whole JSON array of events") from None


def _events(raws: Iterable[msgspec.Raw | memoryview]) -> Iterator[_Event]:
    """Those of the network, out of whatever is around them."""
    for raw in raws:
        said: Any = raw
        try:
            for _ in range(_MAX_WRAPPINGS):
                event = msgspec.json.decode(said, type=_Event)
                if event.method or not (said := event.message):
                    break
                if bytes(memoryview(said)[:1]) == b'"':
                    said = msgspec.json.decode(said, type=str)
        except UNREADABLE:
            continue
        if event.method.startswith("Network."):
            yield event


def _wall(timestamp: float | None, ahead_s: float | None) -> float | None:
    return None if timestamp is None or ahead_s is None else epoch_s(timestamp + ahead_s)


def _is_message(params: msgspec.Raw) -> bool:
    """Pings, pongs and closes have frames of their own in some versions."""
    return msgspec.json.decode(params, type=_FrameHead).response.opcode in (0, 1, 2)
