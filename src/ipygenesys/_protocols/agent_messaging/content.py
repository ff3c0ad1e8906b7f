"""What the Platform API calls people and messages, and what that means here; stateless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec

from ipygenesys._core.model.messages import Role
from ipygenesys._core.model.platform_events import ReceiptStatus
from ipygenesys._protocols.tolerant import UNREADABLE, convert, is_id, name_of, time_ms_of
from ipygenesys._wire import agent_messaging as wire

ROLE_OF_PURPOSE: dict[str, Role] = {
    "customer": "customer",
    "external": "customer",
    "agent": "agent",
    "user": "agent",
    "bot": "bot",
    "botflow": "bot",
    "workflow": "bot",
    "acd": "system",
    "system": "system",
    "station": "system",
    "group": "system",
}
OVER = frozenset({"disconnected", "terminated"})
_WAITING = frozenset({"alerting", "offering", "contacting", "dialing", "scheduled"})
STATES = OVER | _WAITING | {"connected", "converting", "uploading", "transmitting", "parked", "none"}
_RANK: dict[str, int] = {"sent": 0, "failed": 1, "delivered": 2, "read": 3}
_RECEIPTS: dict[str, ReceiptStatus] = {
    "Sent": "sent",
    "Published": "sent",
    "Delivered": "delivered",
    "Read": "read",
    "Failed": "failed",
}
MAX_REASON = 300
"""Chosen: characters of why a message failed."""
NO_MESSAGES = frozenset({"Event", "Receipt"})
"""Kinds of normalized message that say something about the conversation, and are none of its messages."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A participant, from whichever form of the conversation."""

    id: str
    name: str | None = None
    role: Role | None = None
    user_id: str | None = None
    queue_id: str | None = None
    is_over: bool = False


class OwnPart(msgspec.Struct, frozen=True, kw_only=True):
    """Our part in the conversation: what is sent goes to its communication."""

    participant_id: str
    communication_id: str | None
    """None: not learned yet."""
    state: str

    @property
    def is_connected(self) -> bool:
        """We may send."""
        return self.state not in OVER and self.state not in _WAITING


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a conversation names it."""

    id: str
    participant_id: str
    time_ms: int | None
    status: str | None
    error: str | None = None
    follows: str | None = None
    """The one before it in the participant's own list."""


class LooseConversation(msgspec.Struct, frozen=True):
    """A ``wire.ConversationBody`` whose participants are read one by one."""

    id: str
    participants: list[msgspec.Raw]


class LooseEvent(msgspec.Struct, frozen=True):
    """A ``wire.ConversationEvent``, likewise."""

    id: str | None = None
    participants: list[msgspec.Raw] | None = None


class LooseBulk(msgspec.Struct, frozen=True):
    """A ``wire.BulkBody`` whose messages are read one by one."""

    entities: list[msgspec.Raw]


def person_of(participant: wire.Participant | wire.EventParticipant, *, is_over: bool) -> Person:
    user_id = getattr(participant, "user_id", None) or (participant.user.id if participant.user else None)
    queue_id = getattr(participant, "queue_id", None) or (participant.queue.id if participant.queue else None)
    role = ROLE_OF_PURPOSE.get(participant.purpose or "")
    if role is None and participant.direction in ("inbound", "outbound"):
        role = "customer" if participant.direction == "inbound" else "system"
    return Person(
        id=participant.id or "",
        name=name_of(participant.name),
        role=role,
        user_id=user_id,
        queue_id=queue_id if is_id(queue_id) else None,
        is_over=is_over,
    )


def communications_of(participant: wire.Participant) -> Iterator[wire.Communication]:
    for each in participant.messages or ():
        try:
            communication = convert(each, wire.Communication)
        except UNREADABLE:
            continue
        if is_id(communication.id):
            yield communication


def references_of(messages: Iterable[wire.EventMessage], participant_id: str) -> Iterator[Reference]:
    """A participant's messages, in the order of the list: where times are equal, it tells which came first."""
    follows = None
    for message in messages:
        if (reference := _reference_of(message, participant_id)) is not None:
            yield msgspec.structs.replace(reference, follows=follows)
            follows = reference.id


def _reference_of(message: wire.EventMessage, participant_id: str) -> Reference | None:
    id_ = message.message_id or (message.message.id if message.message else None)
    if id_ is None or not is_id(id_):
        return None
    metadata: Any = message.message_metadata
    if isinstance(metadata, dict) and metadata.get("type") in NO_MESSAGES:
        return None
    return Reference(
        id=id_,
        participant_id=participant_id,
        time_ms=time_ms_of(message.message_time),
        status=message.message_status,
        error=words_of([message.error_info]),
    )


def later(one: ReceiptStatus | None, other: ReceiptStatus | None) -> ReceiptStatus | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda status: _RANK[status])


def status_of(data: wire.MessageData) -> ReceiptStatus | None:
    """The furthest of what the message and its receipts say."""
    status = cast("ReceiptStatus | None", wire.MEDIA_STATUS_TO_RECEIPT.get(data.status or ""))
    for receipt in data.normalized_receipts or ():
        status = later(status, _RECEIPTS.get(receipt.status or ""))
    return status


def is_withdrawn(data: wire.MessageData) -> bool:
    receipts = (receipt.status for receipt in data.normalized_receipts or ())
    return data.status == wire.WITHDRAWN_STATUS or "Removed" in receipts


def error_of(data: wire.MessageData) -> str | None:
    return words_of(reason for each in data.normalized_receipts or () for reason in each.reasons or ())


def words_of(reasons: Iterable[wire.Reason | None]) -> str | None:
    """Why a message failed, as the platform says it."""
    said = (each.message or each.code for each in reasons if each is not None)
    return " ".join(dict.fromkeys(words for words in said if words))[:MAX_REASON] or None


def role_of(data: wire.MessageData, normalized: wire.NormalizedMessage) -> Role:
    if (data.direction or normalized.direction or "").lower() == "inbound":
        return "customer"
    return "bot" if normalized.originating_entity == "Bot" else "agent"
