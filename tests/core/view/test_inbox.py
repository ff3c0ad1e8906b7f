"""Messages from the browser, back in order, each at most once."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.view.inbox import MAX_HELD, PATIENCE_S, ViewInbox
from ipygenesys._core.view.protocol import ViewHeartbeat, ViewToKernel


def beat(seq: int) -> ViewHeartbeat:
    return ViewHeartbeat(client="c", seq=seq)


def seqs(messages: list[ViewToKernel]) -> list[int]:
    return [message.seq for message in messages]


def test_messages_in_order_pass_at_once() -> None:
    inbox = ViewInbox(1)
    assert seqs(inbox.receive(beat(1), 100.0)) == [1]
    assert seqs(inbox.receive(beat(2), 100.0)) == [2]
    assert inbox.next_deadline() is None


def test_two_swapped_messages_are_swapped_back() -> None:
    inbox = ViewInbox(1)
    assert inbox.receive(beat(2), 100.0) == []
    assert inbox.next_deadline() == 100.0 + PATIENCE_S
    assert seqs(inbox.receive(beat(1), 100.1)) == [1, 2]
    assert inbox.next_deadline() is None


def test_a_repeated_message_is_dropped_whether_it_was_passed_or_is_held() -> None:
    inbox = ViewInbox(1)
    inbox.receive(beat(1), 100.0)
    assert inbox.receive(beat(1), 100.0) == []
    inbox.receive(beat(3), 100.0)
    assert inbox.receive(beat(3), 100.1) == []
    assert inbox.next_deadline() == 100.0 + PATIENCE_S


def test_a_lost_message_holds_up_the_others_for_a_moment_only() -> None:
    inbox = ViewInbox(1)
    inbox.receive(beat(2), 100.0)
    inbox.receive(beat(3), 100.1)
    assert inbox.tick(100.2) == []
    assert seqs(inbox.tick(100.0 + PATIENCE_S)) == [2, 3]
    assert inbox.next_deadline() is None
    assert inbox.receive(beat(1), 101.0) == []


def test_the_next_gap_has_patience_of_its_own() -> None:
    inbox = ViewInbox(1)
    inbox.receive(beat(2), 100.0)
    inbox.receive(beat(4), 100.1)
    assert seqs(inbox.tick(100.25)) == [2]
    assert inbox.next_deadline() == 100.25 + PATIENCE_S
    assert seqs(inbox.receive(beat(3), 100.3)) == [3, 4]


def test_a_gap_that_closes_in_part_waits_on_from_there() -> None:
    inbox = ViewInbox(1)
    inbox.receive(beat(2), 100.0)
    inbox.receive(beat(4), 100.0)
    assert seqs(inbox.receive(beat(1), 100.2)) == [1, 2]
    assert inbox.next_deadline() == 100.2 + PATIENCE_S


def test_no_more_than_a_bounded_number_is_held() -> None:
    inbox = ViewInbox(1)
    passed = list[int]()
    for seq in range(2, MAX_HELD + 3):
        passed += seqs(inbox.receive(beat(seq), 100.0))
    assert passed == list(range(2, MAX_HELD + 3))


@given(
    order=st.permutations(range(1, 25)),
    lost=st.sets(st.integers(1, 24), max_size=5),
    repeated=st.lists(st.integers(1, 24), max_size=5),
    pauses=st.randoms(use_true_random=False),
)
def test_any_order_any_loss_and_any_repeat_gives_each_message_at_most_once_and_in_order(
    order: list[int], lost: set[int], repeated: list[int], pauses: random.Random
) -> None:
    inbox, now, passed = ViewInbox(1), 100.0, list[int]()
    for seq in [seq for seq in order + repeated if seq not in lost]:
        now += pauses.choice([0.0, 0.01, 0.1])
        passed += seqs(inbox.receive(beat(seq), now))
        if (deadline := inbox.next_deadline()) is not None and deadline <= now:
            passed += seqs(inbox.tick(now))
            assert (inbox.next_deadline() or now + 1) > now, "a deadline that never passes"
    while (deadline := inbox.next_deadline()) is not None:
        passed += seqs(inbox.tick(deadline))
    assert passed == sorted(set(passed))
    assert set(passed) <= set(range(1, 25)) - lost


@given(st.permutations(range(1, 25)))
def test_swaps_within_the_patience_lose_nothing(order: list[int]) -> None:
    inbox, passed = ViewInbox(1), list[int]()
    for seq in order:
        passed += seqs(inbox.receive(beat(seq), 100.0))
    assert passed == list(range(1, 25))


def test_as_many_as_may_be_held_are_held() -> None:
    inbox = ViewInbox(1)
    assert [seqs(inbox.receive(beat(2 + number), 100.0)) for number in range(MAX_HELD)] == [[]] * MAX_HELD
    assert len(inbox.receive(beat(2 + MAX_HELD), 100.0)) == MAX_HELD + 1
