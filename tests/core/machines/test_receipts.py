"""Read receipts of ours: coalesced, four calls at most, nothing lost, nothing acknowledged twice."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ipygenesys._core.machines.receipts import COALESCE_S, MAX_IN_FLIGHT, ReadReceipts
from ipygenesys._core.machines.rest_budget import HELD_BACK
from ipygenesys._core.model.failures import FailureKind
from ipygenesys._core.model.operations import MarkRead, MarkReadUpTo
from tests import examples as eg


def contiguous(ids: tuple[str, ...]) -> bool:
    return True


def scattered(ids: tuple[str, ...]) -> bool:
    return False


def ids(*numbers: int) -> tuple[str, ...]:
    return tuple(f"m{number}" for number in numbers)


def calls(*numbers: int) -> list[MarkRead]:
    return [MarkRead(id_) for id_ in ids(*numbers)]


def test_messages_seen_together_are_coalesced_and_then_acknowledged() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    receipts.seen(ids(2), 100.1)
    assert receipts.next_deadline() == 100.0 + COALESCE_S
    assert receipts.pump(100.14, scattered) == []
    assert receipts.pump(100.15, scattered) == calls(1, 2)
    assert receipts.next_deadline() is None
    receipts.succeeded(ids(1, 2))
    assert receipts.pending == ()


def test_at_most_four_calls_are_in_flight() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(*range(1, 8)), 100.0)
    assert receipts.pump(101.0, scattered) == calls(1, 2, 3, 4)
    assert receipts.next_deadline() is None
    assert receipts.pump(102.0, scattered) == []
    receipts.succeeded(ids(2))
    assert receipts.pump(102.0, scattered) == calls(5)
    receipts.succeeded(ids(1, 3, 4, 5))
    assert receipts.pump(102.0, scattered) == calls(6, 7)


def test_seeing_a_message_again_before_its_answer_asks_nothing_more() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    receipts.seen(ids(1), 100.1)
    assert receipts.pump(101.0, scattered) == calls(1)
    receipts.seen(ids(1), 101.0)
    assert receipts.pump(102.0, scattered) == []


def test_a_contiguous_batch_is_one_call() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1, 2, 3), 100.0)
    assert receipts.pump(101.0, contiguous) == [MarkReadUpTo("m3", ids(1, 2, 3))]
    receipts.succeeded(ids(1, 2, 3))
    assert receipts.pending == ()


def test_a_single_message_needs_no_batch_call() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    assert receipts.pump(101.0, contiguous) == calls(1)


@pytest.mark.parametrize("kind", ["not_found", "unsupported"])
def test_a_server_without_the_batch_call_gets_one_call_per_message(kind: FailureKind) -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1, 2), 100.0)
    (batch,) = receipts.pump(101.0, contiguous)
    receipts.failed(batch, eg.failure(kind), 101.0, 0.5)
    assert not receipts.has_batch_call
    assert receipts.pump(101.0, contiguous) == calls(1, 2)


def test_a_failed_receipt_stays_pending_and_is_tried_again_later() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.failed(call, eg.failure("unavailable"), 101.0, 0.5)
    assert receipts.pending == ids(1)
    assert receipts.next_deadline() == 102.5
    assert receipts.pump(102.4, scattered) == []
    assert receipts.pump(102.5, scattered) == calls(1)


def test_failed_receipts_go_first_when_they_are_tried_again() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.seen(ids(2), 101.0)
    receipts.failed(call, eg.failure("lost"), 101.0, 0.5)
    assert receipts.pump(110.0, scattered) == calls(1, 2)


def test_a_new_stream_does_not_wait_out_the_backoff_of_the_old_one() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.failed(call, eg.failure("unreachable"), 101.0, 0.9)
    receipts.reenable(101.2)
    assert receipts.pump(101.2 + COALESCE_S, scattered) == calls(1)


def test_a_missing_permission_stops_all_calls_until_the_user_asks_again() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1, 2), 100.0)
    first, second = receipts.pump(101.0, scattered)
    receipts.failed(first, eg.failure("permission"), 101.0, 0.5)
    receipts.failed(second, eg.failure("permission"), 101.0, 0.5)
    receipts.reenable(200.0)
    assert receipts.refused == eg.failure("permission")
    assert receipts.next_deadline() is None
    assert receipts.pump(300.0, scattered) == []
    receipts.retry_refused()
    assert set(receipts.pump(300.0, scattered)) == set(calls(1, 2))


def test_a_receipt_that_the_server_will_never_take_is_given_up() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.failed(call, eg.failure("not_found"), 101.0, 0.5)
    assert receipts.pending == ()
    assert receipts.next_deadline() is None


def test_what_may_be_ours_waits_until_that_is_known() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    receipts.wait_with(ids(1, 2, 3))
    assert (receipts.unsure, receipts.pending) == (ids(2, 3), ids(1, 2, 3))
    assert receipts.pump(100.2, contiguous) == calls(1)
    assert receipts.next_deadline() is None
    receipts.withdraw("m2")
    receipts.seen(ids(3), 100.3)
    assert (receipts.unsure, receipts.pump(101.0, contiguous)) == ((), calls(3))


def test_where_the_protocol_has_no_receipts_none_is_sent() -> None:
    receipts = ReadReceipts(is_enabled=False)
    receipts.wait_with(ids(2))
    assert receipts.pending == ()
    receipts.seen(ids(1), 100.0)
    assert receipts.pump(200.0, contiguous) == []
    assert receipts.next_deadline() is None


class ReceiptsMachine(RuleBasedStateMachine):
    """Messages seen, answers and failures in any order, against a server that remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.receipts = ReadReceipts()
        self.now = 1000.0
        self.in_flight: list[MarkRead | MarkReadUpTo] = []
        self.seen: dict[str, None] = {}
        self.acknowledged: list[str] = []
        self.given_up: set[str] = set()
        self.barred_until = 0.0

    def is_contiguous(self, batch: tuple[str, ...]) -> bool:
        return [int(id_[1:]) for id_ in batch] == list(
            range(int(batch[0][1:]), int(batch[0][1:]) + len(batch))
        )

    def pump(self) -> None:
        for call in self.receipts.pump(self.now, self.is_contiguous):
            assert self.now >= self.barred_until, "the rate limit was not waited out"
            asked = {id_ for other in self.in_flight for id_ in batch_of(other)}
            for id_ in batch_of(call):
                assert id_ in self.seen, "never seen"
                assert id_ not in asked, "asked twice at once"
                assert id_ not in self.acknowledged, "acknowledged already"
            self.in_flight.append(call)
        assert len(self.in_flight) <= MAX_IN_FLIGHT
        deadline = self.receipts.next_deadline()
        assert deadline is None or deadline > self.now, "a deadline that never passes"

    @rule(numbers=st.lists(st.integers(1, 30), max_size=8))
    def see(self, numbers: list[int]) -> None:
        fresh = [f"m{n}" for n in numbers if f"m{n}" not in self.acknowledged]
        self.seen.update(dict.fromkeys(fresh))
        self.given_up -= set(fresh)
        self.receipts.seen(fresh, self.now)
        self.pump()

    @rule(seconds=st.floats(0.01, 40))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.pump()

    @rule()
    def reconnect(self) -> None:
        self.receipts.reenable(self.now)
        self.pump()

    @rule()
    def ask_again(self) -> None:
        self.receipts.retry_refused()
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        call = self.take(data)
        self.acknowledged += batch_of(call)
        self.receipts.succeeded(batch_of(call))
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule(
        data=st.data(),
        kind=st.sampled_from(
            ["unavailable", "unreachable", "lost", "permission", "authentication", "protocol"]
        ),
        jitter=st.floats(0, 0.99),
    )
    def fail(self, data: st.DataObject, kind: FailureKind, jitter: float) -> None:
        self.receipts.failed(self.take(data), eg.failure(kind), self.now, max(jitter, 0.01))
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data(), retry_after_s=st.floats(0.5, 60))
    def rate_limit(self, data: st.DataObject, retry_after_s: float) -> None:
        self.barred_until = max(self.barred_until, self.now + retry_after_s)
        failure = eg.failure("rate_limited", retry_after_s=retry_after_s)
        self.receipts.failed(self.take(data), failure, self.now, 0.5)
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data(), kind=st.sampled_from(["not_found", "unsupported", "rejected"]))
    def refuse(self, data: st.DataObject, kind: FailureKind) -> None:
        call = self.take(data)
        if isinstance(call, MarkRead):
            self.given_up.add(call.message_id)
        self.receipts.failed(call, eg.failure(kind), self.now, 0.5)
        self.pump()

    def take(self, data: st.DataObject) -> MarkRead | MarkReadUpTo:
        return self.in_flight.pop(data.draw(st.integers(0, len(self.in_flight) - 1)))

    @invariant()
    def nothing_is_lost(self) -> None:
        owed = set(self.seen) - set(self.acknowledged) - self.given_up
        assert set(self.receipts.pending) == owed

    def teardown(self) -> None:
        self.receipts.retry_refused()
        for _ in range(40):
            self.now += 130.0
            self.pump()
            while self.in_flight:
                call = self.in_flight.pop(0)
                self.acknowledged += batch_of(call)
                self.receipts.succeeded(batch_of(call))
        assert set(self.acknowledged) == set(self.seen) - self.given_up
        assert len(self.acknowledged) == len(set(self.acknowledged)), "acknowledged twice"


