"""Which conversation a capture holds: its sockets by conversation, and the codec that reads them.

A page opens another socket whenever it loses one: sockets of one guest token, or else of one deployment, are one
conversation. A file may hold several, and sockets that are nobody's conversation, of a development server, say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from ipygenesys._protocols.agent_messaging.protocol import AgentMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.foreign.capture import UNREADABLE, Capture, Frame, Socket
from ipygenesys._recordings.masking import MASK
from ipygenesys.credentials import AccessToken

MAX_PEEKED = 50
"""Chosen: frames of a socket that are looked at to tell what it speaks."""
_CONVERSATION_TOPIC = re.compile(
    r"v2\.(?:conversations\.messages|detail\.events\.conversation)\.([\w-]{8,64})"
)
_NOBODY = AccessToken(MASK)


class _Peek(msgspec.Struct, frozen=True, kw_only=True):
    """What tells the wires apart, of frames of any of them."""

    action: Any = None
    token: Any = None
    deployment_id: Any = msgspec.field(default=None, name="deploymentId")
    class_: Any = msgspec.field(default=None, name="class")
    topic_name: Any = msgspec.field(default=None, name="topicName")
    event_body: Any = msgspec.field(default=None, name="eventBody")
    event_type: Any = None
    conversation_id: Any = None


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation of a capture."""

    protocol: Adapter
    sockets: Sequence[Socket]
    """In the order in which they were opened."""
    others: int = 0
    """Conversations that the capture holds besides."""


def talk_in(name: str, capture: Capture) -> Talk:
    """The conversation of a capture: of several, the one with most messages.

    Raises:
        NoRecording: none of its sockets speaks one of the protocols.
    """
    groups: dict[tuple[str, ...], list[Socket]] = {}
    for socket in capture.sockets:
        if (key := _key_of(socket)) is not None:
            groups.setdefault(key, []).append(socket)
    _join_tokenless(groups)
    if not groups:
        hosts = sorted({urlsplit(socket.url).hostname or "?" for socket in capture.sockets})
        raise NoRecording(
            f"{name}, made by {capture.tool}, holds {len(capture.sockets)} WebSockets, but none that speaks Genesys "
            f"messaging: they go to {', '.join(hosts[:5])}."
        )
    key = max(groups, key=lambda key: sum(len(socket.frames) for socket in groups[key]))
    sockets = [
        socket for _, socket in sorted(enumerate(groups[key]), key=lambda each: (_start(each[1]), each[0]))
    ]
    return Talk(protocol=_protocol(key, sockets[0].url), sockets=sockets, others=len(groups) - 1)


def _start(socket: Socket) -> float:
    first = next((frame.at_s for frame in socket.frames if frame.at_s is not None), None)
    return socket.started_s or first or 0.0


def _key_of(socket: Socket) -> tuple[str, ...] | None:
    """The wire and the conversation; None: neither can be told."""
    seen: Counter[tuple[str, ...]] = Counter()
    deployment = parse_qs(urlsplit(socket.url).query).get("deploymentId", [""])[0]
    for frame in socket.frames[:MAX_PEEKED]:
        peek = _peek(frame)
        if frame.is_ours and isinstance(peek.action, str) and isinstance(peek.token, str):
            deployment = peek.deployment_id if isinstance(peek.deployment_id, str) else deployment
            return ("guest", deployment, peek.token)
        if isinstance(peek.class_, str):
            seen["guest", deployment, ""] += 1
        elif isinstance(peek.topic_name, str) and (id_ := _conversation_of(peek)) is not None:
            seen["agent", id_] += 1
        elif isinstance(peek.event_type, str) and isinstance(peek.conversation_id, str):
            seen["events", peek.conversation_id] += 1
    return seen.most_common(1)[0][0] if seen else None


def _conversation_of(peek: _Peek) -> str | None:
    if (found := _CONVERSATION_TOPIC.fullmatch(peek.topic_name)) is not None:
        return found[1]
    is_users = ".conversations" in peek.topic_name and isinstance(peek.event_body, dict)
    id_ = (peek.event_body.get("conversationId") or peek.event_body.get("id")) if is_users else None
    return id_ if isinstance(id_, str) else None


def _peek(frame: Frame) -> _Peek:
    payload = frame.payload
    try:
        return _Peek() if payload.is_base64 else msgspec.json.decode(payload.data, type=_Peek)
    except UNREADABLE:
        return _Peek()


def _join_tokenless(groups: dict[tuple[str, ...], list[Socket]]) -> None:
    """A socket that was cut off before its first words is of the one guest of its deployment, if there is one."""
    for key in [key for key in groups if key[0] == "guest" and not key[-1]]:
        named = [other for other in groups if other[:2] == key[:2] and other[-1]]
        if len(named) == 1:
            groups[named[0]] += groups.pop(key)


def _protocol(key: tuple[str, ...], url: str) -> Adapter:
    """A codec; where it would connect to is of no concern, for it never does."""
    base_url = f"https://{urlsplit(url).hostname or 'recorded'}"
    match key:
        case ("guest", deployment, _):
            return WebMessaging(deployment_id=_id(deployment), base_url=base_url)
        case ("agent", conversation_id):
            return AgentMessaging(
                conversation_id=_id(conversation_id), credentials=_NOBODY, base_url=base_url
            )
        case _:
            return MessagingEvents(conversation_id=_id(key[1]), credentials=_NOBODY, base_url=base_url)


def _id(text: str) -> str:
    return text if re.fullmatch(r"[\w.-]{1,64}", text) else "recorded"
