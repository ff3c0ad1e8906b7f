"""What was said since a moment, as well as two clocks can tell."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.news import NewestSecond, before_its_second, said_since
from ipygenesys._core.model.inputs import Now
from tests import examples as eg

CAME_MS = eg.START_MS + 500


def now(*, after_s: float = 0.0, wall_ms: int = CAME_MS, server_ms: int | None = None) -> Now:
    return Now(1000.0 + after_s, wall_ms + round(after_s * 1000), 0.5, server_ms)


@pytest.mark.parametrize(
    ("time_ms", "is_news"), [(CAME_MS - 1, False), (CAME_MS, False), (CAME_MS + 1, True)]
)
def test_where_the_server_has_not_told_its_clock_ours_decides(time_ms: int, is_news: bool) -> None:
    assert said_since(time_ms, now(), now(after_s=3.0)) is is_news


@pytest.mark.parametrize("read_ms", [0, 700, 1_200])
def test_ours_tells_the_millisecond_where_the_servers_agrees(read_ms: int) -> None:
    later = now(after_s=2.0, server_ms=CAME_MS + 2000 - read_ms)

    assert said_since(CAME_MS + 1, now(), later)
    assert not said_since(CAME_MS, now(), later)


@pytest.mark.parametrize("ahead_ms", [-3_600_000, -1, 1_201, 3_600_000])
def test_where_ours_is_wrong_the_servers_decides(ahead_ms: int) -> None:
    later = now(after_s=2.0, server_ms=CAME_MS + 2000 - ahead_ms)

    assert said_since(CAME_MS - ahead_ms + 1, now(), later)
    assert not said_since(CAME_MS - ahead_ms - 1, now(), later)


def test_of_whole_seconds_the_one_that_we_came_in_is_news() -> None:
    second_ms = CAME_MS // 1000 * 1000
    assert said_since(second_ms, now(), now(after_s=1.0))
    assert not said_since(second_ms - 1000, now(), now(after_s=1.0))


def test_a_second_is_over_for_who_asks_a_second_after_what_was_said_in_it_was_seen() -> None:
    second = NewestSecond()
    second.saw(5_000, 10.4)
    second.asked(11.3)
    second.answered()
    assert not second.is_over
    second.asked(11.4)
    second.answered()
    assert second.is_over


def test_what_is_seen_again_or_older_begins_no_second() -> None:
    second = NewestSecond()
    second.saw(5_000, 10.0)
    for time_ms in (5_000, 4_000, None):
        second.saw(time_ms, 10.9)
    second.asked(11.0)
    second.answered()
    assert second.is_over
    second.saw(6_000, 11.1)
    assert not second.is_over


def test_a_whole_second_may_be_any_moment_in_it() -> None:
    assert before_its_second(5_000) == 4_999
    assert before_its_second(5_001) == 5_001
