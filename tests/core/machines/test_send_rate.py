"""The sliding window over what we send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.machines.send_rate import WINDOW_S, SendRate


def test_a_platform_that_does_not_count_never_makes_us_wait() -> None:
    rate = SendRate(0)
    assert not rate.is_limited
    for _ in range(10):
        rate.note(100.0)
    assert rate.earliest == 0.0


def test_the_third_of_two_a_second_waits_for_the_first_to_leave_the_window() -> None:
    rate = SendRate(2)
    assert rate.is_limited
    rate.note(100.0)
    assert rate.earliest == 0.0
    rate.note(100.4)
    assert rate.earliest == 100.0 + WINDOW_S
    rate.note(101.2)
    assert rate.earliest == 100.4 + WINDOW_S


def test_a_send_counts_from_its_answer_on() -> None:
    rate = SendRate(2)
    rate.answered(99.0)
    assert rate.earliest == 0.0
    rate.note(100.0)
    rate.answered(100.3)
    rate.note(100.4)
    assert rate.earliest == 100.3 + WINDOW_S


def test_the_window_has_a_margin_over_the_platforms_second() -> None:
    assert WINDOW_S > 1.0


@given(st.integers(1, 5), st.lists(st.floats(0, 0.5), max_size=60))
def test_no_second_ever_has_more_than_the_limit(per_s: int, pauses: list[float]) -> None:
    rate, now, sent = SendRate(per_s), 100.0, list[float]()
    for pause in pauses:
        now = max(now + pause, rate.earliest)
        rate.note(now)
        sent.append(now)
    assert all(late - early >= WINDOW_S - 1e-9 for early, late in zip(sent, sent[per_s:], strict=False))
