"""Deltas on their way to the views: numbered, in small batches, within the budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from ipygenesys._core.view.delta_buffer import (
    BURST,
    CROWDED,
    CROWDED_S,
    KEPT_OF_RUN,
    MAX_MESSAGES_PER_S,
    MAX_RUN,
    DeltaBuffer,
    SendBudget,
)
from ipygenesys._core.view.encoding import view_message
from ipygenesys._core.view.protocol import (
    MAX_BATCH_DELTAS,
    Delta,
    Deltas,
    MessagePlacedDelta,
    MessageRemovedDelta,
    MessagesSkippedDelta,
    TypingDelta,
    UnreadDelta,
)
from tests import examples as eg


def removed(index: int) -> MessageRemovedDelta:
    return MessageRemovedDelta(id=f"m{index}", index=index)


def empty_buffer() -> DeltaBuffer:
    return DeltaBuffer("e", SendBudget())


def test_a_lone_delta_goes_out_at_once() -> None:
    buffer = empty_buffer()
    assert buffer.next_deadline(100.0) is None
    buffer.add(removed(1))
    assert buffer.next_deadline(100.0) == 100.0
    assert buffer.drain(100.0) == [Deltas(epoch="e", revision=1, deltas=(removed(1),))]
    assert buffer.revision == 1
    assert buffer.drain(100.0) == []


def test_a_batch_holds_at_most_sixty_four_deltas_with_consecutive_revisions() -> None:
    buffer = empty_buffer()
    for index in range(150):
        buffer.add(removed(index))
    batches = buffer.drain(100.0)
    assert [(batch.revision, len(batch.deltas)) for batch in batches] == [(1, 64), (65, 64), (129, 22)]
    assert buffer.revision == 150


def test_beyond_the_burst_deltas_gather_until_the_budget_allows_another_message() -> None:
    buffer = empty_buffer()
    for index in range(5):
        buffer.add(removed(index))
        buffer.drain(100.0)
    assert buffer.revision == 3
    deadline = buffer.next_deadline(100.0)
    assert deadline is not None
    assert 0 < deadline - 100.0 <= 1 / MAX_MESSAGES_PER_S + 1e-9
    (batch,) = buffer.drain(deadline)
    assert (batch.revision, len(batch.deltas)) == (4, 2)


def test_views_that_too_much_happens_in_are_told_ten_times_a_second() -> None:
    buffer = empty_buffer()
    updates = []
    for ms in range(1000):
        for count in range(5):
            buffer.add(TypingDelta(names=(f"{ms} {count}",)))
        updates += [(ms, batch) for batch in buffer.drain(100.0 + ms / 1000)]
    moments = [ms for ms, _ in updates[-8:]]
    assert moments == [*range(moments[0], moments[0] + 701, 100)]
    assert len(updates) <= 10 + 3, "a few go out before it shows that these are many"
    assert buffer.next_deadline(101.0) == 100.0 + updates[-1][0] / 1000 + 0.1


def test_after_a_crowd_a_lone_delta_goes_out_at_once_again() -> None:
    buffer = empty_buffer()
    for index in range(CROWDED + 1):
        buffer.add(removed(index))
    assert buffer.drain(100.0)
    buffer.add(removed(100))
    assert buffer.drain(100.05) == []
    assert buffer.drain(100.0 + CROWDED_S)
    buffer.add(removed(101))
    assert buffer.next_deadline(100.2) == 100.2


def test_of_a_value_only_the_newest_is_sent_behind_all_that_counts() -> None:
    buffer = empty_buffer()
    buffer.add(TypingDelta(names=("Ann",)))
    buffer.add(removed(1))
    buffer.add(UnreadDelta(count=1))
    buffer.add(TypingDelta(names=()))
    buffer.add(removed(2))
    buffer.add(UnreadDelta(count=2))
    (batch,) = buffer.drain(100.0)
    assert batch.deltas == (removed(1), removed(2), TypingDelta(names=()), UnreadDelta(count=2))
    assert buffer.revision == 4


def test_values_for_which_a_batch_has_no_room_come_with_the_next() -> None:
    buffer = empty_buffer()
    for index in range(64):
        buffer.add(removed(index))
    buffer.add(UnreadDelta(count=64))
    first, second = buffer.drain(100.0)
    assert len(first.deltas) == 64
    assert (second.revision, second.deltas) == (65, (UnreadDelta(count=64),))


def test_a_flush_goes_out_on_credit_and_the_credit_is_paid_back() -> None:
    budget = SendBudget()
    buffer = DeltaBuffer("e", budget)
    for index in range(64 * 5):
        buffer.add(removed(index))
    assert len(buffer.flush(100.0)) == 5
    assert not budget.take(100.0)
    assert budget.available_at(100.0) > 100.0 + 2 / MAX_MESSAGES_PER_S


def test_discarded_deltas_still_count_so_that_a_forgotten_view_sees_the_gap() -> None:
    buffer = empty_buffer()
    buffer.add(removed(1))
    buffer.add(removed(2))
    buffer.discard()
    assert buffer.revision == 2
    assert buffer.next_deadline(100.0) is None
    buffer.add(removed(3))
    (batch,) = buffer.drain(100.0)
    assert batch.revision == 3


def test_a_budget_grows_to_its_burst_and_no_further() -> None:
    budget = SendBudget()
    budget.take(100.0)
    assert [budget.take(10_000.0) for _ in range(4)] == [True, True, True, False]


def test_time_that_runs_backwards_gives_no_credit() -> None:
    budget = SendBudget()
    while budget.take(100.0):
        pass
    assert not budget.take(50.0)
    assert not budget.take(50.0)


def placed(index: int, *, is_own: bool = False, id_: str | None = None) -> MessagePlacedDelta:
    message = view_message(eg.message(1, id=id_ or f"m{index}", is_own=is_own))
    return MessagePlacedDelta(message=message, index=index)


def test_of_a_burst_only_the_newest_messages_are_sent_and_the_others_counted() -> None:
    buffer = empty_buffer()
    for index in range(5, 5 + 10_000):
        buffer.add(placed(index, is_own=index % 2 == 1))
    buffer.add(UnreadDelta(count=7))
    first, *others = buffer.drain(100.0)
    deltas = [delta for batch in (first, *others) for delta in batch.deltas]
    skipped, *rest = deltas[:-1]
    assert len(deltas) <= MAX_RUN + 2
    assert isinstance(skipped, MessagesSkippedDelta)
    assert (skipped.index, skipped.count + len(rest), skipped.first_other_id) == (5, 10_000, "m6")
    assert skipped.others == skipped.count // 2
    assert rest == [placed(index, is_own=index % 2 == 1) for index in range(5 + skipped.count, 10_005)]


def test_a_short_run_is_sent_whole() -> None:
    buffer = empty_buffer()
    for index in range(MAX_RUN):
        buffer.add(placed(index))
    assert sum(len(batch.deltas) for batch in buffer.flush(100.0)) == MAX_RUN


@pytest.mark.parametrize("gathered", [1, KEPT_OF_RUN, MAX_BATCH_DELTAS - 1, MAX_BATCH_DELTAS, MAX_RUN])
def test_what_a_burst_has_gathered_goes_out_as_one_batch(gathered: int) -> None:
    buffer = empty_buffer()
    for index in range(gathered):
        buffer.add(placed(index))
    buffer.add(UnreadDelta(count=gathered))
    (batch,) = buffer.drain(100.0)
    new = [delta for delta in batch.deltas if isinstance(delta, MessagePlacedDelta)]
    counted = [delta.count for delta in batch.deltas if isinstance(delta, MessagesSkippedDelta)]
    assert len(new) == (gathered if gathered < MAX_BATCH_DELTAS else KEPT_OF_RUN)
    assert len(new) + sum(counted) == gathered
    assert batch.deltas[-1] == UnreadDelta(count=gathered)


def test_a_run_that_fits_one_batch_is_sent_whole_behind_whatever_waits() -> None:
    buffer = empty_buffer()
    others: list[Delta] = [removed(index) for index in range(MAX_BATCH_DELTAS)]
    run: list[Delta] = [placed(index) for index in range(KEPT_OF_RUN)]
    for delta in (*others, *run):
        buffer.add(delta)
    assert [delta for batch in buffer.drain(100.0) for delta in batch.deltas] == [*others, *run]


def test_what_comes_between_ends_a_run() -> None:
    buffer = empty_buffer()
    for index in range(MAX_RUN):
        buffer.add(placed(index))
    buffer.add(removed(3))
    for index in range(MAX_RUN):
        buffer.add(placed(index))
    deltas = [delta for batch in buffer.flush(100.0) for delta in batch.deltas]
    assert not [delta for delta in deltas if isinstance(delta, MessagesSkippedDelta)]


def test_two_bursts_apart_are_counted_apart() -> None:
    buffer = empty_buffer()
    for index in range(MAX_RUN + 1):
        buffer.add(placed(index))
    for index in range(MAX_RUN + 1):
        buffer.add(placed(index, is_own=True))
    skipped = [
        delta
        for batch in buffer.flush(100.0)
        for delta in batch.deltas
        if isinstance(delta, MessagesSkippedDelta)
    ]
    assert [(delta.index, delta.first_other_id) for delta in skipped] == [(0, "m0"), (0, None)]


def test_a_run_of_which_a_part_has_gone_out_is_only_as_long_as_the_rest() -> None:
    buffer = empty_buffer()
    for index in range(MAX_RUN):
        buffer.add(placed(index))
    buffer.flush(100.0)
    for index in range(MAX_RUN, 2 * MAX_RUN):
        buffer.add(placed(index))
    deltas = [delta for batch in buffer.flush(100.0) for delta in batch.deltas]
    assert deltas == [placed(index) for index in range(MAX_RUN, 2 * MAX_RUN)]


class BufferMachine(RuleBasedStateMachine):
    """Two widgets that share one budget, against the stream of messages that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        budget = SendBudget()
        self.buffers = [DeltaBuffer("a", budget), DeltaBuffer("b", budget)]
        self.now = 1000.0
        self.sent_at: list[float] = []
        self.on_credit = 0
        self.revisions = [0, 0]
        self.added: list[list[Delta]] = [[], []]
        self.shown: list[list[Delta]] = [[], []]

    def take(self, which: int, batches: list[Deltas]) -> None:
        for batch in batches:
            assert batch.revision == self.revisions[which] + 1, "a gap"
            assert 1 <= len(batch.deltas) <= MAX_BATCH_DELTAS
            self.revisions[which] += len(batch.deltas)
            self.shown[which] += batch.deltas
            self.sent_at.append(self.now)
        assert self.buffers[which].revision == self.revisions[which]

    @rule(which=st.integers(0, 1), count=st.integers(1, 200))
    def burst(self, which: int, count: int) -> None:
        for number in range(count):
            delta = removed(number)
            self.added[which].append(delta)
            self.buffers[which].add(delta)
        self.take(which, self.buffers[which].drain(self.now))

    @rule(which=st.integers(0, 1), count=st.integers(1, 400), at=st.integers(0, 3))
    def messages(self, which: int, count: int, at: int) -> None:
        for index in range(at, at + count):
            delta = placed(index)
            self.added[which].append(delta)
            self.buffers[which].add(delta)

    @rule(seconds=st.floats(0.001, 0.5))
    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        for which, buffer in enumerate(self.buffers):
            for _ in range(100):
                deadline = buffer.next_deadline(self.now)
                if deadline is None or deadline > end:
                    break
                self.now = max(self.now, deadline)
                self.take(which, buffer.drain(self.now))
                following = buffer.next_deadline(self.now)
                assert following is None or following > self.now, "a deadline that never passes"
        self.now = end

    @rule(which=st.integers(0, 1))
    def flush(self, which: int) -> None:
        before = len(self.sent_at)
        self.take(which, self.buffers[which].flush(self.now))
        self.on_credit += len(self.sent_at) - before

    def teardown(self) -> None:
        paid = len(self.sent_at) - self.on_credit
        assert paid <= BURST + (self.now - 1000.0) * MAX_MESSAGES_PER_S + 0.01
        for which, buffer in enumerate(self.buffers):
            self.take(which, buffer.flush(self.now))
            assert_same(self.shown[which], self.added[which])


