"""What each platform event changes: messages, receipts, people, typing."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.events import (
    Event,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
)
from ipygenesys._core.model.messages import Attachment, Message
from ipygenesys._core.model.platform_events import MessageArrived, ReceiptArrived, ReceiptStatus
from tests import examples as eg

WALL_MS = eg.START_MS + 3_600_000


def customers(own_participant_id: str | None = eg.CUSTOMER) -> Conversation:
    return Conversation(own_role="customer", own_participant_id=own_participant_id)


def arrive(conversation: Conversation, *messages: MessageArrived, is_news: bool = True) -> list[Event]:
    events: list[Event] = []
    for message in messages:
        events += conversation.message_arrived(message, WALL_MS, is_news=is_news)
    return events


def draft(number: int = 1, **changes: object) -> Draft:
    fields: dict[str, Any] = {"since": 100.0, "created_ms": WALL_MS}
    return Draft(draft_id=f"d{number}", text=f"text {number}", **{**fields, **changes})


def received(events: list[Event]) -> list[str]:
    return [event.message.id for event in events if isinstance(event, MessageReceived)]


def typists(conversation: Conversation) -> tuple[str, ...]:
    return conversation.typing.participant_ids


def typing_names(conversation: Conversation) -> tuple[str, ...]:
    return conversation.typing_names


def only(conversation: Conversation) -> Message:
    (message,) = conversation.timeline.copy()
    return message


# --- messages ---------------------------------------------------------------------------------------------


def test_a_message_of_somebody_else_is_placed_unread_and_received() -> None:
    conversation = customers()
    message = eg.message(1)
    assert arrive(conversation, eg.arrived(1)) == [
        MessagePlaced(message=message, index=0),
        MessageReceived(message),
    ]


def test_history_is_placed_but_not_received() -> None:
    conversation = customers()
    events = arrive(conversation, eg.arrived(1), is_news=False)
    assert events == [MessagePlaced(message=eg.message(1), index=0)]


def test_a_repeated_message_is_counted_and_says_nothing() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1))
    assert arrive(conversation, eg.arrived(1)) == []
    assert conversation.counters["duplicate"] == 1


def test_a_bare_message_is_received_when_its_content_is_known() -> None:
    conversation = customers()
    assert received(arrive(conversation, eg.bare(1))) == []
    message = only(conversation)
    assert (message.text, message.time_ms, message.sender) == (None, WALL_MS, "Agent")
    assert received(arrive(conversation, eg.arrived(1))) == ["m1"]
    assert only(conversation).text == "text 1"
    assert received(arrive(conversation, eg.arrived(1))) == []


def test_a_bare_message_whose_content_cannot_be_had_is_unavailable_and_received_as_such() -> None:
    conversation = customers()
    arrive(conversation, eg.bare(1))
    events = conversation.message_unavailable("m1")
    message = only(conversation)
    assert message.is_unavailable
    assert events == [
        MessagePlaced(message=message, index=0, former_index=0, former_id="m1"),
        MessageReceived(message),
    ]
    assert conversation.message_unavailable("m1") == []


def test_a_message_that_is_there_cannot_become_unavailable() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1))
    assert conversation.message_unavailable("m1") == []
    assert conversation.message_unavailable("nobody") == []


def test_a_message_with_content_but_no_text_is_empty() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1, text=None))
    assert only(conversation).text == ""


@pytest.mark.parametrize("role", ["agent", "bot"])
def test_nothing_known_but_the_role_gives_a_plain_name(role: str) -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1, sender=None, role=role))
    assert only(conversation).sender == role.title()


def test_a_notice_of_the_system_waits_for_nobody_to_read_it() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1, role="system"))
    assert only(conversation).status == "delivered"


def test_a_message_that_history_knows_as_read_is_read() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1, status="read"), eg.arrived(2, status="delivered"))
    assert [message.status for message in conversation.timeline.copy()] == ["read", "unread"]


# --- ours -------------------------------------------------------------------------------------------------


def test_messages_of_our_participant_are_ours_and_not_received() -> None:
    conversation = customers()
    events = arrive(conversation, eg.own_arrived(1, role=None, sender=None))
    assert received(events) == []
    message = only(conversation)
    assert (message.is_own, message.status, message.role, message.sender) == (
        True,
        "sent",
        "customer",
        "Customer",
    )


def test_messages_of_our_role_are_ours_and_teach_us_our_participant() -> None:
    conversation = customers(own_participant_id=None)
    arrive(conversation, eg.own_arrived(1))
    arrive(conversation, eg.own_arrived(2, role=None))
    assert all(message.is_own for message in conversation.timeline.copy())


def test_an_agent_sees_the_customer_as_the_other_side() -> None:
    conversation = Conversation(own_role="agent")
    arrive(conversation, eg.arrived(1, sender=None, role=None, participant_id=None))
    message = only(conversation)
    assert (message.is_own, message.role, message.sender) == (False, "customer", "Customer")


def test_a_draft_is_shown_at_once_and_follows_its_states() -> None:
    conversation = customers()
    (event,) = conversation.draft_changed(draft(1))
    message = eg.draft_message(1, time_ms=WALL_MS)
    assert event == MessagePlaced(message=message, index=0)
    failed = draft(1, state="failed", failure=eg.failure("rejected"))
    (event,) = conversation.draft_changed(failed)
    assert isinstance(event, MessagePlaced)
    assert (event.message.status, event.message.error) == ("failed", "It failed: rejected.")
    assert event.message.time_ms == WALL_MS
    (event,) = conversation.draft_changed(draft(1))
    assert isinstance(event, MessagePlaced)
    assert (event.message.status, event.message.error) == ("sending", None)
    assert conversation.draft_changed(draft(1)) == []


def test_the_answer_replaces_the_draft_and_the_echo_changes_nothing_more() -> None:
    conversation = customers()
    conversation.draft_changed(draft(1))
    (event,) = arrive(conversation, eg.own_arrived(5, draft_id="d1"))
    assert isinstance(event, MessagePlaced)
    assert (event.index, event.former_index, event.former_id) == (0, 0, "d1")
    assert event.message.draft_id == "d1"
    assert event.message.is_own
    assert arrive(conversation, eg.own_arrived(5)) == []
    assert only(conversation).id == "m5"


def test_an_echo_with_our_draft_id_is_ours_whoever_it_says_it_is_from() -> None:
    conversation = customers(own_participant_id=None)
    conversation.draft_changed(draft(1))
    arrive(conversation, eg.arrived(5, draft_id="d1", role=None, participant_id="somebody"))
    assert only(conversation).is_own
    arrive(conversation, eg.arrived(6, role=None, participant_id="somebody"))
    assert conversation.timeline[1].is_own


def test_somebody_elses_draft_id_is_not_ours() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1, draft_id="theirs"))
    assert only(conversation).draft_id is None
    assert not only(conversation).is_own


def test_a_discarded_draft_is_removed() -> None:
    conversation = customers()
    conversation.draft_changed(draft(1))
    message = only(conversation)
    assert conversation.draft_removed("d1") == [MessageRemoved(message=message, index=0)]
    assert conversation.draft_removed("d1") == []


def test_our_name_is_used_once_it_is_known() -> None:
    conversation = customers()
    conversation.presence_changed(eg.presence(eg.CUSTOMER, name="Cleo", role="customer"))
    conversation.draft_changed(draft(1))
    assert only(conversation).sender == "Cleo"


# --- receipts ---------------------------------------------------------------------------------------------


def test_a_receipt_advances_our_message() -> None:
    conversation = customers()
    arrive(conversation, eg.own_arrived(1))
    (event,) = conversation.receipt_arrived(eg.receipt("m1", "delivered"), WALL_MS)
    assert event == MessageStatusChanged(message=only(conversation), index=0)
    assert only(conversation).status == "delivered"
    conversation.receipt_arrived(eg.receipt("m1", "read"), WALL_MS)
    assert conversation.receipt_arrived(eg.receipt("m1", "delivered"), WALL_MS) == []
    assert only(conversation).status == "read"


def test_the_time_of_a_receipt_is_the_platforms_or_else_the_time_of_hearing_of_it() -> None:
    conversation = customers()
    arrive(conversation, eg.own_arrived(1))
    assert only(conversation).status_time_ms is None
    conversation.receipt_arrived(eg.receipt("m1", "delivered"), WALL_MS)
    assert only(conversation).status_time_ms == WALL_MS
    told = msgspec.structs.replace(eg.receipt("m1", "read"), time_ms=WALL_MS - 5)
    conversation.receipt_arrived(told, WALL_MS)
    assert only(conversation).status_time_ms == WALL_MS - 5


def test_the_first_receipt_of_a_status_tells_its_time_and_history_does_not_take_it_away() -> None:
    conversation = customers()
    arrive(conversation, eg.own_arrived(1))
    conversation.receipt_arrived(eg.receipt("m1", "read"), WALL_MS)
    assert conversation.receipt_arrived(eg.receipt("m1", "read"), WALL_MS + 9) == []
    assert conversation.receipt_arrived(eg.receipt("m1", "delivered"), WALL_MS + 9) == []
    arrive(conversation, eg.own_arrived(1, status="read", sequence=1))
    assert only(conversation).status_time_ms == WALL_MS


def test_a_receipt_that_overtakes_its_message_keeps_its_own_time() -> None:
    conversation = customers()
    conversation.receipt_arrived(eg.receipt("m1", "read"), WALL_MS)
    conversation.receipt_arrived(eg.receipt("m1", "read"), WALL_MS + 9)
    arrive(conversation, eg.own_arrived(1))
    assert only(conversation).status_time_ms == WALL_MS


def test_our_own_receipt_does_not_mark_our_message_read() -> None:
    conversation = customers()
    arrive(conversation, eg.own_arrived(1))
    assert conversation.receipt_arrived(eg.receipt("m1", "read", eg.CUSTOMER), WALL_MS) == []
    assert only(conversation).status == "sent"


def test_a_message_that_we_read_on_another_device_is_read_here_too() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1))
    assert conversation.receipt_arrived(eg.receipt("m1", "delivered", eg.CUSTOMER), WALL_MS) == []
    (event,) = conversation.receipt_arrived(eg.receipt("m1", "read", eg.CUSTOMER), WALL_MS)
    assert event == MessageStatusChanged(message=only(conversation), index=0)
    assert conversation.timeline.unread_count == 0


def test_what_others_have_read_of_each_other_is_not_our_reading() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1))
    assert conversation.receipt_arrived(eg.receipt("m1", "read", eg.OTHER_AGENT), WALL_MS) == []
    assert only(conversation).status == "unread"


def test_a_receipt_that_overtakes_its_message_is_kept_for_it() -> None:
    conversation = customers()
    assert conversation.receipt_arrived(eg.receipt("m1", "read"), WALL_MS) == []
    placed, changed = arrive(conversation, eg.own_arrived(1))
    assert isinstance(placed, MessagePlaced)
    assert isinstance(changed, MessageStatusChanged)
    assert only(conversation).status == "read"


def test_accepted_receipts_of_ours_mark_messages_read_once() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1), eg.own_arrived(2))
    (event,) = conversation.marked_read(("m1", "m2", "nobody"))
    assert isinstance(event, MessageStatusChanged)
    assert event.message.id == "m1"
    assert conversation.marked_read(("m1",)) == []


# --- people -----------------------------------------------------------------------------------------------


def test_a_typist_is_named_as_far_as_they_are_known() -> None:
    conversation = customers()
    conversation.typing_noticed(eg.typing(), 100.0)
    assert typing_names(conversation) == ("Agent",)
    conversation.presence_changed(eg.presence(name="Ann", role="agent"))
    assert typing_names(conversation) == ("Ann",)


def test_each_typist_has_an_indicator_of_their_own() -> None:
    conversation = customers()
    conversation.presence_changed(eg.presence(name="Ann"))
    conversation.presence_changed(eg.presence(eg.OTHER_AGENT, role="bot"))
    conversation.typing_noticed(eg.typing(), 100.0)
    conversation.typing_noticed(eg.typing(participant_id=eg.OTHER_AGENT), 101.0)
    assert typing_names(conversation) == ("Ann", "Bot")
    conversation.typing_noticed(eg.typing(False), 102.0)
    assert typing_names(conversation) == ("Bot",)


@pytest.mark.parametrize("own_participant_id", [eg.CUSTOMER, None])
def test_our_own_typing_comes_back_and_is_ignored(own_participant_id: str | None) -> None:
    conversation = customers(own_participant_id)
    conversation.presence_changed(eg.presence(eg.CUSTOMER, role="customer"))
    conversation.typing_noticed(eg.typing(participant_id=eg.CUSTOMER), 100.0)
    assert typing_names(conversation) == ()


def test_another_participant_of_our_role_is_not_shown_typing() -> None:
    conversation = customers()
    conversation.presence_changed(eg.presence("tablet", role="customer"))
    conversation.typing_noticed(eg.typing(participant_id="tablet"), 100.0)
    assert typing_names(conversation) == ()


def test_a_message_ends_its_senders_typing_and_nobody_elses() -> None:
    conversation = customers()
    for who in (eg.AGENT, eg.OTHER_AGENT):
        conversation.typing_noticed(eg.typing(participant_id=who), 100.0)
    arrive(conversation, eg.arrived(1))
    assert typists(conversation) == (eg.OTHER_AGENT,)


def test_a_message_ends_the_typing_of_an_unnamed_participant() -> None:
    conversation = customers()
    conversation.typing_noticed(eg.typing(participant_id=None), 100.0)
    assert typing_names(conversation) == ("Agent",)
    arrive(conversation, eg.arrived(1))
    assert typing_names(conversation) == ()


def test_whoever_leaves_types_no_more() -> None:
    conversation = customers()
    conversation.typing_noticed(eg.typing(), 100.0)
    conversation.presence_changed(eg.presence(has_joined=False))
    assert typing_names(conversation) == ()
    conversation.presence_changed(eg.presence(None, has_joined=False))


def test_a_name_once_known_is_not_forgotten_by_a_shorter_introduction() -> None:
    conversation = customers()
    conversation.presence_changed(eg.presence(name="Ann", role="agent"))
    conversation.presence_changed(eg.presence(role="bot"))
    conversation.presence_changed(eg.presence())
    conversation.typing_noticed(eg.typing(), 100.0)
    assert typing_names(conversation) == ("Ann",)


@pytest.mark.parametrize("who", [eg.AGENT, None])
@pytest.mark.parametrize("is_news", [True, False])
def test_typing_that_comes_after_the_message_that_was_typed_shows_nobody(
    who: str | None, is_news: bool
) -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(5, participant_id=who), is_news=is_news)
    said_ms = eg.START_MS + 5000
    for time_ms in (said_ms - 900, said_ms - 1):
        conversation.typing_noticed(eg.typing(participant_id=who, time_ms=time_ms), 100.0)
        assert typing_names(conversation) == ()
    arrive(conversation, eg.arrived(1, participant_id=who))
    conversation.typing_noticed(eg.typing(participant_id=who, time_ms=said_ms - 1), 100.0)
    assert typing_names(conversation) == ()
    conversation.typing_noticed(eg.typing(participant_id=who, time_ms=said_ms), 100.0)
    assert typing_names(conversation) != ()


def test_typing_is_held_against_messages_of_the_same_person_and_not_against_ours() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(5, participant_id=eg.OTHER_AGENT), eg.own_arrived(6))
    conversation.typing_noticed(eg.typing(time_ms=eg.START_MS), 100.0)
    assert typists(conversation) == (eg.AGENT,)


@pytest.mark.parametrize("is_bare", [True, False])
def test_an_echo_that_names_no_draft_and_overtakes_the_answer_is_the_same_message(is_bare: bool) -> None:
    conversation = customers(own_participant_id=None)
    conversation.draft_changed(draft(1))
    echo = eg.bare(5, participant_id=None) if is_bare else eg.arrived(5, participant_id=None, role=None)
    arrive(conversation, echo)
    removed, placed = arrive(conversation, eg.own_arrived(5, draft_id="d1"))
    assert isinstance(removed, MessageRemoved)
    assert (removed.message.id, removed.message.draft_id, removed.index) == ("m5", None, 0)
    assert isinstance(placed, MessagePlaced)
    assert (placed.index, placed.former_index, placed.former_id) == (0, 0, "d1")
    message = only(conversation)
    assert (message.id, message.draft_id, message.is_own, message.status) == ("m5", "d1", True, "sent")
    assert conversation.timeline.get("d1") == message
    assert conversation.timeline.unread_count == 0


def test_only_a_new_message_of_theirs_ends_their_typing() -> None:
    conversation = customers()
    arrive(conversation, eg.bare(2))
    for who in (eg.AGENT, None):
        conversation.typing_noticed(eg.typing(participant_id=who), 100.0)
    arrive(conversation, eg.arrived(1), is_news=False)
    arrive(conversation, eg.arrived(2))
    arrive(conversation, eg.own_arrived(3))
    assert typists(conversation) == (eg.AGENT, "")
    arrive(conversation, eg.arrived(4))
    assert typists(conversation) == ()


@pytest.mark.parametrize("statuses", [("delivered", "read"), ("read", "delivered"), ("read", "read")])
def test_of_all_receipts_that_overtake_their_message_the_furthest_counts(
    statuses: tuple[ReceiptStatus, ...],
) -> None:
    conversation = customers()
    for status in statuses:
        conversation.receipt_arrived(eg.receipt("m1", status), WALL_MS)
    conversation.receipt_arrived(eg.receipt("m1", "sent", eg.CUSTOMER), WALL_MS)
    arrive(conversation, eg.own_arrived(1))
    assert only(conversation).status == "read"


def test_our_own_message_is_not_received_even_if_it_is_unavailable() -> None:
    conversation = customers()
    arrive(conversation, eg.bare(1, participant_id=eg.CUSTOMER))
    assert received(conversation.message_unavailable("m1")) == []
    assert only(conversation).is_unavailable


def test_the_content_of_a_bare_message_from_before_we_came_is_not_received() -> None:
    conversation = customers()
    arrive(conversation, eg.bare(1), eg.bare(2), is_news=False)
    assert received(arrive(conversation, eg.arrived(1), is_news=True)) == []
    assert received(conversation.message_unavailable("m2")) == []


def test_an_unavailable_message_whose_content_turns_up_is_not_received_again() -> None:
    conversation = customers()
    arrive(conversation, eg.bare(1))
    assert received(conversation.message_unavailable("m1")) == ["m1"]
    assert received(arrive(conversation, eg.arrived(1))) == []
    assert only(conversation).text == "text 1"
    assert not only(conversation).is_unavailable


def test_what_the_echo_had_learnt_of_its_delivery_is_kept() -> None:
    conversation = customers()
    conversation.draft_changed(draft(1))
    arrive(conversation, eg.own_arrived(5))
    conversation.receipt_arrived(eg.receipt("m5", "delivered"), WALL_MS)
    *_, changed = arrive(conversation, eg.own_arrived(5, draft_id="d1"))
    assert isinstance(changed, MessageStatusChanged)
    assert only(conversation).status == "delivered"


def test_the_servers_time_places_a_message_whose_frame_had_none() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1, time_ms=None, sequence=None), eg.arrived(2))
    assert [message.id for message in conversation.timeline.copy()] == ["m2", "m1"]
    (event,) = arrive(conversation, eg.arrived(1))
    assert isinstance(event, MessagePlaced)
    assert (event.index, event.former_index) == (0, 1)
    assert list(conversation.timeline.copy()) == [eg.message(1), eg.message(2)]


def test_a_message_whose_time_is_not_known_stands_last_even_if_our_clock_is_slow() -> None:
    conversation = customers()
    tomorrow = {"time_ms": WALL_MS + 86_400_000}
    arrive(conversation, eg.arrived(2, **tomorrow), eg.bare(3), eg.bare(1))
    assert [message.id for message in conversation.timeline.copy()] == ["m2", "m3", "m1"]
    arrive(conversation, eg.arrived(4, time_ms=WALL_MS + 86_400_003))
    assert [message.id for message in conversation.timeline.copy()] == ["m2", "m3", "m1", "m4"]
    assert not conversation.is_order_certain()


def test_where_our_clock_is_right_it_tells_the_time_that_is_not_known() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1), eg.bare(2))
    assert [message.time_ms for message in conversation.timeline.copy()] == [eg.arrived(1).time_ms, WALL_MS]


def test_a_bare_repeat_takes_nothing_away() -> None:
    conversation = customers()
    arrive(conversation, eg.arrived(1), eg.bare(2, sender="Ben", role="bot", participant_id="b"))
    conversation.message_unavailable("m2")
    before = conversation.timeline.copy()
    assert (
        arrive(conversation, eg.bare(1), eg.bare(1, participant_id=None), eg.bare(2, participant_id=None))
        == []
    )
    assert conversation.timeline.copy() == before


def test_a_name_that_becomes_known_is_put_right() -> None:
    conversation = customers()
    arrive(conversation, eg.bare(1))
    assert only(conversation).sender == "Agent"
    conversation.presence_changed(eg.presence(name="Ann"))
    arrive(conversation, eg.arrived(1, sender=None))
    assert only(conversation).sender == "Ann"


def test_a_message_that_turns_out_to_be_ours_takes_our_name_role_and_status() -> None:
    conversation = customers(own_participant_id=None)
    arrive(conversation, eg.arrived(1, participant_id=None, role=None, sender=None))
    arrive(conversation, eg.own_arrived(1, sender=None, status="delivered"))
    message = only(conversation)
    assert (message.is_own, message.role, message.sender, message.status) == (
        True,
        "customer",
        "Customer",
        "delivered",
    )


def test_a_message_of_ours_stays_ours_when_a_later_frame_does_not_say_so() -> None:
    conversation = customers()
    arrive(conversation, eg.own_arrived(1), eg.arrived(1, participant_id=None, role=None, sender=None))
    message = only(conversation)
    assert message.is_own
    assert message.status == "sent"


arrivals = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from([(), ("time_ms",), ("sender", "role"), ("sequence", "participant_id")]),
    ),
    max_size=30,
)


@given(
    partial=arrivals, bare=st.lists(st.integers(1, 6), max_size=10), shuffle=st.randoms(use_true_random=False)
)
def test_any_order_of_full_partial_and_bare_arrivals_gives_the_same_conversation(
    partial: list[tuple[int, tuple[str, ...]]], bare: list[int], shuffle: random.Random
) -> None:
    parts = [eg.arrived(number) for number in range(1, 7)]
    parts += [eg.arrived(number, **dict.fromkeys(lacking)) for number, lacking in partial]
    parts += [eg.bare(number) for number in bare]
    shuffle.shuffle(parts)
    conversation = customers()
    events = arrive(conversation, *parts)
    assert list(conversation.timeline.copy()) == [eg.message(number) for number in range(1, 7)]
    assert sorted(received(events)) == [f"m{number}" for number in range(1, 7)]


def test_a_message_of_ours_keeps_our_name_when_a_later_frame_names_nobody() -> None:
    conversation = customers()
    arrive(conversation, eg.own_arrived(1))
    before = only(conversation)
    arrive(conversation, eg.arrived(1, participant_id=None, role=None, sender=None))
    assert only(conversation) == before


# --- failed, withdrawn ------------------------------------------------------------------------------------


def test_why_a_message_failed_stays_with_it_until_it_is_delivered_after_all() -> None:
    conversation = Conversation(own_role="customer")
    arrive(conversation, eg.own_arrived(1))
    failed = ReceiptArrived(message_id="m1", participant_id=eg.AGENT, status="failed", error="Opted out.")
    (event,) = conversation.receipt_arrived(failed, WALL_MS)
    assert isinstance(event, MessageStatusChanged)
    assert (event.message.status, event.message.error) == ("failed", "Opted out.")
    again = msgspec.structs.replace(failed, error=None)
    assert conversation.receipt_arrived(again, WALL_MS) == []
    conversation.receipt_arrived(msgspec.structs.replace(again, status="sent"), WALL_MS)
    assert conversation.timeline[0].error == "Opted out."
    conversation.receipt_arrived(msgspec.structs.replace(again, status="delivered"), WALL_MS)
    (message,) = conversation.timeline.copy()
    assert message.status == "delivered" and message.error is None


def test_content_tells_why_a_message_of_ours_failed() -> None:
    conversation = Conversation(own_role="customer")
    arrive(conversation, eg.own_arrived(1, status="failed", error="Opted out."), eg.arrived(2, error="x"))
    assert [message.error for message in conversation.timeline.copy()] == ["Opted out.", None]
    arrive(conversation, eg.own_arrived(1, status="failed"))
    assert conversation.timeline[0].error == "Opted out."


def test_a_message_that_was_taken_back_says_nothing_any_more_whatever_comes_later() -> None:
    conversation = Conversation(own_role="customer")
    arrive(conversation, eg.arrived(1, attachments=(Attachment(name="a.png"),)))
    arrive(conversation, MessageArrived(id="m1", is_withdrawn=True))
    for _ in range(2):
        (message,) = conversation.timeline.copy()
        assert (message.is_withdrawn, message.text, message.attachments) == (True, "", ())
        assert (message.sender, message.time_ms) == ("Ann", eg.arrived(1).time_ms)
        arrive(conversation, eg.arrived(1))
