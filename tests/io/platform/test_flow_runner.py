"""Flows that are stopped: until the point of no return, and never together with the whole task."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._protocols.flow import CANCELLED, CallError, Commit, Flow, Request
from ipygenesys._protocols.tolerant import decode

CALL = Request(method="GET", path="/", what="Calling")


class Rest:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.called = asyncio.Event()
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def call(self, *_: Any, **__: Any) -> bytes:
        self.called.set()
        return await self.answer


def runner_with(rest: Rest) -> FlowRunner:
    return FlowRunner(rest, None, SystemClock())  # type: ignore[arg-type]


def call(heard: list[str], *, commits: bool = False) -> Flow[bytes]:
    if commits:
        yield Commit()
    answer: bytes
    try:
        answer = yield CALL
    except CallError as error:
        heard.append(error.failure.kind)
        raise
    return answer


async def test_the_step_under_way_fails_and_the_flow_hears_of_it() -> None:
    rest, heard = Rest(), list[str]()
    runner = runner_with(rest)
    running = asyncio.create_task(runner.run(call(heard)))
    await rest.called.wait()
    runner.cancel()
    runner.cancel()
    with pytest.raises(CallError) as caught:
        await running
    assert caught.value.failure == CANCELLED
    assert heard == ["cancelled"]
    assert not running.cancelled()


async def test_a_flow_that_has_not_begun_never_does() -> None:
    rest = Rest()
    runner = runner_with(rest)
    runner.cancel()
    with pytest.raises(CallError, match="cancelled"):
        await runner.run(call([]))
    assert not rest.called.is_set()


async def test_what_cannot_be_taken_back_goes_on() -> None:
    rest = Rest()
    runner = runner_with(rest)
    running = asyncio.create_task(runner.run(call([], commits=True)))
    await rest.called.wait()
    runner.cancel()
    rest.answer.set_result(b"{}")
    assert await running == b"{}"


async def test_a_task_that_ends_as_a_whole_ends_even_while_its_flow_is_stopped() -> None:
    rest, heard = Rest(), list[str]()
    runner = runner_with(rest)
    running = asyncio.create_task(runner.run(call(heard)))
    await rest.called.wait()
    runner.cancel()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert heard == []


async def test_a_task_that_ends_as_a_whole_is_no_cancelled_flow() -> None:
    rest, heard = Rest(), list[str]()
    running = asyncio.create_task(runner_with(rest).run(call(heard)))
    await rest.called.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert heard == []


async def test_a_field_of_an_answer_that_cannot_be_read_is_counted() -> None:
    class Body(msgspec.Struct):
        count: int = 0

    def read() -> Flow[Body]:
        return decode((yield CALL), Body)

    rest, counted = Rest(), list[int]()
    rest.answer.set_result(b'{"count":"x"}')
    runner = FlowRunner(rest, None, SystemClock(), on_odd_field=lambda: counted.append(1))  # type: ignore[arg-type]
    assert await runner.run(read()) == Body()
    assert counted == [1]