def assert_same(shown: list[Delta], added: list[Delta]) -> None:
    """Nothing was lost or repeated, and what was only counted was counted right."""
    rest = iter(added)
    for delta in shown:
        if not isinstance(delta, MessagesSkippedDelta):
            assert delta == next(rest)
            continue
        counted = [next(rest) for _ in range(delta.count)]
        assert counted == [placed(delta.index + i) for i in range(delta.count)]
    assert list(rest) == []


TestBuffer = BufferMachine.TestCase


@given(st.lists(st.floats(0, 2), max_size=50))
def test_no_second_has_more_messages_than_the_rate_and_the_burst(pauses: list[float]) -> None:
    budget, now, taken = SendBudget(), 1000.0, list[float]()
    for pause in pauses:
        now += pause
        while budget.take(now):
            taken.append(now)
    for start in taken:
        assert sum(start <= at < start + 1.0 for at in taken) <= MAX_MESSAGES_PER_S + BURST


@given(st.lists(st.floats(0.0, 0.2), min_size=1, max_size=60), st.floats(0.0, 1e6))
def test_what_is_called_available_can_be_taken(pauses: list[float], start: float) -> None:
    budget, now = SendBudget(), start
    for pause in pauses:
        now += pause
        while budget.take(now):
            pass
        now = budget.available_at(now)
        assert budget.take(now)


