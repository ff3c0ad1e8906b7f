"""An organisation over real sockets: queues, who is in them, topics, permissions, limits, and the truth."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.state.organisation import PERMISSIONS
from tests.simulator.clients.agent import AgentClient, ChannelSocket, working
from tests.simulator.serving.test_rest import assert_genesys_error

METRICS = ["oWaiting", "oAlerting", "oInteracting"]


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[AgentClient]:
    async with working(scenario="busy_hour", conversations=40, seed=5, speed=20.0) as agent:
        yield agent


async def queues(agent: AgentClient) -> list[wire.QueueBody]:
    page: wire.QueuesBody = await got(agent, wire.QUEUES_PATH, wire.QueuesBody)
    return page.entities


async def got(agent: AgentClient, path: str, kind: type[Any], **params: Any) -> Any:
    answer = await agent.http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


async def asked(agent: AgentClient, path: str, query: msgspec.Struct) -> httpx.Response:
    return await agent.http.post(path, content=msgspec.json.encode(query))


def of_queues(*queue_ids: str) -> wire.QueryFilter:
    return wire.QueryFilter(
        type="or", predicates=[wire.QueryPredicate(dimension="queueId", value=i) for i in queue_ids]
    )


async def observations(agent: AgentClient, *queue_ids: str) -> list[wire.ObservedMetric]:
    query = wire.ObservationsQuery(filter=of_queues(*queue_ids), metrics=METRICS, detail_metrics=METRICS)
    answer = await asked(agent, wire.OBSERVATIONS_PATH, query)
    assert answer.status_code == 200, answer.text
    body = msgspec.json.decode(answer.content, type=wire.ObservationsBody)
    return [metric for group in body.results for metric in group.data]


async def watching(agent: AgentClient, *templates: str) -> ChannelSocket:
    """A channel with these topics of each queue."""
    channel = await agent.channel()
    ids = [queue.id for queue in await queues(agent)]
    answer = await agent.subscribe(channel["id"], *(t.format(queue_id=i) for i in ids for t in templates))
    assert answer.status_code == 200, answer.text
    return await agent.open(channel["connectUri"])


# --- queues


async def test_queues_come_in_pages_with_their_own_targets(agent: AgentClient) -> None:
    found = await queues(agent)
    assert [queue.name for queue in found] == ["Bank cards", "Returns", "Travel"]
    assert [queue.id for queue in found] == agent.sim.queue_ids
    one: wire.QueueBody = await got(agent, f"{wire.QUEUES_PATH}/{found[1].id}", wire.QueueBody)
    assert one == found[1]
    assert one.media_settings is not None
    assert one.media_settings.message is not None
    assert one.media_settings.message.service_level == wire.ServiceLevel(percentage=0.8, duration_ms=2250)
    page: wire.QueuesBody = await got(agent, wire.QUEUES_PATH, wire.QueuesBody, pageSize=2, pageNumber=2)
    assert ([q.name for q in page.entities], page.page_count, page.total) == (["Travel"], 2, 3)


async def test_a_queue_that_does_not_exist_is_not_found(agent: AgentClient) -> None:
    assert_genesys_error(await agent.http.get(f"{wire.QUEUES_PATH}/nowhere"), 404)


@pytest.mark.parametrize("page", [{"pageSize": 0}, {"pageSize": 101}, {"pageNumber": 0}, {"pageSize": "x"}])
async def test_a_page_that_cannot_be_is_refused(agent: AgentClient, page: dict[str, Any]) -> None:
    answer = await agent.http.get(wire.QUEUES_PATH, params=page)
    assert_genesys_error(answer, 400)


# --- who is there at the start


async def test_the_start_lists_all_who_are_in_the_queues(agent: AgentClient) -> None:
    ids = [queue.id for queue in await queues(agent)]
    metrics = await observations(agent, *ids)
    listed = {o.conversation_id for metric in metrics for o in metric.observations}
    true = {row["conversation_id"] for row in agent.sim.truth()["rows"] if row["state"] != "ended"}
    assert len(listed) >= 20
    assert len(listed ^ true) <= 4, "nothing but what has changed since may differ"
    assert all(metric.stats and metric.stats.count == len(metric.observations) for metric in metrics)


async def test_what_is_too_long_is_cut_to_the_oldest_and_the_newest() -> None:
    async with working(
        scenario="busy_hour", conversations=60, speed=0.01, agent_api={"max_observations": 4}
    ) as agent:
        ids = [queue.id for queue in await queues(agent)]
        cut = [m for m in await observations(agent, *ids) if m.truncated]
        assert cut
        metric = next(m for m in cut if m.metric == "oInteracting")
        assert metric.stats is not None
        assert metric.stats.count is not None
        assert metric.stats.count > 4 == len(metric.observations)
        dates = [o.observation_date or "" for o in metric.observations]
        assert dates == sorted(dates)
        everybody = wire.ActivityQuery(
            metrics=[wire.ActivityMetric(metric=m, details=True) for m in METRICS], filter=of_queues(*ids)
        )
        entities: list[wire.Activity] = []
        for page in range(1, 9):
            answer = await asked(agent, f"{wire.ACTIVITY_PATH}?pageSize=10&pageNumber={page}", everybody)
            [group] = msgspec.json.decode(answer.content, type=wire.ActivityBody).results
            entities += group.entities
            if not group.truncated:
                break
        true = {row["conversation_id"] for row in agent.sim.truth()["rows"] if row["state"] != "ended"}
        assert {entity.conversation_id for entity in entities} == true
        assert len(entities) == len(true)


async def test_an_activity_is_found_by_conversation_agent_and_queue(agent: AgentClient) -> None:
    ids = [queue.id for queue in await queues(agent)]
    metric = next(m for m in await observations(agent, ids[0]) if m.metric == "oInteracting")
    conversation_id = metric.observations[-1].conversation_id
    predicates = [wire.QueryPredicate(dimension="conversationId", value=conversation_id or "")]
    query = wire.ActivityQuery(
        metrics=[wire.ActivityMetric(metric=m, details=True) for m in METRICS],
        filter=wire.QueryFilter(type="and", predicates=predicates),
        group_by=["queueId"],
    )
    answer = await asked(agent, wire.ACTIVITY_PATH, query)
    groups = msgspec.json.decode(answer.content, type=wire.ActivityBody).results
    assert [e.conversation_id for g in groups for e in g.entities] in ([conversation_id], [])


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"type": "and", "predicates": []}, "metrics": METRICS},
        {
            "filter": {"type": "and", "predicates": [{"dimension": "queueId", "value": "q"}]},
            "metrics": ["oTea"],
        },
        {"filter": {"type": "and", "predicates": [{"dimension": "shoe", "value": "q"}]}, "metrics": METRICS},
        {
            "filter": {"type": "xor", "predicates": [{"dimension": "queueId", "value": "q"}]},
            "metrics": METRICS,
        },
        {"metrics": METRICS},
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(agent: AgentClient, body: dict[str, Any]) -> None:
    answer = await agent.http.post(wire.OBSERVATIONS_PATH, json=body)
    assert_genesys_error(answer, 400)


# --- topics


async def test_a_queues_topic_tells_all_but_the_words(agent: AgentClient) -> None:
    socket = await watching(agent, wire.QUEUE_MESSAGES_TOPIC)
    await socket.until(lambda: len(socket.raw) > 60)
    events = [
        msgspec.convert(f["eventBody"], wire.RoutedConversation)
        for f in socket.frames
        if f["topicName"].startswith("v2.routing.queues.")
    ]
    parts = [p for event in events for p in event.participants or ()]
    assert {"customer", "acd", "agent"} <= {p.purpose for p in parts}
    assert all(p.queue and p.queue.name for p in parts if p.purpose in ("acd", "agent"))
    assert all(p.user and p.user.name == p.name for p in parts if p.purpose == "agent")
    assert any(p.messages for p in parts)
    texts = [m.text for m in agent.sim._running().hub.platform._messages.values() if len(m.text) > 15]
    assert texts
    assert not any(text in frame for text in set(texts) for frame in socket.raw if isinstance(frame, str))


async def test_each_message_of_a_live_conversation_is_named_by_an_event(agent: AgentClient) -> None:
    socket = await watching(agent, wire.QUEUE_MESSAGES_TOPIC)
    await socket.settled()
    before = set(agent.sim._running().hub.platform._messages)
    await asyncio.sleep(1)
    posted = {
        m.id
        for m in agent.sim._running().hub.platform._messages.values()
        if m.id not in before and m.sender.role == "agent"
    }
    assert posted

    def named() -> set[str]:
        return {
            m["message"]["id"]
            for f in socket.frames
            if "participants" in f["eventBody"]
            for p in f["eventBody"]["participants"]
            for m in p["messages"]
        }

    await socket.until(lambda: posted <= named())


async def test_observations_come_on_change_and_at_most_once_a_second(agent: AgentClient) -> None:
    socket = await watching(agent, wire.QUEUE_OBSERVATIONS_TOPIC)
    await socket.settled()
    begin = asyncio.get_running_loop().time()
    await asyncio.sleep(2.5)
    await socket.settled()
    seconds = asyncio.get_running_loop().time() - begin
    ids = [queue.id for queue in await queues(agent)]
    for queue_id in ids:
        told = socket.of(wire.QUEUE_OBSERVATIONS_TOPIC.format(queue_id=queue_id))
        assert 1 <= len(told) <= seconds + 2
        [counts] = msgspec.convert(told[-1], wire.ObservationsEvent).results
        assert {c.metric for c in counts.data} >= set(METRICS)


async def test_an_agents_topics_are_of_their_own_conversations(agent: AgentClient) -> None:
    socket = await agent.watch()
    await socket.until(lambda: len(socket.of("conversations.messages")) > 3)
    for body in socket.of("conversations.messages"):
        users = [p["user"]["id"] for p in body["participants"] if "user" in p]
        assert agent.sim.user_id in users
    await socket.until(lambda: len(socket.of("conversations.inbound.typing.event")) > 0)


async def test_a_queue_hears_no_more_of_what_has_gone_to_another(agent: AgentClient) -> None:
    socket = await watching(agent, wire.QUEUE_MESSAGES_TOPIC)
    await socket.until(lambda: len(socket.raw) > 300)
    for frame in socket.frames:
        if not frame["topicName"].startswith("v2.routing.queues."):
            continue
        queue_id = frame["topicName"].split(".")[3]
        mine = [p for p in frame["eventBody"]["participants"] if p.get("queue", {}).get("id") == queue_id]
        newest = max(
            (m["messageTime"] for p in frame["eventBody"]["participants"] for m in p["messages"]), default=""
        )
        ends = [p.get("endAcwTime") or p.get("endTime") for p in mine]
        assert mine
        assert any(
            end is None or end >= newest or ("startAcwTime" in p and "endAcwTime" not in p)
            for p, end in zip(mine, ends, strict=True)
        )


# --- permissions, one by one


@pytest.mark.parametrize(
    ("missing", "method", "path"),
    [
        (wire.PERMISSIONS_QUEUES, "GET", wire.QUEUES_PATH),
        (wire.PERMISSIONS_OBSERVE, "POST", wire.OBSERVATIONS_PATH),
        (wire.PERMISSIONS_OBSERVE, "POST", wire.ACTIVITY_PATH),
    ],
)
async def test_a_missing_permission_is_named(missing: tuple[str, ...], method: str, path: str) -> None:
    held = [p for p in PERMISSIONS if p not in missing]
    async with working(scenario="busy_hour", conversations=3, agent_api={"permissions": held}) as agent:
        answer = await agent.http.request(method, path, json={})
        assert_genesys_error(answer, 403)
        assert missing[0] in answer.text


@pytest.mark.parametrize(
    ("missing", "topic"),
    [
        (wire.PERMISSIONS_VIEW, wire.QUEUE_MESSAGES_TOPIC),
        (wire.PERMISSIONS_OBSERVE, wire.QUEUE_OBSERVATIONS_TOPIC),
    ],
)
async def test_a_refused_topic_names_what_is_missing(missing: tuple[str, ...], topic: str) -> None:
    held = [p for p in PERMISSIONS if p not in missing]
    async with working(scenario="busy_hour", conversations=3, agent_api={"permissions": held}) as agent:
        channel = await agent.channel()
        name = topic.format(queue_id="q")
        answer = await agent.subscribe(channel["id"], name)
        assert_genesys_error(answer, 403)
        answer = await agent.subscribe(channel["id"], name, ignoreErrors="true")
        [entity] = answer.json()["entities"]
        assert (entity["state"], entity["missingPermissions"]) == ("Rejected", list(missing))


# --- limits, and what else there is


async def test_a_token_has_three_hundred_calls_a_minute(agent: AgentClient) -> None:
    answers = [await agent.http.get(wire.QUEUES_PATH) for _ in range(301)]
    assert [a.status_code for a in answers] == [200] * 300 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_an_agents_own_conversation_can_be_answered_and_no_others() -> None:
    async with working(scenario="busy_hour", conversations=30, seed=2, speed=0.05) as agent:
        rows = agent.sim.truth()["rows"]
        mine = next(r for r in rows if r["user_id"] == agent.sim.user_id and r["state"] == "agent")
        theirs = next(
            r for r in rows if r["user_id"] not in (agent.sim.user_id, None) and r["state"] == "agent"
        )
        own = (await agent.http.get("/api/v2/conversations/messages")).json()["entities"]
        assert mine["conversation_id"] in {c["id"] for c in own}
        assert theirs["conversation_id"] not in {c["id"] for c in own}
        statuses = []
        for row in (mine, theirs):
            body = (await agent.http.get(f"/api/v2/conversations/{row['conversation_id']}")).json()
            part = next(p for p in reversed(body["participants"]) if p["purpose"] == "agent")
            path = f"/api/v2/conversations/messages/{row['conversation_id']}/communications/{part['messages'][0]['id']}"
            sent = await agent.http.post(f"{path}/messages", json={"textBody": "I am real."})
            statuses.append(sent.status_code)
        assert statuses == [wire.Unverified.SEND_STATUS, 404]
        ended = await agent.http.patch(
            f"/api/v2/conversations/messages/{mine['conversation_id']}/participants/"
            f"{next(p['id'] for p in (await agent.http.get('/api/v2/conversations/' + mine['conversation_id'])).json()['participants'] if p['purpose'] == 'customer')}",
            json={"state": "disconnected"},
        )
        assert ended.status_code == 202
        after = {r["conversation_id"]: r["state"] for r in agent.sim.truth()["rows"]}
        assert after[mine["conversation_id"]] == "ended"


async def test_every_agent_can_have_a_client_of_their_own(agent: AgentClient) -> None:
    other = agent.sim.agents()[1]
    agent.use(agent.sim.agent_access_token(other["user_id"]))
    me = (await agent.http.get(wire.ME_PATH)).json()
    assert (me["id"], me["name"]) == (other["user_id"], other["name"])
    own = (await agent.http.get("/api/v2/conversations/messages")).json()["entities"]
    assert own
    for conversation in own:
        users = [p["user"]["id"] for p in conversation["participants"] if "user" in p]
        assert other["user_id"] in users
    with pytest.raises(LookupError, match="no agent 'nobody'"):
        agent.sim.agent_access_token("nobody")


async def test_each_message_names_the_agent_who_wrote_it(agent: AgentClient) -> None:
    names = {a["user_id"]: a["name"] for a in agent.sim.agents()}
    row = next(r for r in agent.sim.truth()["rows"] if r["state"] == "agent" and r["last_role"] == "agent")
    path = f"/api/v2/conversations/messages/{row['conversation_id']}"
    parts = (await agent.http.get(path)).json()["participants"]
    checked = 0
    for part in parts:
        for message in part["messages"]:
            body = (await agent.http.get(f"{path}/messages/{message['messageId']}")).json()
            assert names.get(body.get("createdBy", {}).get("id")) == (
                part["name"] if part["purpose"] == "agent" else None
            )
            checked += part["purpose"] == "agent"
    assert checked


async def test_the_servers_clock_may_be_an_hour_ahead() -> None:
    async with working(scenario="busy_hour", conversations=3, clock_ahead_s=3600.0) as agent:
        answer = await agent.http.get(wire.QUEUES_PATH)
        told = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        assert told - time.time() == pytest.approx(3600, abs=60)
        assert agent.sim.truth()["time_ms"] / 1000 - time.time() == pytest.approx(3600, abs=60)


async def test_the_truth_is_on_the_control_plane_too(agent: AgentClient) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(agent.sim.control_url + "/truth")
        wrong = await http.request("GET", agent.sim.control_url + "/truth", json={"queues": []})
    assert answer.json().keys() == agent.sim.truth().keys()
    assert wrong.status_code == 400
    one = (await queues(agent))[0].id
    assert {row["queue_id"] for row in agent.sim.truth(queue_ids=[one])["rows"]} == {one}


async def test_a_simulator_of_one_conversation_has_one_queue() -> None:
    async with working() as agent:
        [queue] = await queues(agent)
        metrics = await observations(agent, queue.id)
        assert [(m.metric, len(m.observations)) for m in metrics] == [
            ("oWaiting", 0),
            ("oAlerting", 0),
            ("oInteracting", 1),
        ]
        assert agent.sim.truth()["live"] == 1


async def test_a_reset_begins_the_same_hour_anew(agent: AgentClient) -> None:
    def who() -> list[str]:
        return [c["customer"] for c in agent.sim.conversations()][:5]

    before = who()
    agent.sim.reset()
    assert who() == before
    with pytest.raises(ValueError, match="dialogues"):
        agent.sim.play([["agent", "hello"]], conversation_id=agent.sim.conversation_id)
