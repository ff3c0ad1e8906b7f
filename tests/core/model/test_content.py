"""What the parts of a message say in words, and what shows of what can be picked."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.content import (
    Answer,
    Button,
    Card,
    Carousel,
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

BOOTS = Card(title="Boots", description="Warm", buttons=(Button(text="Buy", payload="buy"),))


def test_parts_have_words() -> None:
    parts = (
        Answer(text="Yes", payloads=("yes",), type="quick-reply"),
        QuickReplies(title="Sure?", replies=(QuickReply(text="No", payload="no"),)),
        BOOTS,
        Carousel(cards=(BOOTS, Card(title="Hat"))),
        DatePicker(title="When?", subtitle="We come"),
        ListPicker(title="What?", sections=(ListSection(items=(ListItem(title="Pen", payload="1"),)),)),
        Location(name="Depot", address="6821 1st Avenue"),
        Unsupported(type="Form"),
    )

    assert words_of(parts).splitlines() == [
        "Yes",
        "Sure?",
        "Boots",
        "Warm",
        "Boots",
        "Warm",
        "Hat",
        "When?",
        "We come",
        "What?",
        "Depot",
        "6821 1st Avenue",
        "Unsupported content: Form",
    ]


OPTIONS = (
    QuickReply(text="Yes", payload="SECRET"),
    Button(text="Buy", payload="SECRET"),
    ListItem(title="Pen", payload="SECRET"),
    Slot(payload="SECRET", time_ms=1_795_687_200_000),
)


def test_every_option_has_a_label_and_shows_it_but_not_what_goes_back() -> None:
    assert [option.label for option in OPTIONS] == ["Yes", "Buy", "Pen", "2026-11-26 10:00 UTC"]
    assert [repr(option) for option in OPTIONS] == [
        "<QuickReply 'Yes'>",
        "<Button 'Buy'>",
        "<ListItem 'Pen'>",
        "<Slot '2026-11-26 10:00 UTC'>",
    ]


@pytest.mark.parametrize(
    "label",
    [
        "ann@example.com",
        "Call 0170 123 4567",
        "Order 12345",
        "1980/04/31",
        "Card 4111-1111-1111",
        "12.345,00 of it",
    ],
)
def test_a_label_that_may_tell_of_the_customer_shows_its_length_alone(label: str) -> None:
    options = (QuickReply(text=label, payload="p"), Button(text=label), ListItem(title=label, payload="p"))
    assert [repr(option) for option in options] == [
        f"<{kind} ({len(label)} characters)>" for kind in ("QuickReply", "Button", "ListItem")
    ]


@pytest.mark.parametrize("label", ["Size 41", "24/7", "Terminal 2, 10 to 12", "@home"])
def test_small_numbers_in_a_label_are_shown(label: str) -> None:
    assert repr(QuickReply(text=label, payload="p")) == f"<QuickReply {label!r}>"
