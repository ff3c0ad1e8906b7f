"""Parts of a Genesys message become neutral content; what cannot be shown is named, never dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ipygenesys._core.model.content import (
    MAX_PAYLOAD,
    MAX_ROWS,
    Answer,
    AnswerKind,
    Carousel,
    Content,
    DatePicker,
    ListItem,
    ListPicker,
    ListSection,
    Location,
    QuickReplies,
    QuickReply,
    Slot,
    Unsupported,
    words_of,
)
from ipygenesys._core.model.messages import Attachment
from ipygenesys._protocols.cards import card_of, card_of_link, card_of_template
from ipygenesys._protocols.forms import form_of
from ipygenesys._protocols.tolerant import UNREADABLE, convert, is_id, name_of, time_ms_of, url_in, words_in
from ipygenesys._wire import content as wire

MAX_PARTS = 50
"""Chosen: more than Genesys lets an author make."""
MAX_TYPE = 40

_KINDS: dict[str, AnswerKind] = {
    "QuickReply": "quick-reply",
    "Button": "button",
    "DatePicker": "date",
    "ListPicker": "list",
    "Form": "form",
}
_TYPES = {kind: name for name, kind in _KINDS.items()}


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of a message hold."""

    said: tuple[str, ...]
    """Captions of files, parts that are text, what was picked of a list or written in a form."""
    text: str
    """All of it in words, in order."""
    attachments: tuple[Attachment, ...]
    content: tuple[Content, ...]

    def text_with(self, text: str | None) -> str:
        """What the message says: its own text and what was said beside it, or without one all of it."""
        return "\n".join([text, *(words for words in self.said if words not in text)]) if text else self.text


def parts_of(raw_parts: Iterable[Any]) -> Parts:
    """Read the parts of a message, each as far as it can be.

    Args:
        raw_parts: JSON objects. Quick replies, which come one a part, are gathered.
    """
    words: list[str] = []
    said: list[str] = []
    files: list[Attachment] = []
    replies: list[QuickReply] = []
    items: list[Answer] = []
    found: list[Content] = []
    for number, raw in enumerate(raw_parts):
        if number >= MAX_PARTS:
            found.append(Unsupported(type="further parts"))
            words.append(words_of((found[-1],)))
            break
        kind = _type_of(raw)
        part = _part(raw)
        if (file := _file_of(part)) is not None:
            files.append(_attachment(file))
        if part.quick_reply is not None:
            replies += _replies([part.quick_reply])
        elif part.attachment is not None or part.text is not None:
            line = (part.attachment and part.attachment.text) or (part.text and part.text.body) or ""
            said.append(line)
            words.append(line)
        elif isinstance(content := _content(part), Answer) and content.type == "list":
            items.append(content)
        else:
            found.append(content or Unsupported(type=kind))
            words.append(words_of((found[-1],)))
            if isinstance(content, Answer) and content.type == "form":
                said.append(content.text)
    if items:
        found.append(picked := _joined(items))
        words.append(picked.text)
        said.append(picked.text)
    if replies:
        found.append(QuickReplies(replies=tuple(replies)))
    return Parts(
        said=tuple(filter(None, said)),
        text="\n".join(filter(None, words)),
        attachments=tuple(files),
        content=tuple(found),
    )


def button_responses(answer: Answer) -> list[wire.ButtonResponse]:
    """An answer as the wire wants it: of a list, one for each item. Source: N, T (MTSDK-1397)."""
    return [
        wire.ButtonResponse(
            text=text,
            payload=payload,
            type=_TYPES[answer.type],
            originating_message_id=answer.message_id,
        )
        for text, payload in zip(answer.titles or (answer.text,), answer.payloads, strict=False)
    ]


def _part(raw: Any) -> wire.Part:
    try:
        return convert(raw, wire.Part)
    except (*UNREADABLE, OverflowError):
        return wire.Part()


def _type_of(raw: Any) -> str:
    kind = raw.get("contentType") if isinstance(raw, dict) else None
    return kind[:MAX_TYPE] if isinstance(kind, str) and kind else "Unknown"


