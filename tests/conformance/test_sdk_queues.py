"""The SDK as a supervisor's client: queues, who is in them, and the events about them; every answer is walked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

from ipygenesys.simulator import Simulator
from tests.conformance.conftest import Sdk

METRICS = ["oWaiting", "oAlerting", "oInteracting"]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(scenario="busy_hour", conversations=40, seed=3, speed=20) as sim:
        yield sim


def test_queues_are_known_with_their_service_levels(sdk: Sdk) -> None:
    api = sdk.module.RoutingApi(sdk.client)
    listing = sdk.checked(api.get_routing_queues())
    assert [queue.name for queue in listing.entities] == [queue["name"] for queue in sdk.sim.queues()]
    one = sdk.checked(api.get_routing_queue(listing.entities[0].id))
    level = one.media_settings.message.service_level
    assert (level.percentage, level.duration_ms) == (0.8, sdk.sim.queues()[0]["target_s"] * 1000)


def test_both_queries_of_who_is_there_are_known(sdk: Sdk) -> None:
    api = sdk.module.AnalyticsApi(sdk.client)
    queue_id = sdk.sim.queues()[0]["queue_id"]
    predicate = {"type": "dimension", "dimension": "queueId", "operator": "matches", "value": queue_id}
    query = {
        "filter": {"type": "and", "predicates": [predicate]},
        "metrics": [*METRICS, "oLongestWaiting"],
        "detailMetrics": METRICS,
    }
    observed = sdk.checked(api.post_analytics_queues_observations_query(query))
    [group] = observed.results
    assert group.group == {"queueId": queue_id, "mediaType": "message"}
    assert any(data.observations for data in group.data)
    activity = {
        "metrics": [{"metric": metric, "details": True} for metric in METRICS],
        "groupBy": ["queueId"],
        "filter": query["filter"],
    }
    found = sdk.checked(api.post_analytics_conversations_activity_query(activity, page_size=100))
    assert found.results[0].entities


def test_a_routed_conversation_is_known_in_both_forms(sdk: Sdk) -> None:
    rows = sdk.sim.truth()["rows"]
    for state in ("waiting", "agent", "ended"):
        conversation_id = next(row["conversation_id"] for row in rows if row["state"] == state)
        media = sdk.checked(sdk.conversations.get_conversations_message(conversation_id))
        assert {"customer", "acd"} <= {p.purpose for p in media.participants}
        sdk.checked(sdk.conversations.get_conversation(conversation_id))


def test_each_event_of_a_queue_is_known_to_the_model_of_its_topic(sdk: Sdk) -> None:
    api, queue_id = sdk.notifications, sdk.sim.queues()[0]["queue_id"]
    models = {
        f"v2.routing.queues.{queue_id}.conversations.messages": (
            "QueueConversationMessageEventTopicMessageConversation"
        ),
        f"v2.analytics.queues.{queue_id}.observations": "V2QueueObservationObservationCountNotification",
    }
    channel = api.post_notifications_channels()
    wanted: list[Any] = []
    for name in models:
        topic = sdk.module.ChannelTopic()
        topic.id = name
        wanted.append(topic)
    api.post_notifications_channel_subscriptions(channel.id, wanted)
    seen: dict[str, int] = {}
    with connect(channel.connect_uri, proxy=None) as socket:
        while min((seen.get(name, 0) for name in models), default=0) < 1 or sum(seen.values()) < 40:
            frame = json.loads(socket.recv(30))
            name = frame["topicName"]
            if name in models:
                sdk.deserialize(frame["eventBody"], models[name])
                seen[name] = seen.get(name, 0) + 1
