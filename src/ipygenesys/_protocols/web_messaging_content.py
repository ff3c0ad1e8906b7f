"""What a guest's message holds: text, files, answers to pick; cards as words, buttons."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._core.model import Attachment, QuickReply
from ipygenesys._core.platform_events import MessageArrived
from ipygenesys._protocols.tolerant import UNREADABLE, decode, is_id, name_of, time_ms_of
from ipygenesys._wire import web_messaging as wire

MAX_QUICK_REPLIES = 50
"""Chosen: more than Genesys lets an author offer."""


def message_of(body: wire.StructuredMessage, draft_id: str | None = None) -> MessageArrived | None:
    """A message, live or from history; None for what is none: an event, a receipt, or something without an id."""
    if body.type not in ("Text", "Structured") or not is_id(body.id):
        return None
    content = body.content or []
    sender = body.channel.from_
    is_own = body.direction == "Inbound"
    name = None
    if sender is not None and not is_own:
        full = " ".join(part for part in (sender.first_name, sender.last_name) if part)
        name = name_of(sender.nickname or full)
    return MessageArrived(
        id=body.id,
        text=body.text or _text_in(content),
        sender=name,
        role="customer" if is_own else "bot" if body.originating_entity == "Bot" else "agent",
        time_ms=time_ms_of(body.channel.time),
        attachments=tuple(_attachment(part.attachment) for part in content if part.attachment is not None),
        quick_replies=tuple(_quick_replies(content))[:MAX_QUICK_REPLIES],
        draft_id=draft_id if is_own else None,
    )


def structured_message(raw: msgspec.Raw) -> wire.StructuredMessage:
    """A message, or what is left of it where a part is of a kind that came after us.

    Raises:
        msgspec.DecodeError, ValueError, RecursionError: it is none.
    """
    try:
        return decode(raw, wire.StructuredMessage)
    except msgspec.ValidationError:
        plain = decode(raw, _Plain)
    time = plain.channel.get("time") if isinstance(plain.channel, dict) else None
    return wire.StructuredMessage(
        id=plain.id,
        type=plain.type,
        text=plain.text if isinstance(plain.text, str) else None,
        direction=plain.direction,
        channel=wire.Channel(time=time if isinstance(time, str) else None),
    )


class _Plain(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a message whose content cannot be read."""

    id: str
    type: str
    direction: str
    text: Any = None
    channel: Any = None


class _Action(msgspec.Struct, frozen=True, kw_only=True):
    type: str = ""
    text: str = ""
    payload: str | None = None


class _Card(msgspec.Struct, frozen=True, kw_only=True):
    title: str = ""
    description: str = ""
    actions: list[_Action] = msgspec.field(default_factory=list)


class _Carousel(msgspec.Struct, frozen=True, kw_only=True):
    cards: list[_Card] = msgspec.field(default_factory=list)


def _cards(content: list[wire.Content]) -> list[_Card]:
    cards: list[_Card] = []
    for part in content:
        try:
            if part.card is not None:
                cards.append(msgspec.convert(part.card, _Card))
            if part.carousel is not None:
                cards += msgspec.convert(part.carousel, _Carousel).cards
        except UNREADABLE:
            continue  # A card of a kind that came after us: the message's text stands for it.
    return cards


def _text_in(content: list[wire.Content]) -> str:
    """What cards and picked answers say in words, where the message itself has no text."""
    words = [part.button_response.text for part in content if part.button_response is not None]
    words += [line for card in _cards(content) for line in (card.title, card.description)]
    return "\n".join(line for line in words if line)


def _quick_replies(content: list[wire.Content]) -> list[QuickReply]:
    replies = [
        QuickReply(text=part.quick_reply.text, payload=part.quick_reply.payload or part.quick_reply.text)
        for part in content
        if part.quick_reply is not None
    ]
    buttons = [
        QuickReply(text=action.text, payload=action.payload or action.text, is_button=True)
        for card in _cards(content)
        for action in card.actions
        if action.type == "Postback" and action.text
    ]
    return replies + buttons


def _attachment(attachment: wire.AttachmentContent) -> Attachment:
    return Attachment(
        name=name_of(attachment.filename) or "file",
        media_type=attachment.mime,
        size_bytes=attachment.file_size,
        url=attachment.url,
        id=attachment.id if is_id(attachment.id) else None,
    )
