"""The client against the simulator, on real sockets: what it does, and what becomes of it when things go wrong."""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
import time
from typing import Any

import pytest

from ipygenesys import (
    AccessToken,
    AuthenticationError,
    CapabilitiesChanged,
    Client,
    ClientCredentials,
    ConnectionFailed,
    DeliveryFailed,
    DeliveryUnknown,
    ErrorRaised,
    GenesysError,
    Message,
    MessageReceived,
    MessagingEvents,
    NotFound,
    PermissionDenied,
    StatusChanged,
    TypingChanged,
)
from ipygenesys._core.machines import backoff
from ipygenesys._io.rest import tokens
from ipygenesys._io.stream import websocket as stream_module
from ipygenesys.simulator import EXTENSIONS, Simulator
from tests.io.servers import answer, answering, raw_server
from tests.io.watch import (
    Watched,
    calls,
    connected,
    connections,
    eventually,
    protocol_for,
    received,
    rejected,
    sent_texts,
)


@pytest.fixture
def short_default_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A 429 that does not say how long to wait is not waited out for two seconds."""
    monkeypatch.setattr(backoff, "RETRY_AFTER_DEFAULT_S", 0.5)


def statuses(client: Watched) -> list[str]:
    return [event.status for event in client.told if isinstance(event, StatusChanged)]


def typed(simulator: Simulator) -> list[bool]:
    return [entry["typing"] for entry in received(simulator, "typing")]


def errors(client: Watched) -> list[str]:
    return [event.failure.message for event in client.told if isinstance(event, ErrorRaised)]


# --- messages ---------------------------------------------------------------------------------------------


async def test_a_message_of_the_agent_arrives_in_full(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        (message_id,) = simulator.agent_say("Hello ☺")
        await client.until(lambda: client.received)

        (message,) = client.messages
        assert (message.id, message.text, message.sender, message.role) == (
            message_id,
            "Hello ☺",
            "Ann",
            "agent",
        )
        assert (message.is_own, message.status) == (False, "unread")
        assert client.unread_count == 1


async def test_what_was_there_before_we_came_is_history_and_not_news(simulator: Simulator) -> None:
    simulator.agent_say("before", count=3)

    async with connected(simulator) as client:
        assert client.texts == ["before 1", "before 2", "before 3"]
        assert client.received == []
        assert client.unread_count == 3


async def test_a_long_history_is_held_by_its_newest_page_and_older_ones_on_demand(
    simulator: Simulator,
) -> None:
    simulator.agent_say("m", count=250)

    async with connected(simulator) as client:
        assert client.texts == [f"m {number}" for number in range(51, 251)]

        await client.load_older()
        assert len(client.messages) == 250
        assert client.texts == [f"m {number}" for number in range(1, 251)]


async def test_flaw_37_a_message_is_sent_and_its_delivery_can_be_awaited(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        delivery = client.send("Good morning ☺")
        message = await delivery

        assert message.text == "Good morning ☺"
        assert message.is_own
        assert message.draft_id == delivery.draft_id
        assert delivery.status == "sent"
        assert client.texts == ["Good morning ☺"]
        assert client.received == []
    (entry,) = received(simulator, "send")
    assert (entry["text"], entry["client_message_id"]) == ("Good morning ☺", delivery.draft_id)


async def test_the_echo_may_come_before_the_answer(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("lose_answer", path="/messages", method="POST")
        message = await client.send("hello")

        assert client.texts == ["hello"]
        assert client.messages[0].id == message.id
    assert sent_texts(simulator) == ["hello"]


async def test_the_answer_may_come_before_the_echo(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("half_open")
        await client.send("hello")
        assert client.texts == ["hello"]

        simulator.fault("clear")
        simulator.agent_say("after the echo")
        await client.until(lambda: client.received)
        assert client.texts == ["hello", "after the echo"]


async def test_messages_are_sent_in_order_and_each_once(simulator: Simulator) -> None:
    texts = [f"message {number}" for number in range(30)]

    async with connected(simulator) as client:
        await asyncio.gather(*(client.send(text) for text in texts))

        assert client.texts == texts
    assert sent_texts(simulator) == texts


async def test_receipts_of_the_other_side_arrive(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        delivery = client.send("hello")
        await delivery
        simulator.agent_read()
        await client.until(lambda: delivery.status == "read")

        assert client.messages[0].status == "read"


async def test_a_word_of_100_kb_travels_both_ways(simulator: Simulator) -> None:
    word = "w" * 100_000

    async with connected(simulator) as client:
        simulator.agent_say(word)
        await client.until(lambda: client.received)
        await client.send(word)

        assert client.texts == [word, word]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202eevil\u202c", "a\x00b", "Zeile\nzwei", "😀" * 50]
)
async def test_odd_text_travels_unchanged(simulator: Simulator, text: str) -> None:
    async with connected(simulator) as client:
        simulator.agent_say(text)
        await client.until(lambda: client.received)
        await client.send(text)

        assert client.texts == [text, text]
    assert sent_texts(simulator) == [text]


async def test_half_an_emoji_is_sent_as_a_question_mark(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        await client.send("half \ud83d")

        assert client.texts == ["half ?"]


@pytest.mark.parametrize(
    ("text", "error"),
    [(5, TypeError), (None, TypeError), (b"x", TypeError), ("", ValueError), (" \n", ValueError)],
)
async def test_what_is_no_text_is_refused_at_once(
    simulator: Simulator, text: Any, error: type[Exception]
) -> None:
    async with connected(simulator) as client:
        with pytest.raises(error):
            _ = client.send(text)
    assert received(simulator, "send") == []


async def test_arguments_of_other_verbs_are_checked_too(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        with pytest.raises(TypeError):
            client.set_typing("yes")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            client.mark_read(5)  # type: ignore[arg-type]


# --- typing -----------------------------------------------------------------------------------------------


async def test_typing_of_the_agent_shows_by_name_and_ends_with_the_message(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_typing(True)
        await client.until(lambda: client.typing == ("Ann",))

        simulator.agent_typing(True, name="Ben")
        await client.until(lambda: client.typing == ("Ann", "Ben"))

        simulator.agent_say("done")
        await client.until(lambda: client.typing == ("Ben",))

        simulator.agent_typing(False, name="Ben")
        await client.until(lambda: client.typing == ())


async def test_our_typing_is_told_once_held_and_ended_by_the_message(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        client.set_typing(True)
        client.set_typing(True)
        await eventually(lambda: received(simulator, "typing"))
        await asyncio.sleep(0.6)  # past the least interval: nothing follows
        assert [entry["typing"] for entry in received(simulator, "typing")] == [True]

        await client.send("done")
        await eventually(lambda: len(received(simulator, "typing")) == 2)

    assert [entry["typing"] for entry in received(simulator, "typing")] == [True, False]


async def test_our_typing_is_ended_by_closing(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        client.set_typing(True)
        await eventually(lambda: received(simulator, "typing"))

    await eventually(lambda: typed(simulator) == [True, False])


async def test_flaw_34_a_typing_call_that_fails_is_not_repeated(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("error", status=500, path="/typing")
        client.set_typing(True)
        await eventually(lambda: rejected(simulator, "typing"))
        client.set_typing(False)
        await client.send("the conversation goes on")

    assert len(rejected(simulator, "typing")) == 1
    assert errors(client) == []


@pytest.mark.parametrize(
    "retry_after",
    [
        {"retry_after": 1},
        {"retry_after": 0.6},
        {"retry_after_date": 1.5},
        {"retry_after": "junk"},
        {"retry_after": None},
    ],
    ids=str,
)
async def test_a_429_on_typing_is_waited_out_and_then_only_the_present_state_is_told(
    simulator: Simulator, retry_after: dict[str, Any], short_default_wait: None
) -> None:
    async with connected(simulator) as client:
        simulator.fault("rate_limit", path="/typing", **retry_after)
        began = time.monotonic()
        client.set_typing(True)
        await eventually(lambda: rejected(simulator, "typing"))
        await eventually(lambda: received(simulator, "typing"))

        assert time.monotonic() - began >= 0.4
        assert [entry["typing"] for entry in received(simulator, "typing")] == [True]
        assert len(rejected(simulator, "typing")) == 1


# --- reading ----------------------------------------------------------------------------------------------


async def test_a_batch_is_marked_read_with_one_call(simulator: Simulator) -> None:
    simulator.agent_say("m", count=60)

    async with connected(simulator) as client:
        client.mark_read()
        await client.until(lambda: client.unread_count == 0)

        assert {message.status for message in client.messages} == {"read"}
    assert len(received(simulator, "read")) == 60
    assert calls(simulator, "/read") == {("PUT", 204): 1}


async def test_without_the_batch_call_each_message_is_marked_by_itself_and_the_lack_is_asked_about_once() -> (
    None
):
    async with Simulator(scenario="manual", extensions=EXTENSIONS - {"read_up_to"}) as simulator:
        simulator.agent_say("m", count=10)
        async with connected(simulator) as client:
            client.mark_read()
            await client.until(lambda: client.unread_count == 0)
            simulator.agent_say("n", count=3)
            await client.until(lambda: client.unread_count == 3)
            client.mark_read()
            await client.until(lambda: client.unread_count == 0)
            assert errors(client) == []

        assert len(received(simulator, "read")) == 13
        assert calls(simulator, "/read") == {("PUT", 404): 1, ("PUT", 204): 13}


async def test_reading_up_to_a_message_leaves_the_later_ones_unread(simulator: Simulator) -> None:
    ids = simulator.agent_say("m", count=5)

    async with connected(simulator) as client:
        client.mark_read(client.messages[2])
        await client.until(lambda: client.unread_count == 2)
        client.mark_read(ids[3])
        await client.until(lambda: client.unread_count == 1)

    assert {entry["message_id"] for entry in received(simulator, "read")} == set(ids[:4])


async def test_flaw_39_a_read_that_the_server_refused_stays_unread_and_is_said(simulator: Simulator) -> None:
    simulator.agent_say("hello")

    async with connected(simulator) as client:
        simulator.fault("error", status=403, path="/read", message="You need messaging:write")
        client.mark_read()
        await client.until(lambda: errors(client))

        assert client.unread_count == 1
        assert "messaging:write" in errors(client)[0]

        client.mark_read()  # The permission has been granted meanwhile.
        await client.until(lambda: client.unread_count == 0)


@pytest.mark.parametrize(
    "fault",
    [{"kind": "error", "status": 500}, {"kind": "rate_limit", "retry_after": 0.5}, {"kind": "lose_answer"}],
    ids=str,
)
async def test_a_read_that_failed_for_now_is_tried_again(simulator: Simulator, fault: dict[str, Any]) -> None:
    simulator.agent_say("hello")

    async with connected(simulator) as client:
        simulator.fault(**fault, path="/read")
        client.mark_read()
        await client.until(lambda: client.unread_count == 0)

        assert errors(client) == []


async def test_a_read_that_was_pending_survives_a_reconnect(simulator: Simulator) -> None:
    simulator.agent_say("hello")

    async with connected(simulator) as client:
        simulator.fault("error", status=503, path="/read", count=2)
        client.mark_read()
        simulator.fault("drop")
        await client.until(lambda: client.unread_count == 0)

    assert len(received(simulator, "read")) == 1


# --- sending when things go wrong -------------------------------------------------------------------------


async def test_a_send_whose_answer_was_lost_is_found_and_never_made_twice(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("half_open")  # No echo either: only history can tell.
        simulator.fault("lose_answer", path="/messages", method="POST", count=1)
        message = await client.send("once")

        assert message.text == "once"
        assert client.texts == ["once"]
        simulator.fault("clear")
    assert sent_texts(simulator) == ["once"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "rate_limit", "retry_after": 1},
        {"kind": "rate_limit", "retry_after": 0.5},
        {"kind": "rate_limit", "retry_after_date": 1},
        {"kind": "error", "status": 503},
        {"kind": "error", "status": 500},
        {"kind": "error", "status": 401},
    ],
    ids=str,
)
async def test_a_send_that_was_not_carried_out_is_made_again_by_itself(
    simulator: Simulator, fault: dict[str, Any]
) -> None:
    async with connected(simulator) as client:
        simulator.fault(**fault, path="/messages", method="POST")
        await client.send("hello")

        assert client.texts == ["hello"]
        assert errors(client) == []
    assert sent_texts(simulator) == ["hello"]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422])
async def test_a_refused_send_fails_with_what_the_server_said_and_can_be_retried_or_discarded(
    simulator: Simulator, status: int
) -> None:
    async with connected(simulator) as client:
        simulator.fault("error", status=status, path="/messages", method="POST", count=2)
        first, second = client.send("first"), client.send("second")
        with pytest.raises(DeliveryFailed) as caught:
            await first
        with pytest.raises(DeliveryFailed):
            await second

        assert caught.value.status == status
        assert caught.value.correlation_id
        assert "first" not in str(caught.value)
        assert [message.status for message in client.messages] == ["failed", "failed"]
        assert first.status == "failed"

        client.retry(client.messages[0])
        await client.until(lambda: first.status == "sent")
        client.discard(second)
        await client.until(lambda: len(client.messages) == 1)
    assert sent_texts(simulator) == ["first"]


async def test_without_history_a_lost_answer_is_resolved_by_the_servers_memory_of_the_id() -> None:
    async with Simulator(scenario="manual", extensions={"send"}) as simulator:
        async with Watched(protocol_for(simulator)) as client:
            await client.until_status("connected")
            simulator.fault("half_open")
            simulator.fault("lose_answer", path="/messages", method="POST", count=1)
            await client.send("once")
            simulator.fault("clear")
        assert sent_texts(simulator) == ["once"]


async def test_an_answer_that_is_lost_again_and_again_is_said_to_be_unknown() -> None:
    async with Simulator(scenario="manual", extensions={"send"}) as simulator:
        async with Watched(protocol_for(simulator)) as client:
            await client.until_status("connected")
            simulator.fault("half_open")
            simulator.fault("lose_answer", path="/messages", method="POST", count=100)
            delivery = client.send("once")
            with pytest.raises(DeliveryUnknown):
                await delivery
            assert delivery.status == "unknown"
            simulator.fault("clear")
        assert sent_texts(simulator) == ["once"]


async def test_a_message_to_a_conversation_that_is_over_fails(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.set_conversation("disconnected")
        await client.until_status("read_only")
        with pytest.raises(DeliveryFailed):
            await client.send("anybody there?")

        simulator.set_conversation("connected")
        await client.until_status("connected")


# --- the stream when things go wrong ----------------------------------------------------------------------


async def test_flaw_21_what_was_said_while_the_stream_was_down_appears_once_and_in_order(
    simulator: Simulator,
) -> None:
    simulator.agent_say("before")
    async with connected(simulator) as client:
        simulator.fault("refuse", count=3)
        simulator.fault("drop")
        simulator.agent_say("meanwhile", count=450)
        await client.until_status("reconnecting")
        await client.until(lambda: len(client.messages) == 451)
        simulator.agent_say("after")
        await client.until(lambda: len(client.messages) == 452 and len(client.received) == 451)

        expected = ["before", *(f"meanwhile {number}" for number in range(1, 451)), "after"]
        assert client.texts == expected
        assert client.received == expected[1:]
    assert len(connections(simulator, "refused")) == 3


async def test_the_same_in_a_conversation_that_was_empty_when_we_came(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("before")
        await client.until(lambda: client.received)
        simulator.fault("drop")
        simulator.agent_say("meanwhile", count=450)
        await client.until_status("reconnecting")
        await client.until_status("connected")
        await client.until(lambda: len(client.messages) == 451)


async def test_what_we_send_while_the_stream_is_down_is_sent_once_and_in_order(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("refuse", count=2)
        simulator.fault("drop")
        texts = [f"message {number}" for number in range(5)]
        await asyncio.gather(*(client.send(text) for text in texts))
        await client.until_status("connected")

        assert client.texts == texts
    assert sent_texts(simulator) == texts


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 1013])
async def test_an_ordinary_close_leads_to_a_reconnect(simulator: Simulator, code: int) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop", code=code)
        await client.until_status("reconnecting")
        await client.until_status("connected")

    assert len(connections(simulator, "authenticated")) == 2


@pytest.mark.parametrize("code", [1002, 1003, 1007, 1010])
async def test_flaw_15_a_fatal_close_ends_it_with_words_and_without_a_loop(
    simulator: Simulator, code: int
) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop", code=code)
        await client.until_status("failed")
        await asyncio.sleep(0.05)

        assert client.told[-1] == StatusChanged(
            status="failed", detail=f"The event stream was closed ({code}).", cause="unreachable"
        )
        assert len(connections(simulator, "opened")) == 1

        client.reconnect()
        await client.until_status("connected")


async def test_4001_leads_to_a_fresh_token_and_a_reconnect_at_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("expire_token")
        await client.until_status("reconnecting")
        await client.until_status("connected")
        simulator.agent_say("hello again")
        await client.until(lambda: client.received)

        waits = [each.retry_in_s for each in client.told if isinstance(each, StatusChanged)]
        assert not any(waits), "the first try comes without a wait, and succeeds"
        assert errors(client) == []
    assert calls(simulator, "/oauth/token") == {("POST", 200): 2}


async def test_4401_is_answered_with_a_fresh_token_once_and_then_fatal(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop", code=4401)
        await client.until_status("reconnecting")
        await client.until_status("connected")
        simulator.fault("drop", code=4401)
        await client.until_status("failed")

        assert client.told[-1] == StatusChanged(
            status="failed",
            cause="authentication",
            detail="The event stream refused the token. Check the OAuth client and its scopes.",
        )
    assert calls(simulator, "/oauth/token") == {("POST", 200): 2}


async def test_a_renewed_token_moves_the_stream_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "EARLY_SHARE", 0.02)  # Renewed each second, however busy the machine is.
    async with Simulator(scenario="manual", token_lifetime_s=50) as simulator:
        async with connected(simulator) as client:
            simulator.agent_say("m", count=400, rate_per_s=330)
            await client.until(lambda: len(client.messages) == 400)

            assert client.texts == [f"m {number}" for number in range(1, 401)]
            assert client.received == client.texts
            assert set(statuses(client)) == {"connecting", "connected"}
            assert calls(simulator, "/messages") == {
                ("GET", 200): len(connections(simulator, "authenticated"))
            }
            await eventually(lambda: connections(simulator, "closed"))

        log = [(entry["kind"], entry["stream"]) for entry in simulator.log()["connections"]]
        assert log.index(("authenticated", 2)) < log.index(("closed", 1))
        assert connections(simulator, "closed")[0]["by"] == "client"


async def test_an_expired_token_in_a_call_is_replaced_once_and_the_call_repeated(
    simulator: Simulator,
) -> None:
    async with connected(simulator) as client:
        simulator.fault("refuse", count=1)
        simulator.fault("expire_token")
        await asyncio.gather(*(client.send(f"m{number}") for number in range(3)))
        await client.until_status("connected")

    assert sent_texts(simulator) == ["m0", "m1", "m2"]
    assert calls(simulator, "/oauth/token") == {("POST", 200): 2}


async def test_an_access_token_that_expires_is_said_to_need_a_new_one(simulator: Simulator) -> None:
    import httpx

    async with httpx.AsyncClient() as http:
        response = await http.post(
            f"{simulator.base_url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(simulator.client_id, simulator.client_secret),
        )
    token = AccessToken(response.json()["access_token"])

    async with connected(simulator, credentials=token) as client:
        simulator.fault("expire_token")
        await client.until_status("failed")

        (*_, last) = [event for event in client.told if isinstance(event, StatusChanged)]
        assert last.detail
        assert "refused (401)" in last.detail or "expired" in last.detail


async def test_flaw_19_a_half_open_stream_is_noticed_and_replaced(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "PING_INTERVAL_S", 0.1)
    monkeypatch.setattr(stream_module, "PING_TIMEOUT_S", 0.1)
    monkeypatch.setattr(stream_module, "CLOSE_S", 0.1)
    async with connected(simulator) as client:
        simulator.fault("half_open")
        simulator.agent_say("into the void")
        await client.until_status("reconnecting")
        await client.until(lambda: client.received == ["into the void"])


@pytest.mark.parametrize(("status", "count"), [(0, 2), (429, 1), (500, 2), (503, 2)])
async def test_refused_streams_are_tried_again(
    simulator: Simulator, status: int, count: int, short_default_wait: None
) -> None:
    simulator.fault("refuse", status=status, count=count)

    async with connected(simulator):
        pass

    assert len(connections(simulator, "refused")) == count


@pytest.mark.parametrize("status", [403, 404])
async def test_streams_that_are_refused_for_good_are_not_tried_again(
    simulator: Simulator, status: int
) -> None:
    simulator.fault("refuse", status=status)

    async with Watched(protocol_for(simulator)) as client:
        await client.until_status("failed")
        await asyncio.sleep(0.05)

    assert len(connections(simulator, "refused")) == 1


async def test_a_handshake_that_refuses_the_token_is_tried_once_more_with_a_fresh_one(
    simulator: Simulator,
) -> None:
    simulator.fault("refuse", status=401)

    async with Watched(protocol_for(simulator)) as client:
        await client.until_status("failed")

    assert len(connections(simulator, "refused")) == 2
    assert calls(simulator, "/oauth/token") == {("POST", 200): 2}


async def test_duplicates_are_merged_and_counted(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("duplicate")
        simulator.agent_say("m", count=20)
        await client.send("mine")
        await client.until(lambda: len(client.messages) == 21 and client.counters["duplicate"] >= 20)

        assert client.received == [f"m {number}" for number in range(1, 21)]
    assert sent_texts(simulator) == ["mine"]


async def test_flaw_22_messages_that_arrive_out_of_order_stand_in_order(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("reorder", event_type="message", hold_s=0.1)
        simulator.agent_say("m", count=20)
        await client.until(lambda: len(client.messages) == 20)

        assert client.texts == [f"m {number}" for number in range(1, 21)]
        assert sorted(map(str, client.received)) == sorted(map(str, client.texts))


async def test_everything_at_once_loses_nothing_and_doubles_nothing(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("duplicate")
        simulator.fault("reorder", hold_s=0.05)
        simulator.fault("delay", ms=5)
        simulator.fault("lose_answer", path="/messages", method="POST", count=3)
        simulator.agent_say("theirs", count=100, rate_per_s=200)
        sends = [asyncio.ensure_future(_awaited(client, f"ours {number}")) for number in range(10)]
        for _ in range(4):
            await asyncio.sleep(0.1)
            simulator.fault("drop")
        simulator.fault("expire_token")
        await asyncio.gather(*sends)
        await client.until(lambda: len(client.messages) == 110 and len(client.received) == 100, 20)

        theirs = [text for text in client.texts if str(text).startswith("theirs")]
        assert theirs == [f"theirs {number}" for number in range(1, 101)]
        assert sorted(map(str, client.received)) == sorted(map(str, theirs))
    assert sent_texts(simulator) == [f"ours {number}" for number in range(10)]


async def _awaited(client: Watched, text: str) -> None:
    await client.send(text)


async def test_flaw_26_garbage_is_counted_and_changes_nothing(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("before")
        simulator.fault("garbage")
        simulator.agent_say("after")
        # The one with half an emoji is a message after all. History may bring the last one first.
        await client.until(lambda: {"after", "\ufffd"} <= set(client.texts))

        readable = {message.text for message in client.messages if not message.is_unavailable}
        assert readable - {None} == {"before", "after", "\ufffd"}
        assert client.counters["malformed"] >= 10
        assert client.counters["unknown_event"] == 1
        assert client.counters["other_conversation"] == 1  # flaw 27
        assert set(statuses(client)) == {"connecting", "connected"}
        assert errors(client) == []


async def test_frames_of_10_mb_are_counted_and_what_they_said_is_fetched(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("garbage", bytes=10_000_000)
        simulator.agent_say("after")
        await client.until(lambda: client.received)

        assert client.texts == ["after"]
        assert client.counters["oversized"] == 1
        assert set(statuses(client)) == {"connecting", "connected"}
        await eventually(lambda: calls(simulator, "/messages")["GET", 200] >= 2)


async def test_a_slow_server_is_borne(simulator: Simulator) -> None:
    simulator.fault("delay", ms=50)
    async with connected(simulator) as client:
        simulator.agent_say("slowly")
        await client.until(lambda: client.received)
        await client.send("indeed")

        assert client.texts == ["slowly", "indeed"]


async def test_a_large_burst_arrives_whole(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("m", count=3_000)
        await client.until(lambda: len(client.received) == 3_000)

        assert client.texts == [f"m {number}" for number in range(1, 3_001)]


# --- servers that can do less -----------------------------------------------------------------------------


async def test_with_a_bare_tutorial_server_typing_and_reading_work_and_the_rest_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "ipygenesys")
    async with Simulator(scenario="manual", extensions=()) as simulator:  # noqa: SIM117
        async with Watched(protocol_for(simulator)) as client:
            await client.until(lambda: "history" not in client.capabilities)
            able = {"send", "send_typing", "receive_typing", "send_read", "receive_read"}
            assert client.capabilities - {"attachments"} == able

            simulator.agent_typing(True)
            await client.until(lambda: len(client.typing) == 1)
            client.set_typing(True)
            await eventually(lambda: received(simulator, "typing"))

            ids = simulator.agent_say("text", count=2)
            await client.until(lambda: len(client.received) == 2)
            assert [(message.text, message.is_unavailable) for message in client.messages] == [
                (None, True)
            ] * 2

            client.mark_read()
            await client.until(lambda: client.unread_count == 0)
            assert {entry["message_id"] for entry in received(simulator, "read")} == set(ids)

            with pytest.raises(DeliveryFailed) as caught:
                await client.send("hello")
            assert caught.value.status == 404

            simulator.fault("drop")
            await client.until_status("reconnecting")
            await client.until_status("connected")
            assert len([event for event in client.told if isinstance(event, CapabilitiesChanged)]) == 1

    said = [record for record in caplog.records if record.threadName == threading.current_thread().name]
    told = [record.levelname for record in said if "can do no more than" in record.getMessage()]
    assert told == ["INFO"]


async def test_a_bare_frame_is_completed_by_fetching_the_message() -> None:
    async with Simulator(scenario="manual", extensions=EXTENSIONS - {"payload"}) as simulator:  # noqa: SIM117
        async with connected(simulator) as client:
            simulator.agent_say("the text")
            await client.until(lambda: client.received == ["the text"])

            assert [message.sender for message in client.messages] == ["Ann"]


async def test_a_message_that_cannot_be_fetched_is_unavailable_and_can_still_be_read() -> None:
    async with Simulator(scenario="manual", extensions=EXTENSIONS - {"payload"}) as simulator:
        async with connected(simulator) as client:
            (message_id,) = simulator.agent_say("m")
            await client.until(lambda: client.received)
            simulator.fault("error", status=410, path="/messages/", method="GET", count=1)
            simulator.agent_say("the lost one")
            await client.until(lambda: len(client.received) == 2)

            assert client.messages[1].is_unavailable
            client.mark_read()
            await client.until(lambda: client.unread_count == 0)
        assert message_id in {entry["message_id"] for entry in received(simulator, "read")}


# --- things that cannot work ------------------------------------------------------------------------------


async def failing_status(protocol: MessagingEvents) -> tuple[Watched, StatusChanged]:
    async with Watched(protocol) as client:
        await client.until_status("failed")
        (*_, last) = [
            event for event in client.told if isinstance(event, StatusChanged) and event.status == "failed"
        ]
        return client, last


async def test_a_wrong_secret_is_said_in_the_contracts_words_and_not_tried_again(
    simulator: Simulator,
) -> None:
    credentials = ClientCredentials(simulator.client_id, "wrong")

    _, status = await failing_status(protocol_for(simulator, credentials=credentials))

    assert status.detail == "Invalid OAuth credentials. Verify client_id and client_secret."
    assert calls(simulator, "/oauth/token")["POST", 401] == 1
    assert simulator.log()["connections"] == []


async def test_a_missing_scope_is_named(simulator: Simulator) -> None:
    scopes = ("conversations:read", "messaging:write")
    async with Simulator(scenario="manual", scopes=scopes) as poor:
        _, status = await failing_status(protocol_for(poor))

    assert status.detail
    assert "conversations:messaging" in status.detail


async def test_a_scope_that_only_reading_lacks_is_named_when_it_is_needed() -> None:
    scopes = ("conversations:messaging", "conversations:read")
    async with Simulator(scenario="manual", scopes=scopes) as simulator:
        simulator.agent_say("hello")
        async with connected(simulator) as client:
            client.mark_read()
            await client.until(lambda: errors(client))
            assert "messaging:write" in errors(client)[0]
            assert client.unread_count == 1
            with pytest.raises(DeliveryFailed, match="messaging:write"):
                await client.send("hello")


async def test_an_unknown_conversation_is_said_to_be_one(simulator: Simulator) -> None:
    async with Watched(protocol_for(simulator, conversation_id="nobody-knows-it")) as client:
        with pytest.raises(DeliveryFailed, match="not found"):
            await client.send("hello")


async def test_an_unreachable_host_is_said_and_tried_again(simulator: Simulator) -> None:
    protocol = protocol_for(simulator)
    await simulator._stop()

    async with Watched(protocol) as client:
        await client.until(lambda: len(statuses(client)) >= 4)

        assert set(statuses(client)) == {"connecting"}
        assert "cannot be reached" in str(client.told[-1])


async def test_plain_http_beyond_this_machine_is_refused(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match="loopback"):
        protocol_for(simulator, base_url="http://genesys.example")


async def test_a_base_url_that_redirects_elsewhere_is_refused_and_no_secret_follows() -> None:
    elsewhere: list[bytes] = []
    async with raw_server(answering(answer(200), seen=elsewhere)) as other:
        redirect = answer(302, Location=f"http://127.0.0.1:{other}/")
        async with raw_server(answering(redirect)) as port:
            protocol = MessagingEvents(
                base_url=f"http://127.0.0.1:{port}",
                conversation_id="c",
                credentials=ClientCredentials("id", "secret"),
            )
            _, status = await failing_status(protocol)

    assert status.detail
    assert "redirects elsewhere" in status.detail
    assert elsewhere == []


# --- listening --------------------------------------------------------------------------------------------


async def test_next_message_gives_the_next_one_of_somebody_else(simulator: Simulator) -> None:
    simulator.agent_say("old")
    async with connected(simulator) as client:
        waiting = asyncio.ensure_future(client.next_message())
        await client.send("mine")
        simulator.agent_say("new")

        assert (await waiting).text == "new"


async def test_next_message_gives_up_in_time_and_leaves_nothing_behind(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        before = len(client._gateway._listeners)
        with pytest.raises(TimeoutError, match=r"within 0\.02 s"):
            await client.next_message(timeout=0.02)

        await eventually(lambda: len(client._gateway._listeners) == before)


@pytest.mark.parametrize(
    ("refusal", "error"),
    [(403, PermissionDenied), (404, NotFound), (401, AuthenticationError)],
)
async def test_next_message_says_why_there_will_be_none(
    simulator: Simulator, refusal: int, error: type[GenesysError]
) -> None:
    simulator.fault("refuse", status=refusal)

    async with Watched(protocol_for(simulator)) as client:
        with pytest.raises(error):
            await client.next_message(timeout=5)


async def test_what_is_only_counted_wakes_whoever_waits_for_it(simulator: Simulator) -> None:
    async with Client(protocol_for(simulator)) as client:
        await client.connect()
        waiting = asyncio.create_task(client.until(lambda: client.counters.get("unknown_event"), timeout=20))
        await asyncio.sleep(0)
        simulator.fault("garbage", only=["unknown_event_type"])
        assert await waiting == 1


async def test_a_script_can_wait_until_somebody_types(simulator: Simulator) -> None:
    async with Client(protocol_for(simulator)) as client:
        waiting = asyncio.ensure_future(client.until(lambda: client.typing))
        await client.connect()
        simulator.agent_typing(True)
        assert len(await waiting) == 1
        simulator.agent_typing(False)
        await client.until(lambda: not client.typing)
        with pytest.raises(RuntimeError, match="await until"):
            client.wait_until(lambda: True)


async def test_next_message_ends_with_the_conversation(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        waiting = asyncio.ensure_future(client.next_message())
        await asyncio.sleep(0)
        await client.aclose()
        with pytest.raises(ConnectionFailed, match="closed"):
            await waiting


async def test_blocking_verbs_on_the_conversations_own_loop_are_refused(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        with pytest.raises(RuntimeError, match="await next_message"):
            client.wait_for_message()
        delivery = client.send("hello")
        with pytest.raises(RuntimeError, match="await the delivery"):
            delivery.wait()
        await delivery


async def test_blocking_verbs_work_on_another_thread(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        waiting = asyncio.create_task(asyncio.to_thread(client.wait_for_message, 5))
        sent = await asyncio.to_thread(lambda: client.send("hello").wait(5))
        await asyncio.sleep(0.02)
        simulator.agent_say("hi")

        assert (await waiting).text == "hi"
        assert sent.text == "hello"


async def test_events_tells_everything_until_the_end(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        seen: list[str] = []

        async def listen() -> None:
            async for event in client.events():
                seen.append(type(event).__name__)

        listener = asyncio.create_task(listen())
        await asyncio.sleep(0)
        simulator.agent_typing(True)
        await client.until(lambda: client.typing)
        simulator.agent_say("hello")
        await client.until(lambda: client.received)
        await client.aclose()
        await asyncio.wait_for(listener, 30)

    assert {"TypingChanged", "MessagePlaced", "MessageReceived", "UnreadChanged", "StatusChanged"} <= set(
        seen
    )
    assert seen[-1] == "StatusChanged"


async def test_a_listener_that_does_not_keep_up_loses_the_oldest_and_that_is_counted(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._verbs.listening.MAX_WAITING_EVENTS", 10)
    async with connected(simulator) as client:
        events = client.events()
        first = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        simulator.agent_typing(True)
        await first
        simulator.agent_say("m", count=50)
        await client.until(lambda: len(client.received) == 50)

        assert client.counters["events_dropped"] > 0
        await events.aclose()  # type: ignore[attr-defined]


async def test_flaw_25_handlers_hear_messages_and_a_failing_one_disturbs_nobody(simulator: Simulator) -> None:
    heard: list[str | None] = []

    async with connected(simulator) as client:

        def failing(_: object) -> None:
            raise ValueError

        client.on_message(failing)
        stop = client.on_message(lambda message: heard.append(message.text))
        simulator.agent_say("one")
        await client.until(lambda: heard == ["one"])
        stop()
        stop()
        simulator.agent_say("two")
        await client.until(lambda: client.received == ["one", "two"])

    assert heard == ["one"]


async def test_a_handler_that_fails_is_said_where_asyncio_says_it(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: Message) -> None:
        raise RuntimeError(message.text)

    async with connected(simulator) as client:
        client.on_message(fail)
        simulator.agent_say("canary")
        await eventually(lambda: "RuntimeError" in caplog.text)

    [record] = [record for record in caplog.records if "handler" in record.getMessage()]
    assert record.name == "asyncio"  # Not ours, which is silent until asked for.
    assert "in fail" in record.getMessage()
    assert "canary" not in caplog.text
    assert errors(client) == []


async def test_messages_can_be_pickled_and_the_conversation_says_that_it_cannot(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        await client.send("hello")
        assert pickle.loads(pickle.dumps(list(client.messages))) == list(client.messages)
        with pytest.raises(TypeError, match=r"cannot be pickled; its messages can"):
            pickle.dumps(client)


def test_without_async_it_is_said_what_to_use(simulator: Simulator) -> None:
    client: Any = Client(protocol_for(simulator))
    with pytest.raises(TypeError, match=r"async with Client.* with Chat\(protocol\) as chat"), client:
        pass
    with pytest.raises(RuntimeError, match=r"async with Client.* with Chat\(protocol\) as chat"):
        client.send("hello")


async def test_a_message_can_be_answered_from_a_handler(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        client.on_message(lambda message: client.send(f"You said: {message.text}"))
        simulator.agent_say("hello")
        await eventually(lambda: sent_texts(simulator) == ["You said: hello"])


# --- life -------------------------------------------------------------------------------------------------


async def test_outside_of_async_with_it_says_how_to_use_it(simulator: Simulator) -> None:
    client = Watched(protocol_for(simulator))

    with pytest.raises(RuntimeError, match="async with Client"):
        _ = client.send("hello")
    await client.aclose()


async def test_after_the_close_it_says_so_and_cannot_be_entered_again(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        pass

    assert client.status == "closed"
    with pytest.raises(GenesysError, match="closed"):
        _ = client.send("hello")
    with pytest.raises(RuntimeError, match="once"):
        await client.__aenter__()
    await client.aclose()


async def test_what_was_asked_for_before_the_close_is_done_before_it(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        _ = client.send("a last word")
        client.set_typing(True)

    assert statuses(client) == ["connecting", "connected", "closed"]
    assert sent_texts(simulator) == ["a last word"]
    await eventually(lambda: typed(simulator)[-1:] in ([], [False]))


async def test_it_leaves_no_task_and_no_thread(simulator: Simulator) -> None:
    tasks, threads = len(asyncio.all_tasks()), threading.active_count()

    async with connected(simulator) as client:
        await client.send("hello")
        client.set_typing(True)

    await eventually(lambda: len(asyncio.all_tasks()) <= tasks)
    assert threading.active_count() == threads


async def test_its_messages_are_a_sequence(simulator: Simulator) -> None:
    simulator.agent_say("m", count=5)

    async with connected(simulator) as client:
        messages = client.messages
        assert len(messages) == 5
        assert messages[0].text == "m 1"
        assert messages[-1].text == "m 5"
        assert [message.text for message in messages[1:3]] == ["m 2", "m 3"]
        assert next(reversed(messages)) is messages[4]
        assert messages[2] in messages
        with pytest.raises(IndexError):
            messages[5]
        assert repr(messages) == "<5 messages>"
        assert repr(client) == "<Client connected, 5 messages, 5 unread>"


async def test_what_it_tells_is_told_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_typing(True)
        simulator.agent_typing(True)
        simulator.agent_say("hello")
        await client.until(lambda: client.received)

    typing = [event.names for event in client.told if isinstance(event, TypingChanged)]
    assert typing == [("Ann",), ()]
    assert len([event for event in client.told if isinstance(event, MessageReceived)]) == 1
    assert statuses(client) == ["connecting", "connected", "closed"]


async def test_what_no_verb_takes_is_refused_at_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        for call in (client.retry, client.discard):
            with pytest.raises(TypeError, match="must be a Delivery, a Message or its id, not int"):
                call(7)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="limit must be 1 or more"):
            _ = client.load_older(0)
        with pytest.raises(TypeError, match="limit must be an int, not str"):
            _ = client.load_older("200")  # type: ignore[arg-type]
