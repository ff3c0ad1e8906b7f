"""One conversation's part of a stream: a lone frame waits for nothing, many share what a delivery costs."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any, cast

import pytest

from ipygenesys._core.machines.inbound_queue import MAX_TOGETHER
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.platform_events import UNNAMED, Answered, PlatformEvent, TypingNoticed
from ipygenesys._io.stream.link import Link
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream, StreamError
from ipygenesys._protocols.flow import CallError
from tests import examples as eg
from tests.io.stream.spoken import Spoken


class Heard:
    """What comes out of it."""

    def __init__(self, read_every_s: float = 0.0) -> None:
        self.stream = Spoken()
        self.steps: list[tuple[PlatformEvent, ...]] = []
        self.deliveries = 0
        self.part = Subscription(
            decode=_typing,
            deliver=self.steps.append,
            delivered=self._delivered,
            read_every_s=read_every_s,
        )
        Link(cast("Stream", self.stream)).feed(self.part)

    def _delivered(self) -> None:
        self.deliveries += 1

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.stream.waiting.put_nowait(str(number).encode())

    def put_raw(self, *frames: bytes) -> None:
        for frame in frames:
            self.stream.waiting.put_nowait(frame)

    @property
    def numbers(self) -> list[int]:
        return [
            int(event.participant_id or "")
            for step in self.steps
            for event in step
            if isinstance(event, TypingNoticed)
        ]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.numbers) < count:  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0)


def _typing(data: bytes) -> tuple[PlatformEvent, ...]:
    return (TypingNoticed(participant_id=data.decode(), is_typing=True),)


async def test_a_lone_frame_is_delivered_without_waiting_and_in_a_step_of_its_own() -> None:
    heard = Heard()
    heard.put(1)
    for _ in range(5):  # Turns of the loop, not time.
        await asyncio.sleep(0)

    assert (heard.numbers, len(heard.steps), heard.deliveries) == ([1], 1, 1)
    await heard.part.abort()


async def test_of_a_flood_many_frames_share_a_step_and_what_comes_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ipygenesys._io.stream.subscription.SLICE_S", 60.0)
    heard = Heard()
    heard.put(0)
    await heard.until(1)
    before = len(heard.steps)
    heard.put(*range(1, 641))
    await heard.until(641)

    assert heard.numbers == list(range(641))
    assert len(heard.steps) - before <= 640 / MAX_TOGETHER + 8
    assert heard.deliveries <= 4
    await heard.part.abort()


async def test_what_is_read_together_shares_a_step_however_few_they_are() -> None:
    heard = Heard(read_every_s=0.001)
    heard.put(0)
    await heard.until(1)
    heard.put(1, 2, 3)
    await heard.until(4)

    assert [len(step) for step in heard.steps] == [1, 3]
    await heard.part.abort()


async def test_frames_that_still_gather_when_the_stream_ends_are_delivered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ipygenesys._io.stream.subscription.GATHER_S", 60.0)
    heard = Heard()
    heard.put(1)
    await heard.until(1)
    heard.put(2, 3)
    heard.stream.waiting.put_nowait(None)
    with pytest.raises(StreamError):
        await heard.part.lost

    assert heard.numbers == [1, 2, 3]


async def test_a_refusal_that_names_no_request_answers_the_one_that_is_alone() -> None:
    heard, refused = Heard(), Failure(kind="rejected", message="No.")
    heard.part._decode = lambda _: (Answered(tracing_id=UNNAMED, failure=refused),)
    for is_alone, found in ((True, refused), (False, Failure(kind="lost", message="x"))):
        exchange = asyncio.create_task(heard.part.exchange("frame", "t1", 0.02, is_alone=is_alone))
        await asyncio.sleep(0)
        heard.put(1)
        with pytest.raises(CallError) as caught:
            await exchange
        assert caught.value.failure.kind == found.kind
    await heard.part.abort()


async def test_an_answer_that_came_while_the_loop_stood_still_is_no_lost_answer() -> None:
    """It lies unread where the frames come from when the time is up."""
    heard = Heard()
    heard.part._decode = lambda data: (Answered(tracing_id=data.decode(), body=data),)
    exchange = asyncio.create_task(heard.part.exchange("frame", "t1", 0.02))
    heard.part.expect("t2")
    expected = asyncio.create_task(heard.part.expected("t2", 0.02))
    await asyncio.sleep(0)
    time.sleep(0.05)  # noqa: ASYNC251 - it stands still
    asyncio.get_running_loop().call_later(0.0, heard.put_raw, b"t1", b"t2")

    assert (await exchange, await expected) == (b"t1", b"t2")
    await heard.part.abort()


async def test_an_answer_that_does_not_come_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ipygenesys._io.stream.subscription.LOOK_AGAIN_S", 0.01)
    heard = Heard()
    for answer in (heard.part.exchange("frame", "t1", 0.01), heard.part.expected("t1", 0.01)):
        with pytest.raises(CallError) as caught:
            await answer
        assert caught.value.failure.kind == "lost"
    await heard.part.abort()


async def test_a_failure_that_nobody_waits_for_any_more_is_no_error() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    heard = Heard()
    exchange = asyncio.create_task(heard.part.exchange("frame", "t1", 10.0))
    heard.part.expect("t2")
    await asyncio.sleep(0)
    for answer in heard.part._waiting.values():
        answer.set_exception(CallError(eg.failure("lost")))
    exchange.cancel()
    await asyncio.gather(exchange, return_exceptions=True)
    heard.part._waiting.clear()
    del exchange, answer
    gc.collect()

    assert reported == []
    await heard.part.abort()
