"""The tutorial's codec: the server's frames become neutral events."""

from __future__ import annotations

from typing import cast

from ipygenesys._core.model.platform_events import (
    ConversationChanged,
    FrameIgnored,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    ReceiptStatus,
    TypingNoticed,
)
from ipygenesys._protocols.messaging_events.content import RECEIPTS, bare, id_of, message_in, role_of
from ipygenesys._protocols.tolerant import (
    MAX_FRAME_BYTES,
    UNREADABLE,
    decode,
    decode_whole,
    is_id,
    name_of,
    time_ms_of,
)
from ipygenesys._wire import messaging_events as wire

_MALFORMED: tuple[PlatformEvent, ...] = (FrameIgnored("malformed"),)


def decode_frame(data: str | bytes, conversation_id: str) -> tuple[PlatformEvent, ...]:
    """Turn a frame of a conversation into neutral events. Never raises."""
    if len(data) > MAX_FRAME_BYTES:
        return (FrameIgnored("oversized"),)
    try:
        frame = decode(data, wire.EventFrame)
    except UNREADABLE:
        return _MALFORMED
    if frame.conversation_id not in (None, conversation_id):
        return (FrameIgnored("other_conversation"),)
    try:
        return _events(frame)
    except UNREADABLE:
        if frame.event_type == "message" and is_id(frame.message_id):
            # Only its content is unreadable: fetch it as if it had not been there.
            return (*_MALFORMED, bare(frame))
        return _MALFORMED


def _events(frame: wire.EventFrame) -> tuple[PlatformEvent, ...]:
    match frame.event_type:
        case "message" if is_id(frame.message_id) and frame.conversation_id:
            payload = decode_whole(frame.payload, wire.MessagePayload)
            return (message_in(payload, cast("str", frame.message_id), id_of(frame.participant_id)),)
        case "typing" if frame.conversation_id:
            typing = decode(frame.payload, wire.TypingPayload)
            return (TypingNoticed(participant_id=id_of(frame.participant_id), is_typing=typing.typing),)
        case "receipt" if is_id(frame.message_id):
            receipt = decode(frame.payload, wire.ReceiptPayload)
            if receipt.status in RECEIPTS:
                status = cast("ReceiptStatus", receipt.status)
                return (
                    ReceiptArrived(
                        message_id=cast("str", frame.message_id),
                        participant_id=id_of(frame.participant_id),
                        status=status,
                        time_ms=time_ms_of(receipt.timestamp),
                    ),
                )
        case "presence":
            presence = decode(frame.payload, wire.PresencePayload)
            return (
                PresenceChanged(
                    participant_id=id_of(frame.participant_id),
                    has_joined=presence.state == "joined",
                    name=name_of(presence.name),
                    role=role_of(presence.role),
                ),
            )
        case "conversation":
            conversation = decode(frame.payload, wire.ConversationPayload)
            return (ConversationChanged(is_open=conversation.state != "disconnected"),)
        case "message" | "typing" | "receipt":
            pass
        case _:
            return (FrameIgnored("unknown_event"),)
    return _MALFORMED
