"""The agent's client against the simulator, on real sockets."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ipygenesys import (
    AccessToken,
    AgentMessaging,
    Client,
    ClientCredentials,
    DeliveryFailed,
    PermissionDenied,
    UploadProgressed,
    UserLogin,
    WebMessaging,
)
from ipygenesys._core.machines.silence import SilenceWatch
from ipygenesys._core.model.effects import Call
from ipygenesys._core.model.events import StatusChanged
from ipygenesys._core.model.inputs import TokenRenewed
from ipygenesys._core.model.operations import CheckHealth
from ipygenesys._core.session import reading
from ipygenesys._protocols.base import Adapter
from ipygenesys.credentials import Credentials
from ipygenesys.simulator import Simulator
from ipygenesys.simulator.web_messaging import uploads as guest_uploads
from tests.io.watch import Watched, calls, connections, eventually, received
from tests.io.watch import connected as tutorial

CHANNELS = "/api/v2/notifications/channels"


def browser(address: str) -> bool:
    """A person who is logged in already: the page sends the browser straight back."""
    urllib.request.urlopen(address, timeout=5).read()
    return True


def login(simulator: Simulator, **options: Any) -> UserLogin:
    return UserLogin(
        simulator.client_id, redirect_port=0, redirect_host="127.0.0.1", open_browser=browser, **options
    )


class WatchedAgent(Watched):
    """The same for any protocol."""

    def __init__(self, protocol: Adapter) -> None:
        super().__init__(protocol)


def agent(simulator: Simulator, credentials: Credentials | None = None, **changes: Any) -> WatchedAgent:
    options: dict[str, Any] = {
        "base_url": simulator.base_url,
        "conversation_id": simulator.conversation_id,
        "credentials": credentials or login(simulator),
    }
    return WatchedAgent(AgentMessaging(**{**options, **changes}))


@asynccontextmanager
async def connected(simulator: Simulator, **changes: Any) -> AsyncIterator[WatchedAgent]:
    async with agent(simulator, **changes) as client:
        await client.until_caught_up()
        yield client


@asynccontextmanager
async def both_sides(simulator: Simulator) -> AsyncIterator[tuple[WatchedAgent, WatchedAgent]]:
    guest = WatchedAgent(WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id))
    async with guest, connected(simulator) as agent_side:
        await guest.until_status("connected")
        yield guest, agent_side


async def hears(client: Watched, text: str) -> None:
    await client.until(lambda: text in client.texts)


# --- the two sides ----------------------------------------------------------------------------------------


async def test_a_guest_and_an_agent_hold_a_conversation(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who answers has read: history, which has to confirm that, would name once more all that was said in that second.
    monkeypatch.setattr(reading, "CONFIRM_READ_S", 60.0)
    async with both_sides(simulator) as (guest, agent_side):
        for turn in range(4):
            await guest.send(f"question {turn}")
            await hears(agent_side, f"question {turn}")
            await agent_side.send(f"answer {turn}")
            await hears(guest, f"answer {turn}")
        expected = [f"{word} {turn}" for turn in range(4) for word in ("question", "answer")]
        await guest.until(lambda: guest.texts == expected)
        await agent_side.until(lambda: agent_side.texts == expected)
        assert [m.is_own for m in agent_side.messages] == [not m.is_own for m in guest.messages]
        assert agent_side.received == [text for text in expected if text.startswith("question")]
        # A notification that overtakes the answer of its send names once more what the answer brings.
        assert agent_side.counters.get("duplicate", 0) <= 4
    assert [entry["text"] for entry in received(simulator, "send")] == expected


async def test_typing_shows_on_the_other_side_both_ways(simulator: Simulator) -> None:
    async with both_sides(simulator) as (guest, agent_side):
        guest.set_typing(True)
        await agent_side.until(lambda: len(agent_side.typing) == 1)
        agent_side.set_typing(True)
        await guest.until(lambda: len(guest.typing) == 1)
        await guest.send("done")
        await agent_side.until(lambda: not agent_side.typing)


async def test_a_message_of_ours_goes_from_sending_to_delivered(simulator: Simulator) -> None:
    async with both_sides(simulator) as (_, agent_side):
        message = await agent_side.send("hello")
        assert (message.is_own, message.role) == (True, "agent")
        await agent_side.until(lambda: agent_side.messages[0].status == "delivered")
        assert len(agent_side.messages) == 1


async def test_what_the_guest_reacted_to_is_inferred_to_be_seen_if_that_is_wanted(
    simulator: Simulator,
) -> None:
    guest = WatchedAgent(WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id))
    async with guest, connected(simulator, infer_seen=True) as agent_side:
        await guest.until_status("connected")
        await agent_side.send("hello")
        await agent_side.until(lambda: agent_side.messages[0].status == "delivered")
        assert not agent_side.messages[0].is_seen_inferred
        guest.set_typing(True)
        await agent_side.until(lambda: agent_side.messages[0].is_seen_inferred)
        assert agent_side.messages[0].status == "delivered"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 200_000)
    return path


async def test_a_file_of_an_agent_reaches_the_guest_with_its_progress(
    simulator: Simulator, picture: Path
) -> None:
    async with both_sides(simulator) as (guest, agent_side):
        assert "attachments" in agent_side.capabilities
        delivery = agent_side.send_file(picture, "your invoice")
        sent = await delivery
        await hears(guest, "your invoice")

        assert [file.name for file in sent.attachments] == ["a.png"]
        assert [(m.text, len(m.attachments)) for m in agent_side.messages] == [("", 1), ("your invoice", 0)]
        assert [(m.text, len(m.attachments)) for m in guest.messages] == [("", 1), ("your invoice", 0)]
        progress = [event for event in agent_side.told if isinstance(event, UploadProgressed)]
        assert progress[-1].sent_bytes == progress[-1].total_bytes == 200_008
        assert {event.draft_id for event in progress} == {delivery.draft_id}


async def test_a_file_goes_up_without_our_token(
    simulator: Simulator, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_token, send = defaultdict[bool, set[bool]](set), httpx.AsyncClient.send

    async def noted(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        with_token[request.url.path.startswith("/guest-files/")].add("Authorization" in request.headers)
        return await send(client, request, **options)

    monkeypatch.setattr(httpx.AsyncClient, "send", noted)
    async with connected(simulator) as client:
        await client.send_file(picture)
    assert with_token[True] == {False} and True in with_token[False]


async def test_a_file_of_an_agent_that_the_server_refuses_says_why(
    simulator: Simulator, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"no picture")
    async with connected(simulator) as client:
        with pytest.raises(DeliveryFailed) as caught:
            await client.send_file(path)
        assert caught.value.code == "media.invalid"
        assert received(simulator, "send") == []


async def test_an_agents_upload_can_be_stopped(
    simulator: Simulator, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()
    monkeypatch.setattr(guest_uploads, "_stored", lambda *_: arrived.set())
    async with connected(simulator) as client:
        delivery = client.send_file(picture)
        await arrived.wait()
        client.discard(delivery.draft_id)
        with pytest.raises(DeliveryFailed, match="discarded"):
            await delivery
        await client.send("after it")
        assert client.texts == ["after it"]


async def test_an_agents_text_that_is_too_long_fails_with_its_limit(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        with pytest.raises(DeliveryFailed, match="4000 characters") as caught:
            await client.send("x" * 4001)
        assert caught.value.code == "text.too.long"
        assert received(simulator, "send") == []


async def test_the_guest_reads_that_the_agent_has_left(simulator: Simulator) -> None:
    async with both_sides(simulator) as (guest, agent_side):
        await guest.send("hello")
        await agent_side.until(lambda: agent_side.texts == ["hello"])
        await agent_side.disconnect()
        await agent_side.until_status("read_only")
        await guest.until_status("read_only")
        await agent_side.wrap_up("solved", "all well")
    assert received(simulator, "wrapup")
    assert received(simulator, "disconnect")


# --- opening ----------------------------------------------------------------------------------------------


async def test_an_app_watches_and_cannot_write(simulator: Simulator) -> None:
    app = ClientCredentials(simulator.client_id, simulator.client_secret)
    guest = WatchedAgent(WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id))
    async with guest, agent(simulator, app) as watcher:
        await watcher.until_status("connected")
        assert watcher.capabilities == {"history"}
        assert not watcher.can_send
        await guest.until_status("connected")
        assert guest.can_send
        await guest.send("is anybody there?")
        await watcher.until(lambda: watcher.texts == ["is anybody there?"])
        with pytest.raises(DeliveryFailed, match="UserLogin"):
            await watcher.send("yes")


async def test_who_watches_is_told_of_an_outage_and_of_the_end_as_everybody_else(
    simulator: Simulator,
) -> None:
    app = ClientCredentials(simulator.client_id, simulator.client_secret)
    async with connected(simulator) as taking_part, agent(simulator, app) as watcher:
        await watcher.until_status("connected")
        simulator.fault("refuse", status=503)
        simulator.fault("drop")
        for client in (taking_part, watcher):
            await client.until_status("reconnecting")
            with pytest.raises(TimeoutError, match=r"There is no connection: (The|Opening the) event stream"):
                await Client.until(client, lambda: False, timeout=0.01)
        assert (taking_part.can_send, watcher.can_send) == (True, False)
        simulator.fault("clear")
        for client in (taking_part, watcher):
            client.reconnect()
            await client.until_status("connected")
        simulator.set_conversation("disconnected")
        for client in (taking_part, watcher):
            await client.until_status("read_only")
            with pytest.raises(TimeoutError, match=r"0.01 s\. The conversation is over\.$"):
                await Client.until(client, lambda: False, timeout=0.01)


async def test_a_token_without_a_user_is_named_as_such_with_the_cure(simulator: Simulator) -> None:
    async with agent(simulator, AccessToken(await app_token(simulator))) as client:
        await client.until_status("failed")
        failure = client._gateway.session.connection.failure
        assert failure is not None and failure.kind == "permission"
        assert "UserLogin" in failure.message
        assert failure.correlation_id


async def app_token(simulator: Simulator) -> str:
    """What client credentials give; it has no user."""
    from ipygenesys._io.host.clock import SystemClock
    from ipygenesys._io.rest.client import RestClient
    from ipygenesys._io.rest.tokens import TokenProvider

    protocol = AgentMessaging(
        base_url=simulator.base_url,
        conversation_id="x",
        credentials=ClientCredentials(simulator.client_id, simulator.client_secret),
    )
    rest = RestClient(simulator.base_url, clock=SystemClock(), decode_error=protocol.decode_error)
    tokens = TokenProvider(
        protocol.credentials,
        rest=rest,
        token_url=protocol.endpoints.token_url,
        scopes=(),
        clock=SystemClock(),
        on_renewed=lambda: None,
    )
    try:
        return await tokens.get()
    finally:
        await rest.aclose()


async def test_an_unknown_conversation_is_not_found(simulator: Simulator) -> None:
    async with agent(simulator, conversation_id="00000000-0000-0000-0000-000000000000") as client:
        await client.until_status("failed")
        failure = client._gateway.session.connection.failure
        assert failure is not None and failure.kind == "not_found"


async def test_history_is_there_when_we_come(simulator: Simulator) -> None:
    guest = WatchedAgent(WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id))
    async with guest:
        await guest.until_status("connected")
        await guest.send("before you came")
        async with connected(simulator) as agent_side:
            assert agent_side.texts == ["before you came"]
            assert agent_side.received == []


# --- what may not be done ---------------------------------------------------------------------------------


async def test_messages_of_one_second_stand_in_the_providers_order_live_and_after_a_reload() -> None:
    said = [f"line {number}" for number in range(12)]
    async with Simulator(scenario="manual", speed=20, agent_api={"time_step_s": 1}) as simulator:
        async with connected(simulator) as client:
            for text in said:
                simulator.customer_say(text)
            await client.until(lambda: len(client.received) == 12)
            assert client.texts == client.received == said
        async with connected(simulator) as client:
            assert client.texts == said


async def test_why_a_message_was_not_delivered_is_said_live_and_after_a_reload() -> None:
    why = "The customer has opted out."
    async with Simulator(scenario="manual", speed=20, agent_api={"delivery_error": why}) as simulator:
        async with connected(simulator) as client:
            sent = client.send("hello")
            await client.until(lambda: sent.status == "failed")
            assert client.messages[0].error == why
        async with connected(simulator) as client:
            assert [(message.status, message.error) for message in client.messages] == [("failed", why)]


async def test_a_message_that_the_customer_takes_back_says_nothing_any_more(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        (message_id,) = simulator.customer_say("my card is 4111…")
        await client.until(lambda: client.texts == ["my card is 4111…"])
        simulator.customer_withdraw(message_id)
        await client.until(lambda: client.messages[0].is_withdrawn)
        assert client.texts == [""]
    async with connected(simulator) as client:
        assert [(message.text, message.is_withdrawn) for message in client.messages] == [("", True)]


async def test_a_lost_answer_is_resolved_though_content_does_not_name_its_author() -> None:
    async with Simulator(scenario="manual", speed=20, agent_api={"names_creators": False}) as simulator:
        async with connected(simulator) as client:
            simulator.fault("lose_answer", path="/messages", method="POST")
            await client.send("only once")
            assert client.texts == ["only once"]
        async with connected(simulator) as client:
            assert [message.is_own for message in client.messages] == [True]


async def test_a_missing_permission_to_watch_is_named(simulator: Simulator) -> None:
    simulator.set_agent_api(permissions=["messaging:setting:view"])
    async with agent(simulator) as client:
        await client.until_status("failed")
        failure = client._gateway.session.connection.failure
        assert failure is not None and failure.kind == "permission"
        assert "conversation:communication:view" in failure.message
        assert failure.correlation_id


async def test_a_missing_permission_to_send_is_named_any_of_those_that_would_do(simulator: Simulator) -> None:
    wanted = ["conversation:communication:view", "conversation:message:view"]
    simulator.set_agent_api(permissions=wanted)
    async with connected(simulator) as client:
        with pytest.raises(
            DeliveryFailed, match="conversation:message:create or conversation:webmessaging:create"
        ):
            await client.send("hello")
        client.set_typing(True)
        await client.until(lambda: "send_typing" not in client.capabilities)


async def test_a_refused_topic_names_the_permission(simulator: Simulator) -> None:
    simulator.set_agent_api(forbidden_topics=[f"v2.users.{simulator.user_id}.conversations.messages"])
    async with agent(simulator) as client:
        await client.until_status("failed")
        failure = client._gateway.session.connection.failure
        assert failure is not None and failure.kind == "permission"
        assert "conversation:message:view" in failure.message


async def test_a_refused_typing_topic_is_no_failure(simulator: Simulator) -> None:
    simulator.set_agent_api(forbidden_topics=[f"v2.users.{simulator.user_id}.conversations.inbound"])
    async with connected(simulator) as client:
        assert "receive_typing" not in client.capabilities


async def test_an_offered_conversation_is_answered_first(simulator: Simulator) -> None:
    simulator.set_agent_api(state="alerting")
    async with (
        Simulator(scenario="manual", agent_api={"state": "alerting"}) as other,
        connected(other) as client,
    ):
        assert "send_typing" not in client.capabilities
        assert (client.status, client.can_send) == ("connected", False)
        with pytest.raises(DeliveryFailed, match=r"answer\(\)"):
            await client.send("too early")
        await client.answer()
        assert "send_typing" in client.capabilities
        assert client.can_send
        await client.send("in time")


# --- streams that end -------------------------------------------------------------------------------------


async def test_after_a_drop_the_same_channel_goes_on_and_nothing_is_lost(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop")
        simulator.customer_say("said meanwhile")
        await client.until(lambda: "said meanwhile" in client.texts)
        await client.until_status("connected")
        assert client.texts == ["said meanwhile"]
    assert calls(simulator, CHANNELS)["POST", 200] == 1


async def test_a_socket_that_is_about_to_close_moves_without_a_gap(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("socket_closing", seconds=0.3)
        for number in range(20):
            simulator.customer_say(f"text {number}")
            await asyncio.sleep(0.02)
        await client.until(lambda: len(client.texts) == 20 and None not in client.texts)
        await asyncio.sleep(0.3)
        assert client.status == "connected"
        statuses = [event.status for event in client.told if isinstance(event, StatusChanged)]
        assert "failed" not in statuses
    assert calls(simulator, CHANNELS)["POST", 200] == 1


async def test_subscriptions_that_were_ended_are_made_again_on_a_new_channel(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("no_longer_subscribed")
        await eventually(lambda: calls(simulator, CHANNELS)["POST", 200] == 2)
        await eventually(lambda: len(connections(simulator, "closed")) == 1)
        simulator.customer_say("hello again")
        await client.until(lambda: client.texts == ["hello again"])
        assert client.status == "connected"


async def test_who_is_left_without_topics_again_says_so_and_when_it_comes_back(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("no_longer_subscribed")
        await eventually(lambda: len(connections(simulator, "closed")) == 1)
        assert client.status == "connected"
        simulator.fault("no_longer_subscribed")
        await client.until_status("reconnecting")
        told = [event for event in client.told if isinstance(event, StatusChanged)][-1]
        assert "channel was taken over or replaced" in str(told.detail)
        assert told.retry_in_s is not None and 20 < told.retry_in_s < 45
    assert calls(simulator, CHANNELS)["POST", 200] == 2


async def test_a_revoked_token_of_a_login_is_renewed(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("token_revoked")
        await client.until_status("reconnecting")
        await client.until_status("connected")
        await client.send("still here")


async def test_a_revoked_token_that_cannot_be_renewed_is_the_end_with_a_cure(simulator: Simulator) -> None:
    async with connected(simulator, credentials=AccessToken(simulator.agent_access_token())) as client:
        simulator.fault("token_revoked")
        await client.until_status("failed")
        failure = client._gateway.session.connection.failure
        assert failure is not None and failure.kind == "authentication"
        assert "valid credentials" in failure.message


async def test_who_is_driven_off_takes_another_channel_and_then_waits(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("drop", code=1000)
        await client.until_status("reconnecting")
        await client.until_status("connected")
        simulator.fault("drop", code=1000)
        await eventually(lambda: "20 channels" in str(client._gateway.session.connection.failure))
        assert client.status == "reconnecting"
    assert calls(simulator, CHANNELS)["POST", 200] == 2


async def test_two_who_may_have_one_channel_do_not_race(simulator: Simulator) -> None:
    simulator.set_agent_api(max_channels=1)
    async with connected(simulator), agent(simulator) as other:
        await other.until(lambda: other.status in ("connected", "reconnecting", "connecting"))
        await asyncio.sleep(0.5)
        assert other.status != "failed"
    assert calls(simulator, CHANNELS)["POST", 200] <= 4


async def test_a_move_that_fails_leaves_the_stream_alone(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("error", status=500, path=CHANNELS, count=3)
        client._gateway.take(TokenRenewed())
        await eventually(lambda: calls(simulator, CHANNELS)["POST", 500] >= 1)
        simulator.customer_say("on the old stream")
        await client.until(lambda: client.texts == ["on the old stream"])
        assert client.status == "connected"


async def test_a_server_that_falls_silent_is_left_for_a_new_stream(simulator: Simulator) -> None:
    async with agent(simulator) as client:
        client._gateway.session._stream.silence = SilenceWatch(0.3)
        await client.until_caught_up()
        await client.until_status("reconnecting")
        failure = client._gateway.session.connection.failure
        assert failure is not None and "heartbeat" in failure.message


async def test_a_program_that_stood_still_for_longer_than_a_silence_may_last_keeps_its_stream() -> None:
    running = Simulator(scenario="manual", agent_api={"heartbeat_s": 0.05})
    simulator = await asyncio.to_thread(running.start)
    try:
        async with connected(simulator) as client:
            silence = client._gateway.session._stream.silence = SilenceWatch(0.4)
            silence.heard(client._gateway.clock.monotonic())
            for number in range(3):
                client._gateway.settle()  # The timer stands at the end of the silence.
                time.sleep(0.8)  # noqa: ASYNC251 - heartbeats wait in the socket meanwhile
                await asyncio.to_thread(simulator.customer_say, f"number {number}")
                await hears(client, f"number {number}")
            assert not [e for e in client.told if isinstance(e, StatusChanged) and e.status == "reconnecting"]
    finally:
        await asyncio.to_thread(running.stop)


async def test_a_ping_is_answered(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        before = client._gateway.session._stream.silence.next_deadline()
        client._gateway._perform(Call(CheckHealth()))
        await eventually(lambda: client._gateway.session._stream.silence.next_deadline() != before)


# --- messages ---------------------------------------------------------------------------------------------


async def test_a_burst_is_fetched_in_few_calls_each_message_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        for number in range(60):
            simulator.customer_say(f"text {number}")
        # Of messages of one millisecond, the id decides which stands first.
        await client.until(lambda: {*client.texts} == {f"text {n}" for n in range(60)})
        assert sorted(client.received, key=str) == sorted(client.texts, key=str)
    assert sum(calls(simulator, "/messages/bulk").values()) < 40


async def test_a_lost_answer_is_resolved_and_sent_once(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("lose_answer", path="/communications/", count=1)
        delivery = client.send("only once")
        await client.until(lambda: [m.is_draft for m in client.messages] == [False])
        assert client.texts == ["only once"]
        assert delivery.status in ("sent", "delivered")
    assert [entry["text"] for entry in received(simulator, "send")] == ["only once"]


async def test_frames_in_any_order_and_twice_give_the_same_conversation(simulator: Simulator) -> None:
    async with connected(simulator) as client:
        simulator.fault("duplicate")
        simulator.fault("reorder")
        simulator.fault("garbage")
        for number in range(20):
            simulator.customer_say(f"text {number}")
            await asyncio.sleep(0.002)
        simulator.fault("clear")
        await client.until(lambda: client.texts == [f"text {n}" for n in range(20)])
        assert client.status == "connected"


async def test_a_login_that_is_refused_is_an_error_with_its_cure(simulator: Simulator) -> None:
    def refusing(address: str) -> bool:
        from urllib.parse import parse_qs, urlsplit

        query = parse_qs(urlsplit(address).query)
        target = f"{query['redirect_uri'][0]}?error=access_denied&state={query['state'][0]}"
        return browser(target)

    credentials = UserLogin(
        simulator.client_id, redirect_port=0, redirect_host="127.0.0.1", open_browser=refusing
    )
    async with agent(simulator, credentials) as client:
        await client.until_status("failed")
        failure = client._gateway.session.connection.failure
        assert failure is not None and not failure.is_transient
        assert "refused" in failure.message


# --- verbs elsewhere --------------------------------------------------------------------------------------


async def test_who_is_no_agent_cannot_act_as_one(simulator: Simulator) -> None:
    protocol = WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
    async with Client(protocol) as guest, tutorial(simulator) as other:
        with pytest.raises(TypeError, match="AgentMessaging"):
            _ = guest.answer()
        with pytest.raises(TypeError, match="AgentMessaging"):
            _ = guest.wrap_up("code")
        with pytest.raises(TypeError, match="AgentMessaging"):
            _ = other.disconnect()


async def test_an_action_that_is_refused_is_an_error(simulator: Simulator) -> None:
    app = ClientCredentials(simulator.client_id, simulator.client_secret)
    async with agent(simulator, app) as client:
        await client.until_status("connected")
        outcome = client.disconnect()
        with pytest.raises(PermissionDenied, match="UserLogin"):
            await outcome
        assert repr(outcome) == "<Outcome failed>"
