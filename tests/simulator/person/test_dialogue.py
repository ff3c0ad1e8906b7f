"""Dialogue files: their format, and playing one against a client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ipygenesys.simulator.person.dialogue import load_dialogue, packaged_dialogues, parse_turns
from tests.simulator.clients.contract import ContractClient, running


def test_the_package_brings_three_dialogues() -> None:
    assert packaged_dialogues() == ["bank_card", "retail_return", "travel_delay"]
    for name in packaged_dialogues():
        turns = parse_turns(load_dialogue(name))
        assert 8 <= len(turns) <= 14
        assert {t.who for t in turns} == {"agent", "customer"}


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_file_is_a_list_or_an_object_with_the_list_as_original(tmp_path: Path, wrapped: bool) -> None:
    turns = [["agent", "Hi"], ["action", "opened"], ["customer", "Ho"]]
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"original": turns} if wrapped else turns))
    assert [(t.who, t.text) for t in parse_turns(load_dialogue(path))] == [
        ("agent", "Hi"),
        ("customer", "Ho"),
    ]


@pytest.mark.parametrize("content", ["", "{", "{}", "7", "[" * 100_000])
def test_a_file_without_turns_is_an_error_that_names_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"bad\.json"):
        load_dialogue(path)


@pytest.mark.parametrize(
    "turn", [["agent"], ["robot", "x"], ["agent", ""], ["agent", 5], "x", ["agent", "\ud800"]]
)
def test_a_bad_turn_is_an_error_that_names_its_place(turn: Any) -> None:
    with pytest.raises(ValueError, match="turn 2"):
        parse_turns([["agent", "fine"], turn])


def test_no_repr_shows_what_is_said() -> None:
    assert "secret plan" not in repr(parse_turns([["agent", "secret plan"]]))


async def play_along(client: ContractClient, turns: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Plays the customer and returns what the history then holds."""
    stream = await client.connect()
    heard = 0
    for who, text in turns:
        if who == "customer":
            assert (await client.send(text)).status_code == 201
        elif who == "agent":
            heard += 1
            await stream.until(
                lambda: sum(f["payload"]["direction"] == "outbound" for f in stream.of("message")) >= heard  # noqa: B023
            )
    messages = (await client.history(limit=200)).json()["messages"]
    return [(m["sender"]["role"], m["text"]) for m in messages]


@pytest.mark.parametrize("name", packaged_dialogues())
async def test_a_packaged_dialogue_is_played_turn_by_turn(name: str) -> None:
    turns = [(who, text) for who, text in load_dialogue(name) if who != "action"]
    async with running(dialogue=name, scenario="greeting", speed=60) as client:
        assert await play_along(client, turns) == turns
        assert client.sim.dialogue() == {
            "playing": False,
            "position": len(turns),
            "turns": len(turns),
            "done": True,
            "mismatches": [],
            "turn": None,
        }
        shown = [
            (e["kind"], e.get("typing"))
            for e in client.sim.log()["sent"]
            if e["kind"] in ("typing", "message")
        ]
        for number, (kind, _) in enumerate(shown):
            if kind == "message":
                assert shown[number - 1] == ("typing", True)


async def test_actions_can_be_shown_as_system_messages() -> None:
    turns = [["agent", "Hi"], ["action", "Account opened"], ["customer", "Ho"], ["agent", "Bye"]]
    async with running(speed=60) as client:
        stream = await client.connect()
        client.sim.play(turns, actions="system")
        [_, frame] = await stream.wait_for("message", 2)
        assert frame["payload"]["sender"]["role"] == "system"
        await client.send("Ho")
        assert (await stream.texts(4))[-1] == "Bye"


async def test_a_dialogue_can_be_started_over_http(client: ContractClient) -> None:
    stream = await client.connect()
    order = {"turns": [["agent", "One"], ["customer", "Two"], ["agent", "Three"]], "speed": 80}
    answer = await client.control("POST", "/dialogue", order)
    assert answer.json()["playing"] is True
    assert await stream.texts(1) == ["One"]
    await client.send("Zwei")
    assert (await stream.texts(3))[-1] == "Three"
    state = (await client.control("GET", "/dialogue")).json()
    assert (state["done"], state["mismatches"]) == (True, [1])
    named = await client.control("POST", "/dialogue", {"name": "bank_card"})
    assert named.json()["turns"] == 13


async def test_receipts_of_the_customers_turns_come_in_a_dialogue() -> None:
    async with running(dialogue=[["customer", "Hi"], ["agent", "Ho"]]) as client:
        stream = await client.connect()
        await client.send("Hi")
        receipts = await stream.wait_for("receipt", 2)
        assert [r["payload"]["status"] for r in receipts] == ["delivered", "read"]
        assert (await stream.texts(2))[-1] == "Ho"
