"""A pace goes on with its clock, and stands still."""

from __future__ import annotations

import math

from ipygenesys._io.recordings.pace import Pace


class Time:
    now = 100.0
    reached = 0.0

    def pace(self, speed: float = 1.0) -> Pace:
        return Pace(lambda: self.now, speed, lambda: self.reached)


def test_it_stands_still_until_it_plays_and_goes_on_from_there() -> None:
    time = Time()
    pace = time.pace(2.0)
    time.now += 5
    assert pace.position == 0
    pace.is_playing = True
    time.now += 5
    assert (
        pace.position == 10 and pace.wait_s(14.0) == 2.0 and pace.wait_s(9.0) == pace.wait_s(10 + 1e-9) == 0
    )
    pace.is_playing = False
    time.now += 5
    assert pace.position == 10


def test_another_speed_counts_from_now_on() -> None:
    time = Time()
    pace = time.pace()
    pace.is_playing = True
    time.now += 4
    pace.speed = 10.0
    time.now += 1
    assert pace.position == pace.due == 14
    pace.be_at(3.0)
    time.now += 1
    assert pace.position == 13


def test_as_fast_as_it_goes_it_is_where_it_has_come_to() -> None:
    time = Time()
    pace = time.pace(math.inf)
    pace.is_playing = True
    time.now, time.reached = 200.0, 7.5
    assert pace.position == 7.5 and pace.wait_s(1e9) == 0 and pace.due == math.inf
    pace.speed = 1.0
    time.now += 1
    assert pace.position == 8.5
