"""What messages offer, and what is picked of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ipygenesys._core.model.content import (
    Answer,
    Button,
    Card,
    Carousel,
    Content,
    DatePicker,
    Form,
    FormField,
    FormPage,
    ListItem,
    ListPicker,
    ListSection,
    Location,
    Option,
    QuickReplies,
    QuickReply,
    Slot,
    Unsupported,
)
from ipygenesys._core.model.offers import (
    answer_of,
    find_options,
    options_of,
    part_kind,
    picked_of,
    with_answer,
    without_answer,
)

YES, NO = QuickReply(text="Yes", payload="yes"), QuickReply(text="No", payload="no")
BUY, SEE = Button(text="Buy", payload="buy"), Button(text="See", url="https://shop.example")
SLOT = Slot(payload="2026-11-26T10:00Z", time_ms=1_795_687_200_000)
PEN, INK = ListItem(title="Pen", payload="1"), ListItem(title="Ink", payload="2")
REPLIES = QuickReplies(title="Sure?", replies=(YES, NO))
CARD = Card(title="Boots", description="Warm", buttons=(BUY, SEE))
CAROUSEL = Carousel(cards=(CARD, Card(title="Hat", buttons=(Button(text="Take", payload="take"),))))
DATES = DatePicker(title="When?", subtitle="We come", slots=(SLOT,))
LIST = ListPicker(title="What?", sections=(ListSection(items=(PEN,)), ListSection(items=(INK,))))


@pytest.mark.parametrize(
    ("part", "options"),
    [
        (REPLIES, (YES, NO)),
        (CARD, (BUY, SEE)),
        (CAROUSEL, (BUY, SEE, CAROUSEL.cards[1].buttons[0])),
        (DATES, (SLOT,)),
        (LIST, (PEN, INK)),
        (Location(name="Depot"), ()),
    ],
)
def test_each_part_says_what_it_offers(part: Content, options: tuple[Option, ...]) -> None:
    assert options_of(part) == options


@pytest.mark.parametrize(
    ("part", "picks", "payloads", "type_"),
    [
        (0, (1,), ("no",), "quick-reply"),
        (1, (0,), ("buy",), "button"),
        (2, (2,), ("take",), "button"),
        (3, (0,), (SLOT.payload,), "date"),
        (4, (0, 1), ("1", "2"), "list"),
    ],
)
def test_an_option_becomes_its_answer(part: int, picks: Any, payloads: Any, type_: Any) -> None:
    content = (REPLIES, CARD, CAROUSEL, DATES, LIST)

    answer = answer_of("m1", content, part, picks, "words")

    titles = ("Pen", "Ink") if type_ == "list" else ()
    assert answer == Answer(text="words", payloads=payloads, titles=titles, type=type_, message_id="m1")
    assert with_answer(content, answer, is_named=True) != content


@pytest.mark.parametrize(
    ("part", "picks"),
    [(5, (0,)), (-1, (0,)), (0, ()), (0, (2,)), (0, (-1,)), (0, (0, 1)), (1, (1,)), (4, (0, 0)), (6, (0,))],
    ids=[
        "no such part",
        "negative part",
        "nothing",
        "beyond",
        "negative",
        "two of one",
        "a link",
        "twice",
        "far",
    ],
)
def test_what_is_not_offered_is_no_answer(part: int, picks: tuple[int, ...]) -> None:
    content = (REPLIES, CARD, CAROUSEL, DATES, LIST, Unsupported(type="Form"))

    assert answer_of("m1", content, part, picks, "words") is None


def test_options_are_found_in_the_part_that_offers_all_of_them() -> None:
    content = (REPLIES, LIST)

    assert find_options(content, (INK, PEN)) == (1, (1, 0))
    assert find_options(content, (NO,)) == (0, (1,))
    assert find_options(content, (NO, PEN)) is None
    assert find_options(content, ()) is None


def answer(**fields: Any) -> Answer:
    return Answer(**{"text": "Yes", "payloads": ("yes",), "type": "quick-reply", **fields})


def picked(content: tuple[Content, ...] | None) -> list[Any]:
    assert content is not None
    return [getattr(part, "picked", None) for part in content]


def test_an_answer_marks_what_it_picked() -> None:
    assert picked(with_answer((REPLIES,), answer(), is_named=False)) == [(0,)]
    both = answer(text="Pen, Ink", payloads=("2", "1"), type="list")
    assert picked(with_answer((Location(), LIST), both, is_named=False)) == [None, (0, 1)]


def test_one_payload_on_two_buttons_is_told_apart_by_the_words() -> None:
    card = Card(title="", buttons=(Button(text="A", payload="x"), Button(text="B", payload="x")))

    assert picked(with_answer((card,), answer(text="B", payloads=("x",), type="button"), is_named=False)) == [
        (1,)
    ]


def test_an_answer_that_names_the_message_counts_even_if_its_option_is_not_found() -> None:
    other = answer(payloads=("perhaps",))

    assert with_answer((REPLIES,), other, is_named=False) is None
    assert picked(with_answer((REPLIES, REPLIES), other, is_named=True)) == [(), None]
    assert with_answer((CARD,), other, is_named=True) is None


def test_an_answer_that_is_taken_back_leaves_the_offer_open() -> None:
    answered = with_answer((Location(), REPLIES), answer(), is_named=True)

    assert answered is not None
    assert without_answer(answered) == (Location(), REPLIES)


def test_options_have_labels() -> None:
    assert [each.label for each in (YES, BUY, PEN, SLOT)] == ["Yes", "Buy", "Pen", "2026-11-26 10:00 UTC"]


def test_an_offer_is_open_until_something_is_picked_and_what_offers_nothing_never_is() -> None:
    assert picked_of(LIST) is None
    assert picked_of(Location(name="Depot")) is None
    (answered,) = with_answer((LIST,), Answer(text="Pen", payloads=("1",), type="list"), is_named=True) or ()
    assert picked_of(answered) == (0,)


def test_what_a_list_wants_said_goes_with_its_answer() -> None:
    picker = msgspec.structs.replace(LIST, reply="My choice:")
    answer = answer_of("m1", (picker,), 0, (0,), "Pen")
    assert answer is not None and (answer.reply, answer.titles) == ("My choice:", ("Pen",))


def test_a_form_is_filled_in_once_by_an_answer_that_names_it() -> None:
    form = Form(pages=(FormPage(fields=(FormField(id="n", type="text", title="Name"),)),))
    filled_in = Answer(text="Ann", type="form")
    assert part_kind(form) == "form"
    assert with_answer((form,), filled_in, is_named=False) is None
    assert picked(with_answer((REPLIES, form), filled_in, is_named=True)) == [None, ()]
    assert without_answer((msgspec.structs.replace(form, picked=()),)) == (form,)