def test_a_budget_that_was_spent_is_available_again_as_time_goes_by() -> None:
    budget = SendBudget(10.0, 1.0)
    assert budget.take(100.0)
    assert budget.available_at(100.0) == 100.1
    assert budget.available_at(105.0) == 105.0


def is_crowded_by(buffer: DeltaBuffer, count: int) -> bool:
    for index in range(count):
        buffer.add(placed(index))
    assert buffer.drain(200.0)
    buffer.add(placed(count))
    return buffer.next_deadline(200.0) != 200.0


def used(buffer: DeltaBuffer) -> DeltaBuffer:
    for index in range(3):
        buffer.add(placed(index))
    return buffer


def test_what_went_out_before_makes_no_crowd() -> None:
    fresh, drained, flushed, discarded = empty_buffer(), empty_buffer(), empty_buffer(), empty_buffer()
    assert used(drained).drain(100.0)
    assert used(flushed).flush(100.0)
    used(discarded).discard()
    for buffer in (fresh, drained, flushed, discarded):
        assert not is_crowded_by(buffer, CROWDED)
    assert is_crowded_by(empty_buffer(), CROWDED + 1)


def test_values_that_were_discarded_do_not_go_out() -> None:
    buffer = empty_buffer()
    buffer.add(UnreadDelta(count=1))
    buffer.discard()
    assert buffer.next_deadline(100.0) is None
    assert buffer.drain(100.0) == []
    assert buffer.revision == 1


def test_a_batch_that_is_just_full_takes_the_newest_value_along() -> None:
    buffer = empty_buffer()
    for index in range(MAX_BATCH_DELTAS - 1):
        buffer.add(removed(index))
    buffer.add(UnreadDelta(count=1))
    (batch,) = buffer.drain(100.0)
    assert len(batch.deltas) == MAX_BATCH_DELTAS


def test_neither_a_message_that_moved_nor_a_draft_that_was_accepted_is_part_of_a_burst() -> None:
    moved = MessagePlacedDelta(message=placed(0).message, index=0, former_index=7, former_id="m0")
    accepted = MessagePlacedDelta(message=view_message(eg.own_message(1, draft_id="d1")), index=0)
    for before in (moved, accepted):
        buffer = empty_buffer()
        buffer.add(before)
        for index in range(1, 1 + MAX_RUN):
            buffer.add(placed(index))
        deltas = [delta for batch in buffer.flush(100.0) for delta in batch.deltas]
        assert deltas == [before, *(placed(index) for index in range(1, 1 + MAX_RUN))]
