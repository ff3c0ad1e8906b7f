"""The guest's side, client and simulator on real sockets: what is said, what goes wrong, how it ends."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ipygenesys import (
    DeliveryFailed,
    GuestAuth,
    ProtocolError,
    SessionExpiring,
    UploadProgressed,
    WebMessaging,
)
from ipygenesys._core.model.content import Answer, Form, QuickReply
from ipygenesys._core.model.events import ErrorRaised, StatusChanged, TypingChanged
from ipygenesys._core.model.profile import LifeRules
from ipygenesys._io.disk.read_positions import FILE_NAME
from ipygenesys.simulator import Simulator
from ipygenesys.simulator.web_messaging import uploads as guest_uploads
from tests.io.watch import Watched, calls, connections, eventually, received, rejected, sent_texts

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 200_000
ORIGIN = "http://localhost:3000"


@pytest.fixture(autouse=True)
def state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Read positions stay in the test."""
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path / "state")
    return tmp_path / "state"


def guest_of(simulator: Simulator, **changes: Any) -> WebMessaging:
    options: dict[str, Any] = {
        "base_url": simulator.base_url,
        "deployment_id": simulator.deployment_id,
    }
    return WebMessaging(**{**options, **changes})


def watched(protocol: WebMessaging) -> Watched:
    return Watched(cast("Any", protocol))


@contextlib.asynccontextmanager
async def connected(simulator: Simulator, **changes: Any) -> AsyncIterator[Watched]:
    async with watched(guest_of(simulator, **changes)) as client:
        await client.until_caught_up()
        yield client


@contextlib.asynccontextmanager
async def simulated(**changes: Any) -> AsyncIterator[Simulator]:
    async with Simulator(scenario="manual", speed=20, **changes) as running:
        yield running


def errors(client: Watched) -> list[ErrorRaised]:
    return [event for event in client.told if isinstance(event, ErrorRaised)]


# --- what is said -----------------------------------------------------------------------------------------


