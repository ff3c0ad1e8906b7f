"""An agent's notification channels in a capture: each conversation that they tell of is one of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from ipygenesys._protocols.agent_messaging.notifications import tells_of_messages, tells_of_typing
from ipygenesys._recordings.foreign.capture import UNREADABLE, Frame, Socket
from ipygenesys._wire import agent_messaging as wire

PLAIN_ID = re.compile(r"[\w.-]{1,64}")
_FOR_ALL = ""
_SYSTEM = "v2.system."
_ID = re.compile(r"(?<=\.)[^.]*\d[^.]*")


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    id: Any = None
    conversation_id: Any = None


class _Head(msgspec.Struct, frozen=True, rename="camel"):
    """Of a frame, what tells whom it is for."""

    topic_name: Any = None
    event_body: _Body | None = None


class Heard(msgspec.Struct):
    """What the channels of a capture have told."""

    conversations: dict[str, list[Socket]] = {}
    """By id: the sockets that told of it, each with what was for it or for all."""
    count: Counter[str] = msgspec.field(default_factory=Counter)
    """By id: how often it was told of."""
    users: set[str] = set()
    """Whose topics there were."""
    topics: Counter[str] = msgspec.field(default_factory=Counter)
    """Those that tell of no message conversation, without their ids."""

    def of(self, socket: Socket) -> None:
        """Take in one more."""
        own: dict[str, list[int]] = {}
        for_all: list[int] = []
        for place, frame in enumerate(socket.frames):
            address = self._address(frame)
            if address == _FOR_ALL:
                for_all.append(place)
            elif address is not None:
                own.setdefault(address, []).append(place)
        for id_, places in own.items():
            frames = [socket.frames[place] for place in sorted((*places, *for_all))]
            part = msgspec.structs.replace(socket, frames=frames)
            self.conversations.setdefault(id_, []).append(part)
            self.count[id_] += len(places)

    def _address(self, frame: Frame) -> str | None:
        """The conversation that it is for; None: it is for nobody who has one."""
        payload = frame.payload
        if payload.is_base64:
            return None
        try:
            head = msgspec.json.decode(payload.data, type=_Head)
        except UNREADABLE:
            return None
        topic = head.topic_name
        if not isinstance(topic, str) or topic == wire.METADATA_TOPIC or topic.startswith(_SYSTEM):
            return _FOR_ALL
        if not (tells_of_messages(topic) or tells_of_typing(topic)):
            self.topics[_ID.sub("{id}", topic)] += 1
            return None
        if (user := wire.id_in(topic, wire.USER_MESSAGES_TOPIC)) is not None:
            self.users.add(user)
        body = head.event_body or _Body()
        id_ = body.conversation_id or body.id
        return id_ if isinstance(id_, str) and PLAIN_ID.fullmatch(id_) else None


def in_turn(sockets: Iterable[Socket]) -> list[Socket]:
    """By their beginnings; those that were open at once, of a page with two channels, as one: a conversation has one stream."""
    found: list[Socket] = []
    for socket in sorted(sockets, key=lambda each: each.begin_s):
        before = found[-1] if found else socket
        times = [frame.at_s for frame in (*before.frames, *socket.frames)]
        if before is socket or before.end_s <= socket.begin_s or None in times:
            found.append(socket)
            continue
        frames = sorted((*before.frames, *socket.frames), key=lambda frame: frame.at_s or 0.0)
        last = max(before, socket, key=lambda each: each.end_s)
        found[-1] = msgspec.structs.replace(last, url=before.url, started_s=before.begin_s, frames=frames)
    return found
