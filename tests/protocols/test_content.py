"""Parts of messages as Genesys writes them, whole and broken, on all wires."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.model.content import (
    Answer,
    Button,
    Card,
    Carousel,
    Content,
    DatePicker,
    ListItem,
    ListPicker,
    ListSection,
    Location,
    QuickReplies,
    QuickReply,
    Slot,
    Unsupported,
)
from ipygenesys._core.model.messages import Attachment
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._protocols import content as decoder
from ipygenesys._protocols.content import button_responses, parts_of
from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys.credentials import AccessToken

TEN = "2026-11-26T10:00:00.000Z"
TEN_MS = 1_795_687_200_000


def part(kind: str, **fields: Any) -> dict[str, Any]:
    return {"contentType": kind, **fields}


CASES: list[tuple[dict[str, Any], Content]] = [
    (
        part("QuickReplyV2", quickReplyV2={"title": "Sure?", "actions": [{"text": "Yes", "payload": "y"}]}),
        QuickReplies(title="Sure?", replies=(QuickReply(text="Yes", payload="y"),)),
    ),
    (
        part(
            "Card",
            card={
                "title": "Boots",
                "defaultAction": {"type": "Link", "url": "https://shop.example/b"},
                "actions": [
                    {"type": "Link", "text": "See", "url": "https://shop.example"},
                    {"type": "Postback", "text": "Buy"},
                    {"type": "Postback"},
                    {"type": "Link"},
                ],
            },
        ),
        Card(
            title="Boots",
            url="https://shop.example/b",
            buttons=(Button(text="See", url="https://shop.example"), Button(text="Buy", payload="Buy")),
        ),
    ),
    (
        part("GenericTemplate", generic={"title": "Boots", "image": "https://img.example/b.png"}),
        Card(title="Boots", image_url="https://img.example/b.png"),
    ),
    (
        part("Carousel", carousel={"cards": [{"title": "A"}, {}, {"description": "B"}]}),
        Carousel(cards=(Card(title="A"), Card(title="", description="B"))),
    ),
    (
        part(
            "DatePicker",
            datePicker={
                "title": "When?",
                "subtitle": "At your home",
                "imageUrl": "https://img.example/d.png",
                "availableTimes": [
                    {"dateTime": "2026-11-26T11:00:00Z", "duration": 1800},
                    {"dateTime": TEN},
                    {"dateTime": "soon"},
                ],
            },
        ),
        DatePicker(
            title="When?",
            subtitle="At your home",
            image_url="https://img.example/d.png",
            slots=(
                Slot(payload=TEN, time_ms=TEN_MS),
                Slot(payload="2026-11-26T11:00:00Z", time_ms=TEN_MS + 3_600_000, duration_s=1800),
            ),
        ),
    ),
    (
        part(
            "ListPicker",
            listPicker={
                "receivedMessage": {"header": "What?", "subtitle": "Pick"},
                "sections": [
                    {
                        "title": "Pens",
                        "multipleSelection": True,
                        "items": [{"id": "1", "title": "Red", "subtitle": "Thin"}, {"title": "Blue"}, {}],
                    },
                    {"title": "Nothing", "items": []},
                ],
            },
        ),
        ListPicker(
            title="What?",
            subtitle="Pick",
            sections=(
                ListSection(
                    title="Pens",
                    is_multiple=True,
                    items=(
                        ListItem(title="Red", payload="1", subtitle="Thin"),
                        ListItem(title="Blue", payload="Blue"),
                    ),
                ),
            ),
        ),
    ),
    (
        part("Location", location={"text": "Depot", "latitude": 1, "longitude": 2.5}),
        Location(name="Depot", latitude=1.0, longitude=2.5),
    ),
    (
        part("ButtonResponse", buttonResponse={"type": "ListPicker", "text": "A, B", "payload": "1,2"}),
        Answer(text="A, B", payloads=("1,2",), titles=("A, B",), type="list"),
    ),
    (
        part(
            "ButtonResponse",
            buttonResponse={"type": "New", "text": "A", "payload": "1,2", "originatingMessageId": "m1"},
        ),
        Answer(text="A", payloads=("1,2",), type="button", message_id="m1"),
    ),
    (
        part(
            "Notification",
            template={
                "id": "t1",
                "header": {"type": "Text", "text": "Your order"},
                "body": {
                    "text": "Hello {{1}}, it comes {{day}}.",
                    "parameters": [{"name": "1", "text": "Ann"}, {"name": "day", "text": "today"}],
                },
                "footer": {"text": "The shop"},
                "buttons": [
                    {"type": "Url", "text": "Track it", "url": "https://shop.example/t"},
                    {"type": "QuickReply", "text": "Stop", "payload": "stop"},
                    {"type": "PhoneNumber"},
                ],
            },
        ),
        Card(
            title="Your order",
            description="Hello Ann, it comes today.\nThe shop",
            buttons=(
                Button(text="Track it", url="https://shop.example/t"),
                Button(text="Stop", payload="stop"),
            ),
        ),
    ),
    (part("Notification", template={"body": {"text": "Hi"}}), Card(title="", description="Hi")),
    (
        part(
            "RichLink",
            richLink={"text": "Boots", "url": "https://shop.example/b", "urlLabel": "See", "footer": "Shop"},
        ),
        Card(
            title="Boots",
            description="https://shop.example/b\nShop",
            buttons=(Button(text="See", url="https://shop.example/b"),),
        ),
    ),
    (
        part("RichLink", richLink={"url": "https://shop.example/b"}),
        Card(
            title="https://shop.example/b",
            buttons=(Button(text="https://shop.example/b", url="https://shop.example/b"),),
        ),
    ),
    (part("RichLink", richLink={"text": "Boots"}), Card(title="Boots")),
    (part("RichLink", richLink={}), Unsupported(type="RichLink")),
    (part("Notification", template={}), Unsupported(type="Notification")),
    (part("Story", story={"type": "Mention", "url": "https://story.example"}), Unsupported(type="Story")),
    (part("Mention"), Unsupported(type="Mention")),
    (part("PaymentRequest", paymentRequest={"orderTotal": 5}), Unsupported(type="PaymentRequest")),
    (part("Reactions", reactions=[{"reactionType": "Like", "count": 1}]), Unsupported(type="Reactions")),
    (part("Form", form={"introduction": {}}), Unsupported(type="Form")),
    (part("Card", card={}), Unsupported(type="Card")),
    (part("Card", card=7), Unsupported(type="Card")),
    (part("Carousel", carousel={"cards": []}), Unsupported(type="Carousel")),
    (part("ListPicker", listPicker={"sections": []}), Unsupported(type="ListPicker")),
    (part("Location", location={}), Unsupported(type="Location")),
    (part("QuickReplyV2", quickReplyV2={"actions": [{"text": ""}]}), Unsupported(type="QuickReplyV2")),
    (part("x" * 90), Unsupported(type="x" * 40)),
    (part("Attachment"), Unsupported(type="Attachment")),
]


@pytest.mark.parametrize(("raw", "content"), CASES, ids=lambda each: str(each)[:40])
def test_each_kind_of_part_is_read(raw: dict[str, Any], content: Content) -> None:
    assert parts_of([raw]).content == (content,)


@pytest.mark.parametrize("raw", [None, 7, [], {}, {"contentType": 7}], ids=repr)
def test_what_is_no_part_at_all_is_said(raw: Any) -> None:
    assert parts_of([raw]).content == (Unsupported(type="Unknown"),)


def test_quick_replies_come_one_a_part_and_stand_together_at_the_end() -> None:
    raw = [
        part("QuickReply", quickReply={"text": "Yes", "payload": "y"}),
        part("Card", card={"title": "Boots"}),
        part("QuickReply", quickReply={"text": "No"}),
        part("QuickReply", quickReply={"text": "Long", "payload": "x" * 4_001}),
    ]

    assert parts_of(raw).content == (
        Card(title="Boots"),
        QuickReplies(replies=(QuickReply(text="Yes", payload="y"), QuickReply(text="No", payload="No"))),
    )


@pytest.mark.parametrize("size", ["fileSize", "contentSizeBytes"])
def test_files_are_files_with_both_names_of_their_size(size: str) -> None:
    file = {"id": "A", "filename": "a.png", "mime": "image/png", "url": "https://f.example/a", size: 5}

    parts = parts_of([part("Attachment", attachment=file)])

    assert parts.attachments == (
        Attachment(name="a.png", media_type="image/png", size_bytes=5, url="https://f.example/a", id="A"),
    )
    assert parts.content == ()


def test_a_part_that_is_text_is_words() -> None:
    parts = parts_of(
        [part("Text", text={"type": "Text", "body": "Hello"}), part("Card", card={"title": "Boots"})]
    )

    assert parts.text == "Hello\nBoots"
    assert parts.content == (Card(title="Boots"),)


def captioned(name: str, caption: str) -> dict[str, Any]:
    return part("Attachment", attachment={"filename": name, "text": caption})


def test_captions_stand_among_the_words_in_the_order_of_the_parts() -> None:
    parts = parts_of(
        [
            part("Text", text={"body": "Look:"}),
            captioned("a.png", "the sole"),
            part("Card", card={"title": "Boots"}),
            captioned("b.png", "the heel"),
            part("Attachment", attachment={"filename": "c.png"}),
            part("Text", text={"body": "Bad, no?"}),
        ]
    )

    assert parts.text == "Look:\nthe sole\nBoots\nthe heel\nBad, no?"
    assert [file.name for file in parts.attachments] == ["a.png", "b.png", "c.png"]


def test_a_text_of_its_own_stands_before_captions_that_it_does_not_hold() -> None:
    parts = parts_of([captioned("a.png", "the sole"), captioned("b.png", "the heel")])

    assert parts.text_with("Two pictures") == "Two pictures\nthe sole\nthe heel"
    assert parts.text_with("the sole") == "the sole\nthe heel"
    assert parts.text_with("") == parts.text_with(None) == "the sole\nthe heel"


def test_the_picture_of_a_template_is_a_file() -> None:
    header = {"type": "Media", "media": {"filename": "a.png"}}

    parts = parts_of([part("Notification", template={"header": header, "body": {"text": "Hi"}})])

    assert parts.attachments == (Attachment(name="a.png"),)
    assert parts.content == (Card(title="", description="Hi"),)


def test_a_field_that_cannot_be_read_hides_no_other() -> None:
    raw = part("Card", card={"title": "Boots", "image": 7, "actions": [{"text": 1}, 3, {"text": "Buy"}]})
    times = part(
        "DatePicker", datePicker={"availableTimes": [{"duration": 1}, {"dateTime": TEN, "duration": "x"}]}
    )

    assert parts_of([raw, times]).content == (
        Card(title="Boots", buttons=(Button(text="Buy", payload="Buy"),)),
        DatePicker(slots=(Slot(payload=TEN, time_ms=TEN_MS),)),
    )


def test_everything_is_bounded() -> None:
    long, many = "x" * 100_000, 10_000
    card = {
        "title": long,
        "description": long,
        "image": "https://" + long,
        "actions": [{"type": "Postback", "text": long, "payload": "p"}] * many,
    }
    item = {"id": long, "title": long, "subtitle": long, "imageUrl": "https://" + long}
    raw = [
        part("Carousel", carousel={"cards": [card] * 3}),
        part("ListPicker", listPicker={"sections": [{"title": long, "items": [item] * many}] * 2}),
        part("DatePicker", datePicker={"title": long, "availableTimes": [{"dateTime": TEN}] * many}),
        part("ButtonResponse", buttonResponse={"type": long, "text": long, "payload": long}),
        *[part(long)] * many,
    ]

    content = parts_of(raw).content

    assert len(content) == decoder.MAX_PARTS + 1
    assert content[-1] == Unsupported(type="further parts")
    carousel, picker, dates, answer = content[:4]
    assert isinstance(carousel, Carousel) and isinstance(picker, ListPicker)
    assert isinstance(dates, DatePicker) and isinstance(answer, Answer)
    assert len(carousel.cards[0].buttons) == len(picker.sections[0].items) == len(dates.slots) == 100
    assert carousel.cards[0].image_url is None
    assert max(len(carousel.cards[0].title), len(picker.sections[0].title), len(answer.text)) == 2_000


KINDS = [kind for raw, _ in CASES for kind in [raw["contentType"]]]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["title", "text", "payload", "cards", "actions", "items", "sections", "dateTime"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"contentType": st.sampled_from(KINDS)},
            optional=dict.fromkeys(
                (
                    "card",
                    "carousel",
                    "quickReply",
                    "datePicker",
                    "listPicker",
                    "buttonResponse",
                    "location",
                    "template",
                    "richLink",
                    "attachment",
                ),
                JUNK,
            ),
        ),
        max_size=3,
    )
)
def test_junk_never_raises_and_says_something(raw: list[Any]) -> None:
    parts = parts_of(json.loads(json.dumps(raw)))

    assert (
        not raw
        or parts.content
        or parts.attachments
        or parts.text
        or any("quickReply" in each for each in raw)
    )


ANSWERS = [
    Answer(text="Yes", payloads=("y",), type="quick-reply", message_id="m1"),
    Answer(text="Buy", payloads=("buy",), type="button"),
    Answer(text="10:00", payloads=(TEN,), type="date", message_id="m1"),
    Answer(text="A", payloads=("1",), titles=("A",), type="list", message_id="m1"),
    Answer(text="A, B", payloads=("1", "2"), titles=("A", "B"), type="list", message_id="m1"),
    Answer(text="A, B", payloads=("1,5", "2"), titles=("A", "B"), type="list", message_id="m1"),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_written_as_it_is_read(answer: Answer) -> None:
    raw = [
        {
            "text": response.text,
            "payload": response.payload,
            "type": response.type,
            "originatingMessageId": response.originating_message_id,
        }
        for response in button_responses(answer)
    ]

    parts = parts_of([part("ButtonResponse", buttonResponse=each) for each in raw])

    assert len(raw) == len(answer.payloads)
    assert parts.content == (answer,)
    assert parts.text == answer.text


def test_what_was_picked_of_a_list_is_said_beside_the_words_that_the_list_has_for_it() -> None:
    raw = [
        part("ButtonResponse", buttonResponse={"text": item, "payload": item, "type": "ListPicker"})
        for item in ("Wax", "Brush")
    ]

    assert parts_of(raw).text_with("My choice:") == "My choice:\nWax, Brush"
    assert parts_of(raw).text_with("Wax, Brush") == "Wax, Brush"


def test_what_a_list_wants_said_with_an_answer_is_known() -> None:
    picker = {
        "replyMessage": {"subtitle": "My choice:"},
        "sections": [{"items": [{"id": "1", "title": "A"}]}],
    }

    (content,) = parts_of([part("ListPicker", listPicker=picker)]).content

    assert isinstance(content, ListPicker) and content.reply == "My choice:"


def test_the_tutorials_messages_hold_the_same_parts() -> None:
    protocol = MessagingEvents(
        base_url="https://sim.example", conversation_id="c", credentials=AccessToken("t")
    )
    payload = {"content": [part("Card", card={"title": "Boots"})], "sender": {"role": "bot"}}
    frame = {"event_type": "message", "conversation_id": "c", "message_id": "m1", "payload": payload}

    (message,) = protocol.decode_frame(json.dumps(frame))

    assert isinstance(message, MessageArrived) and message.has_content
    assert (message.text, message.content) == ("Boots", (Card(title="Boots"),))
