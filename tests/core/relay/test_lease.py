"""The lease as one relay knows it."""

from __future__ import annotations

from ipygenesys._core.relay.lease import ALONE_S, DEFER_S, RENEW_S, RETRY_S, TTL_S, Lease


def leading(at: float = 100.0) -> Lease:
    lease = Lease()
    lease.asking(at)
    lease.granted(7)
    return lease


def test_who_does_not_lead_wants_to() -> None:
    lease = Lease()
    assert (lease.wish, lease.next_deadline(), lease.is_ours) == ("take", 0.0, False)
    assert not lease.is_certain(0.0)


def test_who_leads_renews_in_time_and_is_certain_until_it_runs_out() -> None:
    lease = leading()
    assert (lease.wish, lease.epoch, lease.is_ours) == ("renew", 7, True)
    assert lease.next_deadline() == 100.0 + RENEW_S < 100.0 + TTL_S
    assert lease.is_certain(100.0 + TTL_S - 0.01)
    assert not lease.is_certain(100.0 + TTL_S)


def test_it_counts_from_the_question_not_from_the_answer() -> None:
    lease = Lease()
    lease.asking(100.0)
    # The answer takes a while.
    lease.granted(7)
    assert not lease.is_certain(100.0 + TTL_S)


def test_who_is_refused_asks_again() -> None:
    lease = leading()
    lease.refused(103.0)
    assert (lease.wish, lease.next_deadline(), lease.is_certain(103.0)) == ("take", 103.0 + RETRY_S, False)


def test_a_write_that_was_refused_has_it_asked_for_at_once() -> None:
    lease = leading()
    lease.lost()
    assert (lease.wish, lease.next_deadline(), lease.epoch) == ("take", 0.0, 7)


def test_without_redis_it_stays_ours_but_not_for_ever_with_a_stream() -> None:
    lease = leading()
    lease.unreachable(102.0)
    assert (lease.wish, lease.next_deadline()) == ("renew", 102.0 + RETRY_S)
    assert not lease.is_too_long_alone(100.0 + TTL_S)
    assert lease.is_too_long_alone(100.0 + TTL_S + ALONE_S)


def test_where_redis_holds_nothing_whoever_has_led_goes_first() -> None:
    fresh, leader, another = Lease(), leading(), Lease()
    another.refused(100.0)
    assert not fresh.has_deferred(100.0)
    assert fresh.begins(100.0) and leader.begins(100.0) and not another.begins(100.0)
    another.deferred(110.0)
    assert (another.wish, another.next_deadline()) == ("take", 110.0 + RETRY_S)
    another.deferred(110.0 + RETRY_S)
    assert not another.begins(110.0 + DEFER_S - 0.01)
    assert not another.has_deferred(110.0 + DEFER_S - 0.01)
    assert another.begins(110.0 + DEFER_S) and another.has_deferred(110.0 + DEFER_S)
    another.refused(111.0)  # It did.
    assert not another.begins(111.0 + DEFER_S)
    another.granted(8)
    assert another.begins(120.0)
