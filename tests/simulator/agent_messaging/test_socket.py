"""Notification channels over real sockets: heartbeats, notices, subscriptions, ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import websockets

from tests.simulator.clients.agent import CHANNELS, AgentClient, working
from tests.simulator.serving.test_rest import assert_genesys_error


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[AgentClient]:
    async with working() as agent:
        yield agent


async def test_a_ping_is_answered_on_the_metadata_topic(agent: AgentClient) -> None:
    socket = await agent.open((await agent.channel())["connectUri"])
    await socket.say({"message": "ping"})
    assert await socket.wait_for("channel.metadata") == [{"message": "pong"}]


async def test_heartbeats_come_by_themselves() -> None:
    async with working(agent_api={"heartbeat_s": 0.02}) as agent:
        socket = await agent.open((await agent.channel())["connectUri"])
        bodies = await socket.wait_for("channel.metadata", 3)
        assert bodies[0] == {"message": "WebSocket Heartbeat"}


async def test_a_channel_without_topics_gets_no_events(agent: AgentClient) -> None:
    socket = await agent.open((await agent.channel())["connectUri"])
    agent.sim.customer_say("hello")
    await socket.settled()
    assert len(socket.frames) == 1


async def test_a_subscription_on_an_open_socket_works_at_once(agent: AgentClient) -> None:
    channel = await agent.channel()
    socket = await agent.open(channel["connectUri"])
    await agent.subscribe(channel["id"], agent.topic("conversations.messages"))
    agent.sim.customer_say("hello")
    await socket.wait_for("conversations.messages")


async def test_the_queue_and_the_generic_form_have_their_own_frames(agent: AgentClient) -> None:
    queue_id = (await agent.part())["queueId"]
    channel = await agent.channel()
    queue = f"v2.routing.queues.{queue_id}.conversations.messages"
    await agent.subscribe(channel["id"], queue, agent.topic("conversations"))
    socket = await agent.open(channel["connectUri"])
    await socket.settled()
    [message_id] = agent.sim.customer_say("hello")
    [by_queue] = await socket.wait_for(queue)
    [generic] = await socket.wait_for("conversations")
    assert by_queue["participants"][1]["messages"][0]["message"]["id"] == message_id
    assert generic["participants"][1]["messages"][0]["messages"][0]["messageId"] == message_id


async def test_an_event_names_the_newest_messages_and_the_one_it_is_about(agent: AgentClient) -> None:
    first = (await agent.send("first")).json()["id"]
    socket = await agent.watch("conversations.messages")
    agent.sim.customer_say("m", count=30)
    await socket.wait_for("conversations.messages", 30)
    before = len(socket.frames)
    agent.sim.customer_read(first)
    await socket.until(lambda: len(socket.frames) > before)
    body = socket.frames[-1]["eventBody"]
    named = [m["message"]["id"] for p in body["participants"] for m in p["messages"]]
    assert first in named
    assert len(named) <= 11


async def test_one_forbidden_topic_fails_all_unless_errors_are_ignored(agent: AgentClient) -> None:
    agent.sim.set_agent_api(permissions=[])
    channel_id = (await agent.channel())["id"]
    mine, foreign = agent.topic("conversations.messages"), "v2.users.somebody.conversations.messages"
    answer = await agent.subscribe(channel_id, mine, foreign)
    assert_genesys_error(answer, 403)
    assert "conversation:message:view" in answer.json()["message"]
    listed = await agent.http.get(f"{CHANNELS}/{channel_id}/subscriptions")
    assert listed.json() == {"entities": []}
    answer = await agent.subscribe(channel_id, mine, foreign, ignoreErrors="true")
    [permitted, rejected] = answer.json()["entities"]
    assert (permitted["state"], rejected["state"]) == ("Permitted", "Rejected")
    assert rejected["rejectionReason"]
    assert rejected["missingPermissions"] == ["conversation:message:view", "conversation:webmessaging:view"]


async def test_a_topic_that_does_not_exist_is_400(agent: AgentClient) -> None:
    channel_id = (await agent.channel())["id"]
    assert_genesys_error(await agent.subscribe(channel_id, "v2.conversations.messages.x"), 400)
    assert_genesys_error(await agent.http.post(f"{CHANNELS}/{channel_id}/subscriptions", json={}), 400)


async def test_more_than_a_thousand_topics_are_400(agent: AgentClient) -> None:
    channel_id = (await agent.channel())["id"]
    topics = [f"v2.users.u{n}.presence" for n in range(1001)]
    assert_genesys_error(await agent.subscribe(channel_id, *topics), 400)
    assert (await agent.subscribe(channel_id, *topics[:1000])).status_code == 200


@pytest.mark.parametrize("form", ["{}?presence&conversations.messages", "{}.conversations.messages"])
async def test_a_topic_is_answered_and_listed_as_it_was_asked_for(agent: AgentClient, form: str) -> None:
    topic = form.format(f"v2.users.{agent.sim.user_id}")
    channel_id = (await agent.channel())["id"]
    answer = await agent.subscribe(channel_id, topic)
    listed = await agent.http.get(f"{CHANNELS}/{channel_id}/subscriptions")
    assert [e["id"] for e in answer.json()["entities"]] == [topic]
    assert listed.json() == answer.json()


async def test_events_of_a_combined_topic_come_under_the_names_it_stands_for(agent: AgentClient) -> None:
    channel = await agent.channel()
    await agent.subscribe(channel["id"], f"v2.users.{agent.sim.user_id}?presence&conversations.messages")
    socket = await agent.open(channel["connectUri"])
    await socket.settled()
    agent.sim.customer_say("Hello")
    assert await socket.wait_for("conversations.messages")


async def test_a_channel_of_another_client_is_not_found(agent: AgentClient) -> None:
    channel_id = (await agent.channel())["id"]
    agent.use(await agent.client_credentials())
    assert_genesys_error(await agent.http.get(f"{CHANNELS}/{channel_id}"), 404)
    assert (await agent.http.get(CHANNELS)).json() == {"entities": []}


async def test_channels_can_be_listed_for_a_token_alone(agent: AgentClient) -> None:
    first = (await agent.channel())["id"]
    agent.use(agent.sim.agent_access_token())
    second = (await agent.channel())["id"]

    async def listed(**query: str) -> list[str]:
        answer = await agent.http.get(CHANNELS, params=query)
        return [c["id"] for c in answer.json()["entities"]]

    assert await listed() == [first, second]
    assert await listed(includechannels="token") == [second]


async def test_the_twenty_first_channel_ends_the_oldest(agent: AgentClient) -> None:
    first = await agent.watch()
    unconnected = (await agent.channel())["id"]
    for _ in range(19):
        await agent.channel()
    assert (await agent.http.get(f"{CHANNELS}/{unconnected}")).status_code == 404
    agent.sim.set_agent_api(max_channels=1)
    await agent.channel()
    assert await first.closed() == 1000
    assert first.of("v2.system.no_longer_subscribed") == [{"message": "No longer subscribed"}]


async def test_a_second_socket_on_a_channel_ends_the_first(agent: AgentClient) -> None:
    channel = await agent.channel()
    await agent.subscribe(channel["id"], agent.topic("conversations.messages"))
    first = await agent.open(channel["connectUri"])
    await first.settled()
    second = await agent.open(channel["connectUri"])
    assert await first.closed() == 1000
    agent.sim.customer_say("hello")
    await second.wait_for("conversations.messages")


async def test_an_unknown_channel_has_no_socket(agent: AgentClient) -> None:
    uri = (await agent.channel())["connectUri"]
    with pytest.raises(websockets.InvalidStatus) as caught:
        await agent.open(uri + "x")
    assert caught.value.response.status_code == 404


async def test_a_channel_expires_with_its_socket() -> None:
    async with working(agent_api={"channel_life_s": 0.1}) as agent:
        channel = await agent.channel()
        socket = await agent.open(channel["connectUri"])
        assert await socket.closed() == 1000
        assert_genesys_error(await agent.http.get(f"{CHANNELS}/{channel['id']}"), 404)


# --- notices


async def test_a_socket_that_is_about_to_close_says_so_and_the_channel_lives_on(agent: AgentClient) -> None:
    channel = await agent.channel()
    await agent.subscribe(channel["id"], agent.topic("conversations.messages"))
    socket = await agent.open(channel["connectUri"])
    await socket.settled()
    agent.sim.fault("socket_closing", seconds=0.05)
    await socket.wait_for("v2.system.socket_closing")
    agent.sim.customer_say("meanwhile")
    assert await socket.closed() == 1001
    assert len(socket.named()) == 1, "until it closes the socket works"
    again = await agent.open(channel["connectUri"])
    await again.settled()
    agent.sim.customer_say("after")
    await again.wait_for("conversations.messages")


async def test_a_revoked_token_ends_its_channels(agent: AgentClient) -> None:
    socket = await agent.watch()
    await agent.http.delete("/api/v2/tokens/me")
    assert await socket.closed() == 1000
    assert socket.of("v2.system.token_revoked") == [{"message": "Token revoked"}]
    assert (await agent.http.get("/api/v2/users/me")).status_code == 401


@pytest.mark.parametrize("kind", ["token_revoked", "expire_token"])
async def test_faults_can_revoke_tokens(agent: AgentClient, kind: str) -> None:
    socket = await agent.watch()
    agent.sim.fault(kind)
    assert await socket.closed() == 1000
    assert socket.of("v2.system.token_revoked") == [{"message": "Token revoked"}]
    assert (await agent.http.get("/api/v2/users/me")).status_code == 401


async def test_a_fault_can_take_the_topics_away(agent: AgentClient) -> None:
    socket = await agent.watch()
    agent.sim.fault("no_longer_subscribed")
    await socket.wait_for("v2.system.no_longer_subscribed")
    agent.sim.customer_say("hello")
    await socket.settled()
    assert socket.of("conversations.messages") == []


# --- subscribing on the socket


async def test_a_socket_takes_subscriptions_too(agent: AgentClient) -> None:
    socket = await agent.open((await agent.channel())["connectUri"])
    await socket.say(
        {"message": "subscribe", "topics": [agent.topic("conversations.messages")], "correlationId": "x"}
    )
    await socket.until(lambda: bool(socket.frames))
    assert socket.frames == [{"result": "200", "status": "subscribed", "correlationId": "x"}]
    agent.sim.customer_say("hello")
    await socket.wait_for("conversations.messages")


@pytest.mark.parametrize("topics", [["v2.holograms"], [f"v2.users.u{n}.presence" for n in range(1001)]])
async def test_a_wrong_subscription_on_the_socket_fails(agent: AgentClient, topics: list[str]) -> None:
    socket = await agent.open((await agent.channel())["connectUri"])
    await socket.say({"message": "subscribe", "topics": topics})
    await socket.until(lambda: bool(socket.frames))
    assert (socket.frames[0]["result"], socket.frames[0]["status"]) == ("400", "failure")


async def test_a_subscription_after_the_tokens_end_is_404(agent: AgentClient) -> None:
    socket = await agent.open((await agent.channel())["connectUri"])
    agent.sim._running().hub.accounts.expire_all()
    await socket.say({"message": "subscribe", "topics": []})
    await socket.until(lambda: bool(socket.frames))
    assert socket.frames[0]["result"] == "404"


@pytest.mark.parametrize("frame", ["no json", "[]", '{"message":"dance"}'])
async def test_other_words_on_the_socket_fail_and_do_no_harm(agent: AgentClient, frame: str) -> None:
    socket = await agent.watch()
    await socket.say(frame)
    await socket.settled()
    assert [f["result"] for f in socket.frames if "result" in f] == ["400"]
