"""The ready-made scenarios, played over real sockets."""

from __future__ import annotations

import pytest

from ipygenesys.simulator import SCENARIOS, Simulator
from tests.simulator.contract_client import running


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
        assert client.sim._running().hub.person.next_deadline() is None


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


def test_every_scenario_says_what_it_is_about() -> None:
    assert {"greeting", "slow_agent", "out_of_order", "dropped_connection", "rate_limited"} <= set(SCENARIOS)
    assert all(s.about for s in SCENARIOS.values())


def test_an_unknown_scenario_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="greeting"):
        Simulator(scenario="nope")
