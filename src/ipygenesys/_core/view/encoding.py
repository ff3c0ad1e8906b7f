"""Messages and events as the view wants them."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.content import Answer, Content, Unsupported, words_of
from ipygenesys._core.model.events import (
    CapabilitiesChanged,
    ErrorRaised,
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageRemoved,
    MessageStatusChanged,
    SessionExpiring,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Attachment, Message
from ipygenesys._core.view.protocol import (
    MAX_SHOWN_CHARACTERS,
    MAX_SHOWN_CONTENT_BYTES,
    CapabilitiesDelta,
    Delta,
    ErrorDelta,
    HistoryPrependedDelta,
    MessagePlacedDelta,
    MessageRemovedDelta,
    MessageStatusDelta,
    StatusDelta,
    TypingDelta,
    UnreadDelta,
    ViewAttachment,
    ViewMessage,
)


def view_message(message: Message) -> ViewMessage:
    """A message as the view shows it: long text is cut, and only what is shown is sent."""
    text = message.text
    if message.content and text == words_of(message.content) and not any(map(_is_answer, message.content)):
        text = ""
    length = len(text or "")
    return ViewMessage(
        id=message.id,
        text=None if text is None else text[:MAX_SHOWN_CHARACTERS],
        full_length=length if length > MAX_SHOWN_CHARACTERS else 0,
        unavailable=message.is_unavailable,
        sender=message.sender,
        role=message.role,
        is_own=message.is_own,
        time_ms=message.time_ms,
        status=message.status,
        status_time_ms=message.status_time_ms,
        draft_id=message.draft_id,
        error=message.error,
        seen_inferred=message.is_seen_inferred,
        attachments=tuple(_attachment(attachment) for attachment in message.attachments),
        content=_content(message),
        cause=message.cause,
        withdrawn=message.is_withdrawn,
    )


def _content(message: Message) -> tuple[Content, ...]:
    if message.content and len(msgspec.json.encode(message.content)) > MAX_SHOWN_CONTENT_BYTES:
        return (Unsupported(type="too large"),)
    return message.content


def _is_answer(part: Content) -> bool:
    """Its words are all that shows of it."""
    return isinstance(part, Answer)


def _attachment(attachment: Attachment) -> ViewAttachment:
    return ViewAttachment(
        name=attachment.name,
        media_type=attachment.media_type,
        size_bytes=attachment.size_bytes,
        url=attachment.url,
        can_refresh=attachment.id is not None,
    )


def status_delta(event: StatusChanged) -> StatusDelta:
    """The connection's state for the banner."""
    retry_in_ms = None if event.retry_in_s is None else round(event.retry_in_s * 1000)
    return StatusDelta(status=event.status, detail=event.detail, retry_in_ms=retry_in_ms, cause=event.cause)


def error_delta(failure: Failure) -> ErrorDelta:
    """A failure for the error line."""
    return ErrorDelta(
        code=failure.kind.replace("_", "-"),
        message=failure.message,
        correlation_id=failure.correlation_id,
        cause=failure.cause,
        retry_in_ms=None if failure.retry_after_s is None else round(failure.retry_after_s * 1000),
    )


def delta_of(event: Event) -> Delta | None:
    """What the views need to know of an event; None if nothing."""
    match event:
        case MessagePlaced(message=message, index=index):
            return MessagePlacedDelta(
                message=view_message(message),
                index=index,
                former_index=event.former_index,
                former_id=event.former_id,
            )
        case MessageStatusChanged(message=message, index=index):
            return MessageStatusDelta(
                id=message.id,
                index=index,
                status=message.status,
                status_time_ms=message.status_time_ms,
                error=message.error,
                seen_inferred=message.is_seen_inferred,
                cause=message.cause,
            )
        case MessageRemoved(message=message, index=index):
            return MessageRemovedDelta(id=message.id, index=index)
        case HistoryPrepended(count=count, has_older=has_older):
            return HistoryPrependedDelta(count=count, has_older=has_older)
        case TypingChanged(names):
            return TypingDelta(names=names)
        case UnreadChanged(count):
            return UnreadDelta(count=count)
        case StatusChanged():
            return status_delta(event)
        case CapabilitiesChanged(capabilities, uploads, looks_on):
            able = tuple(sorted(capabilities))
            return CapabilitiesDelta(capabilities=able, uploads=uploads, looks_on=looks_on)
        case ErrorRaised(failure):
            return error_delta(failure)
        case SessionExpiring(remaining_s):
            minutes = max(round(remaining_s / 60), 1)
            words = f"The session ends in about {minutes} min unless something is said."
            return ErrorDelta(code="session-expiring", message=words, cause="expiring")
        case _:  # Received, unresolved, positions, uploads: placed or told otherwise.
            return None
