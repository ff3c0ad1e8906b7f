"""A stream whose frames are put into it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._io.stream.websocket import StreamError


class Spoken:
    """In place of a ``Stream``; None among its frames is its loss."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.bug: Exception | None = None
        self.ended: list[str] = []
        self.said: list[str] = []

    @property
    def is_drained(self) -> bool:
        return self.waiting.empty()

    async def frames(self) -> AsyncIterator[bytes]:
        while (data := await self.waiting.get()) is not None:
            if self.bug is not None:
                raise self.bug
            yield data
        raise StreamError(StreamLoss(close_code=1006))

    async def keep_alive(self, on_pong: Callable[[float], object]) -> None:
        pass

    async def send(self, frame: str) -> None:
        self.said.append(frame)

    async def close(self) -> None:
        self.ended.append("closed")

    def abort(self) -> None:
        self.ended.append("aborted")
