"""What was said since a moment, as well as two clocks can tell."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.news import said_since
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
    assert said_since(eg.START_MS, now(), now(after_s=1.0))
    assert not said_since(eg.START_MS - 1000, now(), now(after_s=1.0))
