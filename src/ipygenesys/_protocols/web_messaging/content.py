"""What a guest's message says: who, when, and its parts."""

from __future__ import annotations

from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._protocols.content import parts_of
from ipygenesys._protocols.tolerant import is_id, name_of, time_ms_of
from ipygenesys._wire import web_messaging as wire


def message_of(body: wire.StructuredMessage, draft_id: str | None = None) -> MessageArrived | None:
    """A message, live or from history; None for what is none: an event, a receipt, or something without an id."""
    if body.type not in ("Text", "Structured") or not is_id(body.id):
        return None
    parts = parts_of(body.content or ())
    sender = body.channel.from_
    is_own = body.direction == "Inbound"
    name = None
    if sender is not None and not is_own:
        full = " ".join(part for part in (sender.first_name, sender.last_name) if part)
        name = name_of(sender.nickname or full)
    return MessageArrived(
        id=body.id,
        text=parts.text_with(body.text),
        sender=name,
        role="customer" if is_own else "bot" if body.originating_entity == "Bot" else "agent",
        time_ms=time_ms_of(body.channel.time),
        attachments=parts.attachments,
        content=parts.content,
        draft_id=draft_id if is_own else None,
        is_withdrawn=body.status == "Removed",
    )
