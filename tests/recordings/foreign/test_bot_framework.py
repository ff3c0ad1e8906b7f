"""Transcripts of the Bot Framework as emulators, bots and Copilot Studio write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._core.model.content import Card, Carousel, QuickReplies, Unsupported
from ipygenesys._core.model.messages import Message
from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._transcripts.recordings import messages_of
from tests.recordings.foreign.captures import START, START_MS, activity

CARD = "application/vnd.microsoft.card."


def read(document: Any, folder: Path) -> list[Message]:
    path = folder / "talk.transcript"
    path.write_text(json.dumps(document), encoding="utf-8")
    return list(messages_of(read_entries(path)))


def said(number: int, who: str, words: str, **more: Any) -> dict[str, Any]:
    """Without a role of anybody."""
    at = {"id": f"m{number}", "type": "message", "timestamp": START.replace("05:00", f"05:0{number}")}
    return {**at, "from": {"id": who}, "text": words, **more}


@pytest.mark.parametrize(
    "activities",
    [
        [said(1, "u7", "Hi"), said(2, "b9", "Hello", replyToId="m1"), said(3, "u7", "Bye")],
        [said(1, "bot", "Hi"), said(2, "u7", "Hello"), said(3, "bot", "Bye")],
        [said(1, "x", "Hi", recipient={"id": "y", "role": "bot"}), said(2, "y", "Hello"), said(3, "x", "Bye")],
        [{"type": "conversationUpdate", "recipient": {"id": "y", "role": "bot"}}, said(1, "x", "Hi"), said(2, "y", "Hello")],
        [said(1, "a", "Hi") | {"from": {"id": "a", "role": "user"}}, said(2, "s", "Hello") | {"from": {"id": "s", "role": "skill"}}],
    ],
    ids=["answers", "named", "heard", "update", "skill"],
)  # fmt: skip
def test_who_is_the_bot_is_found_where_it_is_not_said(tmp_path: Path, activities: list[Any]) -> None:
    roles = {message.participant_id: message.role for message in read(activities, tmp_path)}
    people, bots = {"u7", "x", "a"}, {"b9", "bot", "y", "s"}

    assert roles == {who: "customer" if who in people else "bot" for who in roles}
    assert len(roles) == 2 and roles.keys() <= people | bots


def test_copilot_studio_wraps_them_and_counts_seconds_and_roles(tmp_path: Path) -> None:
    at = START_MS // 1000
    trace = {
        "valueType": "ConversationInfo",
        "id": "t",
        "type": "trace",
        "timestamp": at,
        "from": {"id": "", "role": 0},
    }
    activities = [
        trace,
        {"id": "1", "type": "message", "timestamp": at + 1, "from": {"id": "b", "role": 0}, "text": "How can I help?"},
        {"id": "2", "type": "message", "timestamp": at + 3, "from": {"id": "u", "role": 1}, "text": "My parcel."},
    ]  # fmt: skip
    messages = read({"activities": activities}, tmp_path)

    assert [(m.role, m.is_own, m.time_ms - START_MS) for m in messages] == [
        ("bot", False, 1_000),
        ("customer", True, 3_000),
    ]


def test_cards_are_cards_and_what_else_is_attached_is_named(tmp_path: Path) -> None:
    buttons = [
        {"type": "imBack", "title": "Track", "value": "track it"},
        {"type": "openUrl", "title": "Shop", "value": "https://shop.example/"},
        {"type": "postBack", "value": 7},
    ]
    hero = {
        "contentType": CARD + "hero",
        "content": {"title": "Boots", "subtitle": "Warm", "text": "Two of them", "buttons": buttons},
    }
    adaptive = {"contentType": CARD + "adaptive", "content": {"body": [{"type": "TextBlock", "text": "x"}]}}
    file = {"contentType": "image/png", "contentUrl": "https://x.example/a.png", "name": "a.png"}
    action = {"type": "imBack", "title": "Yes", "value": "yes"}
    (message,) = read(
        [activity(1.0, "message", "bot", None, attachments=[hero, adaptive, file], suggestedActions={"actions": [action]})],
        tmp_path,
    )  # fmt: skip
    card, other, replies = message.content

    assert isinstance(card, Card) and isinstance(replies, QuickReplies)
    assert (card.title, card.description) == ("Boots", "Warm\nTwo of them")
    assert [(each.text, each.payload, each.url) for each in card.buttons] == [
        ("Track", "track it", None),
        ("Shop", None, "https://shop.example/"),
        ("7", "7", None),
    ]
    assert other == Unsupported(type="adaptive")
    assert [each.name for each in message.attachments] == ["a.png"]
    assert [(each.text, each.payload) for each in replies.replies] == [("Yes", "yes")]


def test_cards_beside_each_other_are_a_carousel(tmp_path: Path) -> None:
    cards = [{"contentType": CARD + "thumbnail", "content": {"title": title}} for title in "ab"]
    (message,) = read(
        [activity(1.0, "message", "bot", "Pick one", attachments=cards, attachmentLayout="carousel")],
        tmp_path,
    )
    (carousel,) = message.content

    assert isinstance(carousel, Carousel) and [card.title for card in carousel.cards] == ["a", "b"]


def test_activities_without_a_sender_an_id_or_a_time_are_read_in_their_order(tmp_path: Path) -> None:
    activities = [
        {"type": "message", "id": -1, "timestamp": "", "text": "Hi", "from": None},
        {"type": "message", "id": -1, "timestamp": "", "text": "Hello", "message": ""},
    ]

    assert [message.text for message in read(activities, tmp_path)] == ["Hi", "Hello"]
