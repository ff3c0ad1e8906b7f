"""An open stream with its reader: frames become events, and answers find who waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ipygenesys._core.failures import Failure
from ipygenesys._core.platform_events import Answered, PlatformEvent
from ipygenesys._io.stream import Stream, StreamError
from ipygenesys._protocols.flow import CallError

Decode = Callable[[bytes], tuple[PlatformEvent, ...]]
Deliver = Callable[[tuple[PlatformEvent, ...]], None]


class Link:
    """Reads from the moment it is made; ``lost`` ends with a StreamError."""

    def __init__(self, stream: Stream, *, decode: Decode, deliver: Deliver) -> None:
        self._stream = stream
        self._decode = decode
        self._deliver = deliver
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self.lost = asyncio.get_running_loop().create_task(self._read())

    async def send(self, frame: str) -> None:
        """Say something that has no answer.

        Raises:
            CallError: it was not said, or nobody knows.
        """
        try:
            await self._stream.send(frame)
        except StreamError:
            raise CallError(_gone()) from None

    async def exchange(self, frame: str, tracing_id: str, timeout_s: float) -> bytes:
        """Say something and wait for its answer; the answering frame.

        Raises:
            CallError: it was refused, or no answer came.
        """
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[tracing_id] = answer
        try:
            async with asyncio.timeout(timeout_s):
                await self.send(frame)
                return await answer
        except TimeoutError:
            raise CallError(_silent()) from None
        finally:
            self._waiting.pop(tracing_id, None)

    def expect(self, tracing_id: str) -> None:
        """Keep the answer with this tracing id until somebody waits for it."""
        if tracing_id not in self._waiting:
            self._waiting[tracing_id] = asyncio.get_running_loop().create_future()

    async def expected(self, tracing_id: str, timeout_s: float) -> bytes:
        """The answering frame that was expected.

        Raises:
            CallError: it tells of a failure, or it did not come.
        """
        self.expect(tracing_id)
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(self._waiting[tracing_id])
        except TimeoutError:
            raise CallError(_silent()) from None
        finally:
            self.forget(tracing_id)

    def forget(self, tracing_id: str) -> None:
        """Nobody waits any more; doing it twice is fine."""
        if (answer := self._waiting.pop(tracing_id, None)) is not None:
            answer.cancel()

    async def close(self) -> None:
        """Say goodbye and stop reading."""
        with suppress(Exception):
            await self._stream.close()
        await self.abort()

    async def abort(self) -> None:
        """Drop the connection and stop reading."""
        self._stream.abort()
        self.lost.cancel()
        await asyncio.gather(self.lost, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for data in self._stream.frames():
                events = self._decode(data)
                for event in events:
                    if isinstance(event, Answered):
                        self._pass_on(event)
                self._deliver(events)
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(CallError(_gone()))

    def _pass_on(self, event: Answered) -> None:
        answer = self._waiting.get(event.tracing_id)
        if answer is None or answer.done():
            return
        if event.failure is not None:
            answer.set_exception(CallError(event.failure))
        else:
            answer.set_result(event.body)


def _silent() -> Failure:
    return Failure(kind="lost", message="No answer from the server in time.")


def _gone() -> Failure:
    return Failure(kind="lost", message="The stream was lost before the answer came.")
