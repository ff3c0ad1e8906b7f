"""The faults of the control plane on the two real protocols: the same kinds, the same meaning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
import websockets

from ipygenesys.simulator.faults.garbage import PROTOCOLS, garbage_frames
from tests.simulator.clients.agent import AgentClient, working
from tests.simulator.clients.guest import GuestClient, visiting


@pytest_asyncio.fixture
async def guest() -> AsyncIterator[GuestClient]:
    async with visiting(guest_limits={"messages_per_s": 1000}) as guest:
        yield guest


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[AgentClient]:
    async with working() as agent:
        yield agent


# --- guests


async def test_drop_cuts_a_guest_and_its_session_is_found_again(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("drop")
    assert await socket.closed() == 1006
    guest.sim.agent_say("missed")
    again = await guest.open()
    assert not (await again.configure())["body"]["newSession"]
    page = (await guest.history(await guest.jwt(again))).json()
    assert [e["text"] for e in page["entities"]] == ["missed"]


async def test_half_open_holds_everything_back(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("half_open")
    await socket.send("onMessage", message={"type": "Text", "text": "hi"})
    pong = asyncio.ensure_future(await socket.socket.ping())
    fresh = await guest.connect()
    await (await fresh.socket.ping())
    assert (len(socket.raw), pong.done()) == (1, False)
    guest.sim.fault("clear")
    assert await socket.texts(1) == ["hi"]
    await asyncio.wait_for(pong, 20)


@pytest.mark.parametrize("status", [503, 403])
async def test_refuse_answers_a_guests_handshake(guest: GuestClient, status: int) -> None:
    guest.sim.fault("refuse", count=1, status=status)
    with pytest.raises(websockets.InvalidStatus) as caught:
        await guest.open()
    assert caught.value.response.status_code == status
    await guest.connect()


async def test_a_rate_limit_hits_the_action_on_its_path_only(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("rate_limit", path="/messages", count=1, retry_after=7)
    await socket.typing()
    frame = await socket.text("hi")
    assert (frame["class"], frame["body"]["retryAfter"]) == ("TooManyRequestsErrorMessage", 7)
    assert (await socket.text("hi"))["code"] == 200
    assert [e["status"] for e in guest.received("send")] == [429, 200]
    assert guest.received("typing")[0]["status"] == 200


async def test_a_rate_limit_on_configuring(guest: GuestClient) -> None:
    guest.sim.fault("rate_limit", path="/v1/configureSession", count=1, retry_after=3)
    socket = await guest.open()
    assert (await socket.configure())["body"]["retryAfter"] == 3
    assert (await socket.configure())["class"] == "SessionResponse"


async def test_an_error_is_answered_and_not_executed(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("error", status=500, path="/messages", message="Oops")
    frame = await socket.text("hi")
    assert (frame["class"], frame["code"], frame["body"]) == ("string", 500, "Oops")
    assert guest.sent("echo") == []


async def test_a_fault_without_a_path_leaves_the_handshake_alone(guest: GuestClient) -> None:
    guest.sim.fault("error", status=500)
    socket = await guest.open()
    assert (await socket.configure())["code"] == 500


async def test_a_lost_answer_cuts_the_socket_after_the_message_was_taken(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("lose_answer", path="/messages")
    await socket.send("onMessage", message={"type": "Text", "text": "hi"})
    assert await socket.closed() == 1006
    assert socket.messages() == []
    assert [e["text"] for e in guest.sent("echo")] == ["hi"]
    assert guest.received("send")[0]["lost"]


async def test_duplicates_have_the_same_id_and_order_can_be_wrong(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("duplicate")
    guest.sim.agent_say("twice")
    await socket.texts(2)
    assert len({m["id"] for m in socket.messages()}) == 1
    guest.sim.fault("clear")
    guest.sim.fault("reorder", event_type="message")
    guest.sim.agent_say("m", count=4)
    assert (await socket.texts(6))[2:] == ["m 2", "m 1", "m 4", "m 3"]


async def test_shuffled_frames_can_be_put_in_order_by_their_times(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("reorder")
    for text in ("a", "b", "c", "d"):
        guest.sim.agent_say(text)
        await asyncio.sleep(0.002)
    await socket.texts(4)
    ordered = sorted(socket.messages(), key=lambda m: m["channel"]["time"])
    assert [m["text"] for m in ordered] == ["a", "b", "c", "d"]


async def test_delay_holds_frames_back(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("delay", ms=60)
    before = asyncio.get_running_loop().time()
    await socket.text("hi")
    assert asyncio.get_running_loop().time() - before >= 0.06


async def test_garbage_does_not_end_the_conversation(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("garbage", bytes=100_000)
    guest.sim.fault("garbage")
    await socket.until(lambda: len(socket.raw) > 20)
    assert len(socket.raw[1]) == 100_000
    assert "<html>502 Bad Gateway</html>" in socket.raw
    await socket.socket.send("[]")


# --- agents


async def test_drop_and_a_second_socket_on_the_same_channel(agent: AgentClient) -> None:
    channel = await agent.channel()
    await agent.subscribe(channel["id"], agent.topic("conversations.messages"))
    socket = await agent.open(channel["connectUri"])
    await socket.settled()
    agent.sim.fault("drop", code=1001)
    assert await socket.closed() == 1001
    agent.sim.customer_say("missed")
    again = await agent.open(channel["connectUri"])
    await again.settled()
    agent.sim.customer_say("heard")
    await again.wait_for("conversations.messages")
    assert len(again.named()) == 2, "the event names what was missed too, as it names the newest messages"


async def test_half_open_and_refuse_on_channels(agent: AgentClient) -> None:
    channel = await agent.channel()
    await agent.subscribe(channel["id"], agent.topic("conversations.messages"))
    socket = await agent.open(channel["connectUri"])
    await socket.settled()
    agent.sim.fault("half_open")
    agent.sim.customer_say("hello")
    await agent.http.get("/api/v2/users/me")
    assert socket.named() == []
    agent.sim.fault("clear")
    await socket.wait_named(1)
    agent.sim.fault("refuse", count=1)
    with pytest.raises(websockets.InvalidStatus):
        await agent.open(channel["connectUri"])
    await agent.open(channel["connectUri"])


async def test_an_error_without_a_path_leaves_logins_and_sockets_alone(agent: AgentClient) -> None:
    channel = await agent.channel()
    agent.sim.fault("error", status=500)
    await agent.client_credentials()
    await agent.open(channel["connectUri"])
    assert (await agent.http.get("/api/v2/users/me")).status_code == 500


async def test_a_lost_answer_to_a_send_was_executed(agent: AgentClient) -> None:
    path = f"{await agent.communication()}/messages"
    agent.sim.fault("lose_answer", path="/messages", method="POST")
    with pytest.raises(httpx.TransportError):
        await agent.http.post(path, json={"textBody": "hi"})
    assert [e["text"] for e in agent.sent("message")] == ["hi"]
    assert agent.received("send")[0]["lost"]


@pytest.mark.parametrize("retry_after", [2, None])
async def test_a_rate_limit_with_and_without_a_header(agent: AgentClient, retry_after: int | None) -> None:
    agent.sim.fault("rate_limit", path="/typing", retry_after=retry_after)
    answer = await agent.typing()
    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == (None if retry_after is None else str(retry_after))


async def test_duplicated_and_reordered_notifications(agent: AgentClient) -> None:
    socket = await agent.watch()
    agent.sim.fault("duplicate")
    [message_id] = agent.sim.customer_say("twice")
    await socket.wait_for("conversations.messages", 2)
    assert socket.named() == [message_id]
    assert len({f["metadata"]["CorrelationId"] for f in socket.frames if "metadata" in f}) == 1
    agent.sim.fault("clear")
    agent.sim.fault("reorder", event_type="typing", hold_s=0.01)
    agent.sim.customer_typing()
    await socket.wait_for("conversations.inbound.typing.event")


async def test_garbage_on_a_channel(agent: AgentClient) -> None:
    socket = await agent.watch()
    agent.sim.fault("garbage", only=["not_json", "status_unknown"])
    await socket.until(lambda: len(socket.raw) == 3)
    assert socket.raw[1] == "<html>502 Bad Gateway</html>"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_wire_has_its_own_garbage(protocol: str) -> None:
    frames = dict(garbage_frames("c", only=None, size=None, protocol=protocol))
    assert len(frames) > 15
    [(name, big)] = garbage_frames("c", only=None, size=5000, protocol=protocol)
    assert (name, len(big)) == ("big", 5000)


def test_garbage_that_no_wire_has_is_an_error_and_that_of_another_wire_is_left_out() -> None:
    with pytest.raises(ValueError, match="hologram"):
        list(garbage_frames("c", only=["hologram"], size=None))
    assert list(garbage_frames("c", only=["typing_string"], size=None, protocol="web-messaging")) == []


# --- both


async def test_a_reset_closes_everything_and_keeps_tokens(agent: AgentClient) -> None:
    socket = await agent.watch()
    async with GuestClient(agent.sim) as guest:
        visitor = await guest.connect()
        await visitor.text("hello")
        agent.sim.reset()
        assert (await socket.closed(), await visitor.closed()) == (1012, 1012)
        fresh = await guest.open()
        assert (await fresh.configure())["body"]["newSession"]
    assert (await agent.http.get("/api/v2/users/me")).status_code == 200
    assert agent.sim.log()["sent"] == []


async def test_every_entry_of_the_log_names_its_protocol(agent: AgentClient) -> None:
    await agent.watch()
    async with GuestClient(agent.sim) as guest:
        visitor = await guest.connect()
        await visitor.text("hello")
        await agent.send("hi")
        await agent.typing()
    log = agent.sim.log()
    names = {"messaging-events", "web-messaging", "agent-messaging"}
    for part in ("received", "connections"):
        assert {e["protocol"] for e in log[part]} <= names
    assert {n for e in log["sent"] for n in e["protocol"].split(",")} <= names
    assert [e["protocol"] for e in log["received"] if e["kind"] in ("send", "typing")] == [
        "web-messaging",
        "agent-messaging",
        "agent-messaging",
    ]
