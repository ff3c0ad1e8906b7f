"""A sleep, seen by the difference between the clocks."""

from __future__ import annotations

from ipygenesys._core.model.effects import CloseStream, OpenStream
from ipygenesys._core.model.inputs import Connect, Disconnect, Now, StreamOpened
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.session.wake import JUMP_S, LOOK_EVERY_S, WakeWatch
from tests.core.driver import Driver


def at(monotonic: float, wall_s: float) -> Now:
    return Now(monotonic, round(wall_s * 1000), 0.5)


def test_clocks_that_go_on_together_are_no_sleep_however_long() -> None:
    watch = WakeWatch()
    assert not watch.has_slept(at(100.0, 5000.0))
    assert not watch.has_slept(at(9100.0, 14000.0))


def test_a_wall_clock_that_ran_ahead_is_a_sleep_and_is_said_once() -> None:
    watch = WakeWatch()
    watch.has_slept(at(100.0, 5000.0))
    assert watch.has_slept(at(101.0, 5001.0 + JUMP_S + 0.1))
    assert not watch.has_slept(at(102.0, 5002.0 + JUMP_S + 0.1))


def test_a_wall_clock_that_is_corrected_a_little_or_set_back_is_none() -> None:
    watch = WakeWatch()
    watch.has_slept(at(100.0, 5000.0))
    assert not watch.has_slept(at(101.0, 5001.0 + JUMP_S))
    assert not watch.has_slept(at(102.0, 1000.0))


def test_it_looks_every_few_seconds() -> None:
    watch = WakeWatch()
    watch.has_slept(at(100.0, 5000.0))
    assert watch.next_deadline() == 100.0 + LOOK_EVERY_S


def test_after_a_sleep_another_stream_takes_over_within_seconds_and_what_was_missed_is_read() -> None:
    live = Driver()
    live.connect()
    live.wait(60.0)
    live.clock.sleep(3600.0)
    assert OpenStream(2) in live.wait(LOOK_EVERY_S)
    assert live.session.connection.is_open
    assert live.session.conversation.counters["woken"] == 1
    effects = live.step(StreamOpened(2))
    assert CloseStream(1) in effects
    assert any(isinstance(call, FetchHistory) for call in live.called())


def test_a_sleep_while_it_waits_for_the_next_try_ends_the_wait() -> None:
    live = Driver()
    live.clock.jitter = 0.99
    live.connect()
    live.lose()
    live.clock.sleep(JUMP_S + 1.0)
    assert live.wait(0.1) == []
    live.wait(LOOK_EVERY_S)
    assert set(live.streams) == {2}


def test_nobody_looks_while_there_is_nothing_to_wake() -> None:
    driver = Driver()
    assert driver.session.next_deadline() is None
    driver.connect()
    driver.step(Disconnect())
    driver.clock.sleep(3600.0)
    assert driver.wait(100.0) == []
    driver.step(Connect())
    assert set(driver.streams) == {2}


def test_a_wall_clock_that_runs_evenly_is_no_sleep_whatever_it_shows() -> None:
    watch = WakeWatch()
    watch.has_slept(Now(0.0, 0, 0.5))
    assert not watch.has_slept(Now(40_000.0, 40_000_000, 0.5))
