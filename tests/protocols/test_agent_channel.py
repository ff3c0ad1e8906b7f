"""The notification channel that an agent's conversations share: what one has learned of it, all know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ipygenesys import AgentMessaging
from ipygenesys._protocols.agent_messaging.channels import NotificationChannels
from ipygenesys._protocols.flow import CallError
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES
from tests.protocols.test_agent_messaging import (
    MESSAGES_TOPIC,
    OPENING,
    QUEUE_TOPIC,
    TOKEN,
    TYPING_TOPIC,
    C,
    U,
    conversation,
    failed,
    opened,
    put,
    refusal,
    requests,
    run,
    topics,
)

POST = "POST /api/v2/notifications/channels/channel-1/subscriptions"


def adapter(conversation_id: str = C) -> AgentMessaging:
    return AgentMessaging(base_url="https://sim.example", conversation_id=conversation_id, credentials=TOKEN)


@pytest.fixture
def channel() -> NotificationChannels:
    """Open, for one conversation."""
    first = adapter()
    opened(first)
    return first.stream


def rejected(topic: str, *missing: str) -> dict[str, Any]:
    return {"entities": [{"id": topic, "state": "Rejected", "missingPermissions": list(missing)}]}


def test_who_the_user_is_is_asked_once_for_all(channel: NotificationChannels) -> None:
    second = adapter("conversation-2")
    second.stream = channel
    body = {**conversation(), "id": "conversation-2"}
    _, steps = opened(second, {"GET /api/v2/conversations/conversation-2": body})
    assert "GET /api/v2/users/me" not in requests(steps)
    assert second._conversation.people.user_id == U


def test_more_topics_come_beside_those_that_it_has(channel: NotificationChannels) -> None:
    assert channel.has((MESSAGES_TOPIC, TYPING_TOPIC))
    assert not channel.has((MESSAGES_TOPIC, QUEUE_TOPIC))
    _, steps = run(channel.add((QUEUE_TOPIC,)), {POST: topics(QUEUE_TOPIC)})
    assert requests(steps) == [POST]
    assert channel.has((MESSAGES_TOPIC, TYPING_TOPIC, QUEUE_TOPIC))
    channel.check((QUEUE_TOPIC,))


def test_a_topic_that_is_refused_concerns_who_wants_it(channel: NotificationChannels) -> None:
    run(channel.add((QUEUE_TOPIC,)), {POST: rejected(QUEUE_TOPIC, "conversation:message:view")})
    with pytest.raises(CallError, match="conversation:message:view"):
        channel.check((QUEUE_TOPIC,))
    channel.check((MESSAGES_TOPIC, TYPING_TOPIC))
    channel.check((MESSAGES_TOPIC, QUEUE_TOPIC))


def test_others_topics_are_no_reason_to_refuse_a_stream() -> None:
    stream = adapter().stream
    answer = {"entities": [*topics(MESSAGES_TOPIC)["entities"], *rejected(QUEUE_TOPIC)["entities"]]}
    run(stream.open((MESSAGES_TOPIC,), (QUEUE_TOPIC,)), {**OPENING, put(): answer})
    assert stream.has((MESSAGES_TOPIC, QUEUE_TOPIC))


def test_a_conversation_is_told_who_types_if_that_is_among_its_topics(channel: NotificationChannels) -> None:
    assert channel.has_typing((MESSAGES_TOPIC, TYPING_TOPIC))
    assert not channel.has_typing((QUEUE_TOPIC,))


def test_topics_for_a_channel_that_is_gone_are_another_streams(channel: NotificationChannels) -> None:
    failure = refusal(channel.add((QUEUE_TOPIC,)), {POST: failed("not_found", 404)})
    assert failure.is_transient and "taken over" in failure.message
    failure = refusal(channel.add((QUEUE_TOPIC,)), {POST: failed("unavailable", 503)})
    assert failure.status == 503


@pytest.mark.parametrize(
    ("frame", "address"),
    [
        ({"topicName": MESSAGES_TOPIC, "eventBody": {"id": C}}, C),
        ({"topicName": TYPING_TOPIC, "eventBody": {"id": "x", "conversationId": C}}, C),
        ({"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}}, None),
        ({"topicName": "v2.system.socket_closing", "eventBody": {"message": "x"}}, None),
        ({"result": "404"}, None),
        ({"eventBody": []}, None),
        ({"eventBody": {"id": 7}}, None),
        ({"eventBody": {"id": C, "participants": "x" * MAX_FRAME_BYTES}}, None),
        ([], None),
    ],
)
def test_a_frame_is_for_its_conversation_or_for_all(
    channel: NotificationChannels, frame: Any, address: str | None
) -> None:
    assert channel.addressee(json.dumps(frame).encode()) == address


def test_what_is_no_json_is_for_all_who_count_it(channel: NotificationChannels) -> None:
    assert channel.addressee(b"\xff{") is None
