"""What waits for Redis ends when it is cancelled, though redis-py may overlook that."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from ipygenesys._io.relay.redis.cancelling import end, heeding
from ipygenesys._io.relay.redis.client import Redis
from tests.tools.redis import RedisServer


async def overlooks_the_first(seconds: float = 0.0) -> str:
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    await asyncio.sleep(seconds)
    return "found"


async def fails() -> None:
    with suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    raise OSError


async def test_a_cancellation_that_was_overlooked_is_heeded_once_the_command_is_over() -> None:
    task = asyncio.ensure_future(heeding(overlooks_the_first()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_was_cancelled_before_may_still_ask_in_leaving() -> None:
    async def leaves() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            found = await heeding(asyncio.sleep(0, 1))
        return found

    task = asyncio.ensure_future(leaves())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await heeding(asyncio.sleep(0, 1)) == 1


async def test_what_has_overlooked_it_once_is_cancelled_again() -> None:
    overlooking, failing = asyncio.ensure_future(overlooks_the_first(3600)), asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    await end(overlooking, failing)
    assert overlooking.cancelled() and failing.done()


@pytest.mark.parametrize("turns", range(5))
async def test_a_read_that_is_under_way_ends_at_whatever_moment(
    redis_server: RedisServer, turns: int
) -> None:
    redis = Redis(redis_server.url)
    await redis.server()
    reading = asyncio.ensure_future(redis.read({"nothing": "0-0"}))
    for _ in range(turns):
        await asyncio.sleep(0)
    await end(reading)
    assert reading.cancelled()
    await redis.aclose()
