"""A bot's flow: what it says to what it hears."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ipygenesys.simulator.person.flow import BotFlow, BotTalk, Over, Pause, Said, Trouble, Turned

SHOP: dict[str, Any] = {
    "start": "hello",
    "nodes": {
        "hello": [
            {"say": "Hi."},
            {"ask": "What?", "quick_replies": {"Return": "returns", "Person": "person", "Odd": "odd"}},
        ],
        "returns": [
            {
                "collect": "order",
                "ask": "Which order?",
                "matches": "[0-9]{4,}",
                "otherwise": "Four digits, please.",
            },
            {"slow": "2"},
            {"say": "Order {order} comes back to {nobody}."},
            {
                "cards": {"Red": {"text": "warm", "buttons": {"Take red": "bye"}}, "Blue": {}},
                "say": "Which colour?",
            },
        ],
        "person": [{"hand_over": "Ann", "say": "This is Ann."}, {"ask": "How are you?"}, {"say": "Good."}],
        "odd": [{"wrong_order": ["one", "two"]}, {"twice": "three"}, {"say": "four"}, {"go": "quiet"}],
        "quiet": [],
        "bye": [{"end": "true"}],
    },
}


def texts(turned: list[Turned]) -> list[str]:
    return [one.text for one in turned if isinstance(one, Said)]


def test_it_greets_asks_and_goes_where_the_answer_leads() -> None:
    talk = BotTalk(BotFlow.load(SHOP))
    greeted = talk.begin()
    assert texts(greeted) == ["Hi.", "What?"]
    assert [part["quickReply"]["text"] for part in greeted[1].content] == ["Return", "Person", "Odd"]  # type: ignore[union-attr]
    assert texts(talk.hear("nonsense")) == ["Sorry, I did not get that."]
    assert texts(talk.hear(" return ")) == ["Which order?"]
    assert texts(talk.hear("abc")) == ["Four digits, please."]
    turned = talk.hear("It is 12345.")
    assert turned[0] == Pause(2.0)
    assert texts(turned) == ["Order 12345 comes back to {nobody}.", "Which colour?"]
    assert turned[-1].content[0]["contentType"] == "Carousel"  # type: ignore[union-attr]
    assert talk.hear("Take red") == [Over()]
    assert talk.hear("hello?") == []


def test_a_person_takes_over() -> None:
    talk = BotTalk(BotFlow.load(SHOP))
    talk.begin()
    assert [(one.name, one.text) for one in talk.hear("Person") if isinstance(one, Said)] == [
        ("Ann", "This is Ann."),
        ("Ann", "How are you?"),
    ]
    assert texts(talk.hear("fine")) == ["Good."]


def test_trouble_comes_before_what_it_strikes() -> None:
    talk = BotTalk(BotFlow.load(SHOP))
    talk.begin()
    turned = talk.hear("Odd")
    assert [type(one) for one in turned] == [Trouble, Said, Said, Trouble, Said, Said]


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        ({}, "a bot has 'nodes'"),
        ({"nodes": {"a": [{"sya": "hi"}]}}, "node 'a': no step with sya"),
        ({"nodes": {"a": [{"go": "b"}]}}, "node 'a' goes to 'b', which is no node"),
        ({"nodes": {"a": [{"ask": "?", "quick_replies": {"x": "b"}}]}}, "goes to 'b'"),
        ({"nodes": {"a": []}, "start": "b"}, "starts at 'b'"),
        ({"nodes": {"a": "hi"}}, "node 'a' is a list of steps"),
        ({"nodes": {"a": [{"collect": "x", "matches": "("}]}}, "node 'a'"),
        ({"nodes": {"a": [{"slow": "much"}]}}, "node 'a'"),
    ],
)
def test_what_is_no_flow_is_said(flow: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        BotFlow.load(flow)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "bot.yml"
    path.write_text("nodes:\n  a:\n    - say: Yes\n")
    assert texts(BotTalk(BotFlow.load(path)).begin()) == ["Yes"]
    path.write_text("nodes: [")
    with pytest.raises(ValueError, match=r"'bot\.yml' is no YAML"):
        BotFlow.load(path)
    with pytest.raises(ValueError, match=r"no bot 'none\.yml'"):
        BotFlow.load(tmp_path / "none.yml")


def test_a_circle_ends() -> None:
    assert BotTalk(BotFlow.load({"nodes": {"a": [{"go": "a"}]}})).begin() == []
