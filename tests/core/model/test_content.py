"""What the parts of a message say in words."""

from __future__ import annotations

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
