"""Offers and answers: what a message lets others pick, and what an answer has picked of it."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.content import (
    Answer,
    AnswerKind,
    Button,
    Card,
    Carousel,
    Content,
    DatePicker,
    Form,
    ListItem,
    ListPicker,
    Option,
    QuickReplies,
    QuickReply,
    Slot,
)


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


def picked_of(part: Content) -> tuple[int, ...] | None:
    """What was picked of an offer; None while it is open, and for what offers nothing."""
    picked: tuple[int, ...] | None = getattr(part, "picked", None)
    return picked


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
    answer = Answer(text=text, payloads=payloads, type=_KINDS[type(chosen[0])], message_id=message_id)
    if isinstance(offer, ListPicker):
        return msgspec.structs.replace(
            answer, titles=tuple(option.label for option in chosen), reply=offer.reply
        )
    return answer


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
        if part_kind(part) != answer.type:
            continue
        picks = tuple(i for i, option in enumerate(options_of(part)) if _is_picked(option, answer))
        if picks:
            return _picked(content, number, picks if answer.type == "list" else picks[:1])
        fallback = number if fallback is None else fallback
    return _picked(content, fallback, ()) if is_named and fallback is not None else None


def without_answer(content: tuple[Content, ...]) -> tuple[Content, ...]:
    """The content of a message whose answer was taken back."""
    return tuple(msgspec.structs.replace(part, picked=None) if part_kind(part) else part for part in content)


def part_kind(part: Content) -> AnswerKind | None:
    """What an answer to this part is called; None if it offers nothing."""
    if isinstance(part, Form):
        return "form"
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
