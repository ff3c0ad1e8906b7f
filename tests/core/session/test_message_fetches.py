"""Fetching content, in bulk and one by one."""

from __future__ import annotations

from ipygenesys._core.machines.rest_budget import HELD_BACK
from ipygenesys._core.model.operations import FetchMessage, FetchMessages
from ipygenesys._core.session.message_fetches import MAX_AT_A_TIME, MAX_ATTEMPTS, MAX_BATCH, MessageFetches
from tests import examples as eg

NOW = 100.0


def test_a_lone_message_is_fetched_at_once() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    assert fetches.next_deadline() == 0.0
    assert fetches.pump(NOW) == [FetchMessages(("m1",))]
    assert fetches.pump(NOW) == []
    assert fetches.next_deadline() is None


def test_what_comes_while_a_call_is_under_way_goes_into_the_next_one() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    fetches.pump(NOW)
    for message_id in ("m2", "m3", "m2", "m1"):
        fetches.want(message_id)
    assert fetches.pump(NOW) == []
    fetches.succeeded(FetchMessages(("m1",)))
    assert fetches.pump(NOW) == [FetchMessages(("m2", "m3"))]


def test_a_call_has_a_limit_and_the_rest_follows() -> None:
    fetches = MessageFetches(in_bulk=True)
    ids = [f"m{n}" for n in range(MAX_BATCH + 2)]
    for message_id in ids:
        fetches.want(message_id)
    assert fetches.pump(NOW) == [FetchMessages(tuple(ids[:MAX_BATCH]))]
    fetches.succeeded(FetchMessages(tuple(ids[:MAX_BATCH])))
    assert fetches.pump(NOW) == [FetchMessages(tuple(ids[MAX_BATCH:]))]


def test_what_failed_for_now_is_fetched_again_first_and_after_the_wait_that_was_asked_for() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    (call,) = fetches.pump(NOW)
    fetches.want("m2")
    assert fetches.failed(call, eg.failure("rate_limited", retry_after_s=7.0), NOW, 0.5) == ()
    deadline = fetches.next_deadline()
    assert deadline is not None and deadline >= NOW + 7.0
    assert fetches.pump(deadline - 0.1) == []
    assert fetches.pump(deadline) == [FetchMessages(("m1", "m2"))]


def test_what_is_refused_is_given_up_at_once() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    (call,) = fetches.pump(NOW)
    assert fetches.failed(call, eg.failure("permission"), NOW, 0.5) == ("m1",)
    assert fetches.pump(NOW + 100) == []


def test_trying_again_has_an_end_and_the_next_message_begins_anew() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    now = NOW
    given_up: tuple[str, ...] = ()
    for _ in range(MAX_ATTEMPTS):
        now += 100.0
        (call,) = fetches.pump(now)
        given_up = fetches.failed(call, eg.failure("unavailable"), now, 0.5)
    assert given_up == ("m1",)
    assert fetches.next_deadline() is None
    fetches.want("m2")
    (call,) = fetches.pump(now)
    assert fetches.failed(call, eg.failure("lost"), now, 0.5) == ()


def test_a_call_that_is_made_again_says_so_until_it_has_worked() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    (call,) = fetches.pump(NOW)
    assert not fetches.is_again(call)
    fetches.failed(call, eg.failure("lost"), NOW, 0.0)
    fetches.want("m2")
    (call,) = fetches.pump(NOW)
    assert fetches.is_again(call)
    fetches.succeeded(call)
    fetches.want("m1")
    (call,) = fetches.pump(NOW)
    assert not fetches.is_again(call)


def test_what_our_own_budget_held_back_was_never_asked_for() -> None:
    fetches, now = MessageFetches(in_bulk=True), NOW
    fetches.want("m1")
    for _ in range(MAX_ATTEMPTS + 2):
        (call,) = fetches.pump(now)
        assert not fetches.is_again(call)
        assert fetches.failed(call, HELD_BACK, now, 0.5) == (), "nothing is given up that was never tried"
        assert (fetches.next_deadline() or 0.0) < now + 3.0, "the wait does not grow either"
        now += 100.0
    for failure in (eg.failure("unavailable"), HELD_BACK):
        (call,) = fetches.pump(now)
        fetches.failed(call, failure, now, 0.5)
        now += 100.0
    (call,) = fetches.pump(now)
    assert fetches.is_again(call)


