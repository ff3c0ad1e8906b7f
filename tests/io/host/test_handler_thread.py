"""The thread of the users' handlers: in order, one at a time, whatever they do."""

from __future__ import annotations

import sys
import threading
import time
from queue import SimpleQueue

import pytest

from ipygenesys._io.host import handler_thread
from ipygenesys._io.host.handler_thread import THREAD_NAME, HandlerThread


class Bench:
    """A handler thread, and what went wrong on it."""

    def __init__(self) -> None:
        self.errors: SimpleQueue[BaseException] = SimpleQueue()
        self.thread = HandlerThread(self.errors.put)

    def join(self) -> None:
        self.thread.stop()
        assert self.thread._thread is None or not self.thread._thread.is_alive()


def test_no_thread_is_started_before_it_is_needed() -> None:
    bench = Bench()

    assert bench.thread._thread is None
    bench.join()
    assert bench.thread._thread is None


def test_calls_run_in_order_on_one_named_thread() -> None:
    bench = Bench()
    seen: list[tuple[int, str]] = []

    for number in range(1000):
        bench.thread.submit(lambda n=number: seen.append((n, threading.current_thread().name)))  # type: ignore[misc]
    bench.join()

    assert seen == [(number, THREAD_NAME) for number in range(1000)]


def test_flaw_25_a_failing_call_is_reported_and_the_next_ones_run() -> None:
    bench = Bench()
    ran: list[int] = []

    bench.thread.submit(lambda: 1 / 0)
    bench.thread.submit(lambda: ran.append(1))
    bench.join()

    assert isinstance(bench.errors.get(), ZeroDivisionError)
    assert ran == [1]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_a_call_that_wants_to_leave_does_not_take_the_thread_along(error: BaseException) -> None:
    bench = Bench()
    ran: list[int] = []

    def leave() -> None:
        raise error

    bench.thread.submit(leave)
    bench.thread.submit(lambda: sys.exit(3))
    bench.thread.submit(lambda: ran.append(1))
    bench.join()

    assert bench.errors.get() is error
    assert isinstance(bench.errors.get(), SystemExit)
    assert ran == [1]


def test_a_call_can_tell_that_it_is_on_this_thread() -> None:
    bench = Bench()
    answers: list[bool] = []

    bench.thread.submit(lambda: answers.append(bench.thread.is_current))
    bench.join()

    assert answers == [True]
    assert not bench.thread.is_current


def test_it_can_be_stopped_from_one_of_its_calls_and_twice() -> None:
    bench = Bench()
    bench.thread.submit(bench.thread.stop)

    bench.join()
    bench.join()


def test_stopping_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler_thread, "JOIN_S", 0.05)
    bench = Bench()
    release = threading.Event()
    bench.thread.submit(release.wait)
    began = time.monotonic()

    bench.thread.stop()

    assert time.monotonic() - began < 10.0, "it waits for the release"
    release.set()
    bench.join()