async def test_messages_go_both_ways_and_the_echo_acknowledges(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("Hello")
        await client.until(lambda: client.received == ["Hello"])
        sent = await client.send("Hi")

        assert sent.status == "sent"
        assert sent.is_own and len(sent.id) == 32
        assert client.texts == ["Hello", "Hi"]
        assert client.messages[0].sender == "Ann"
        assert sent_texts(simulator) == ["Hi"]
        assert client.unread_count == 0  # Who answers has read what stood before.


async def test_the_agents_typing_shows_with_the_last_known_name_and_ends_with_the_message(
    simulator: Simulator,
) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("one")
        await client.until(lambda: client.received)
        simulator.agent_typing(True)
        await client.until(lambda: client.typing == ("Ann",))
        simulator.agent_say("two")
        await client.until(lambda: client.typing == ())

        told = [event.names for event in client.told if isinstance(event, TypingChanged)]
        assert told == [("Ann",), ()]


async def test_our_typing_is_told_once_in_its_cool_down_and_never_off(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        for _ in range(20):
            client.set_typing(True)
        await eventually(lambda: received(simulator, "typing"))
        client.set_typing(False)
        await client.send("done")

        assert [entry["typing"] for entry in received(simulator, "typing")] == [True]


async def test_what_the_agent_reacted_to_is_inferred_to_be_seen_if_that_is_wanted(
    simulator: Simulator,
) -> None:
    async with connected(simulator) as plain:
        await plain.send("one")
        simulator.agent_say("answer")
        await plain.until(lambda: plain.received == ["answer"])
        assert not any(message.is_seen_inferred for message in plain.messages)
    async with connected(simulator, infer_seen=True) as client:
        await client.send("one")
        assert not client.messages[0].is_seen_inferred
        simulator.agent_typing(True)
        await client.until(lambda: client.messages[0].is_seen_inferred)
        assert client.messages[0].status == "sent"
        await client.send("two")
        simulator.agent_say("answer")
        await client.until(lambda: client.received == ["answer"])

        assert [message.is_seen_inferred for message in client.messages] == [True, True, False]


async def test_a_message_lets_typing_show_again_at_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        client.set_typing(True)
        await eventually(lambda: len(received(simulator, "typing")) == 1)
        await client.send("done")
        client.set_typing(True)

        await eventually(lambda: len(received(simulator, "typing")) == 2)


async def test_our_own_typing_that_comes_back_is_ignored() -> None:
    async with simulated(echo_typing=True) as simulator, connected(simulator) as client:
        client.set_typing(True)
        await eventually(lambda: received(simulator, "typing"))
        await client.send("done")

        assert not [event for event in client.told if isinstance(event, TypingChanged)]


async def test_offered_answers_can_be_picked(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        content = [
            {"contentType": "QuickReply", "quickReply": {"text": text, "payload": text.lower()}}
            for text in ("Yes", "No")
        ]
        simulator.agent_say("Sure?", content=content)
        await client.until(lambda: client.received)
        yes, _ = client.messages[0].quick_replies

        sent = await client.answer(yes)

        assert sent.text == "Yes"
        assert sent_texts(simulator) == ["Yes"]
        assert cast("Any", client.messages[0].content[0]).picked == (0,)
        with pytest.raises(ValueError, match="answered already"):
            _ = client.answer(yes)
        with pytest.raises(ValueError, match="No message offers"):
            _ = client.answer(QuickReply(text="Perhaps", payload="perhaps"))
        with pytest.raises(TypeError, match="options"):
            _ = client.answer(cast("Any", 5))


async def test_several_items_of_a_list_are_picked_and_stay_picked(simulator: Simulator) -> None:
    token = simulator.guest_session()["token"]
    async with connected(simulator, session_token=token) as client:
        simulator.agent_say(content="list-picker")
        await client.until(lambda: client.received)
        wax, _, laces, *_ = client.messages[0].options

        sent = await client.answer(wax, laces)

        assert sent.text == "Leather wax, Spare laces"
        assert cast("Any", client.messages[0].content[0]).picked == (0, 2)
    async with connected(simulator, session_token=token) as later:
        await later.until(lambda: len(later.messages) == 2)
        assert cast("Any", later.messages[0].content[0]).picked == (0, 2)


async def test_a_form_is_filled_in_once_and_says_what_was_written(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_say(content="form")
        await client.until(lambda: client.received)
        (form,) = client.messages[0].content
        assert isinstance(form, Form) and client.messages[0].text == "How was it?\nThree short questions."
        with pytest.raises(ValueError, match="needs Your name"):
            _ = client.answer(form, {"What else?": "Nothing."})
        with pytest.raises(TypeError, match="values must map"):
            _ = client.answer(form, cast("Any", "Ann"))

        sent = await client.answer(
            form, {"Your name": "Ann", "What did you like?": ["The boots", "the-service"]}
        )

        assert "Ann" in (sent.text or "") and "The boots" in (sent.text or "")
        assert cast("Any", client.messages[0].content[0]).picked == ()
        with pytest.raises(ValueError, match="answered already"):
            _ = client.answer(form, {"Your name": "Ben"})
        (said,) = [m for m in client.messages if m.is_own]
        (answer,) = said.content
        assert isinstance(answer, Answer) and [entry.payload for entry in answer.entries] == [
            "Ann",
            "the-boots",
            "the-service",
        ]
        with pytest.raises(ValueError, match="No message holds this form"):
            _ = client.answer(Form(pages=()), {})


async def test_custom_attributes_reach_the_other_side_once(simulator: Simulator) -> None:
    async with connected(simulator, custom_attributes={"plan": "gold"}) as client:
        await client.send("one")
        await client.send("two")

        told = [entry["custom_attributes"] for entry in received(simulator, "send")]
        assert told == [{"plan": "gold"}, {}]


async def test_a_deployment_that_starts_by_itself_is_joined() -> None:
    async with simulated(deployment={"auto_start": True}) as simulator, connected(simulator):
        await eventually(lambda: len(received(simulator, "join")) == 1)


async def test_frames_out_of_order_and_doubled_stand_once_each_in_the_servers_order(
    simulator: Simulator,
) -> None:
    async with connected(simulator) as client:
        simulator.fault("reorder")
        simulator.fault("duplicate")
        ids = []
        for number in range(30):
            ids += simulator.agent_say(f"{number}")
            await asyncio.sleep(0.002)  # The order is by the server's milliseconds.
        await client.until(lambda: len(client.received) == 30)

        assert client.received != client.texts
        assert [message.id for message in client.messages] == [id_.replace("-", "") for id_ in ids]
        assert client.texts == [f"{number}" for number in range(30)]


# --- the network ------------------------------------------------------------------------------------------


async def test_what_was_said_while_the_stream_was_down_is_there_afterwards(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        await client.send("before")
        simulator.fault("refuse", count=1)
        simulator.fault("drop")
        await client.until_status("reconnecting")
        simulator.agent_say("meanwhile")
        await client.until(lambda: client.received == ["meanwhile"])

        assert client.status == "connected"
        assert client.texts == ["before", "meanwhile"]
        configured = received(simulator, "configure")
        assert [entry["new_session"] for entry in configured] == [True, False]


async def test_a_send_whose_echo_was_lost_is_found_in_history_and_sent_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("lose_answer", path="/v1/messages", count=1)

        sent = await client.send("once")

        assert sent.status == "sent"
        assert sent_texts(simulator) == ["once"]
        assert client.texts == ["once"]


async def test_a_server_that_is_silent_on_an_open_socket_is_left(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._io.stream.websocket.PING_INTERVAL_S", 0.1)
    monkeypatch.setattr("ipygenesys._io.stream.websocket.PING_TIMEOUT_S", 0.1)
    async with connected(simulator) as client:
        simulator.fault("half_open")
        await client.until_status("reconnecting")
        simulator.fault("clear")
        simulator.agent_say("Hello?")

        await client.until(lambda: client.received == ["Hello?"])


async def test_a_quiet_session_asks_for_a_sign_of_life(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = LifeRules(health_check_s=0.1, notice_s=300.0)
    monkeypatch.setattr("ipygenesys._protocols.web_messaging.protocol.LIFE_RULES", rules)
    async with connected(simulator) as client:
        await eventually(lambda: len(received(simulator, "health_check")) >= 2)

        assert client.messages[:] == ()
        assert client.status == "connected"


async def test_a_garbled_frame_is_counted_and_ends_nothing(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("garbage")
        simulator.agent_say("Hello")
        await client.until(lambda: "Hello" in client.received)

        assert client.status == "connected"
        assert client.counters["malformed"] > 0


async def test_a_closed_client_leaves_no_connection(simulator: Simulator) -> None:
    async with connected(simulator):
        pass

    await eventually(lambda: connections(simulator, "closed"))
    (closed,) = connections(simulator, "closed")
    assert (closed["code"], closed["by"]) == (1000, "client")


# --- limits -----------------------------------------------------------------------------------------------


async def test_twelve_messages_at_once_keep_to_five_a_second_and_typing_gives_way(
    simulator: Simulator,
) -> None:
    async with connected(simulator) as client:
        client.set_typing(True)
        deliveries = [client.send(f"{number}") for number in range(12)]
        for delivery in deliveries:
            await delivery

        assert sent_texts(simulator) == [f"{number}" for number in range(12)]
        assert rejected(simulator, "send") == []
        times = [entry["time"] for entry in received(simulator, "send")]
        assert times[11] - times[0] > 1.3  # Five at once, and a fifth of a second between the others.


async def test_whoever_is_told_to_slow_down_waits_and_loses_nothing(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("rate_limit", path="/v1/messages", count=1, retry_after=1)

        sent = await client.send("patience")

        assert sent.status == "sent"
        (first,) = rejected(simulator, "send")
        (second,) = received(simulator, "send")
        assert second["time"] - first["time"] > 0.9


async def test_a_refused_configure_waits_as_long_as_it_was_told(simulator: Simulator) -> None:
    simulator.fault("rate_limit", path="/v1/configureSession", count=1, retry_after=1)
    async with connected(simulator):
        (first,) = rejected(simulator, "configure")
        (second,) = received(simulator, "configure")
        assert second["time"] - first["time"] > 0.9


async def test_a_text_that_is_too_long_fails_and_is_not_sent(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        with pytest.raises(DeliveryFailed, match="too long") as caught:
            await client.send("é" * 2049)

        assert caught.value.code == "4011"
        assert received(simulator, "send") == rejected(simulator, "send") == []


async def test_a_limit_that_only_the_server_knows_fails_with_its_code_and_a_correlation_id() -> None:
    limits = {"max_text_bytes": 100}
    async with simulated(guest_limits=limits) as simulator, connected(simulator) as client:
        delivery = client.send("x" * 101)
        with pytest.raises(DeliveryFailed, match="At most 100 bytes") as caught:
            await delivery

        assert caught.value.code == "4011"
        assert caught.value.correlation_id == delivery.draft_id
        assert client.messages[0].status == "failed"


# --- what the deployment says -----------------------------------------------------------------------------


async def test_typing_that_is_switched_off_is_never_sent() -> None:
    off = {"show_user_typing_indicator": False, "show_agent_typing_indicator": False}
    async with simulated(deployment=off) as simulator, connected(simulator) as client:
        client.set_typing(True)
        await client.send("done")

        assert client.capabilities == {"send", "history", "attachments"}
        assert received(simulator, "typing") == rejected(simulator, "typing") == []


async def test_typing_that_turns_out_to_be_off_is_no_error(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("error", status=403, path="/v1/typing")
        client.set_typing(True)
        await client.until(lambda: "send_typing" not in client.capabilities)

        assert errors(client) == []
        assert client.status == "connected"


async def test_an_unknown_deployment_fails_with_the_cure(simulator: Simulator) -> None:
    async with watched(guest_of(simulator, deployment_id="nobody-knows-it")) as client:
        await client.until_status("failed")

        assert "deployment_id" in detail_of(client)
        assert connections(simulator, "opened") == []


async def test_an_inactive_deployment_fails_with_the_cure() -> None:
    async with (
        simulated(deployment={"status": "Inactive"}) as simulator,
        watched(guest_of(simulator)) as client,
    ):
        await client.until_status("failed")

        assert "inactive" in detail_of(client)


async def test_a_refused_origin_fails_with_the_cure_and_is_not_tried_again() -> None:
    async with simulated(deployment={"allowed_origins": [ORIGIN]}) as simulator:
        async with watched(guest_of(simulator)) as client:
            await client.until_status("failed")
            assert "origin" in detail_of(client)
        assert len(connections(simulator, "refused")) == 1

        async with connected(simulator, origin=ORIGIN):
            pass


def detail_of(client: Watched) -> str:
    failure = client._gateway.session.connection.failure
    assert failure is not None
    return failure.message


# --- the end ----------------------------------------------------------------------------------------------


async def test_an_ended_conversation_is_read_only_and_another_one_can_begin(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        await client.send("first")
        simulator.set_conversation("disconnected")
        await client.until_status("read_only")
        assert "start_new_conversation()" in detail_of(client)
        with pytest.raises(DeliveryFailed, match="start_new_conversation"):
            await client.send("too late")

        client.start_new_conversation()
        await client.send("second")

        assert sent_texts(simulator) == ["first", "second"]
        assert [entry["new_session"] for entry in received(simulator, "configure")] == [True, True]
        assert [message.text for message in client.messages if message.status == "sent"] == [
            "first",
            "second",
        ]


async def test_an_end_that_nobody_has_told_shows_with_the_first_message_and_another_one_can_begin(
    simulator: Simulator,
) -> None:
    async with connected(simulator) as client:
        await client.send("first")
        (session,) = simulator._running().hub.guests._sessions.values()
        session.is_read_only = True  # Its goodbye was lost on the way.

        late = [client.send(f"late {number}") for number in range(3)]
        for delivery in late:
            with pytest.raises(DeliveryFailed, match="was ended"):
                await delivery
        await client.until_status("read_only")
        assert [entry["status"] for entry in rejected(simulator, "send")] == [409]

        client.start_new_conversation()
        await client.until_status("connected")
        await client.send("second")


async def test_a_guest_who_has_signed_in_elsewhere_can_begin_anew(simulator: Simulator) -> None:
    protocol = guest_of(simulator)
    async with watched(protocol) as client:
        await client.until_caught_up()
        token = protocol.session_token
        for stream in list(simulator._running().hub.audience.listening):
            cast("Any", stream).close_connection("signedIn")
        await client.until_status("failed")
        assert protocol.session_token is None

        client.start_new_conversation()
        await client.until_status("connected")
        await client.send("hello again")
        assert protocol.session_token not in (None, token)


async def test_an_end_while_the_guest_was_away_shows_with_the_next_stream(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop")
        simulator.set_conversation("disconnected")
        await client.until_status("read_only")
        assert "start_new_conversation()" in detail_of(client)
        client.start_new_conversation()
        await client.until_status("connected")
        assert (await client.send("second")).status == "sent"


async def test_an_end_whose_frame_was_lost_shows_with_the_next_look_into_history(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(simulator) as client:
        gateway = client._gateway
        protocol: Any = gateway._protocol
        decode, lost = protocol.decode_frame, list[bytes]()

        def decode_but_lose_the_end(data: bytes) -> Any:
            if b"Disconnect" in data:
                lost.append(data)
            return () if b"Disconnect" in data else decode(data)

        monkeypatch.setattr(protocol, "decode_frame", decode_but_lose_the_end)
        simulator.set_conversation("disconnected")
        await eventually(lambda: lost)
        assert client.status == "connected"
        gateway.session.catch_up.request(gateway.clock.monotonic())
        gateway.settle()
        await client.until_status("read_only")
        assert not [e for e in client.told if isinstance(e, StatusChanged) and e.status == "reconnecting"]


async def test_a_guest_can_leave_and_begin_anew(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        await client.send("first")
        await client.disconnect()
        await client.until_status("read_only")
        assert received(simulator, "disconnect_customer")
        with pytest.raises(ProtocolError, match="start_new_conversation"):
            await client.disconnect()
        with pytest.raises(DeliveryFailed, match="start_new_conversation"):
            await client.send("too late")
        client.start_new_conversation()
        await client.until_status("connected")
        assert (await client.send("second")).status == "sent"


async def test_a_guest_who_may_go_on_writing_goes_on() -> None:
    send = {"conversation_disconnect": "Send"}
    async with simulated(deployment=send) as simulator, connected(simulator) as client:
        simulator.set_conversation("disconnected")
        sent = await client.send("still there?")

        assert sent.status == "sent"
        assert client.status == "connected"


async def test_a_session_that_expires_is_announced_and_then_read_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = LifeRules(health_check_s=30.0, notice_s=1.9)
    monkeypatch.setattr("ipygenesys._protocols.web_messaging.protocol.LIFE_RULES", rules)
    async with simulated(guest_limits={"session_duration_s": 2}) as simulator, connected(simulator) as client:
        await client.until(lambda: any(isinstance(event, SessionExpiring) for event in client.told))
        await client.until_status("read_only")
        assert "expired" in detail_of(client)

        client.start_new_conversation()
        await client.until_status("connected")
        sent = await client.send("again")
        assert sent.status == "sent"


async def test_a_session_that_expired_while_nobody_was_there_is_read_only() -> None:
    async with simulated(guest_limits={"session_duration_s": 1}) as simulator:
        protocol = guest_of(simulator)
        async with watched(protocol) as client:
            await client.until_status("read_only")
        async with watched(protocol) as client:
            await client.until_status("read_only")
            assert "expired" in detail_of(client)


async def test_a_cleared_conversation_is_empty_and_goes_on(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("Hello")
        await client.until(lambda: client.received)
        client.clear_conversation()
        await client.until(lambda: client.messages[:] == () and client.status == "connected")

        await client.send("anew")
        assert client.texts == ["anew"]
        assert client.unread_count == 0
        assert errors(client) == []


async def test_a_conversation_that_is_cleared_elsewhere_is_over_here_until_another_begins(
    simulator: Simulator,
) -> None:
    first = guest_of(simulator)
    async with watched(first) as one:
        await one.send("before")
        async with connected(simulator, session_token=first.session_token) as other:
            await other.until(lambda: other.texts == ["before"])
            one.clear_conversation()
            await other.until_status("failed")
            assert "cleared elsewhere" in detail_of(other)
            assert other.texts == []
            other.start_new_conversation()
            await other.until_status("connected")
            assert (await other.send("after")).status == "sent"


async def test_clearing_that_the_deployment_does_not_allow_is_an_error_with_the_cure() -> None:
    off = {"conversation_clear": False}
    async with simulated(deployment=off) as simulator, connected(simulator) as client:
        client.clear_conversation()
        await client.until(lambda: errors(client))

        assert "Enable it" in errors(client)[0].failure.message
        assert rejected(simulator, "clear") == []


async def test_too_many_connections_of_one_session_end_the_oldest_for_good() -> None:
    async with simulated(guest_limits={"connections": 1}) as simulator:
        session = simulator.guest_session()["token"]
        async with (
            connected(simulator, session_token=session) as first,
            connected(simulator, session_token=session) as second,
        ):
            await first.until_status("failed")
            assert "too many connections" in detail_of(first)
            assert second.status == "connected"


# --- history and reading ----------------------------------------------------------------------------------


async def test_a_resumed_session_has_its_history_page_by_page(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._wire.web_messaging.Unverified.HISTORY_PAGE_SIZE", 10)
    protocol = guest_of(simulator)
    async with watched(protocol) as client:
        await client.until_caught_up()
        ids = simulator.agent_say("text", count=25)
        await client.until(lambda: len(client.received) == 25)
    async with watched(protocol) as client:
        await client.until_caught_up()
        assert len(client.messages) == 10
        assert client.received == []
        older = client.load_older(7)
        await older
        assert (older.count, older.has_older, len(client.messages)) == (7, True, 17)
        older = client.load_older(1000)
        await older
        assert (older.count, older.has_older, len(client.messages)) == (8, False, 25)

        assert {message.id for message in client.messages} == {id_.replace("-", "") for id_ in ids}
        assert not client._gateway.session.catch_up.has_older


async def test_an_expired_jwt_is_replaced(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("expire_token")
        simulator.fault("drop")
        await client.until_status("reconnecting")
        simulator.agent_say("meanwhile")

        await client.until(lambda: client.received == ["meanwhile"])
        assert errors(client) == []


async def test_what_was_read_stays_read_over_a_restart(simulator: Simulator, state_directory: Path) -> None:
    protocol = guest_of(simulator)
    async with watched(protocol) as client:
        await client.until_caught_up()
        simulator.agent_say("one")
        await client.until(lambda: client.received)
        client.mark_read()
        await client.until(lambda: client.unread_count == 0)
    assert (state_directory / FILE_NAME).exists()

    simulator.agent_say("two")
    assert protocol.session_token is not None
    again = guest_of(simulator, session_token=protocol.session_token)
    async with watched(again) as client:
        await client.until_caught_up()

        assert [message.status for message in client.messages] == ["read", "unread"]
        assert client.unread_count == 1


# --- files ------------------------------------------------------------------------------------------------


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    return path


async def test_a_file_is_sent_with_its_progress(simulator: Simulator, picture: Path) -> None:
    async with connected(simulator) as client:
        delivery = client.send_file(picture, "see")
        sent = await delivery

        assert sent.text == "see"
        (attachment,) = sent.attachments
        assert (attachment.name, attachment.media_type, attachment.size_bytes) == (
            "a.png",
            "image/png",
            len(PNG),
        )
        progress = [event for event in client.told if isinstance(event, UploadProgressed)]
        assert [event.sent_bytes for event in progress] == [65536, 131072, 196608, len(PNG)]
        assert {(event.draft_id, event.total_bytes) for event in progress} == {(delivery.draft_id, len(PNG))}
        (upload,) = [entry for entry in simulator.log()["received"] if entry["kind"] == "file"]
        assert upload["size"] == len(PNG)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "4001"),
        ("a.svg", b"<svg/>", "4001"),
        ("a.png", b"", "4102"),
        ("a.png", PNG + b"x" * 1_000_000, "4002"),
        ("a.png", b"no picture", "4003"),
        ("a:b.png", PNG, "4004"),
    ],
)
async def test_a_file_that_is_refused_says_why(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    async with simulated(deployment={"max_file_size_kb": 300}) as simulator, connected(simulator) as client:
        with pytest.raises(DeliveryFailed) as caught:
            await client.send_file(path)

        assert caught.value.code == code
        assert received(simulator, "send") == []


async def test_an_address_that_expires_meanwhile_is_asked_for_again(picture: Path) -> None:
    async with simulated() as simulator, connected(simulator) as client:
        simulator.fault("error", status=403, path="/guest-files", count=1)
        sent = await client.send_file(picture)

        assert sent.attachments
        assert calls(simulator, "/guest-files") == {("PUT", 403): 1, ("PUT", 200): 1}


async def test_a_file_on_its_way_can_be_stopped_and_is_taken_back(
    simulator: Simulator, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()
    monkeypatch.setattr(guest_uploads, "_stored", lambda *_: arrived.set())
    async with connected(simulator) as client:
        delivery = client.send_file(picture, "see")
        await arrived.wait()
        client.discard(delivery.draft_id)
        with pytest.raises(DeliveryFailed, match="discarded"):
            await delivery
        sent = await client.send("after it")

        assert client.texts == ["after it"]
        assert sent.status == "sent"
        assert sent_texts(simulator) == ["after it"]
        (file,) = [entry for entry in simulator.log()["received"] if entry["kind"] == "file_deleted"]
        assert file["attachment_id"]
        assert not errors(client)


async def test_a_file_that_was_sent_cannot_be_taken_back(simulator: Simulator, picture: Path) -> None:
    async with connected(simulator) as client:
        delivery = client.send_file(picture, "see")
        await delivery
        with pytest.raises(ValueError, match="has gone out already: it is sent"):
            client.discard(delivery.draft_id)
        await client.send("after it")

        assert client.texts == ["see", "after it"]


async def test_a_file_that_nobody_confirms_is_brought_again_and_its_message_sent_once(
    simulator: Simulator, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._protocols.web_messaging.files.SCAN_S", 0.3)
    confirm, puts = guest_uploads._stored, []

    def confirm_the_second(*arguments: Any) -> None:
        puts.append(1)
        if len(puts) == 2:
            confirm(*arguments)

    monkeypatch.setattr(guest_uploads, "_stored", confirm_the_second)
    async with connected(simulator) as client:
        sent = await client.send_file(picture)

        assert sent.attachments
        assert len(puts) == 2
        assert len(received(simulator, "send")) == 1


async def test_an_address_to_download_from_can_be_had_anew(simulator: Simulator, picture: Path) -> None:
    async with connected(simulator) as client, httpx.AsyncClient(trust_env=False) as http:
        sent = await client.send_file(picture)
        client.refresh_attachments(sent)
        await client.until(lambda: client.messages[0].attachments != sent.attachments)

        urls = [message.attachments[0].url or "" for message in (sent, client.messages[0])]
        answers = [await http.get(url) for url in urls]
        assert [answer.status_code for answer in answers] == [403, 200]
        assert answers[1].content == PNG
        with pytest.raises(TypeError, match="must be a Message"):
            client.refresh_attachments(cast("Any", "m1"))


async def test_a_file_that_is_gone_or_not_the_same_when_it_is_sent_fails(
    simulator: Simulator, picture: Path
) -> None:
    grown = picture.with_name("grown.png")
    grown.write_bytes(PNG[:100_000])
    async with connected(simulator) as client:
        # No await between: on this loop, nothing is read before the file has changed.
        delivery = client.send_file(picture)
        picture.unlink()  # noqa: ASYNC240
        with pytest.raises(DeliveryFailed, match="cannot be read"):
            await delivery

        delivery = client.send_file(grown)
        grown.write_bytes(PNG)
        with pytest.raises(DeliveryFailed, match="has changed"):
            await delivery
        assert received(simulator, "send") == []
        with pytest.raises(FileNotFoundError):
            _ = client.send_file(picture)
        with pytest.raises(IsADirectoryError):
            _ = client.send_file(picture.parent)
        with pytest.raises(TypeError, match="text must be a str"):
            _ = client.send_file(picture, cast("Any", 7))


# --- guests who sign in -----------------------------------------------------------------------------------

VERIFIER = "v" * 43


async def signed_in(simulator: Simulator) -> GuestAuth:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    query = {
        "redirect_uri": "http://127.0.0.1/back",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "login_hint": "grace",
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(simulator.base_url + "/idp/authorize", params=query)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    return GuestAuth(code, query["redirect_uri"], VERIFIER)


SIGN_IN = {"auth_enabled": True, "allow_session_upgrade": True}


async def test_a_guest_who_has_signed_in_is_let_in_and_a_jwt_that_expired_is_renewed() -> None:
    async with (
        simulated(deployment=SIGN_IN) as simulator,
        connected(simulator, auth=await signed_in(simulator)) as client,
    ):
        await client.send("signed in")
        simulator.fault("expire_token")
        simulator.fault("drop")
        await client.until_status("reconnecting")
        await client.until_status("connected")

        assert (await client.send("again")).status == "sent"
        assert rejected(simulator, "configure")


async def test_a_guest_who_has_signed_in_with_an_id_token_is_let_in() -> None:
    query = {"redirect_uri": "http://127.0.0.1/back", "response_type": "id_token", "nonce": "n"}
    async with simulated(deployment=SIGN_IN) as simulator, httpx.AsyncClient(trust_env=False) as http:
        tokens = []
        for _ in range(2):
            answer = await http.get(simulator.base_url + "/idp/authorize", params=query)
            tokens += parse_qs(urlsplit(answer.headers["Location"]).fragment)["id_token"]
        async with connected(simulator, auth=GuestAuth.from_id_token(tokens[0], "n")) as client:
            assert (await client.send("signed in")).status == "sent"
        async with watched(guest_of(simulator, auth=GuestAuth.from_id_token(tokens[1], "other"))) as client:
            await client.until_status("failed")
            assert "sign in again" in detail_of(client)


async def test_a_message_that_meets_an_expired_sign_in_goes_out_once_it_is_renewed() -> None:
    async with (
        simulated(deployment=SIGN_IN) as simulator,
        connected(simulator, auth=await signed_in(simulator)) as client,
    ):
        simulator.fault("error", status=401, path="/v1/messages")

        sent = await client.send("patience")

        assert sent.status == "sent"
        assert sent_texts(simulator) == ["patience"]
        await eventually(lambda: len(received(simulator, "configure")) == 2)


async def test_a_code_that_was_used_is_refused_and_not_tried_again() -> None:
    async with simulated(deployment=SIGN_IN) as simulator:
        auth = await signed_in(simulator)
        async with connected(simulator, auth=auth):
            pass
        async with watched(guest_of(simulator, auth=auth)) as client:
            await client.until_status("failed")

            assert "sign in again" in detail_of(client)


async def test_the_same_guest_elsewhere_ends_this_connection() -> None:
    async with (
        simulated(deployment=SIGN_IN) as simulator,
        connected(simulator, auth=await signed_in(simulator)) as first,
        connected(simulator, auth=await signed_in(simulator)),
    ):
        await first.until_status("failed")

        assert "elsewhere" in detail_of(first)
