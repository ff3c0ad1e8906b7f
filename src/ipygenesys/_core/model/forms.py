"""Forms that are filled in: what may be written in which field, and the answer that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ipygenesys._core.model.content import Answer, Form, FormEntry, FormField

MAX_ENTRY = 2_000
"""Chosen: characters of one field."""

Values = Mapping[str, tuple[str, ...]]
"""By the id of a field, or its title: a text, or what was chosen, by its words or its payload."""


def fields_of(form: Form) -> tuple[FormField, ...]:
    """All that there is to fill in."""
    return tuple(field for page in form.pages for field in page.fields)


def filled(message_id: str, form: Form, values: Values) -> Answer | str:
    """The answer that these values make; why they make none, in words without any of them.

    Args:
        message_id: of the message that holds the form.
        form: to fill in.
        values: what is written in it. Fields that are not named stay empty.
    """
    fields = fields_of(form)
    for name in values:
        if not any(name in (field.id, field.title) for field in fields):
            return f"The form has no such field. It has: {', '.join(field.title or field.id for field in fields)}."
    entries: list[FormEntry] = []
    for field in fields:
        given = values.get(field.id, values.get(field.title, ()))
        found = [_entry(field, value) for value in given if value.strip()]
        name = field.title or field.id
        if field.is_required and not found:
            return f"The form needs {name}."
        if len(found) > 1 and not field.is_multiple:
            return f"{name} takes one value."
        if None in found:
            return f"{name} does not offer that, or it is longer than {MAX_ENTRY} characters."
        entries += [entry for entry in found if entry is not None]
    if not entries:
        return "Nothing is filled in."
    return Answer(
        text="\n".join(_lines(fields, entries)),
        type="form",
        message_id=message_id,
        entries=tuple(entries),
        reply=form.reply,
        template_id=form.template_id,
    )


def _entry(field: FormField, value: str) -> FormEntry | None:
    if field.type == "choice":
        choices = (each for each in field.choices if value in (each.payload, each.text))
        chosen = next(choices, None)
        return None if chosen is None else FormEntry(field=field.id, text=chosen.text, payload=chosen.payload)
    return FormEntry(field=field.id, text=value, payload=value) if len(value) <= MAX_ENTRY else None


def _lines(fields: tuple[FormField, ...], entries: list[FormEntry]) -> Iterator[str]:
    for field in fields:
        if texts := [entry.text for entry in entries if entry.field == field.id]:
            yield f"{field.title}: {', '.join(texts)}" if field.title else ", ".join(texts)
