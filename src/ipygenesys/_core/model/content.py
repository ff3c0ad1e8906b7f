"""What a message can hold besides its text and files: answers to pick, cards, pickers, places."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

AnswerKind = Literal["quick-reply", "button", "date", "list", "form"]

MAX_ROWS = 100
"""Chosen: options, cards, slots and items of one part; more than Genesys lets an author make."""
MAX_WORDS = 2_000
"""Chosen: characters of a title, a description, a label."""
MAX_PAYLOAD = 4_000
"""Chosen: characters of what goes back to the bot; a longer one cannot be answered."""


class _Quiet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Shows in no repr what it says, so that a notebook's output doesn't either."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


# --- what can be picked -----------------------------------------------------------------------------------

_PERSONAL = re.compile(r"\S@\S|\d(?:[\s().+/-]*\d){4}")
"""An address, or a number of five digits and more: of an order, a phone, a card, an account, a day of birth."""


def shown_label(option: Option) -> str:
    """The label, which an author has written; its length alone if it looks as if it told of the customer."""
    is_shown = isinstance(option, Slot) or not _PERSONAL.search(option.label)
    return repr(option.label) if is_shown else f"({len(option.label)} characters)"


class QuickReply(_Quiet, frozen=True, kw_only=True):
    """An answer offered below a message."""

    text: str
    payload: str

    @property
    def label(self) -> str:
        """What it says; ``chat.answer`` takes it too."""
        return self.text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {shown_label(self)}>"


class Button(_Quiet, frozen=True, kw_only=True):
    """A button of a card: it answers, or it opens a page."""

    text: str
    payload: str | None = None
    """What goes back to the bot; None for a link."""
    url: str | None = None

    @property
    def label(self) -> str:
        """What it says; ``chat.answer`` takes it too."""
        return self.text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {shown_label(self)}>"


class Slot(_Quiet, frozen=True, kw_only=True):
    """A time that a date picker offers."""

    payload: str
    """The time as the server wrote it."""
    time_ms: int
    """Milliseconds since the epoch."""
    duration_s: int | None = None

    @property
    def label(self) -> str:
        """The time in UTC, such as ``2026-03-01 09:30 UTC``; ``chat.answer`` takes it too."""
        return f"{dt.datetime.fromtimestamp(self.time_ms / 1000, tz=dt.UTC):%Y-%m-%d %H:%M} UTC"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {shown_label(self)}>"


class ListItem(_Quiet, frozen=True, kw_only=True):
    """One item of a list to pick from."""

    title: str
    payload: str
    """The item's id."""
    subtitle: str = ""
    image_url: str | None = None

    @property
    def label(self) -> str:
        """What it is called; ``chat.answer`` takes it too."""
        return self.title

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {shown_label(self)}>"


Option = QuickReply | Button | Slot | ListItem
"""What ``chat.answer`` takes."""


# --- parts of a message -----------------------------------------------------------------------------------


class QuickReplies(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="quick-replies"):
    """Answers to choose one from."""

    replies: tuple[QuickReply, ...]
    title: str = ""
    picked: tuple[int, ...] | None = None
    """Of what is offered, by position, what was picked; empty: something, but not known what. None: nothing yet."""


class Card(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="card"):
    """A title, some words, an image, buttons."""

    title: str
    description: str = ""
    image_url: str | None = None
    url: str | None = None
    """The page that the card as a whole stands for."""
    buttons: tuple[Button, ...] = ()
    picked: tuple[int, ...] | None = None


class Carousel(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="carousel"):
    """Cards next to each other; what is picked counts through the buttons of all of them."""

    cards: tuple[Card, ...]
    picked: tuple[int, ...] | None = None


class DatePicker(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="date-picker"):
    """Times to choose one from."""

    title: str = ""
    subtitle: str = ""
    image_url: str | None = None
    slots: tuple[Slot, ...] = ()
    """In order of time."""
    picked: tuple[int, ...] | None = None


class ListSection(_Quiet, frozen=True, kw_only=True):
    """Items that belong together."""

    items: tuple[ListItem, ...]
    title: str = ""
    is_multiple: bool = False
    """Several of them can be picked."""


class ListPicker(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="list-picker"):
    """Items to choose from; what is picked counts through the items of all sections."""

    sections: tuple[ListSection, ...]
    title: str = ""
    subtitle: str = ""
    image_url: str | None = None
    reply: str = ""
    """What it wants said with an answer."""
    picked: tuple[int, ...] | None = None


class FormField(_Quiet, frozen=True, kw_only=True):
    """Something to fill in."""

    id: str
    type: Literal["text", "choice", "date"]
    title: str
    subtitle: str = ""
    placeholder: str = ""
    is_required: bool = False
    is_long: bool = False
    """A text of several lines."""
    is_multiple: bool = False
    """Several choices can be picked."""
    choices: tuple[QuickReply, ...] = ()


class FormPage(_Quiet, frozen=True, kw_only=True):
    """Fields that belong together."""

    fields: tuple[FormField, ...]
    title: str = ""
    subtitle: str = ""


class Form(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="form"):
    """Fields to fill in; ``chat.answer(form, values)`` does."""

    pages: tuple[FormPage, ...]
    title: str = ""
    subtitle: str = ""
    image_url: str | None = None
    reply: str = ""
    """What it wants said with an answer."""
    template_id: str | None = None
    """The platform's name for it, which goes back with an answer."""
    picked: tuple[int, ...] | None = None
    """Empty: it was filled in. None: not yet."""


class FormEntry(_Quiet, frozen=True, kw_only=True):
    """What was filled in."""

    field: str
    """The field's id."""
    text: str
    payload: str


class Location(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="location"):
    """A place."""

    name: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str | None = None


class Answer(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="answer"):
    """What was picked of another message's offer, by whoever sent this one."""

    text: str
    payloads: tuple[str, ...] = ()
    """One; of a list, one for each item; of a form, none."""
    titles: tuple[str, ...] = ()
    """Of a list, what its items are called."""
    reply: str = ""
    """What the offer wants said with it."""
    type: AnswerKind
    message_id: str | None = None
    """The message that made the offer, where that is known."""
    entries: tuple[FormEntry, ...] = ()
    """Of a form, what was filled in."""
    template_id: str | None = None
    """Of a form, as it came."""


class Unsupported(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="unsupported"):
    """Something that cannot be shown: said rather than left out."""

    type: str
    """What the platform calls it, such as Reactions."""


Offer = QuickReplies | Card | Carousel | DatePicker | ListPicker | Form
Content = Offer | Location | Answer | Unsupported


# --- words ------------------------------------------------------------------------------------------------


def words_of(content: tuple[Content, ...]) -> str:
    """What a message's parts say in words: its text where it has none of its own."""
    return "\n".join(line for part in content for line in _lines(part) if line)


def _lines(part: Content) -> Iterator[str]:
    match part:
        case Answer(text=text):
            yield text
        case Card():
            yield from (part.title, part.description)
        case Carousel(cards=cards):
            for card in cards:
                yield from _lines(card)
        case QuickReplies(title=title):
            yield title
        case DatePicker() | ListPicker() | Form():
            yield from (part.title, part.subtitle)
        case Location():
            yield from (part.name, part.address)
        case _:
            yield f"Unsupported content: {part.type}"