def test_what_is_gone_is_not_fetched_and_what_is_under_way_for_it_says_so_once() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    fetches.want("m2")
    (call,) = fetches.pump(NOW)
    fetches.want("m3")
    fetches.forget({"m2", "m3", "m9"})
    assert fetches.succeeded(call) == {"m2"}
    assert fetches.pump(NOW) == []
    fetches.want("m2")
    (call,) = fetches.pump(NOW)
    assert fetches.succeeded(call) == frozenset()


def test_what_is_gone_is_not_fetched_again_when_its_call_has_failed() -> None:
    fetches = MessageFetches(in_bulk=True)
    fetches.want("m1")
    (call,) = fetches.pump(NOW)
    fetches.want("m2")
    fetches.forget()
    assert fetches.failed(call, eg.failure("unavailable"), NOW, 0.0) == ()
    assert fetches.next_deadline() is None


# --- one by one -------------------------------------------------------------------------------------------


def one_by_one(*ids: str) -> MessageFetches:
    fetches = MessageFetches(in_bulk=False)
    for message_id in ids:
        fetches.want(message_id)
    return fetches


def test_one_by_one_a_few_are_under_way_at_a_time() -> None:
    ids = [f"m{n}" for n in range(MAX_AT_A_TIME + 2)]
    fetches = one_by_one(*ids)
    calls = fetches.pump(NOW)
    assert calls == [FetchMessage(id_) for id_ in ids[:MAX_AT_A_TIME]]
    assert fetches.pump(NOW) == []
    assert fetches.next_deadline() is None
    fetches.succeeded(calls[1])
    assert fetches.next_deadline() == 0.0
    assert fetches.pump(NOW) == [FetchMessage(ids[MAX_AT_A_TIME])]


def test_one_by_one_each_has_its_own_attempts_and_the_longest_wait_counts_for_all() -> None:
    fetches = one_by_one("m1", "m2")
    first, second = fetches.pump(NOW)
    assert fetches.failed(first, eg.failure("rate_limited", retry_after_s=9.0), NOW, 0.0) == ()
    assert fetches.failed(second, eg.failure("unavailable"), NOW, 0.0) == ()
    assert fetches.pump(NOW + 8.9) == []
    assert fetches.pump(NOW + 9.0) == [second, first]
    for _ in range(MAX_ATTEMPTS - 2):
        assert fetches.failed(first, eg.failure("unavailable"), NOW, 0.0) == ()
        fetches.pump(NOW + 9.0)
    assert fetches.failed(first, eg.failure("unavailable"), NOW, 0.0) == ("m1",)
    assert fetches.failed(second, eg.failure("unavailable"), NOW, 0.0) == ()


def test_the_wait_grows_from_one_try_to_the_next() -> None:
    fetches, now, waits = one_by_one("m1"), NOW, list[float]()
    for _ in range(5):
        (call,) = fetches.pump(now)
        fetches.failed(call, eg.failure("unavailable"), now, 1.0)
        waits.append((fetches.next_deadline() or 0.0) - now)
        now += waits[-1]
    assert waits == [3.0, 3.0, 3.0, 4.0, 8.0]


def test_in_bulk_the_one_that_was_tried_most_often_counts_for_all() -> None:
    fetches, now = MessageFetches(in_bulk=True), NOW
    fetches.want("m1")
    for attempt in range(MAX_ATTEMPTS):
        if attempt == MAX_ATTEMPTS - 1:
            fetches.want("m2")
        (call,) = fetches.pump(now)
        given_up = fetches.failed(call, eg.failure("unavailable"), now, 0.0)
        assert given_up == (("m1", "m2") if attempt == MAX_ATTEMPTS - 1 else ())
