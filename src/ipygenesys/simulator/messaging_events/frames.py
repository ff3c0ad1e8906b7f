"""Makes the tutorial's frames of the neutral events, and its bodies of messages."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._wire import messaging_events as wire
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.hub.stream import Frame
from ipygenesys.simulator.state.clock import rfc3339
from ipygenesys.simulator.state.conversation import (
    ConversationChanged,
    Event,
    Message,
    MessagePosted,
    PresenceChanged,
    ReceiptIssued,
    TypingChanged,
)


class _Frame(wire.EventFrame, frozen=True, kw_only=True, omit_defaults=True):
    """An EventFrame without the ids that it does not have."""


class _MessageBody(wire.MessageBody, frozen=True, kw_only=True, omit_defaults=True):
    """A MessageBody without what it does not have."""


class _MessagePayload(wire.MessagePayload, frozen=True, kw_only=True, omit_defaults=True):
    """A MessagePayload without what it does not have."""


def encode_event(hub: Hub, event: Event) -> list[Frame]:
    """The frame of an event, if this server has one for it."""
    frame = _frame_of(hub, event)
    return [] if frame is None else [frame]


def _frame_of(hub: Hub, event: Event) -> Frame | None:
    offered = hub.settings.extensions
    match event:
        case TypingChanged(conversation_id, who, typing):
            if who.role == "customer" and not hub.settings.echo_typing:
                return None
            return _frame("typing", wire.TypingPayload(typing=typing), conversation_id, participant_id=who.id)
        case MessagePosted(m):
            payload = _payload(m) if "payload" in offered else _MessagePayload()
            return _frame("message", payload, m.conversation_id, message_id=m.id, participant_id=m.sender.id)
        case ReceiptIssued(m, who, status, time_s) if m.is_inbound and "receipts" in offered:
            receipt = wire.ReceiptPayload(status=status, timestamp=rfc3339(time_s))
            return _frame("receipt", receipt, m.conversation_id, message_id=m.id, participant_id=who.id)
        case PresenceChanged(conversation_id, who, state) if "presence" in offered:
            presence = wire.PresencePayload(state=state, name=who.name, role=who.role)
            return _frame("presence", presence, conversation_id, participant_id=who.id)
        case ConversationChanged(conversation_id, state) if "presence" in offered:
            return _frame("conversation", wire.ConversationPayload(state=state), conversation_id)
        case _:
            return None


def _frame(event_type: str, payload: Any, conversation_id: str, **ids: str) -> Frame:
    raw = msgspec.Raw(msgspec.json.encode(payload))
    frame = _Frame(event_type=event_type, conversation_id=conversation_id, payload=raw, **ids)
    return event_type, msgspec.json.encode(frame)


def _content(m: Message) -> dict[str, Any]:
    return {
        "text": m.text,
        "timestamp": rfc3339(m.time_s),
        "sender": wire.Sender(name=m.sender.name, role=m.sender.role),
        "direction": "inbound" if m.is_inbound else "outbound",
        "attachments": [msgspec.convert(a, wire.Attachment) for a in m.attachments],
        "content": list(m.content) or None,
        "client_message_id": m.client_message_id,
        "sequence": m.sequence,
        "status": "sent" if m.status == "queued" else m.status,
    }


def _payload(m: Message) -> wire.MessagePayload:
    return _MessagePayload(**_content(m))


def message_body(m: Message) -> wire.MessageBody:
    return _MessageBody(id=m.id, conversation_id=m.conversation_id, participant_id=m.sender.id, **_content(m))
