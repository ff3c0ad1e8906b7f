"""A timer that is put off without being made anew."""

from __future__ import annotations

from typing import Any

from ipygenesys._io.host.alarm import Alarm


class Loop:
    """Keeps what is to be called, and when."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []

    def call_later(self, delay: float, call: Any) -> Timer:
        self.timers.append(Timer(delay, call))
        return self.timers[-1]

    @property
    def delays(self) -> list[float]:
        return [each.delay for each in self.timers if not each.is_cancelled]


class Timer:
    def __init__(self, delay: float, call: Any) -> None:
        self.delay, self.call, self.is_cancelled = delay, call, False

    def cancel(self) -> None:
        self.is_cancelled = True


def alarm() -> tuple[Alarm, Any, list[float]]:
    rung: list[float] = []
    return Alarm(lambda: 100.0, rung.append), Loop(), rung


def test_it_rings_at_its_moment() -> None:
    bell, loop, rung = alarm()
    bell.set(loop, 103.0)
    assert loop.delays == [3.0]
    loop.timers[0].call()
    assert rung == [103.0]


def test_what_is_put_off_makes_no_other_timer_and_rings_early() -> None:
    bell, loop, rung = alarm()
    for at in (103.0, 103.5, 200.0):
        bell.set(loop, at)
    assert [each.delay for each in loop.timers] == [3.0]
    loop.timers[0].call()
    assert rung == [103.0], "whoever is rung for finds that it is not time yet"
    bell.set(loop, 200.0)
    assert [each.delay for each in loop.timers] == [3.0, 100.0]


def test_what_is_due_earlier_rings_then() -> None:
    bell, loop, _ = alarm()
    bell.set(loop, 103.0)
    bell.set(loop, 101.0)
    bell.set(loop, 90.0)
    assert [each.is_cancelled for each in loop.timers] == [True, True, False]
    assert loop.delays == [0.0]


def test_it_can_be_called_off() -> None:
    bell, loop, _ = alarm()
    bell.cancel()
    bell.set(loop, 103.0)
    bell.set(loop, None)
    bell.set(loop, None)
    assert loop.delays == []
    bell.set(loop, 103.0)
    bell.cancel()
    assert loop.delays == []
    assert not bell.is_set


def test_without_a_loop_nothing_can_ring() -> None:
    bell, loop, _ = alarm()
    bell.set(None, 103.0)
    assert loop.delays == []
    bell.set(loop, 104.0)
    assert loop.delays == [4.0]
    assert bell.is_set
