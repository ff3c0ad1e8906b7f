"""Forms as Genesys writes them become neutral ones, and what was filled in the answer that it wants."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ipygenesys._core.model.content import (
    MAX_PAYLOAD,
    MAX_ROWS,
    Answer,
    Form,
    FormEntry,
    FormField,
    FormPage,
    QuickReply,
    Slot,
)
from ipygenesys._protocols.tolerant import is_id, time_ms_of, url_in, words_in
from ipygenesys._wire import content as wire


def form_of(form: wire.Form) -> Form | Answer | None:
    """A form to fill in, or the answer to one; None for neither."""
    if form.response:
        return _answer(form)
    pages = (_page(page) for page in form.form_pages[:MAX_ROWS])
    prompt, intro = form.received_message or wire.ReceivedMessage(), form.introduction or wire.Introduction()
    shown = Form(
        pages=tuple(page for page in pages if page.fields),
        title=words_in(prompt.title or prompt.header or intro.title),
        subtitle=words_in(prompt.subtitle or intro.subtitle),
        image_url=url_in(prompt.image_url or intro.image_url),
        reply=words_in(form.reply_message.subtitle) if form.reply_message is not None else "",
        template_id=form.canned_response_id if is_id(form.canned_response_id) else None,
    )
    return shown if shown.pages or shown.title or shown.subtitle else None


def form_content(answer: Answer) -> wire.Form:
    """What was filled in, as the wire wants it."""
    return wire.Form(
        originating_message_id=answer.message_id,
        canned_response_id=answer.template_id,
        response=[
            wire.FormResponse(
                id=entry.field,
                component=wire.FormResponseContent(
                    button_response=wire.ButtonResponse(type="Form", text=entry.text, payload=entry.payload)
                ),
            )
            for entry in answer.entries
        ],
    )


def _answer(form: wire.Form) -> Answer:
    entries = [
        FormEntry(
            field=response.id or "",
            text=words_in(response.component.button_response.text),
            payload=response.component.button_response.payload[:MAX_PAYLOAD],
        )
        for response in form.response[:MAX_ROWS]
    ]
    origin = form.originating_message_id
    return Answer(
        text="\n".join(entry.text for entry in entries if entry.text),
        type="form",
        message_id=origin if is_id(origin) else None,
        entries=tuple(entries),
        template_id=form.canned_response_id if is_id(form.canned_response_id) else None,
    )


def _page(page: wire.FormPage) -> FormPage:
    fields = (_field(component) for component in page.page_components[:MAX_ROWS])
    return FormPage(
        title=words_in(page.title),
        subtitle=words_in(page.subtitle),
        fields=tuple(field for field in fields if field is not None and field.id),
    )


def _field(component: wire.FormComponent) -> FormField | None:
    """A field without an id cannot be answered."""
    if (text := component.input) is not None:
        return FormField(
            id=text.id or "",
            type="text",
            title=words_in(text.title),
            subtitle=words_in(text.subtitle),
            placeholder=words_in(text.placeholder_text),
            is_required=text.is_required,
            is_long=text.is_multiple_line,
        )
    if (picker := component.list_picker) is not None:
        prompt = picker.received_message or wire.ReceivedMessage()
        items = [item for section in picker.sections for item in section.items]
        return FormField(
            id=picker.id or "",
            type="choice",
            title=words_in(prompt.title or prompt.header or next((s.title for s in picker.sections), "")),
            subtitle=words_in(prompt.subtitle),
            is_multiple=any(section.multiple_selection for section in picker.sections),
            choices=_choices((item.title, item.id) for item in items),
        )
    if (wheel := component.wheel_picker) is not None:
        choices = _choices((item.title or item.value, item.value or item.id) for item in wheel.items)
        return FormField(id=wheel.id or "", type="choice", title="", choices=choices)
    return None if component.date_picker is None else _date(component.date_picker)


def _date(picker: wire.DatePicker) -> FormField:
    """Times on offer, or any day."""
    slots = (
        Slot(payload=time.date_time, time_ms=time_ms)
        for time in picker.available_times[:MAX_ROWS]
        if (time_ms := time_ms_of(time.date_time)) is not None
    )
    choices = _choices((slot.label, slot.payload) for slot in sorted(slots, key=lambda slot: slot.time_ms))
    return FormField(
        id=picker.id or "",
        type="choice" if choices else "date",
        title=words_in(picker.title),
        subtitle=words_in(picker.subtitle),
        choices=choices,
    )


def _choices(pairs: Iterable[tuple[str | None, str | None]]) -> tuple[QuickReply, ...]:
    named = ((text or payload, payload or text) for text, payload in pairs)
    return tuple(
        QuickReply(text=words_in(text), payload=payload)
        for text, payload in islice(named, MAX_ROWS)
        if text and payload and len(payload) <= MAX_PAYLOAD
    )
