"""The gateway thread: shared, started once, joined with the last lease."""

from __future__ import annotations

import asyncio
import errno
import gc
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ipygenesys._io.host.loop_thread import THREAD_NAME, LoopThread, SharedLoopThread


def gateway_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


def test_it_runs_coroutines_on_a_named_daemon_thread() -> None:
    thread = LoopThread()

    async def where() -> tuple[str, bool, bool]:
        current = threading.current_thread()
        return current.name, current.daemon, thread.is_current

    assert thread.submit(where()).result(5) == (THREAD_NAME, True, True)
    assert not thread.is_current
    thread.stop()


def test_stop_cancels_what_runs_lets_it_clean_up_and_joins() -> None:
    thread = LoopThread()
    cleaned: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("task")

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            cleaned.append("generator")

    async def begin() -> None:
        generator = numbers()
        await anext(generator)
        tasks.append(thread.loop.create_task(work()))
        await asyncio.sleep(0)

    thread.submit(begin()).result(5)
    thread.stop()

    assert "task" in cleaned
    assert thread.loop.is_closed()
    assert not [other for other in threading.enumerate() if other is thread._thread]


def test_it_can_be_stopped_from_its_own_thread() -> None:
    thread = LoopThread()

    async def stop() -> None:
        thread.stop()

    thread.submit(stop())
    thread._thread.join(5)

    assert thread.loop.is_closed()


def test_the_first_lease_starts_the_thread_and_the_last_one_joins_it() -> None:
    shared = SharedLoopThread()
    before = len(gateway_threads())

    first, second = shared.acquire(), shared.acquire()
    assert first is second
    assert len(gateway_threads()) == before + 1

    shared.release()
    assert not first.loop.is_closed()
    shared.release()
    assert first.loop.is_closed()
    assert len(gateway_threads()) == before


def test_after_the_last_lease_a_new_one_starts_anew() -> None:
    shared = SharedLoopThread()
    first = shared.acquire()
    shared.release()

    second = shared.acquire()

    assert second is not first
    assert not second.loop.is_closed()
    shared.release()


def test_a_lease_that_could_not_be_taken_keeps_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_files() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    shared = SharedLoopThread()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "new_event_loop", no_files)
        with pytest.raises(OSError, match="Too many open files"):
            shared.acquire()
    thread = shared.acquire()
    shared.release()

    assert thread.loop.is_closed()


def test_the_last_lease_may_be_given_back_on_the_thread_itself() -> None:
    shared = SharedLoopThread()
    thread = shared.acquire()

    async def give_back() -> None:
        shared.release()

    thread.submit(give_back())
    thread._thread.join(5)

    assert thread.loop.is_closed()


def test_leases_may_come_and_go_on_many_threads() -> None:
    shared = SharedLoopThread()

    async def answer() -> int:
        return 42

    def use(_: int) -> int:
        thread = shared.acquire()
        try:
            return thread.submit(answer()).result(5)
        finally:
            shared.release()

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(use, range(200))) == {42}
    assert shared._thread is None


def test_a_release_in_the_middle_of_an_acquire_does_not_deadlock() -> None:
    """The garbage collector may finalize a forgotten widget anywhere, the inside of ``acquire`` included."""
    shared = SharedLoopThread()
    shared.acquire()
    done = threading.Event()

    def use() -> None:
        with shared._lock:
            shared.release()
        done.set()

    threading.Thread(target=use, daemon=True).start()

    assert done.wait(2)


def test_a_failing_coroutine_tells_whoever_waits_for_it() -> None:
    thread = LoopThread()

    async def fail() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        thread.submit(fail()).result(5)
    thread.stop()


def test_what_is_begun_while_the_loop_ends_is_ended_too(recwarn: pytest.WarningsRecorder) -> None:
    thread = LoopThread()
    left: list[asyncio.Task[None]] = []

    async def begins_another(times: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            if times:
                left.append(thread.loop.create_task(begins_another(times - 1)))

    async def begin() -> None:
        left.append(thread.loop.create_task(begins_another(3)))
        await asyncio.sleep(0)

    thread.submit(begin()).result(5)
    thread.stop()
    assert len(left) > 1 and all(task.cancelled() for task in left)
    gc.collect()
    assert not recwarn.list


def test_what_is_submitted_after_the_end_is_refused_and_leaves_nothing(
    recwarn: pytest.WarningsRecorder,
) -> None:
    thread = LoopThread()
    thread.stop()
    with pytest.raises(RuntimeError, match="ended"):
        thread.submit(asyncio.sleep(0))
    gc.collect()
    assert not recwarn.list
