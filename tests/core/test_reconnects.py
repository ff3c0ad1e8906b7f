"""A server that accepts and closes, for an hour: few connects, whatever its close code."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.inputs import Connect, StreamOpened
from ipygenesys._core.model.platform_events import MoveRequested
from tests.core.driver import Driver
from tests.core.reconnects import LIVES_S, MAX_CONNECTS, MAX_FATAL, hour, mixed, worst

pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("life_s", LIVES_S)
@pytest.mark.parametrize("code", [1000, 1006, 1013, 4001])
def test_a_server_that_closes_every_stream_sees_few_connects(code: int, life_s: float | None) -> None:
    seen = hour(lambda: code, life_s, seed=1)
    assert 30 < seen.connects <= MAX_CONNECTS
    assert not seen.has_failed
    assert seen.has_said_why


def test_one_that_closes_with_another_code_each_time_does_not_see_more() -> None:
    assert 30 < mixed(seed=1, life_s=0.0).connects <= MAX_CONNECTS


def test_codes_that_promise_nothing_better_are_an_end_after_three_at_most() -> None:
    most, most_fatal = worst([1002, 1003, 1007, 1008, 1009, 1010, 4000, 4401, 4999], LIVES_S, seeds=2)
    assert most == most_fatal
    assert most.connects == MAX_FATAL


def test_a_server_that_asks_every_stream_to_move_on_sees_ten_moves_in_five_minutes() -> None:
    driver = Driver()
    driver.step(Connect())
    for _ in range(720):
        for generation, is_open in list(driver.streams.items()):
            if not is_open:
                driver.streams[generation] = True
                driver.step(StreamOpened(generation))
                driver.hears(MoveRequested())
                driver.hears(MoveRequested())
        assert driver.session.connection.is_open, "a move left a gap"
        driver.wait(5.0)
    assert 100 < driver.session.connection.newest <= 122
