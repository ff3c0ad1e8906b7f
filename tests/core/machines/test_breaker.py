"""The breaker, by itself."""

from __future__ import annotations

from ipygenesys._core.machines.breaker import MAX_FAILURES, OPEN_S, WINDOW_S, Breaker


def broken(at: list[float]) -> Breaker:
    breaker = Breaker()
    for now in at:
        breaker.failed(now)
    return breaker


def test_it_opens_with_the_fifth_failure_within_a_minute() -> None:
    assert not broken([0.0] * (MAX_FAILURES - 1)).is_open
    breaker = broken([100.0, 110.0, 120.0, 130.0, 100.0 + WINDOW_S - 0.1])
    assert breaker.is_open
    assert breaker.not_before == 100.0 + WINDOW_S - 0.1 + OPEN_S


def test_failures_further_apart_do_not_open_it_and_hold_nothing_up() -> None:
    breaker = broken([100.0, 110.0, 120.0, 130.0, 100.0 + WINDOW_S, 100.0 + WINDOW_S + 15.0])
    assert not breaker.is_open
    assert breaker.not_before < 0.0


def test_once_open_each_failure_keeps_it_open_for_another_minute() -> None:
    breaker = broken([100.0] * MAX_FAILURES)
    breaker.failed(500.0)
    assert breaker.is_open
    assert breaker.not_before == 500.0 + OPEN_S


def test_a_success_forgets_everything() -> None:
    breaker = broken([100.0] * MAX_FAILURES)
    breaker.reset()
    assert not breaker.is_open
    assert breaker.not_before < 0.0
    for _ in range(MAX_FAILURES - 1):
        breaker.failed(101.0)
    assert not breaker.is_open