def _content(part: wire.Part) -> Content | None:
    """What a part says; None for what says nothing."""
    if part.quick_reply_v2 is not None:
        replies = tuple(_replies(part.quick_reply_v2.actions))
        return QuickReplies(replies=replies, title=words_in(part.quick_reply_v2.title)) if replies else None
    if part.button_response is not None:
        return _answer(part.button_response)
    if part.card is not None or part.generic is not None:
        return card_of(part.card or part.generic or wire.Card())
    if part.carousel is not None:
        cards = (card_of(card) for card in part.carousel.cards[:MAX_ROWS])
        shown = tuple(card for card in cards if card is not None)
        return Carousel(cards=shown) if shown else None
    if part.date_picker is not None:
        return _date_picker(part.date_picker)
    if part.list_picker is not None:
        return _list_picker(part.list_picker)
    if part.form is not None:
        return form_of(part.form)
    if part.template is not None:
        return card_of_template(part.template)
    if part.rich_link is not None:
        return card_of_link(part.rich_link)
    return _location(part.location) if part.location is not None else None


def _file_of(part: wire.Part) -> wire.Attachment | None:
    header = part.template.header if part.template is not None else None
    return part.attachment or (header.media if header is not None else None)


def _attachment(file: wire.Attachment) -> Attachment:
    return Attachment(
        name=name_of(file.filename) or "file",
        media_type=file.mime,
        size_bytes=file.content_size_bytes if file.file_size is None else file.file_size,
        url=file.url,
        id=file.id if is_id(file.id) else None,
    )


def _replies(replies: list[wire.QuickReply]) -> list[QuickReply]:
    return [
        QuickReply(text=words_in(reply.text), payload=reply.payload or reply.text)
        for reply in replies[:MAX_ROWS]
        if reply.text and len(reply.payload or reply.text) <= MAX_PAYLOAD
    ]


def _answer(response: wire.ButtonResponse) -> Answer:
    kind = _KINDS.get(response.type, "button")
    text, origin = words_in(response.text), response.originating_message_id
    return Answer(
        text=text,
        payloads=(response.payload[:MAX_PAYLOAD],),
        titles=(text,) if kind == "list" else (),
        type=kind,
        message_id=origin if is_id(origin) else None,
    )


def _joined(answers: list[Answer]) -> Answer:
    """Items of one list, which come one a part."""
    titles = tuple(title for each in answers for title in each.titles)
    payloads = tuple(payload for each in answers for payload in each.payloads)
    return msgspec.structs.replace(
        answers[0], text=", ".join(filter(None, titles)), titles=titles, payloads=payloads
    )


def _date_picker(picker: wire.DatePicker) -> DatePicker:
    slots = []
    for time in picker.available_times[:MAX_ROWS]:
        if (time_ms := time_ms_of(time.date_time)) is not None:
            slots.append(Slot(payload=time.date_time, time_ms=time_ms, duration_s=time.duration))
    return DatePicker(
        title=words_in(picker.title),
        subtitle=words_in(picker.subtitle),
        image_url=url_in(picker.image_url),
        slots=tuple(sorted(slots, key=lambda slot: slot.time_ms)),
    )


def _list_picker(picker: wire.ListPicker) -> ListPicker | None:
    left, sections = MAX_ROWS, []
    for section in picker.sections[:MAX_ROWS]:
        items = tuple(_item(item) for item in section.items[:left] if item.title or item.id)
        left -= len(items)
        if items:
            sections.append(
                ListSection(
                    title=words_in(section.title), is_multiple=section.multiple_selection, items=items
                )
            )
    prompt = picker.received_message or wire.ReceivedMessage()
    if not sections:
        return None
    return ListPicker(
        title=words_in(prompt.title or prompt.header),
        subtitle=words_in(prompt.subtitle),
        image_url=url_in(prompt.image_url),
        sections=tuple(sections),
        reply=words_in(picker.reply_message.subtitle) if picker.reply_message is not None else "",
    )


def _item(item: wire.ListPickerItem) -> ListItem:
    name = item.title or item.id or ""
    return ListItem(
        title=words_in(name),
        payload=(item.id or name)[:MAX_PAYLOAD],
        subtitle=words_in(item.subtitle),
        image_url=url_in(item.image_url),
    )


def _location(place: wire.Location) -> Location | None:
    shown = Location(
        name=words_in(place.text),
        address=words_in(place.address),
        latitude=place.latitude,
        longitude=place.longitude,
        url=url_in(place.url),
    )
    return None if shown == Location() else shown