def batch_of(call: MarkRead | MarkReadUpTo) -> tuple[str, ...]:
    return call.batch if isinstance(call, MarkReadUpTo) else (call.message_id,)


TestReceipts = ReceiptsMachine.TestCase


def test_a_batch_that_the_server_does_not_take_is_asked_for_message_by_message() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1, 2), 100.0)
    (batch,) = receipts.pump(101.0, contiguous)
    receipts.failed(batch, eg.failure("rejected"), 101.0, 0.5)
    assert receipts.pump(101.0, contiguous) == calls(1, 2)


def test_a_retry_after_is_waited_out_even_if_the_stream_comes_back_meanwhile() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.failed(call, eg.failure("rate_limited", retry_after_s=60.0), 101.0, 0.0)
    receipts.reenable(110.0)
    assert receipts.next_deadline() == 161.0


def test_a_second_failure_does_not_shorten_the_first_ones_retry_after() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1, 2), 100.0)
    first, second = receipts.pump(101.0, scattered)
    receipts.failed(first, eg.failure("rate_limited", retry_after_s=60.0), 101.0, 0.0)
    receipts.failed(second, eg.failure("unreachable"), 101.0, 0.5)
    assert receipts.next_deadline() == 161.0


def test_receipts_refused_for_their_token_are_tried_again_with_the_next_stream() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.failed(call, eg.failure("authentication"), 101.0, 0.5)
    assert receipts.pump(120.0, scattered) == []
    receipts.reenable(130.0)
    assert receipts.pump(130.2, scattered) == calls(1)


