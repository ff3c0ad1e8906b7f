"""Which conversations a capture holds: their sockets, and the codecs that read them.

A page opens another socket whenever it loses one: sockets of one guest token, or else of one deployment, are one
conversation. An agent's channel tells of many. A file may hold sockets that are nobody's conversation, of a development
server, say.
"""

from __future__ import annotations

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
from ipygenesys._recordings.foreign.channels import PLAIN_ID, Heard, in_turn
from ipygenesys._recordings.masking import MASK
from ipygenesys.credentials import AccessToken

MAX_PEEKED = 50
"""Chosen: frames of a socket that are looked at to tell what it speaks."""
_NOBODY = AccessToken(MASK)
_CHANNEL = ("channel",)

Key = tuple[str, ...]
"""The wire and the conversation."""


class _Peek(msgspec.Struct, frozen=True, kw_only=True):
    """What tells the wires apart, of frames of any of them."""

    action: Any = None
    token: Any = None
    deployment_id: Any = msgspec.field(default=None, name="deploymentId")
    class_: Any = msgspec.field(default=None, name="class")
    topic_name: Any = msgspec.field(default=None, name="topicName")
    event_type: Any = None
    conversation_id: Any = None


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation of a capture."""

    id: str
    """The platform's, where a page is told it; else its number in the file."""
    protocol: Adapter
    sockets: Sequence[Socket]
    """In the order in which they were opened."""
    user_id: str | None = None
    """Whose page it is, where that is known without asking."""


def talks_in(name: str, capture: Capture) -> list[Talk]:
    """The conversations of a capture: the one with most messages first.

    Raises:
        NoRecording: there is none of ours in it; says what there is.
    """
    groups: dict[Key, list[Socket]] = {}
    heard = Heard()
    for socket in capture.sockets:
        key = _key_of(socket)
        if key == _CHANNEL:
            heard.of(socket)
        elif key is not None:
            groups.setdefault(key, []).append(socket)
    _join_tokenless(groups)
    counts = {key: sum(len(socket.frames) for socket in sockets) for key, sockets in groups.items()}
    for id_, parts in heard.conversations.items():
        groups["agent", id_] = in_turn(parts)
        counts["agent", id_] = heard.count[id_]
    if not groups:
        raise NoRecording(_without_talks(name, capture, heard))
    keys = sorted(groups, key=lambda key: -counts[key])
    user_id = next(iter(heard.users)) if len(heard.users) == 1 else None
    return [
        _talk(number, key, sorted(groups[key], key=lambda each: each.begin_s), user_id)
        for number, key in enumerate(keys, start=1)
    ]


def _key_of(socket: Socket) -> Key | None:
    """Whose it is; None: that cannot be told."""
    seen: Counter[Key] = Counter()
    deployment = parse_qs(urlsplit(socket.url).query).get("deploymentId", [""])[0]
    for frame in socket.frames[:MAX_PEEKED]:
        peek = _peek(frame)
        if frame.is_ours and isinstance(peek.action, str) and isinstance(peek.token, str):
            deployment = peek.deployment_id if isinstance(peek.deployment_id, str) else deployment
            return ("guest", deployment, peek.token)
        if isinstance(peek.topic_name, str):
            return _CHANNEL
        if isinstance(peek.class_, str):
            seen["guest", deployment, ""] += 1
        elif isinstance(peek.event_type, str) and isinstance(peek.conversation_id, str):
            seen["events", peek.conversation_id] += 1
    return seen.most_common(1)[0][0] if seen else None


def _peek(frame: Frame) -> _Peek:
    payload = frame.payload
    try:
        return _Peek() if payload.is_base64 else msgspec.json.decode(payload.data, type=_Peek)
    except UNREADABLE:
        return _Peek()


def _join_tokenless(groups: dict[Key, list[Socket]]) -> None:
    """A socket that was cut off before its first words is of the one guest of its deployment, if there is one."""
    for key in [key for key in groups if key[0] == "guest" and not key[-1]]:
        named = [other for other in groups if other[:2] == key[:2] and other[-1]]
        if len(named) == 1:
            groups[named[0]] += groups.pop(key)


def _talk(number: int, key: Key, sockets: Sequence[Socket], user_id: str | None) -> Talk:
    """With a codec; where that would connect to is of no concern, for it never does."""
    base_url = f"https://{urlsplit(sockets[0].url).hostname or 'recorded'}"
    protocol: Adapter
    match key:
        case ("guest", deployment, _):
            protocol = WebMessaging(deployment_id=_id(deployment), base_url=base_url)
            return Talk(id=str(number), protocol=protocol, sockets=sockets)
        case ("agent", id_):
            protocol = AgentMessaging(conversation_id=_id(id_), credentials=_NOBODY, base_url=base_url)
            return Talk(id=id_, protocol=protocol, sockets=sockets, user_id=user_id)
        case _:
            protocol = MessagingEvents(conversation_id=_id(key[1]), credentials=_NOBODY, base_url=base_url)
            return Talk(id=key[1], protocol=protocol, sockets=sockets)


def _id(text: str) -> str:
    return text if PLAIN_ID.fullmatch(text) else "recorded"


def _without_talks(name: str, capture: Capture, heard: Heard) -> str:
    if heard.topics:
        topics = ", ".join(topic for topic, _ in heard.topics.most_common(5))
        return (
            f"{name}, made by {capture.tool}, holds an agent's notification channel, but nothing on it tells of messages: "
            f"its topics are {topics}. Those that do are v2.users.{{id}}.conversations.messages and "
            "v2.routing.queues.{id}.conversations.messages."
        )
    hosts = sorted({urlsplit(socket.url).hostname or "?" for socket in capture.sockets})
    return (
        f"{name}, made by {capture.tool}, holds {len(capture.sockets)} WebSockets, but none that speaks Genesys "
        f"messaging: they go to {', '.join(hosts[:5])}."
    )
