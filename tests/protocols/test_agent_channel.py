"""The notification channel that an agent's conversations share: what one has learned of it, all know."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ipygenesys import AgentMessaging
from ipygenesys._protocols.agent_messaging.channels import MAX_TOPICS, NotificationChannels
from ipygenesys._protocols.flow import CallError, Occasion, OpenSocket, Request
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES
from ipygenesys._wire import agent_messaging as wire
from tests.protocols.test_agent_messaging import (
    MESSAGES_TOPIC,
    OPENING,
    QUEUE_TOPIC,
    TOKEN,
    TYPING_TOPIC,
    C,
    Script,
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
from tests.protocols.test_agent_messaging import channel as channel_body

NEW = "POST /api/v2/notifications/channels"
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


# --- several of them ----------------------------------------------------------------------------------------

THREE = ("v2.a", "v2.b", "v2.c")
SECOND = f"{NEW}/channel-2/subscriptions"


def several(*numbers: int) -> Script:
    """These channels are made, and take their topics."""
    first, second = numbers
    return {
        NEW: [channel_body(first), channel_body(second)],
        put(first): topics(*THREE[:2]),
        put(second): topics(*THREE[2:]),
    }


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> NotificationChannels:
    """One takes two topics only, and there are three."""
    monkeypatch.setattr(wire, "MAX_TOPICS", 2)
    stream = adapter().stream
    _, steps = run(stream.open(THREE), several(1, 2), Occasion(now_s=1000.0))
    assert requests(steps) == [NEW, NEW, put(1), put(2)]
    assert [step.url[-1] for step in steps if isinstance(step, OpenSocket)] == ["1", "2"]
    return stream


def test_topics_that_do_not_fit_have_another_channel(two: NotificationChannels) -> None:
    assert two.has(THREE) and not two.has(("v2.d",))
    assert two.room == MAX_TOPICS - 3
    assert two.rotate_in_s(1000.0) == wire.ROTATE_AFTER_S
    script = {SECOND: topics("v2.d"), NEW: channel_body(3), put(3): rejected("v2.e", "x:y:z")}
    _, steps = run(two.add(("v2.d", "v2.e")), script, Occasion(now_s=2000.0))
    assert requests(steps) == [SECOND, NEW, put(3)]
    assert isinstance(steps[-1], OpenSocket) and steps[-1].url.endswith("3")
    assert two.has((*THREE, "v2.d", "v2.e"))
    assert "x:y:z" in str(two.refusal("v2.e")) and two.refusal("v2.c") is two.refusal("v2.x") is None
    assert two.rotate_in_s(2000.0) == wire.ROTATE_AFTER_S - 1000.0, "that of the oldest"


def test_after_a_loss_the_same_ones_are_opened_again(two: NotificationChannels) -> None:
    _, steps = run(two.open(THREE), several(1, 2), Occasion(now_s=1001.0, close_code=1006))
    assert requests(steps) == [put(1), put(2)]
    _, steps = run(two.open(THREE[:2]), several(1, 2), Occasion(now_s=1001.0, close_code=1006))
    assert requests(steps) == [put(1)], "what is not needed any more is left"
    assert two.has(THREE[:2]) and not two.has(THREE)


@pytest.mark.parametrize("note", [NotificationChannels.spend, NotificationChannels.note_closing])
def test_what_ends_one_of_them_moves_all_to_new_ones(
    two: NotificationChannels, note: Callable[[NotificationChannels], None]
) -> None:
    note(two)
    _, steps = run(two.open(THREE), several(3, 4), Occasion(now_s=1100.0, is_move=True))
    assert requests(steps) == [NEW, NEW, put(3), put(4)]


def test_a_channel_of_which_one_knows_nothing_any_more_takes_all_with_it(two: NotificationChannels) -> None:
    script = {**several(3, 4), put(1): topics(), put(2): failed("not_found", 404)}
    _, steps = run(two.open(THREE), script, Occasion(now_s=1100.0, close_code=1006))
    assert requests(steps) == [put(1), put(2), NEW, NEW, put(3), put(4)]
    gone = failed("unavailable", wire.Unverified.UNKNOWN_CHANNEL_STATUS)
    script = {**several(3, 4), "SOCKET": [None, gone]}
    failure = refusal(two.open(THREE), script, now_s=1101.0, close_code=1006)
    assert failure.retry_after_s is not None, "two that drive each other off do not race"


def test_a_new_channel_that_is_gone_at_once_is_another_streams(two: NotificationChannels) -> None:
    script = {SECOND: topics("v2.d"), NEW: channel_body(3), put(3): failed("not_found", 404)}
    assert "taken over" in refusal(two.add(("v2.d", "v2.e")), script).message
    assert not two.has(("v2.e",))


def test_more_topics_than_a_share_of_the_channels_takes_are_refused_in_words(
    two: NotificationChannels,
) -> None:
    many = tuple(f"v2.{number}" for number in range(MAX_TOPICS))
    failure = refusal(two.add(many), {})
    assert f"At most {MAX_TOPICS:,} topics" in failure.message and not failure.is_transient
    assert refusal(two.open((*many, "v2.z")), {}, close_code=1006).kind == "rejected"
    assert two.has(THREE)


@pytest.mark.parametrize(
    "script", [{put(3): failed("unavailable", 503)}, {put(3): topics(), "SOCKET": [failed("unavailable")]}]
)
def test_a_channel_that_was_made_is_used_by_the_next_try(two: NotificationChannels, script: Script) -> None:
    refusal(two.add(("v2.d", "v2.e")), {SECOND: topics("v2.d"), NEW: channel_body(3), **script})
    assert not two.has(("v2.e",))
    _, steps = run(two.add(("v2.d", "v2.e", "v2.f")), {put(3): topics()})
    assert requests(steps) == [put(3)], "and no other is made, nor is anything asked for that is there"
    assert two.has((*THREE, "v2.d", "v2.e", "v2.f"))
    assert two.room == MAX_TOPICS - 6


def test_topics_that_are_there_take_no_room(
    two: NotificationChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._protocols.agent_messaging.channels.MAX_TOPICS", 4)
    _, steps = run(two.add((*THREE, "v2.d")), {SECOND: topics("v2.d")})
    assert requests(steps) == [SECOND]
    (sent,) = [step.body for step in steps if isinstance(step, Request)]
    assert json.loads(sent or b"") == [{"id": "v2.d"}]
    assert two.room == 0
