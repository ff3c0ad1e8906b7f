"""Retry-After in every form that a server may send, and full jitter."""

from __future__ import annotations

import datetime as dt
import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.machines import backoff
from ipygenesys._core.machines.backoff import backoff_bound_s, backoff_s, parse_retry_after, soonest

NOW = 1_800_000_000.0


def http_date(offset_s: float) -> str:
    moment = dt.datetime.fromtimestamp(NOW + offset_s, tz=dt.UTC)
    return email.utils.format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        (" 3 ", 3.0),
        ("1.5", 1.5),
        ("120", 120.0),
        ("121", backoff.RETRY_AFTER_MAX_S),
        ("1e12", backoff.RETRY_AFTER_MAX_S),
        ("9" * 400, backoff.RETRY_AFTER_MAX_S),
        ("inf", backoff.RETRY_AFTER_MAX_S),
        ("Infinity", backoff.RETRY_AFTER_MAX_S),
        ("0", backoff.RETRY_AFTER_MIN_S),
        ("0.01", backoff.RETRY_AFTER_MIN_S),
        ("-5", backoff.RETRY_AFTER_MIN_S),
        ("-inf", backoff.RETRY_AFTER_MIN_S),
        ("nan", backoff.RETRY_AFTER_DEFAULT_S),
        (None, backoff.RETRY_AFTER_DEFAULT_S),
        ("", backoff.RETRY_AFTER_DEFAULT_S),
        ("soon", backoff.RETRY_AFTER_DEFAULT_S),
        ("0x10", backoff.RETRY_AFTER_DEFAULT_S),
        ("Wed, 99 Foo 2026 07:28:00 GMT", backoff.RETRY_AFTER_DEFAULT_S),
        ("Wed, 21 Oct 99999 07:28:00 GMT", backoff.RETRY_AFTER_DEFAULT_S),
        ("4, 4", 4.0),
        ("4,9", 9.0),
        ("9, 4", 9.0),
        ("nan, 4", 4.0),
        ("soon, 4", 4.0),
        (f"{http_date(30)}, {http_date(30)}", 30.0),
        (http_date(30), 30.0),
        (http_date(-30), backoff.RETRY_AFTER_MIN_S),
        (http_date(86_400), backoff.RETRY_AFTER_MAX_S),
        (http_date(30).replace("GMT", "-0000"), 30.0),
        ("Fri, 15 Jan 2027 08:00:30", 30.0),
        ("Fri, 15 Jan 2027 10:00:30 +0200", 30.0),
    ],
)
def test_retry_after_is_read_in_every_form_and_clamped(header: str | None, seconds: float) -> None:
    assert parse_retry_after(header, now_epoch=NOW) == pytest.approx(seconds)


def test_a_duplicated_http_date_still_lies_within_the_clamps() -> None:
    seconds = parse_retry_after(f"{http_date(30)}, {http_date(30)}", now_epoch=NOW)
    assert backoff.RETRY_AFTER_MIN_S <= seconds <= backoff.RETRY_AFTER_MAX_S


@given(
    st.one_of(st.text(max_size=60), st.from_regex(r"\w{3}, \d+ \w{3} \d+ [\d:]+ [A-Z+\-\d]*", fullmatch=True))
)
def test_no_header_whatsoever_leaves_the_clamps_or_raises(header: str) -> None:
    seconds = parse_retry_after(header, now_epoch=NOW)
    assert backoff.RETRY_AFTER_MIN_S <= seconds <= backoff.RETRY_AFTER_MAX_S


def test_the_first_retries_spread_over_three_seconds_and_the_later_ones_double_up_to_thirty() -> None:
    assert [backoff_bound_s(attempt) for attempt in range(8)] == [3, 3, 3, 4, 8, 16, 30, 30]


def test_a_thousandth_attempt_waits_no_longer_than_the_cap() -> None:
    assert backoff_bound_s(100_000) == backoff.CAP_S


def test_full_jitter_lies_anywhere_between_nothing_and_the_bound() -> None:
    assert backoff_s(5, jitter=0.0) == 0.0
    assert backoff_s(5, jitter=0.5) == 8.0


@given(
    attempt=st.integers(0, 50),
    jitter=st.floats(0, 1, exclude_max=True),
    floor_s=st.floats(0, backoff.RETRY_AFTER_MAX_S),
)
def test_no_wait_is_shorter_than_what_the_server_asked_for(
    attempt: int, jitter: float, floor_s: float
) -> None:
    wait = backoff_s(attempt, jitter=jitter, floor_s=floor_s)
    assert floor_s <= wait <= max(floor_s * 1.25, backoff_bound_s(attempt))
    assert wait <= backoff.RETRY_AFTER_MAX_S


def test_a_server_that_always_says_retry_at_once_is_asked_less_and_less_often() -> None:
    waits = [backoff_s(attempt, jitter=0.5, floor_s=0.5) for attempt in range(8)]
    assert waits[0] == pytest.approx(0.5625)
    assert waits == sorted(waits)
    assert waits[-1] == 15.0


def test_the_soonest_is_the_least_and_none_is_never() -> None:
    assert soonest(3.0, None, 1.0, 2.0) == 1.0
    assert soonest(0.0, None) == 0.0
    assert soonest(None, None) is soonest() is None