def test_at_the_beginning_of_time_nothing_holds_a_receipt_up() -> None:
    receipts = ReadReceipts()
    assert not receipts.is_again(MarkRead("m1"))
    receipts.seen(ids(1), 0.0)
    assert receipts.next_deadline() == COALESCE_S
    receipts.reenable(0.0)
    assert receipts.next_deadline() == COALESCE_S


def test_only_what_was_made_and_failed_is_a_repeat() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1, 2), 100.0)
    first, second = receipts.pump(101.0, scattered)
    receipts.failed(first, HELD_BACK, 101.0, 0.0)
    assert receipts.next_deadline() == 101.0 + 2.0, "the wait does not grow either"
    receipts.failed(second, eg.failure("unavailable"), 101.0, 0.0)
    second, first = receipts.pump(110.0, scattered)
    assert [receipts.is_again(call) for call in (first, second)] == [False, True]
    receipts.failed(second, HELD_BACK, 110.0, 0.0)
    receipts.failed(first, HELD_BACK, 110.0, 0.0)
    receipts.seen(ids(3), 110.0)
    assert [receipts.is_again(call) for call in receipts.pump(120.0, scattered)] == [False, True, False]
    receipts.succeeded(ids(2))
    assert not receipts.is_again(second)


def test_a_batch_is_a_repeat_if_any_of_it_is_and_what_is_refused_for_good_is_forgotten() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.failed(call, eg.failure("unavailable"), 101.0, 0.0)
    receipts.seen(ids(2), 101.0)
    (batch,) = receipts.pump(110.0, contiguous)
    assert isinstance(batch, MarkReadUpTo)
    assert receipts.is_again(batch)
    receipts.failed(MarkRead("m1"), eg.failure("not_found"), 110.0, 0.0)
    assert not receipts.is_again(batch)


def test_the_wait_grows_from_one_failure_to_the_next_and_a_success_or_a_stream_forgets_it() -> None:
    receipts, now, waits = ReadReceipts(), 100.0, list[float]()
    receipts.seen(ids(1), now)
    for _ in range(5):
        now = receipts.next_deadline() or 0.0
        (call,) = receipts.pump(now, scattered)
        receipts.failed(call, eg.failure("unavailable"), now, 1.0)
        waits.append((receipts.next_deadline() or 0.0) - now)
    assert waits == [3.0, 3.0, 3.0, 4.0, 8.0]
    receipts.reenable(now)
    assert receipts.next_deadline() == now + COALESCE_S
    (call,) = receipts.pump(now + COALESCE_S, scattered)
    assert receipts.is_again(call), "a stream that is back does not change what was asked for before"
    receipts.failed(call, eg.failure("unavailable"), now, 1.0)
    assert receipts.next_deadline() == now + 3.0
    receipts.pump(now + 10.0, scattered)
    receipts.succeeded(ids(1))
    assert not receipts.is_again(call)


def test_after_a_success_the_wait_begins_anew() -> None:
    receipts, now = ReadReceipts(), 100.0
    receipts.seen(ids(1), now)
    for _ in range(4):
        now = receipts.next_deadline() or 0.0
        (call,) = receipts.pump(now, scattered)
        receipts.failed(call, eg.failure("unavailable"), now, 1.0)
    assert (receipts.next_deadline() or 0.0) - now == 4.0
    now += 4.0
    receipts.pump(now, scattered)
    receipts.succeeded(ids(1))
    receipts.seen(ids(2), now)
    now += COALESCE_S
    (call,) = receipts.pump(now, scattered)
    receipts.failed(call, eg.failure("unavailable"), now, 1.0)
    assert (receipts.next_deadline() or 0.0) - now == 3.0


def test_at_the_end_what_the_server_has_asked_for_still_counts() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1), 100.0)
    (call,) = receipts.pump(101.0, scattered)
    receipts.failed(call, eg.failure("rate_limited", retry_after_s=20.0), 101.0, 0.5)
    receipts.hurry(102.0)
    assert receipts.next_deadline() == 121.0


def test_what_the_server_has_accepted_is_not_acknowledged_though_it_still_waits() -> None:
    receipts = ReadReceipts()
    receipts.seen(ids(1, 2), 100.0)
    receipts.succeeded(ids(1))
    assert receipts.pending == ids(2)
