"""A conversation as its events and its body name it, in neutral words; stateless."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, cast

import msgspec

from ipygenesys._core.inbox.rows import Kind
from ipygenesys._core.inbox.told import ConversationTold, Part, Said, TextsTold, TypingTold
from ipygenesys._core.model.messages import Role
from ipygenesys._core.model.platform_events import ReceiptStatus
from ipygenesys._protocols.agent_messaging.content import (
    NO_MESSAGES,
    OVER,
    ROLE_OF_PURPOSE,
    LooseBulk,
    words_of,
)
from ipygenesys._protocols.content import parts_of
from ipygenesys._protocols.tolerant import UNREADABLE, decode, is_id, name_of, time_ms_of
from ipygenesys._wire import agent_messaging as wire

_CONNECTED = frozenset({"connected", "parked", "converting", "uploading", "transmitting"})
_MEDIA: dict[str, Kind] = {"image": "image", "audio": "audio", "video": "video", "file": "file"}


MAX_PARTS = 8192
"""Chosen: parts that are kept as they were read. Each event of a conversation tells of all of them, and one has changed."""
MAX_SAID = 16_384
"""Chosen: messages likewise; a part that has changed names its newest ones, and mostly one of them is new."""
MAX_PART_BYTES, MAX_SAID_BYTES = 16_384, 1024
"""Chosen: what is larger is read anew each time."""


class Conversation(msgspec.Struct, frozen=True, rename="camel"):
    """A ``wire.RoutedConversation`` whose participants are read one by one."""

    id: str | None = None
    participants: list[msgspec.Raw] | None = None
    inactivity_timeout: str | None = None


class ConversationFrame(msgspec.Struct, frozen=True, rename="camel"):
    """A ``wire.Notification`` of a conversation, as nearly all are."""

    topic_name: str = ""
    event_body: Conversation | None = None


class _Participant(wire.RoutedParticipant, frozen=True, kw_only=True, rename="camel"):
    """A ``wire.RoutedParticipant`` whose messages are read one by one."""

    messages: list[msgspec.Raw] | None = None  # type: ignore[assignment]


def said_in(raw: bytes) -> Said | None:
    """What a ``wire.EventMessage`` says; None if it is none, or has no id."""
    for message in decode(b"[%b]" % raw, list[wire.EventMessage]):  # What is none is left out.
        id_ = message.message_id or (message.message.id if message.message else None)
        if id_ is not None and is_id(id_):
            status = wire.MEDIA_STATUS_TO_RECEIPT.get(message.message_status or "")
            return Said(
                id_,
                time_ms_of(message.message_time),
                _kind_of(message.message_metadata),
                cast("ReceiptStatus | None", status),
                None if message.error_info is None else words_of([message.error_info]),
            )
    return None


def part_in(raw: bytes, read: Callable[[bytes], Said | None] = said_in) -> Part | None:
    """What a ``wire.RoutedParticipant`` says; None if it is none, or has no id.

    Args:
        raw: it.
        read: reads its messages, as ``said_in`` does.
    """
    for participant in decode(b"[%b]" % raw, list[_Participant]):
        if participant.id is not None:
            messages = [read(bytes(message)) for message in participant.messages or ()]
            return _part_of(
                participant, participant.id, tuple([said for said in messages if said is not None])
            )
    return None


class KnownParts:
    """``part_in`` for the events of one inbox, which remembers what it was asked last."""

    def __init__(self) -> None:
        self.said = lru_cache(maxsize=MAX_SAID)(said_in)
        self.kept = lru_cache(maxsize=MAX_PARTS)(partial(part_in, read=self._said))

    def __call__(self, raw: bytes) -> Part | None:
        """The same part for the same bytes."""
        return part_in(raw, self._said) if len(raw) > MAX_PART_BYTES else self.kept(raw)

    def _said(self, raw: bytes) -> Said | None:
        return said_in(raw) if len(raw) > MAX_SAID_BYTES else self.said(raw)


def told_of(body: bytes | msgspec.Raw) -> ConversationTold | None:
    """A conversation with all of its messages; None if it has no id.

    Args:
        body: a ``wire.RoutedConversation``.

    Raises:
        msgspec.DecodeError: it cannot be read at all.
    """
    return told_in(decode(body, Conversation), names_newest=0, read=part_in)


def told_in(
    conversation: Conversation, *, names_newest: int, read: Callable[[bytes], Part | None]
) -> ConversationTold | None:
    """What is told of a conversation; None if it has no id.

    Args:
        conversation: as it was read.
        names_newest: so many of its messages each part names; 0: all.
        read: reads its parts, as ``part_in`` does.
    """
    if conversation.id is None or not is_id(conversation.id):
        return None
    parts = [read(bytes(raw)) for raw in conversation.participants or ()]
    return ConversationTold(
        conversation_id=conversation.id,
        parts=tuple([part for part in parts if part is not None]),
        closes_at_ms=time_ms_of(conversation.inactivity_timeout),
        names_newest=names_newest,
    )


def _part_of(participant: _Participant, id_: str, said: tuple[Said, ...]) -> Part:
    role, state = role_of(participant), participant.state or ""
    alerted_ms, began_ms, connected_ms, ended_ms, parked_ms, resumed_ms, acw_began_ms, acw_ended_ms = [
        None if timestamp is None else time_ms_of(timestamp)
        for timestamp in (
            participant.start_alerting_time,
            participant.start_time,
            participant.connected_time,
            participant.end_time,
            participant.park_time,
            participant.resume_time,
            participant.start_acw_time,
            participant.end_acw_time,
        )
    ]
    if state == "parked":
        resumed_ms = None  # It is the time at which it will be.
    if state == "connected" and parked_ms is not None and resumed_ms is None:
        resumed_ms = parked_ms
    return Part(
        id=id_,
        role=role,
        is_queue=participant.purpose == "acd",
        name=name_of(participant.name),
        user_id=participant.user.id if participant.user else None,
        queue_id=participant.queue.id if participant.queue else None,
        came_ms=alerted_ms or began_ms,
        connected_ms=connected_ms,
        ended_ms=ended_ms,
        is_over=state in OVER,
        is_connected=state in _CONNECTED,
        parked_ms=parked_ms,
        resumed_ms=resumed_ms,
        acw_began_ms=acw_began_ms,
        acw_ended_ms=acw_ended_ms,
        said=said,
    )


def role_of(participant: wire.RoutedParticipant) -> Role | None:
    """Who it is, by its purpose or else by the way it came."""
    role = ROLE_OF_PURPOSE.get(participant.purpose or "")
    if role is None and participant.direction == "inbound":
        return "customer"
    return role


def _kind_of(metadata: Any) -> Kind:
    """What a message is by its metadata, which is told as it is."""
    if not isinstance(metadata, dict):
        return "text"
    if metadata.get("type") in NO_MESSAGES:
        return "event"
    for content in metadata.get("content") or ():
        if isinstance(content, dict) and content.get("contentType") == "Attachment":
            return _MEDIA.get(str(content.get("subType")).lower(), "file")
    return "structured" if metadata.get("type") == "Structured" else "text"


def texts_of(conversation_id: str, body: bytes, wanted: tuple[str, ...]) -> TextsTold:
    """The texts of a bulk answer; one that cannot be read, or is not there, has none.

    Raises:
        msgspec.DecodeError: it is no bulk answer.
    """
    texts: dict[str, str | None] = dict.fromkeys(wanted)
    for raw in decode(body, LooseBulk).entities:
        try:
            data = decode(raw, wire.MessageData)
        except UNREADABLE:
            continue
        normalized = data.normalized_message or wire.NormalizedMessage()
        if data.id in texts:
            texts[data.id] = parts_of(normalized.content or ()).text_with(normalized.text)
    return TextsTold(conversation_id, texts)


def typing_of(body: msgspec.Raw) -> TypingTold | None:
    """The customer types; None: somebody else, or it says nothing.

    Raises:
        msgspec.DecodeError: it cannot be read.
    """
    event = decode(body, wire.TypingEvent)
    message = event.normalized_message or wire.NormalizedMessage()
    typing = next((each.typing for each in message.events or () if each.typing is not None), None)
    if event.conversation_id is None or typing is None or (message.direction or "Inbound") != "Inbound":
        return None
    return TypingTold(
        conversation_id=event.conversation_id,
        is_typing=typing.type == "On",
        duration_s=None if typing.duration is None else typing.duration / 1000,
    )
