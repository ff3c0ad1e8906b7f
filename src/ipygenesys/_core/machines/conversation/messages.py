"""Messages as they are shown: made from what the platform says of them, or from a draft of ours."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.conversation.participants import ROLE_NAMES, Participants
from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.messages import Attachment, Message, MessageStatus, Role, advance
from ipygenesys._core.model.platform_events import MessageArrived


def message_of(
    arrived: MessageArrived,
    people: Participants,
    *,
    is_own: bool,
    draft_id: str | None,
    time_ms: int,
    former: Message | None,
    read_up_to_ms: int,
) -> Message:
    """A message of anybody, with what is known of its author.

    Args:
        arrived: what the platform says of it.
        people: who takes part.
        is_own: it is from us.
        draft_id: of the draft of ours that it is.
        time_ms: server clock, or ours if the server's is not known.
        former: what was known of it before.
        read_up_to_ms: what is not newer than this has been read.
    """
    role = arrived.role or people.role_of(arrived.participant_id)
    sender = arrived.sender or people.name_of(arrived.participant_id)
    if former is not None and former.is_own == is_own:
        role, sender = role or former.role, sender or former.sender
    if role is None:
        role = people.own_role if is_own else people.other_role
    is_read = arrived.status == "read" or time_ms <= read_up_to_ms
    return Message(
        id=arrived.id,
        draft_id=draft_id,
        text=(arrived.text or "") if arrived.has_content else None,
        is_withdrawn=arrived.is_withdrawn,
        error=arrived.error if is_own and arrived.status == "failed" else None,
        sender=sender or (people.own_name if is_own else ROLE_NAMES[role]),
        role=role,
        is_own=is_own,
        time_ms=time_ms,
        status=(arrived.status or "sent") if is_own else _status_of_theirs(role, is_read=is_read),
        attachments=arrived.attachments,
        content=arrived.content,
        participant_id=arrived.participant_id,
        sequence=arrived.sequence,
    )


def message_of_draft(draft: Draft, people: Participants) -> Message:
    """A draft of ours, as long as the server has not accepted it."""
    status: MessageStatus = draft.state if draft.state in ("failed", "unknown") else "sending"
    failure = draft.failure if status != "sending" else None
    return Message(
        id=draft.draft_id,
        draft_id=draft.draft_id,
        text=draft.text,
        sender=people.own_name,
        role=people.own_role,
        is_own=True,
        time_ms=draft.created_ms,
        status=status,
        error=failure.message if failure else None,
        cause=failure.cause if failure else None,
        attachments=_file_of(draft),
        content=() if draft.answer is None else (draft.answer,),
    )


def merged(old: Message, new: Message) -> Message:
    """What is known of a message once ``new`` has told its part; nothing that was known is lost.

    Time, sender and role are ``new``'s: who made it took them from ``old`` where it knew no better.
    """
    if new.is_draft:
        # A draft is ours alone: its newest state counts, unless the server has it already.
        return new if old.is_draft else old
    if old.is_draft:
        return msgspec.structs.replace(
            new,
            is_own=True,
            draft_id=old.draft_id,
            attachments=new.attachments or old.attachments,
            content=new.content or old.content,
        )
    became_own = new.is_own and not old.is_own
    status = new.status if became_own else advance(old.status, new.status)
    text = old.text if old.text is not None else new.text
    if new.is_withdrawn or old.is_withdrawn:
        new = msgspec.structs.replace(new, is_withdrawn=True)
        text, old = "", msgspec.structs.replace(old, attachments=(), content=())
    return msgspec.structs.replace(
        new,
        text=text,
        is_own=old.is_own or new.is_own,
        draft_id=old.draft_id or new.draft_id,
        status=status,
        status_time_ms=old.status_time_ms if status == old.status else new.status_time_ms,
        attachments=old.attachments or new.attachments,
        content=old.content or new.content,
        participant_id=new.participant_id or old.participant_id,
        sequence=old.sequence if new.sequence is None else new.sequence,
        is_unavailable=old.is_unavailable and text is None,
        is_seen_inferred=old.is_seen_inferred or new.is_seen_inferred,
        error=(new.error or old.error) if status == "failed" else None,
        cause=old.cause if new.cause is None else new.cause,
    )


def _status_of_theirs(role: Role, *, is_read: bool) -> MessageStatus:
    if role == "system":
        return "delivered"  # Nobody waits to hear that a notice was read.
    return "read" if is_read else "unread"


def _file_of(draft: Draft) -> tuple[Attachment, ...]:
    if (file := draft.file) is None:
        return ()
    return (Attachment(name=file.name, media_type=file.media_type, size_bytes=file.size_bytes),)
