"""What ``answer`` answers with: what was picked of an offer, or a form that was filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.content import Answer, Content, Form, Option
from ipygenesys._core.model.forms import filled
from ipygenesys._core.model.offers import answer_of, find_options, picked_of, title_of
from ipygenesys._core.model.utf8 import encodable

FormValues = Mapping[str, str | Iterable[str]]
"""By the title or the id of a field."""


def option_answer(timeline: Timeline, options: tuple[Any, ...]) -> Answer:
    """The answer that picks these.

    Raises:
        TypeError: one of them is no option.
        ValueError: nobody offers them, or not any more.
    """
    for each in options:
        if not isinstance(each, Option):
            raise TypeError(f"option must be one of a message's options, not {type(each).__name__}.")
    text = ", ".join(map(title_of, options))
    for message in reversed(timeline.copy()):
        if (found := find_options(message.content, options)) is not None:
            _check_open(message.content[found[0]])
            if (answer := answer_of(message.id, message.content, *found, text)) is not None:
                return answer
            break
    raise ValueError("No message offers this: take it from a message's options.")


def form_answer(timeline: Timeline, form: Form, values: FormValues | None = None) -> Answer:
    """The answer that fills in this form.

    Raises:
        TypeError: the values are none.
        ValueError: nobody offers it, or not any more, or it does not take these values.
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"values must map fields to what is written in them, not be {type(values).__name__}.")
    for message in reversed(timeline.copy()):
        found = next((part for part in message.content if _is_same(part, form)), None)
        if found is not None:
            _check_open(found)
            written = {str(field): _texts(value) for field, value in values.items()}
            answer = filled(message.id, form, written)
            if isinstance(answer, str):
                raise ValueError(answer)
            return answer
    raise ValueError("No message holds this form: take it from a message's content.")


def _is_same(part: Content, form: Form) -> bool:
    """Whether or not it was filled in since."""
    return isinstance(part, Form) and msgspec.structs.replace(part, picked=form.picked) == form


def _check_open(offer: Content) -> None:
    if picked_of(offer) is not None:
        raise ValueError("This offer was answered already.")


def _texts(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(encodable(str(each)) for each in ([value] if isinstance(value, str) else value))
