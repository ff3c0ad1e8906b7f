"""What is inferred to be seen: own messages that somebody reacted to, each once, and never as read."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.model.effects import Emit
from ipygenesys._core.model.events import HistoryPrepended, MessageStatusChanged
from ipygenesys._core.model.inputs import LoadOlder, Send
from ipygenesys._core.model.operations import FetchHistory, PostMessage
from ipygenesys._core.model.platform_events import ConversationCleared, MessageArrived
from tests import examples as eg
from tests.core.driver import Driver
from tests.core.machines.conversation.test_conversation import WALL_MS, arrive, draft


def guests(*messages: MessageArrived, **changes: Any) -> Conversation:
    conversation = Conversation(own_role="customer", infers_seen=True, **changes)
    arrive(conversation, *messages)
    return conversation


def agents(*messages: MessageArrived) -> Conversation:
    conversation = Conversation(
        own_role="agent", own_participant_id=eg.AGENT, is_role_own=False, infers_seen=True
    )
    arrive(conversation, *messages)
    return conversation


def seen(conversation: Conversation) -> list[str]:
    return [message.id for message in conversation.timeline.copy() if message.is_seen_inferred]


def test_nothing_is_inferred_unless_it_was_asked_for() -> None:
    conversation = Conversation(own_role="customer")
    arrive(conversation, eg.own_arrived(1), eg.arrived(2))
    assert conversation.typing_noticed(eg.typing(), 0.0) == []
    assert seen(conversation) == []


def test_an_answer_shows_that_what_was_said_before_it_was_seen() -> None:
    conversation = guests(eg.own_arrived(1), eg.own_arrived(2))
    events = arrive(conversation, eg.arrived(3))
    changed = [event.message for event in events if isinstance(event, MessageStatusChanged)]
    assert [(message.id, message.status, message.is_seen_inferred) for message in changed] == [
        ("m1", "sent", True),
        ("m2", "sent", True),
    ]


def test_whoever_types_has_seen_what_the_server_has_and_no_draft() -> None:
    conversation = guests(eg.own_arrived(1))
    conversation.draft_changed(draft(2))
    events = conversation.typing_noticed(eg.typing(participant_id=None), 0.0)
    assert [event.message.id for event in events if isinstance(event, MessageStatusChanged)] == ["m1"]
    assert seen(conversation) == ["m1"]


def test_typing_from_before_a_message_does_not_show_that_it_was_seen() -> None:
    conversation = guests(eg.own_arrived(1), eg.own_arrived(5))
    conversation.typing_noticed(eg.typing(time_ms=eg.START_MS + 4000), 0.0)
    assert seen(conversation) == ["m1"]
    conversation.typing_noticed(eg.typing(time_ms=eg.START_MS + 5000), 0.0)
    assert seen(conversation) == ["m1", "m5"]


def test_each_message_is_inferred_once() -> None:
    conversation = guests(eg.own_arrived(1))
    assert len(conversation.typing_noticed(eg.typing(), 0.0)) == 1
    assert conversation.typing_noticed(eg.typing(), 1.0) == []
    assert all(not isinstance(event, MessageStatusChanged) for event in arrive(conversation, eg.arrived(2)))
    arrive(conversation, eg.own_arrived(3))
    assert len(conversation.typing_noticed(eg.typing(), 2.0)) == 1


def test_stopping_to_type_shows_nothing() -> None:
    assert guests(eg.own_arrived(1)).typing_noticed(eg.typing(False), 0.0) == []


def test_our_own_typing_shows_nothing() -> None:
    conversation = guests(eg.own_arrived(1), own_participant_id=eg.CUSTOMER)
    assert conversation.typing_noticed(eg.typing(participant_id=eg.CUSTOMER), 0.0) == []
    assert seen(conversation) == []


def test_an_answer_that_comes_late_shows_nothing_of_what_was_said_after_it() -> None:
    conversation = guests(eg.own_arrived(1), eg.own_arrived(5), eg.arrived(3))
    assert seen(conversation) == ["m1"]


def test_an_own_message_that_comes_after_its_answer_was_seen() -> None:
    conversation = guests(eg.arrived(3), eg.own_arrived(1))
    assert seen(conversation) == ["m1"]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_arrival_does_not_matter(seed: int) -> None:
    messages = [
        eg.own_arrived(1),
        eg.own_arrived(2),
        eg.arrived(3),
        eg.own_arrived(4),
        eg.arrived(5),
        eg.own_arrived(6),
    ]
    random.Random(seed).shuffle(messages)
    assert seen(guests(*messages)) == ["m1", "m2", "m4"]


def test_a_notice_of_the_system_shows_nothing() -> None:
    assert seen(guests(eg.own_arrived(1), eg.arrived(2, role="system", participant_id="acd"))) == []


def test_the_automatic_line_of_a_bot_shows_a_guest_nothing() -> None:
    assert seen(guests(eg.own_arrived(1), eg.arrived(2, role="bot", participant_id="bot"))) == []


@pytest.mark.parametrize(("role", "expected"), [("customer", ["m1"]), ("bot", []), ("agent", [])])
def test_only_the_customer_shows_an_agent_what_the_customer_has_seen(role: Any, expected: list[str]) -> None:
    conversation = agents(eg.arrived(1), eg.arrived(2, role=role, participant_id="somebody"))
    assert seen(conversation) == expected
    conversation.typing_noticed(eg.typing(participant_id="somebody"), 0.0)
    assert seen(conversation) == expected


def test_a_receipt_is_better_known_and_a_failure_was_not_seen() -> None:
    conversation = guests(
        eg.own_arrived(1, status="read"),
        eg.own_arrived(2, status="failed"),
        eg.own_arrived(3, status="delivered"),
    )
    arrive(conversation, eg.arrived(4), eg.own_arrived(0, status="failed"))
    assert seen(conversation) == ["m3"]


def test_what_was_inferred_stays_when_more_is_known_of_the_message() -> None:
    conversation = guests(eg.own_arrived(1), eg.arrived(2))
    conversation.receipt_arrived(eg.receipt("m1", "delivered", participant_id="other"), WALL_MS)
    arrive(conversation, eg.own_arrived(1, text="text 1", sender="Cleopatra"))
    message = conversation.timeline[0]
    assert (message.status, message.is_seen_inferred, message.sender) == ("delivered", True, "Cleopatra")


def test_a_message_that_is_gone_was_not_seen() -> None:
    conversation = guests(eg.own_arrived(1))
    conversation.timeline.remove("m1")
    assert conversation.typing_noticed(eg.typing(), 0.0) == []


# --- in a session -----------------------------------------------------------------------------------------


@pytest.fixture
def live() -> Driver:
    driver = Driver(eg.profile(capabilities=frozenset({"history"}), infers_seen=True))
    driver.connect()
    return driver


def test_a_reaction_costs_a_step_of_its_own_size_not_of_the_conversations(live: Driver) -> None:
    for number in range(1, 401, 2):
        live.hears(eg.own_arrived(number), eg.arrived(number + 1))
    live.hears(eg.own_arrived(500))
    effects = live.hears(eg.typing())
    changed = [e for e in effects if isinstance(e, Emit) and isinstance(e.event, MessageStatusChanged)]
    assert len(changed) == 1
    assert not [e for e in live.hears(eg.typing()) if isinstance(e, Emit)]


def test_a_draft_is_inferred_once_the_server_has_it(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.hears(eg.typing())
    live.succeed(PostMessage, eg.own_arrived(1))
    assert not live.session.conversation.timeline[0].is_seen_inferred
    live.hears(eg.typing())
    assert live.session.conversation.timeline[0].is_seen_inferred


def test_a_conversation_that_was_cleared_begins_anew(live: Driver) -> None:
    live.hears(eg.own_arrived(1))
    live.hears(ConversationCleared(by_us=False))
    assert not [
        e
        for e in live.hears(eg.typing())
        if isinstance(e, Emit) and isinstance(e.event, MessageStatusChanged)
    ]


def test_older_pages_come_with_what_is_inferred_of_them_as_one_block() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"}), infers_seen=True))
    driver.connect(eg.arrived(10), has_more=True)
    driver.step(LoadOlder(2))
    effects = driver.succeed(FetchHistory, eg.history(eg.own_arrived(3), eg.arrived(4)))
    assert next(type(e.event) for e in effects if isinstance(e, Emit)) is HistoryPrepended
    assert driver.session.conversation.timeline[0].is_seen_inferred
