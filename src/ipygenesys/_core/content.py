"""What a message can hold besides its text and files: answers to pick, cards, pickers, places."""

from __future__ import annotations

import datetime as dt
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


class QuickReply(_Quiet, frozen=True, kw_only=True):
    """An answer offered below a message."""

    text: str
    payload: str

    def __repr__(self) -> str:
        return f"<QuickReply {len(self.text)} characters>"


class Button(_Quiet, frozen=True, kw_only=True):
    """A button of a card: it answers, or it opens a page."""

    text: str
    payload: str | None = None
    """What goes back to the bot; None for a link."""
    url: str | None = None


class Slot(_Quiet, frozen=True, kw_only=True):
    """A time that a date picker offers."""

    payload: str
    """The time as the server wrote it."""
    time_ms: int
    """Milliseconds since the epoch."""
    duration_s: int | None = None


class ListItem(_Quiet, frozen=True, kw_only=True):
    """One item of a list to pick from."""

    title: str
    payload: str
    """The item's id."""
    subtitle: str = ""
    image_url: str | None = None


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
    picked: tuple[int, ...] | None = None


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
    payloads: tuple[str, ...]
    """One; of a list, one for each item."""
    type: AnswerKind
    message_id: str | None = None
    """The message that made the offer, where that is known."""


class Unsupported(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="unsupported"):
    """Something that cannot be shown: said rather than left out."""

    type: str
    """What the platform calls it, such as Form."""


Offer = QuickReplies | Card | Carousel | DatePicker | ListPicker
Content = Offer | Location | Answer | Unsupported


# --- offers and answers -----------------------------------------------------------------------------------


def options_of(part: Content) -> tuple[Option, ...]:
    """What a part offers to pick, in the order in which ``picked`` counts."""
    match part:
        case QuickReplies(replies=replies):
            return replies
        case Card(buttons=buttons):
            return buttons
        case Carousel(cards=cards):
            return tuple(button for card in cards for button in card.buttons)
        case DatePicker(slots=slots):
            return slots
        case ListPicker(sections=sections):
            return tuple(item for section in sections for item in section.items)
        case _:
            return ()


def title_of(option: Option) -> str:
    """What an option says; a time in UTC."""
    match option:
        case Slot(time_ms=time_ms):
            return f"{dt.datetime.fromtimestamp(time_ms / 1000, tz=dt.UTC):%Y-%m-%d %H:%M} UTC"
        case ListItem(title=title):
            return title
        case _:
            return option.text


def answer_of(
    message_id: str, content: tuple[Content, ...], part: int, picks: tuple[int, ...], text: str
) -> Answer | None:
    """The answer that picks some of what a message offers; None for what it does not.

    Args:
        message_id: of the message that makes the offer.
        content: its content.
        part: which of its parts.
        picks: positions in ``options_of`` that part.
        text: what the answer says in words.
    """
    offer = content[part] if 0 <= part < len(content) else None
    options = options_of(offer) if offer is not None else ()
    chosen = [options[pick] for pick in dict.fromkeys(picks) if 0 <= pick < len(options)]
    payloads = tuple(option.payload for option in chosen if option.payload is not None)
    if not payloads or len(payloads) != len(picks):
        return None
    if len(payloads) > 1 and not isinstance(offer, ListPicker):
        return None
    return Answer(text=text, payloads=payloads, type=_KINDS[type(chosen[0])], message_id=message_id)


_KINDS: dict[type[Option], AnswerKind] = {
    QuickReply: "quick-reply",
    Button: "button",
    Slot: "date",
    ListItem: "list",
}


def find_options(
    content: tuple[Content, ...], options: tuple[Option, ...]
) -> tuple[int, tuple[int, ...]] | None:
    """Which part of a message offers all of these, and where in it."""
    for number, part in enumerate(content):
        offered = options_of(part)
        if options and all(option in offered for option in options):
            return number, tuple(offered.index(option) for option in options)
    return None


def with_answer(
    content: tuple[Content, ...], answer: Answer, *, is_named: bool
) -> tuple[Content, ...] | None:
    """The content of a message once an answer has picked something of it; None if it is not its answer.

    Args:
        content: of the message that makes the offer.
        answer: what was picked.
        is_named: the answer names this message, so that it counts even if what was picked is not found.
    """
    fallback: int | None = None
    for number, part in enumerate(content):
        options = options_of(part)
        if not options or part_kind(part) != answer.type:
            continue
        picks = tuple(i for i, option in enumerate(options) if _is_picked(option, answer))
        if picks:
            return _picked(content, number, picks if answer.type == "list" else picks[:1])
        fallback = number if fallback is None else fallback
    return _picked(content, fallback, ()) if is_named and fallback is not None else None


def without_answer(content: tuple[Content, ...]) -> tuple[Content, ...]:
    """The content of a message whose answer was taken back."""
    return tuple(msgspec.structs.replace(part, picked=None) if options_of(part) else part for part in content)


def part_kind(part: Content) -> AnswerKind | None:
    """What an answer to this part is called; None if it offers nothing."""
    options = options_of(part)
    return _KINDS[type(options[0])] if options else None


def _is_picked(option: Option, answer: Answer) -> bool:
    if option.payload not in answer.payloads:
        return False
    # A payload may stand for several buttons: only together with their words are they unique.
    return not isinstance(option, QuickReply | Button) or option.text == answer.text


def _picked(content: tuple[Content, ...], number: int, picks: tuple[int, ...]) -> tuple[Content, ...]:
    part = msgspec.structs.replace(content[number], picked=picks)
    return (*content[:number], part, *content[number + 1 :])


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
        case DatePicker() | ListPicker():
            yield from (part.title, part.subtitle)
        case Location():
            yield from (part.name, part.address)
        case _:
            yield f"Unsupported content: {part.type}"
