"""Events of the DevTools protocol, one JSON object a line: ``{"method": "Network.webSocket…", "params": {…}}``.

Their ``timestamp`` is monotonic seconds; the ``wallTime`` of a socket's handshake tells the distance to the wall clock.
"""

from __future__ import annotations

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
)

_SOCKET = "Network.webSocket"


class _Method(msgspec.Struct, frozen=True, kw_only=True):
    method: str = ""
    params: msgspec.Raw = msgspec.Raw(b"{}")


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


def looks_like_events(line: bytes) -> bool:
    """Whether a file that begins with this line may be one."""
    try:
        event = msgspec.json.decode(line, type=_Method)
    except UNREADABLE:
        return False
    return "." in event.method


def capture_of(name: str, data: Data) -> Capture:
    """The sockets of a file of events; lines that are something else are skipped.

    Raises:
        NoRecording: there is no message in it.
    """
    sockets: dict[str, Socket] = {}
    ahead_s: dict[str, float] = {}
    for line in lines_of(data):
        try:
            event = msgspec.json.decode(line, type=_Method)
            if not event.method.startswith(_SOCKET):
                continue
            params = msgspec.json.decode(event.params, type=_Params)
        except UNREADABLE:
            continue
        id_, what = params.request_id, event.method.removeprefix(_SOCKET)
        socket = sockets.setdefault(id_, Socket(url="", frames=[]))
        at_s = _wall(params.timestamp, ahead_s.get(id_))
        match what:
            case "Created":
                socket.url = params.url
            case "WillSendHandshakeRequest":
                wall_s = epoch_s(params.wall_time)
                if wall_s is not None and params.timestamp is not None:
                    ahead_s[id_] = wall_s - params.timestamp
                socket.started_s = wall_s
            case "FrameSent" | "FrameReceived" if _is_message(event.params):
                socket.frames.append(Frame(at_s, what == "FrameSent", event.params, FrameEvent))
            case "FrameError":
                socket.error = "The browser says that it failed."
            case "Closed":
                socket.ended_s = at_s
            case _:
                pass  # Such as the handshake's answer.
    if not any(socket.frames for socket in sockets.values()):
        raise NoRecording(
            f"{name} holds DevTools protocol events, but none of a WebSocket's messages. Enable the Network domain before "
            "the page opens its socket."
        )
    return Capture(tool="DevTools protocol", sockets=list(sockets.values()))


def _wall(timestamp: float | None, ahead_s: float | None) -> float | None:
    return None if timestamp is None or ahead_s is None else epoch_s(timestamp + ahead_s)


def _is_message(params: msgspec.Raw) -> bool:
    """Pings, pongs and closes have frames of their own in some versions."""
    return msgspec.json.decode(params, type=_FrameHead).response.opcode in (0, 1, 2)
