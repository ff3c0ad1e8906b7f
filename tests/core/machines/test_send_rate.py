"""The pace of what we send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.machines.send_rate import MARGIN, SendRate


def test_a_platform_that_does_not_count_never_makes_us_wait() -> None:
    rate = SendRate(0)
    assert not rate.is_limited
    for _ in range(10):
        rate.note(100.0)
        rate.answered(100.0)
        rate.refused()
    assert rate.earliest == 0.0


def test_the_third_of_two_a_second_waits_until_one_more_may_go_out() -> None:
    rate = SendRate(2)
    assert rate.is_limited
    rate.note(100.0)
    assert rate.earliest <= 100.0
    rate.note(100.4)
    assert rate.earliest == pytest.approx(100.0 + MARGIN / 2)
    rate.note(101.2)
    assert rate.earliest == pytest.approx(101.2)


def test_a_send_counts_from_its_answer_on() -> None:
    rate = SendRate(2)
    rate.answered(99.0)
    assert rate.earliest == 0.0
    rate.note(100.0)
    rate.answered(100.3)
    rate.note(100.4)
    assert rate.earliest == pytest.approx(100.3 + MARGIN / 2)


def test_an_answer_adds_nothing_to_what_waits_already() -> None:
    rate = SendRate(2)
    for _ in range(4):
        rate.note(100.0)
    before = rate.earliest
    rate.answered(100.1)
    assert rate.earliest == before


def test_the_platforms_second_has_a_margin() -> None:
    assert MARGIN > 1.0


def test_after_a_refusal_each_waits_for_the_one_before_and_a_second_one_makes_it_slower_still() -> None:
    rate = SendRate(5)
    rate.note(100.0)
    rate.answered(100.0)
    rate.refused()
    rate.note(110.0)
    assert rate.earliest == pytest.approx(110.0 + MARGIN / 2)
    for _ in range(3):
        rate.refused()
    rate.note(120.0)
    assert rate.is_limited
    assert rate.earliest == pytest.approx(120.0 + MARGIN)


@given(st.integers(1, 5), st.lists(st.floats(0, 0.5), max_size=60), st.booleans())
def test_no_time_ever_has_more_than_the_limit(per_s: int, pauses: list[float], was_refused: bool) -> None:
    rate, now, sent = SendRate(per_s), 100.0, list[float]()
    if was_refused:
        rate.refused()
    at_once, per_s = (1, max(1, per_s // 2)) if was_refused else (per_s, per_s)
    for pause in pauses:
        now = max(now + pause, rate.earliest)
        rate.note(now)
        sent.append(now)
    for first, early in enumerate(sent):
        for last, late in enumerate(sent[first:], first):
            assert last - first + 1 <= at_once + (late - early) * per_s / MARGIN + 1e-6
