"""One conversation's part of a stream: frames become its events, and answers find who waits for them.

The stream's reader only hands over: what takes time (the session, handlers, the view) has a task and a queue of its own,
so that a slow consumer cannot keep the pongs from being heard. Source: reference/realtime.md 4.4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from ipygenesys._core.machines.inbound_queue import InboundQueue
from ipygenesys._core.machines.silence import LOOK_AGAIN_S
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.platform_events import UNNAMED, Answered, PlatformEvent
from ipygenesys._io.stream.websocket import Stream, StreamError
from ipygenesys._protocols.flow import CallError

Decode = Callable[[bytes], tuple[PlatformEvent, ...]]
Deliver = Callable[[tuple[PlatformEvent, ...]], object]

SLICE_S = 0.005
"""Chosen: how long frames are delivered before the reader gets its turn."""
GATHER_S = 0.004
"""Chosen: how long frames gather after a delivery. A lone one waits for nothing; of a flood, many share what each
delivery costs besides, and the user's own cells get the time."""


class Carrier(Protocol):
    """The stream that feeds it."""

    async def send(self, frame: str) -> None:
        """Say something.

        Raises:
            StreamError: the stream is lost.
        """

    def add(self, stream: Stream) -> None:
        """One more socket of it."""

    async def leave(self, subscription: Subscription, *, says_goodbye: bool) -> None:
        """Feed it no more; whoever leaves as the last one closes the stream."""


