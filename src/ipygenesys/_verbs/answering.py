"""What ``answer`` answers with: what was picked of an offer, or a form that was filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.content import Answer, Content, Form, Option, shown_label
from ipygenesys._core.model.forms import filled
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.offers import answer_of, find_options, options_of, picked_of
from ipygenesys._core.model.utf8 import encodable

FormValues = Mapping[str, str | Iterable[str]]
"""By the title or the id of a field."""
MAX_NAMED = 10
"""Chosen: as many options as an error's words name."""
_ANSWERED = "This offer was answered already."


def option_answer(timeline: Timeline, options: tuple[Any, ...]) -> Answer:
    """The answer that picks these.

    Raises:
        TypeError: one of them is no option.
        ValueError: nobody offers them, or not any more.
    """
    for each in options:
        if not isinstance(each, Option):
            raise TypeError(f"option must be one of a message's options, not {type(each).__name__}.")
    text = ", ".join(option.label for option in options)
    message = next(iter(_offering(timeline, options)), None)
    found = None if message is None else find_options(message.content, options)
    if message is not None and found is not None:
        _check_open(message.content[found[0]])
        if (answer := answer_of(message.id, message.content, *found, text)) is not None:
            return answer
    raise ValueError("No message offers this: take it from a message's options.")


def option_called(timeline: Timeline, label: str) -> Option:
    """The option of this label in the newest message that has one to pick, whatever its case.

    Raises:
        ValueError: there is none, or there are several.
    """
    wanted, is_answered, open_ones = _plain(label), False, dict[str, None]()
    for message in reversed(timeline.copy()):
        found: list[Option] = []
        for part in message.content:
            same = [option for option in options_of(part) if _plain(option.label) == wanted]
            if picked_of(part) is None:
                found += [option for option in same if option not in found]
                open_ones |= dict.fromkeys(map(shown_label, options_of(part)))
            else:
                is_answered |= bool(same)
        if len(found) > 1:
            words = f"{len(found)} options of one message have this label: pick one of its options."
            raise ValueError(words)
        if found:
            return found[0]
    if is_answered:
        raise ValueError(_ANSWERED)
    names = f" These are open: {', '.join(list(open_ones)[:MAX_NAMED])}." if open_ones else ""
    raise ValueError(f"Nothing that has this label can be picked.{names}")


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


def _offering(timeline: Timeline, options: tuple[Option, ...]) -> list[Message]:
    """Who offers this: those whose very options these are, then those that offer the same, each newest first."""
    messages = [m for m in reversed(timeline.copy()) if find_options(m.content, options) is not None]
    return sorted(messages, key=lambda m: not all(any(o is each for each in m.options) for o in options))


def _is_same(part: Content, form: Form) -> bool:
    """Whether or not it was filled in since."""
    return isinstance(part, Form) and msgspec.structs.replace(part, picked=form.picked) == form


def _check_open(offer: Content) -> None:
    if picked_of(offer) is not None:
        raise ValueError(_ANSWERED)


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()


def _texts(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(encodable(str(each)) for each in ([value] if isinstance(value, str) else value))
