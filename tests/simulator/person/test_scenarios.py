"""The ready-made scenarios, played over real sockets."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.model.content import Unsupported
from ipygenesys._protocols.content import parts_of
from ipygenesys.simulator import SCENARIOS, Simulator
from ipygenesys.simulator.person.rich_content import SAMPLES
from tests.simulator.clients.contract import running


async def test_the_default_greets_with_typing_before_answers_and_reads() -> None:
    async with running(scenario="greeting", speed=30) as client:
        stream = await client.connect()
        assert (await stream.texts(1))[0].startswith("Hi, this is Ann")
        assert stream.of("typing")[0]["payload"] == {"typing": True}
        await client.send("Where is my order?")
        await stream.wait_for("message", 3)
        assert [r["payload"]["status"] for r in await stream.wait_for("receipt", 2)] == ["delivered", "read"]
        await stream.until(lambda: stream.of("typing")[-1]["payload"] == {"typing": False})


async def test_a_second_stream_does_not_make_ann_greet_again() -> None:
    async with running(scenario="greeting", speed=30) as client:
        first = await client.connect()
        await first.wait_for("typing", 2)
        await client.connect()
        assert client.sim._running().hub.stage.next_deadline() is None


async def test_out_of_order_messages_are_told_by_their_sequence() -> None:
    async with running(scenario="out_of_order", speed=60) as client:
        stream = await client.connect()
        frames = await stream.wait_for("message", 2)
        assert [f["payload"]["sequence"] for f in frames[:2]] == [2, 1]


async def test_a_dropped_connection_misses_what_the_history_has() -> None:
    async with running(scenario="dropped_connection", speed=20) as client:
        stream = await client.connect()
        assert await stream.closed() == 1006
        await client.logged("sent", "message", 3)
        assert len((await client.history_texts())[0]) == 3


async def test_rate_limited_answers_429_soon() -> None:
    async with running(scenario="rate_limited") as client:
        assert [(await client.typing(True)).status_code for _ in range(2)] == [202, 429]
        statuses = [(await client.history()).status_code for _ in range(20)]
        assert statuses[0] == 200
        assert statuses[-1] == 429


async def test_rich_offers_one_thing_after_the_other_whatever_is_answered() -> None:
    async with running(scenario="rich", speed=40) as client:
        stream = await client.connect()
        kinds = []
        for number in range(1, 8):
            frame = (await stream.wait_for("message", 2 * number - 1))[-1]
            kinds.append(
                [type(part).__name__ for part in parts_of(frame["payload"]["content"] or ()).content]
            )
            await client.send(f"answer {number}")
        assert kinds == [
            ["QuickReplies"],
            ["Carousel"],
            ["DatePicker"],
            ["ListPicker"],
            ["Card"],
            ["Location"],
            ["Form"],
        ]


@pytest.mark.parametrize("name", SAMPLES)
async def test_each_sample_can_be_said_by_its_name_and_can_be_read(name: str) -> None:
    async with running(scenario="manual") as client:
        stream = await client.connect()
        await client.control("POST", "/agent/say", {"content": name})
        (frame,) = await stream.wait_for("message", 1)
        parts = parts_of(frame["payload"]["content"])
        assert parts.text or parts.content
        assert not any(isinstance(part, Unsupported) for part in parts.content), name


def test_every_scenario_says_what_it_is_about() -> None:
    assert {"greeting", "slow_agent", "out_of_order", "dropped_connection", "rate_limited"} <= set(SCENARIOS)
    assert all(s.about for s in SCENARIOS.values())


def test_an_unknown_scenario_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="greeting"):
        Simulator(scenario="nope")


@pytest.mark.parametrize("script", [{"dialogue": "bank_card"}, {"person": "both"}])
def test_an_organisation_plays_no_script_of_ones_own(script: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="people of its own"):
        Simulator(scenario="busy_hour", **script)
