"""When a captured message was said, as well as the file tells; and whether it says that the guest types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from ipygenesys._protocols.tolerant import time_ms_of
from ipygenesys._recordings.foreign.capture import UNREADABLE, Payload, Socket


class Said(NamedTuple):
    """One message of a socket."""

    at_s: float
    """Seconds since the epoch."""
    is_ours: bool
    payload: Payload


def said_on(socket: Socket, at_s: float) -> Iterator[Said]:
    """Its messages in the file's order, with times that never go back.

    Where the tool has none, the server's own time in a message counts, or else that of the message before.

    Args:
        socket: which one.
        at_s: it was not open before.
    """
    at_s = max(at_s, socket.started_s or 0.0)
    for frame in socket.frames:
        payload = frame.payload
        told_s = _server_s(payload) if frame.at_s is None and not frame.is_ours else frame.at_s
        at_s = max(at_s, told_s or 0.0)
        yield Said(at_s, frame.is_ours, payload)


class _Channel(msgspec.Struct, frozen=True):
    time: str | None = None


class _Body(msgspec.Struct, frozen=True):
    channel: _Channel = _Channel()


class _Timed(msgspec.Struct, frozen=True):
    body: _Body = _Body()


def _server_s(payload: Payload) -> float | None:
    try:
        time_ms = time_ms_of(msgspec.json.decode(payload.data, type=_Timed).body.channel.time)
    except UNREADABLE:
        return None
    return None if time_ms is None else time_ms / 1000


class _Typed(msgspec.Struct, frozen=True, kw_only=True):
    message: Any = None


def is_typing(data: str) -> bool:
    """The guest types."""
    if '"Typing"' not in data:
        return False
    try:
        message = msgspec.json.decode(data, type=_Typed).message
    except UNREADABLE:
        return False
    events = message.get("events") if isinstance(message, dict) else None
    listed = events if isinstance(events, list) else []
    return any(isinstance(event, dict) and event.get("eventType") == "Typing" for event in listed)
