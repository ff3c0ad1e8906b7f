"""The other side's state, on a made-up clock."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys.simulator.state.clock import rfc3339
from ipygenesys.simulator.state.conversation import (
    ConversationChanged,
    LegChanged,
    MessagePosted,
    Participant,
    PresenceChanged,
    ReceiptIssued,
    TypingChanged,
    UnknownConversation,
    UnknownMessage,
)
from ipygenesys.simulator.state.platform import Platform

ANN = Participant("a", "Ann", "agent")
CAT = Participant("c", "Cat", "customer")


def platform() -> Platform:
    numbers = itertools.count(1)
    made = Platform(lambda: f"m{next(numbers)}")
    made.open_conversation("k", ANN, CAT)
    return made


def test_joining_and_leaving_are_events_once() -> None:
    p = platform()
    assert p.join("k", ANN) == []
    p.set_typing("k", ANN, True, now=0)
    assert p.leave("k", ANN) == [TypingChanged("k", ANN, False), PresenceChanged("k", ANN, "left")]
    assert p.leave("k", ANN) == []


def test_a_message_gets_an_id_a_time_and_the_next_sequence() -> None:
    p = platform()
    first, events = p.post("k", ANN, "hi", now=5.0)
    second, _ = p.post("k", CAT, "ho", now=6.0)
    assert events == [MessagePosted(first)]
    assert [(m.id, m.time_s, m.sequence, m.is_inbound) for m in (first, second)] == [
        ("m1", 5.0, 1, False),
        ("m2", 6.0, 2, True),
    ]
    assert "hi" not in repr(first)


@given(moments=st.lists(st.floats(1.7e9, 1.7e9 + 0.01), min_size=2, max_size=20))
def test_messages_have_the_time_at_which_they_were_said_and_it_may_be_the_same(moments: list[float]) -> None:
    p = platform()
    for now in sorted(moments):
        assert rfc3339(p.post("k", ANN, "hi", now=now)[0].time_s) == rfc3339(now)


def test_a_provider_may_tell_whole_seconds() -> None:
    p = platform()
    p.time_step_s = 1.0
    assert [p.post("k", ANN, "hi", now=now)[0].time_s for now in (5.2, 5.9, 6.0)] == [5.0, 5.0, 6.0]


def test_a_client_id_seen_before_posts_nothing() -> None:
    p = platform()
    first, _ = p.post("k", CAT, "hi", now=0, client_message_id="x")
    again, events = p.post("k", CAT, "other", now=1, client_message_id="x")
    assert again is first
    assert events == []


def test_a_status_only_rises_and_read_implies_delivered() -> None:
    p = platform()
    message, _ = p.post("k", CAT, "hi", now=0)
    assert p.mark(message, ANN, "read", now=1) == [
        ReceiptIssued(message, ANN, "delivered", 1),
        ReceiptIssued(message, ANN, "read", 1),
    ]
    assert p.mark(message, ANN, "delivered", now=2) == []
    assert message.status == "read"


def test_typing_expires_unless_it_is_refreshed() -> None:
    p = platform()
    p.set_typing("k", CAT, True, now=0)
    p.set_typing("k", CAT, True, now=4)
    assert p.next_deadline() == 14
    assert p.expire(13.9) == []
    assert p.expire(14) == [TypingChanged("k", CAT, False, expired=True)]
    assert p.next_deadline() is None


@pytest.mark.parametrize("how", ["stop", "message"])
def test_typing_that_ends_by_itself_does_not_expire(how: str) -> None:
    p = platform()
    p.set_typing("k", CAT, True, now=0)
    if how == "stop":
        p.set_typing("k", CAT, False, now=1)
    else:
        p.post("k", CAT, "hi", now=1)
    assert not p.is_typing("k", CAT)
    assert p.expire(100) == []


def test_unread_up_to_leaves_later_read_and_own_messages_out() -> None:
    p = platform()
    first, own, third, fourth = [p.post("k", who, "x", now=0)[0] for who in (ANN, CAT, ANN, ANN)]
    assert p.unread_up_to("k", third, inbound=False) == [first, third]
    p.mark(first, CAT, "read", now=1)
    assert p.unread_up_to("k", fourth, inbound=False) == [third, fourth]
    assert p.unread_up_to("k", fourth, inbound=True) == [own]


def test_what_does_not_exist_has_an_error_of_its_own() -> None:
    p = platform()
    with pytest.raises(UnknownConversation):
        p.post("elsewhere", ANN, "x", now=0)
    with pytest.raises(UnknownMessage):
        p.message("m9")
    p.open_conversation("other", ANN, CAT)
    foreign, _ = p.post("other", ANN, "x", now=0)
    with pytest.raises(UnknownMessage):
        p.page("k", after=foreign.id, before=None, limit=1)


def test_a_conversation_changes_state_once() -> None:
    p = platform()
    assert p.set_state("k", "disconnected") == [
        LegChanged("k", "disconnected"),
        ConversationChanged("k", "disconnected"),
    ]
    assert p.set_state("k", "disconnected") == []


@given(count=st.integers(0, 30), limit=st.integers(1, 7))
def test_paging_either_way_finds_every_message_once_in_order(count: int, limit: int) -> None:
    p = platform()
    everything = [p.post("k", ANN, "x", now=0)[0] for _ in range(count)]

    page = p.page("k", after=None, before=None, limit=limit)
    backwards = page.messages
    while page.has_more:
        page = p.page("k", after=None, before=backwards[0].id, limit=limit)
        backwards = page.messages + backwards
    assert backwards == everything

    forwards = everything[:1]
    while forwards:
        page = p.page("k", after=forwards[-1].id, before=None, limit=limit)
        forwards += page.messages
        if not page.has_more:
            break
    assert forwards == everything
