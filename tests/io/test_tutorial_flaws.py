"""The tutorial's flaws that the shells decide, each with its right behaviour. The list: reference/realtime.md 1.

Those of state and timing are in tests/core/test_tutorial_flaws.py. The last test here checks that none is forgotten.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from pathlib import Path

import pytest

from ipygenesys import ClientCredentials, DeliveryFailed, MessagingEvents, StatusChanged
from ipygenesys._io.stream import websocket as stream_module
from ipygenesys._protocols.flow import OpenSocket
from ipygenesys.simulator import Simulator
from tests.io.clocks import QuickClock
from tests.io.servers import answer, answering, raw_server
from tests.io.watch import (
    Watched,
    calls,
    connected,
    connections,
    eventually,
    protocol_for,
    rejected,
    sent_texts,
)

ELSEWHERE = {
    1: "the tutorial's wire is kept as it is, by request: tests/protocols/test_messaging_events.py; the real one is an "
    "adapter of its own",
    2: "the tutorial's host is kept for its own contract; the real protocols take a region",
    3: "the tutorial's typing path is kept for its own contract; the real one is in the agent's adapter",
    4: "a read is a capability: tests/core/test_receipts.py; what the contract calls idempotent is tested there too",
    5: "scopes are read from the 403: tests/io/test_stream.py, tests/core/test_failures.py",
    7: "token lifetime is ours: tests/io/test_tokens.py",
    9: "which grant fits is the user's choice: ClientCredentials says that it is an app, AccessToken takes a person's",
    28: "the view sticks to the bottom only if it is there: js/test",
}
"""Flaws that no test here or in the core is named after, and why."""


async def test_flaw_6_a_server_that_checks_both_places_finds_the_token_in_both(simulator: Simulator) -> None:
    async with connected(simulator):  # It refuses a wrong header with 401 and a wrong frame with 4401.
        assert len(connections(simulator, "authenticated")) == 1

    flow = protocol_for(simulator).open_stream()
    next(flow)
    step = flow.send("TOKEN")
    assert isinstance(step, OpenSocket)
    assert "TOKEN" in step.headers["Authorization"]
    assert "TOKEN" in step.first_frames[0]


async def test_flaw_8_the_secret_stays_in_the_kernel(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        shown = repr([client, vars(client), vars(client._gateway), client._gateway._protocol])

    assert simulator.client_secret not in shown


async def test_flaw_10_an_error_body_is_neither_raised_nor_logged(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(simulator) as client:
        simulator.fault("error", status=422, path="/messages", method="POST", message="CANARY")
        with pytest.raises(DeliveryFailed) as caught:
            await client.send("hello")

    assert "CANARY" not in str(caught.value)
    assert "CANARY" not in caplog.text
    assert (caught.value.status, bool(caught.value.correlation_id)) == (422, True)


async def test_flaw_11_errors_hold_no_token(simulator: Simulator) -> None:
    simulator.fault("refuse", status=403)
    async with Watched(protocol_for(simulator)) as client:
        await client.until_status("failed")
        tokens = _tokens(simulator)

        assert tokens
        assert not [
            token for token in tokens if token in repr(client.told) or token in repr(vars(client._gateway))
        ]


async def _authenticated(simulator: Simulator, count: int) -> None:
    await eventually(lambda: len(connections(simulator, "authenticated")) == count)


def _tokens(simulator: Simulator) -> list[str]:
    assert simulator._server is not None
    return list(simulator._server.hub.accounts._tokens)


async def test_flaw_12_each_attempt_asks_for_the_current_token(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("refuse", count=3)
        simulator.fault("expire_token")
        await client.until_status("reconnecting")
        await client.until_status("connected")

    assert calls(simulator, "/oauth/token") == {("POST", 200): 2}
    assert len(connections(simulator, "refused")) == 3


async def test_flaw_13_nothing_connects_before_there_is_a_token(simulator: Simulator) -> None:
    credentials = ClientCredentials(simulator.client_id, "wrong")
    async with Watched(protocol_for(simulator, credentials=credentials)) as client:
        await client.until_status("failed")

    assert simulator.log()["connections"] == []


async def test_flaw_14_waits_are_drawn_and_grow(simulator: Simulator) -> None:
    simulator.fault("refuse", count=6)
    async with Watched(protocol_for(simulator)) as client:
        clock = client._gateway.clock.own
        assert isinstance(clock, QuickClock)
        await client.until_status("connected")
        waits = [
            event.retry_in_s for event in client.told if isinstance(event, StatusChanged) and event.retry_in_s
        ]

    assert waits == sorted(waits)
    assert waits[-1] > 2 * waits[0]
    assert waits[0] == pytest.approx(3.0 * clock.jitter)


async def test_flaw_15_a_fatal_close_stops(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop", code=1002)
        await client.until_status("failed")
        await asyncio.sleep(0.05)

    assert len(connections(simulator, "opened")) == 1


async def test_flaw_16_closing_starts_no_zombie(simulator: Simulator) -> None:
    async with connected(simulator):
        pass
    await eventually(lambda: connections(simulator, "closed"))
    await asyncio.sleep(0.05)

    assert len(connections(simulator, "opened")) == 1
    assert [task for task in asyncio.all_tasks() if "Gateway" in repr(task)] == []


async def test_flaw_17_a_move_never_leaves_two_streams() -> None:
    async with Simulator(scenario="manual", token_lifetime_s=0.6) as simulator:
        async with connected(simulator):
            await eventually(lambda: len(connections(simulator, "authenticated")) >= 3)
            await eventually(lambda: len(connections(simulator, "closed")) >= 2)
            opened, closed = len(connections(simulator, "opened")), len(connections(simulator, "closed"))
            assert opened - closed <= 2
        await eventually(
            lambda: len(connections(simulator, "closed")) == len(connections(simulator, "opened"))
        )


async def test_flaw_18_a_reconnect_uses_what_is_current(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        for number in range(3):
            await eventually(lambda: not client._gateway.session.catch_up.is_running)
            simulator.fault("expire_token")
            await _authenticated(simulator, number + 2)
            await client.until_caught_up()
        await client.send("still here")

    assert calls(simulator, "/oauth/token") == {("POST", 200): 4}


async def test_flaw_19_a_half_open_stream_is_noticed(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"PING_INTERVAL_S": 0.1, "PING_TIMEOUT_S": 0.1, "CLOSE_S": 0.1}.items():
        monkeypatch.setattr(stream_module, name, seconds)
    async with connected(simulator) as client:
        simulator.fault("half_open")
        await client.until_status("reconnecting")


async def test_flaw_20_an_expired_session_is_renewed(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop", code=4001)
        await client.until_status("reconnecting")
        await client.until_status("connected")

    assert calls(simulator, "/oauth/token") == {("POST", 200): 2}


async def test_flaw_21_what_was_missed_is_fetched(simulator: Simulator) -> None:
    simulator.agent_say("before")
    async with connected(simulator) as client:
        simulator.fault("drop")
        simulator.agent_say("missed")
        await client.until(lambda: client.received == ["missed"])

        assert client.texts == ["before", "missed"]


async def test_flaw_22_order_is_the_servers(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("reorder", event_type="message", hold_s=0.05)
        simulator.agent_say("m", count=10)
        await client.until(lambda: len(client.messages) == 10)

        assert client.texts == [f"m {number}" for number in range(1, 11)]


async def test_flaw_25_a_failing_handler_is_not_a_malformed_frame(simulator: Simulator) -> None:
    def failing(_: object) -> None:
        raise ValueError

    async with connected(simulator) as client:
        client.on_message(failing)
        simulator.agent_say("hello")
        await client.until(lambda: client.received)

        assert "malformed" not in client.counters


async def test_flaw_26_wrong_and_large_frames_are_counted(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("garbage", only=["not_json", "typing_string", "deep"])
        simulator.fault("garbage", bytes=2_000_000)
        await eventually(lambda: client.counters.get("oversized"))

        assert client.counters["malformed"] == 3
        assert client.status == "connected"


async def test_flaw_27_frames_of_other_conversations_are_counted(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("garbage", only=["foreign_conversation"])
        await eventually(lambda: client.counters.get("other_conversation") == 1)


async def test_flaw_36_no_call_outlives_the_conversation_and_none_fails_unheard(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("delay", ms=30)
        client.set_typing(True)
        client.mark_read()
        _ = client.load_older()

    assert [task for task in asyncio.all_tasks() if "Gateway" in repr(task)] == []


async def test_flaw_37_there_is_sending(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        assert (await client.send("hello")).text == "hello"

    assert sent_texts(simulator) == ["hello"]


async def test_flaw_43_a_429_is_not_repeated_without_end(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("rate_limit", path="/messages", method="POST", count=1000, retry_after=60)
        with pytest.raises(DeliveryFailed) as caught:
            await client.send("hello")

    assert caught.value.retry_after == 60
    assert len(rejected(simulator, "send")) == 1


async def test_flaw_44_retry_after_is_the_floor(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("rate_limit", path="/messages", method="POST", retry_after=0.6)
        began = time.monotonic()
        await client.send("hello")

    assert time.monotonic() - began >= 0.6


@pytest.mark.parametrize("retry_after", ["0", "Wed, 21 Oct 2015 07:28:00 GMT", "NaN"])
async def test_flaw_45_no_retry_after_makes_a_hot_loop(simulator: Simulator, retry_after: str) -> None:
    async with connected(simulator) as client:
        simulator.fault("rate_limit", path="/typing", count=1000, retry_after=retry_after)
        client.set_typing(True)
        await asyncio.sleep(0.6)

    assert 1 <= len(rejected(simulator, "typing")) <= 10, "a hot loop makes hundreds"


async def test_flaw_46_a_call_without_an_answer_ends(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._io.rest.client.TOTAL_S", 0.1)
    async with connected(simulator) as client:
        simulator.agent_say("hello")
        await client.until(lambda: client.received)
        simulator.fault("delay", ms=60_000)
        client.mark_read()
        await eventually(lambda: client.counters.get("lost"))
        simulator.fault("clear")
        await client.until(lambda: client.unread_count == 0)


async def test_flaw_47_words_about_401_in_a_body_are_words(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("error", status=400, path="/messages", method="POST", message="401 Unauthorized")
        with pytest.raises(DeliveryFailed):
            await client.send("hello")

    assert calls(simulator, "/oauth/token") == {("POST", 200): 1}


async def test_flaw_48_no_error_is_swallowed(simulator: Simulator) -> None:
    simulator.agent_say("hello")
    async with connected(simulator) as client:
        simulator.fault("error", status=503, path="/read")
        client.mark_read()
        await client.until(lambda: client.unread_count == 0)

        assert client.counters["unavailable"] == 1


async def test_flaw_49_trouble_that_passes_is_waited_out_and_a_401_refreshed(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("error", status=503, path="/messages", method="POST")
        simulator.fault("error", status=401, path="/messages", method="POST")
        await client.send("hello")

    assert sent_texts(simulator) == ["hello"]
    assert calls(simulator, "/oauth/token") == {("POST", 200): 2}


async def test_a_base_url_of_something_else_is_said_to_be_one() -> None:
    async with raw_server(answering(answer(200, b"<html>"))) as port:
        protocol = MessagingEvents(
            base_url=f"http://127.0.0.1:{port}",
            conversation_id="c",
            credentials=ClientCredentials("id", "secret"),
        )
        async with Watched(protocol) as client:
            await client.until_status("failed")
            assert "not an OAuth answer" in str(client.told)


def test_every_flaw_of_the_list_has_a_test_or_a_reason() -> None:
    tests = Path(__file__).parents[1]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py"))
    tested = {int(number) for number in re.findall(r"def test_flaw_(\d+)_", sources)}

    assert set(range(1, 51)) <= tested | set(ELSEWHERE)
    assert not tested & set(ELSEWHERE)
