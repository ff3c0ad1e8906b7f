"""What a leader writes, before a Redis that answers late and out of turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.publisher import Publication
from ipygenesys._core.relay.writing import Write, writes_of
from ipygenesys._io.relay.redis.client import Redis, Stale
from ipygenesys._io.relay.writer import Writer

ANSWER = Write("PUBLISH", "answers", ("an answer",))


class SlowRedis:
    """Answers the first write when it is let, and refuses it."""

    def __init__(self) -> None:
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.written: list[tuple[int, Write]] = []

    async def write(self, keys: Keys, epoch: int, writes: Sequence[Write]) -> None:
        if not self.is_asked.is_set():
            self.is_asked.set()
            await self.may_answer.wait()
            raise Stale
        self.written += [(epoch, write) for write in writes]


async def test_what_was_refused_after_the_next_epoch_has_begun_is_written_under_it() -> None:
    redis, told = SlowRedis(), list[None]()
    writer = Writer(cast("Redis", cast("Any", redis)), Keys("c"), writes_of, lambda: told.append(None))
    writer.begin(1, Publication(), [ANSWER])
    running = asyncio.create_task(writer.run())
    await redis.is_asked.wait()
    writer.begin(2, Publication(), [])
    redis.may_answer.set()
    await writer.until_written()
    assert redis.written == [(2, ANSWER)]
    assert told == [], "nobody else leads"
    running.cancel()
