"""What a message of the tutorial's contract holds, whole or bare, live or from history."""

from __future__ import annotations

from typing import cast

import msgspec

from ipygenesys._core.model.messages import Attachment, Role
from ipygenesys._core.model.platform_events import MessageArrived, ReceiptStatus
from ipygenesys._protocols.content import parts_of
from ipygenesys._protocols.tolerant import UNREADABLE, decode, decode_whole, is_id, name_of, time_ms_of
from ipygenesys._wire import messaging_events as wire

ROLES: frozenset[str] = frozenset({"agent", "customer", "bot", "system"})
RECEIPTS: frozenset[str] = frozenset({"sent", "delivered", "read", "failed"})


class HistoryPage(msgspec.Struct, frozen=True):
    """A ``wire.HistoryBody`` whose messages are read one by one: one that cannot be must not hide the others."""

    messages: list[msgspec.Raw]
    has_more: bool = False


class _Ids(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a message whose content cannot be read."""

    id: str
    participant_id: str | None = None


def id_of(id_: str | None) -> str | None:
    """An id that can be one."""
    return id_ if is_id(id_) else None


def role_of(role: str | None) -> Role | None:
    """A role that we know."""
    return cast("Role", role) if role in ROLES else None


def bare(frame: wire.EventFrame) -> MessageArrived:
    """A message of which a frame tells no more than its id."""
    return MessageArrived(
        id=cast("str", frame.message_id), has_content=False, participant_id=id_of(frame.participant_id)
    )


def message_of(body: wire.MessageBody) -> MessageArrived:
    """A message as a call returns it.

    Raises:
        msgspec.ValidationError: its id cannot be one.
    """
    if not is_id(body.id):
        raise msgspec.ValidationError("A message id is empty or too long.")
    return message_in(body, body.id, id_of(body.participant_id), is_whole=True)


def message_of_history(raw: msgspec.Raw) -> MessageArrived | None:
    """A message of a page, as far as it can be read; None if not even its id can."""
    try:
        return message_of(decode_whole(raw, wire.MessageBody))
    except UNREADABLE:
        pass
    try:
        ids = decode(raw, _Ids)
    except UNREADABLE:
        return None
    if not is_id(ids.id):
        return None
    return MessageArrived(id=ids.id, has_content=False, participant_id=id_of(ids.participant_id))


def message_in(
    payload: wire.MessagePayload, id_: str, participant_id: str | None, *, is_whole: bool = False
) -> MessageArrived:
    """What a payload tells of a message.

    Args:
        payload: of a frame or of a body.
        id_: of the message.
        participant_id: who wrote it, where that is known.
        is_whole: there is no more to it than this, so that it need not be fetched.
    """
    role = role_of(payload.sender.role if payload.sender else None)
    if role is None and payload.direction in ("inbound", "outbound"):
        role = "customer" if payload.direction == "inbound" else "agent"
    attachments = tuple(_attachment(attachment) for attachment in payload.attachments or ())
    parts = parts_of(payload.content or ())
    return MessageArrived(
        id=id_,
        has_content=is_whole or payload.text is not None or bool(attachments or parts.content),
        text=parts.text_with(payload.text) or payload.text,
        participant_id=participant_id,
        sender=name_of(payload.sender.name) if payload.sender else None,
        role=role,
        time_ms=time_ms_of(payload.timestamp),
        attachments=attachments + parts.attachments,
        content=parts.content,
        draft_id=payload.client_message_id,
        sequence=payload.sequence,
        status=cast("ReceiptStatus", payload.status) if payload.status in RECEIPTS else None,
    )


def _attachment(attachment: wire.Attachment) -> Attachment:
    return Attachment(
        name=name_of(attachment.name) or "file",
        media_type=attachment.media_type,
        size_bytes=attachment.size,
        url=attachment.url,
    )
