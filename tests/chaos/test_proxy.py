"""A client and the simulator with a bad network between them: on real sockets, what virtual time cannot show."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ipygenesys import StatusChanged
from ipygenesys._io.stream import websocket as stream_module
from ipygenesys.simulator import Simulator
from tests.chaos.proxy import ChaosProxy, chaos_proxy
from tests.io.watch import Watched, calls, connections, eventually, protocol_for, sent_texts

PING_S, PONG_S = 0.4, 0.3
"""In place of the real ones, whose sum tests/io/test_stream.py bounds; `poe deadlines` waits for those in real time."""


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(scenario="manual", speed=20, rate_limit_per_min=1_000_000) as running:
        yield running


@pytest.fixture
async def proxy(simulator: Simulator) -> AsyncIterator[ChaosProxy]:
    async with chaos_proxy(simulator.base_url) as running:
        yield running


@pytest.fixture
def quick_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "PING_INTERVAL_S", PING_S)
    monkeypatch.setattr(stream_module, "PING_TIMEOUT_S", PONG_S)


@asynccontextmanager
async def through(proxy: ChaosProxy, simulator: Simulator) -> AsyncIterator[Watched]:
    async with Watched(protocol_for(simulator, base_url=proxy.base_url)) as client:
        await client.until_caught_up()
        yield client


def statuses(client: Watched) -> list[str]:
    return [event.status for event in client.told if isinstance(event, StatusChanged)]


async def test_bytes_that_come_one_by_one_are_the_same_conversation(
    simulator: Simulator, proxy: ChaosProxy
) -> None:
    async with through(proxy, simulator) as client:
        proxy.trouble(slice_bytes=3)
        simulator.agent_say("Grüß Gott ☺")
        await client.until(lambda: client.received)
        await client.send("Servus ☺")
        assert client.texts == ["Grüß Gott ☺", "Servus ☺"]
        assert statuses(client).count("reconnecting") == 0


async def test_a_slow_and_narrow_line_delays_and_loses_nothing(
    simulator: Simulator, proxy: ChaosProxy
) -> None:
    async with through(proxy, simulator) as client:
        proxy.trouble("down", latency_s=0.02, bytes_per_s=200_000)
        proxy.trouble("up", latency_s=0.02)
        simulator.agent_say("m", count=100)
        await client.send("meanwhile")
        await client.until(lambda: len(client.messages) == 101)
        assert client.received == [f"m {number}" for number in range(1, 101)]
        assert statuses(client).count("reconnecting") == 0


@pytest.mark.usefixtures("quick_pings")
async def test_a_half_open_connection_is_noticed_by_its_pings_and_repaired_by_history(
    simulator: Simulator, proxy: ChaosProxy
) -> None:
    async with through(proxy, simulator) as client:
        accepted = proxy.accepted
        proxy.trouble(is_blackhole=True)
        simulator.agent_say("into the hole")
        await client.until_status("reconnecting")
        proxy.clear()
        await client.until(lambda: client.texts == ["into the hole"])
        assert proxy.accepted > accepted
        assert client.received == ["into the hole"]


@pytest.mark.usefixtures("quick_pings")
async def test_a_line_that_is_dead_in_one_direction_only_is_dead(
    simulator: Simulator, proxy: ChaosProxy
) -> None:
    async with through(proxy, simulator) as client:
        proxy.trouble("up", is_blackhole=True)
        await client.until_status("reconnecting")
        proxy.clear()
        await client.until_status("connected")


@pytest.mark.parametrize("after", [1, 100, 5_000])
async def test_a_reset_in_the_middle_of_a_frame_is_passing_and_history_repairs_it(
    simulator: Simulator, proxy: ChaosProxy, after: int
) -> None:
    async with through(proxy, simulator) as client:
        proxy.trouble("down", reset_after=after)
        simulator.agent_say("m", count=300)
        await client.until(lambda: len(client.messages) == 300)
        assert "reconnecting" in statuses(client)
        expected = [f"m {number}" for number in range(1, 301)]
        assert client.texts == expected
        assert Counter(client.received) == Counter(expected)
        assert "failed" not in statuses(client)


async def test_a_reset_in_the_middle_of_a_body_is_a_lost_answer_and_the_message_is_sent_once(
    simulator: Simulator, proxy: ChaosProxy
) -> None:
    async with through(proxy, simulator) as client:
        simulator.fault("half_open")  # The echo on the stream would tell.
        proxy.trouble("down", reset_after=250)
        delivery = client.send("once")
        message = await delivery
        assert (message.text, delivery.status) == ("once", "sent")
        assert client.texts == ["once"]
        simulator.fault("clear")
    assert sent_texts(simulator) == ["once"]


async def test_history_whose_body_breaks_off_is_read_again(simulator: Simulator, proxy: ChaosProxy) -> None:
    simulator.agent_say("m", count=150)
    async with Watched(protocol_for(simulator, base_url=proxy.base_url)) as client:
        await eventually(lambda: connections(simulator, "authenticated"))
        proxy.trouble("down", reset_after=8_000)
        await client.until_caught_up()
        assert len(client.messages) == 150
    assert calls(simulator, "/messages")[("GET", 200)] >= 1


async def test_a_server_that_refuses_for_a_while_is_asked_again(
    simulator: Simulator, proxy: ChaosProxy
) -> None:
    async with through(proxy, simulator) as client:
        proxy.refuses = True
        proxy.reset_all()
        await client.until_status("reconnecting")
        simulator.agent_say("meanwhile")
        accepted = proxy.accepted
        await eventually(lambda: proxy.accepted >= accepted + 2)
        proxy.clear()
        await client.until(lambda: client.texts == ["meanwhile"])


async def test_a_server_that_is_slow_to_close_holds_up_no_close_of_ours(
    simulator: Simulator, proxy: ChaosProxy
) -> None:
    async with through(proxy, simulator) as client:
        proxy.trouble(close_after_s=60)
    assert client.status == "closed"


@pytest.mark.usefixtures("quick_pings")
async def test_a_server_that_does_not_read_us_is_a_dead_one(simulator: Simulator, proxy: ChaosProxy) -> None:
    async with through(proxy, simulator) as client:
        proxy.trouble("up", is_unread=True)
        await client.until_status("reconnecting")
        proxy.clear()
        await client.until_status("connected")