class Subscription:
    """From ``Link.feed`` on until ``lost``, which ends with a StreamError, or until it is left.

    Args:
        decode: a frame to its events.
        deliver: takes the events of some frames.
        delivered: that was all for now.
        has_history: whether messages may be dropped in need, because they can be had again.
        address: of the conversation, where frames say for whom they are.
        topics: what it wants to be told of, where a stream has topics.
        read_every_s: how long the stream rests once all that has come was read.
        on_said: hears what was said by it.
        on_pong: hears how many seconds the answer to a ping took.
    """

    def __init__(
        self,
        *,
        decode: Decode,
        deliver: Deliver,
        delivered: Callable[[], object] = lambda: None,
        has_history: Callable[[], bool] = lambda: False,
        address: str | None = None,
        topics: tuple[str, ...] = (),
        read_every_s: float = 0.0,
        on_said: Callable[[str], object] = lambda _: None,
        on_pong: Callable[[float], object] = lambda _: None,
    ) -> None:
        self.address = address
        self.topics = topics
        self.read_every_s = read_every_s
        self.on_pong = on_pong
        self._on_said = on_said
        self._decode = decode
        self._deliver = deliver
        self._delivered = delivered
        self._has_history = has_history
        self._queue = self._new_queue()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self.carrier: Carrier | None = None
        """Feeds it; set by whoever does."""
        self.lost: asyncio.Future[None] = _awaited()
        self._delivering = asyncio.get_running_loop().create_task(self._deliver_all())

    def also(self, stream: Stream) -> Subscription:
        """Be fed by this socket as well; ours again."""
        assert self.carrier is not None
        self.carrier.add(stream)
        return self

    # --- what the conversation says and asks --------------------------------------------------------------

    async def send(self, frame: str) -> None:
        """Say something that has no answer.

        Raises:
            CallError: it was not said, or nobody knows.
        """
        assert self.carrier is not None
        self._on_said(frame)
        try:
            await self.carrier.send(frame)
        except StreamError:
            raise CallError(_gone()) from None

    async def exchange(
        self, frame: str, tracing_id: str, timeout_s: float, *, is_alone: bool = False
    ) -> bytes:
        """Say something and wait for its answer; the answering frame.

        Args:
            frame: what to say.
            tracing_id: which the answer names.
            timeout_s: how long to wait.
            is_alone: an answer that names nothing is this one's.

        Raises:
            CallError: it was refused, or no answer came.
        """
        answer = self._waiting[tracing_id] = _awaited()
        if is_alone:
            self._waiting[UNNAMED] = answer
        try:
            async with asyncio.timeout(timeout_s):
                await self.send(frame)
            return await _in_time(answer, timeout_s)
        except TimeoutError:
            raise CallError(_silent()) from None
        finally:
            self._waiting.pop(tracing_id, None)
            if is_alone:
                self._waiting.pop(UNNAMED, None)

    def expect(self, tracing_id: str) -> None:
        """Keep the answer with this tracing id until somebody waits for it."""
        if tracing_id not in self._waiting:
            self._waiting[tracing_id] = _awaited()

    async def expected(self, tracing_id: str, timeout_s: float) -> bytes:
        """The answering frame that was expected.

        Raises:
            CallError: it tells of a failure, or it did not come.
        """
        self.expect(tracing_id)
        try:
            return await _in_time(self._waiting[tracing_id], timeout_s)
        except TimeoutError:
            raise CallError(_silent()) from None
        finally:
            self.forget(tracing_id)

    def forget(self, tracing_id: str) -> None:
        """Nobody waits any more; doing it twice is fine."""
        if (answer := self._waiting.pop(tracing_id, None)) is not None:
            answer.cancel()

    async def close(self) -> None:
        """Leave, and say goodbye if nobody else is fed."""
        await self._leave(says_goodbye=True)

    async def abort(self) -> None:
        """Leave, and drop the connection if nobody else is fed; doing it twice is fine."""
        await self._leave(says_goodbye=False)

    async def _leave(self, *, says_goodbye: bool) -> None:
        if self.carrier is not None:
            await self.carrier.leave(self, says_goodbye=says_goodbye)
        self._stop()
        await asyncio.gather(self._delivering, return_exceptions=True)

    # --- what the stream brings ---------------------------------------------------------------------------

    async def hear(self, data: bytes) -> None:
        """Take a frame; while the queue is full, for a time, wait for room."""
        events = self._decode(data)
        for event in events:
            if isinstance(event, Answered):
                self._pass_on(event)
        loop = asyncio.get_running_loop()
        while (
            patience_s := self._queue.put(events, len(data), loop.time(), has_history=self._has_history())
        ) is not None:
            self._emptied.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._emptied.wait()
        self._filled.set()

    def end(self, error: Exception) -> None:
        """No more will come; what was said before the end of the stream counts."""
        while isinstance(error, StreamError) and (rest := self._queue.take()) is not None:
            self._deliver(rest)
        self._stop()
        if not self.lost.done():
            self.lost.set_exception(error)

    def _stop(self) -> None:
        self._delivering.cancel()
        self._queue = self._new_queue()  # The reader may wait for room.
        self._emptied.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(CallError(_gone()))

    def _new_queue(self) -> InboundQueue:
        """What is read together is delivered together."""
        return InboundQueue(backlog=1 if self.read_every_s else None)

    async def _deliver_all(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._filled.wait()
            self._filled.clear()
            until = loop.time() + SLICE_S
            while (events := self._queue.take()) is not None:
                self._deliver(events)
                self._emptied.set()
                if loop.time() >= until:
                    self._delivered()
                    await asyncio.sleep(0)
                    until = loop.time() + SLICE_S
            self._delivered()
            await asyncio.sleep(GATHER_S)

    def _pass_on(self, event: Answered) -> None:
        answer = self._waiting.get(event.tracing_id)
        if answer is None or answer.done():
            return
        if event.failure is not None:
            answer.set_exception(CallError(event.failure))
        else:
            answer.set_result(event.body)


def _awaited() -> asyncio.Future[Any]:
    """Something to come; that it was a failure is no news to anybody once who waited for it has gone."""
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    return answer


async def _in_time(answer: asyncio.Future[bytes], timeout_s: float) -> bytes:
    """The answer, which may lie in the socket unread if the loop has stood still: before it is late, that is read.

    Raises:
        TimeoutError: it did not come.
        CallError: it tells of a failure.
    """
    for patience_s in (timeout_s, LOOK_AGAIN_S):
        await asyncio.wait({answer}, timeout=patience_s)
        if answer.done():
            return await answer
    raise TimeoutError


def _silent() -> Failure:
    return Failure(kind="lost", message="No answer from the server in time.")


def _gone() -> Failure:
    return Failure(kind="lost", message="The stream was lost before the answer came.")
