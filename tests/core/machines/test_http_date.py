"""The server's clock, as the headers of its answers tell it."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.http_date import MAX_AGE_S, parse_http_date, server_time
from ipygenesys._core.model.inputs import Now

DATE, EPOCH_S = "Fri, 15 Jan 2027 08:00:00 GMT", 1_800_000_000.0


@pytest.mark.parametrize("value", [DATE, "Friday, 15-Jan-27 08:00:00 GMT", "Fri Jan 15 08:00:00 2027"])
def test_a_date_is_read_in_each_of_its_forms(value: str) -> None:
    assert parse_http_date(value) == EPOCH_S


@pytest.mark.parametrize(
    "value", [None, "", "soon", "Wed, 99 Foo 2026 07:28:00 GMT", "Fri, 15 Jan 99999 08:00 GMT"]
)
def test_what_is_no_date_tells_nothing(value: str | None) -> None:
    assert parse_http_date(value) is None
    assert server_time(value, "3") is None


def test_an_answer_tells_when_it_was_made_and_a_cache_how_long_it_has_kept_it() -> None:
    assert server_time(DATE, None) == EPOCH_S
    for age_s in (0, 1, 90, int(MAX_AGE_S)):
        assert server_time(DATE, str(age_s)) == EPOCH_S + age_s


@pytest.mark.parametrize("age", ["", "old", "-1", "1.5", str(int(MAX_AGE_S) + 1), "9" * 5000])
def test_of_an_unknown_age_no_answer_tells_the_time(age: str) -> None:
    assert server_time(DATE, age) is None


def test_the_servers_clock_counts_where_it_is_known() -> None:
    now = Now(1000.0, 7_000, 0.5)
    assert now.time_ms == 7_000
    assert now._replace(server_ms=9_000).time_ms == 9_000
