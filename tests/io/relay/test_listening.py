"""Channels that are heard by one connection, on a real Redis."""

from __future__ import annotations

import asyncio

from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.relay.reader import Listening
from ipygenesys._io.relay.redis_client import Redis
from tests.tools.redis import RedisServer


def bug(where: str, error: BaseException) -> None:
    raise AssertionError(where) from error


async def test_what_is_wanted_while_the_connection_is_made_is_heard_too(redis_server: RedisServer) -> None:
    tasks, redis = Tasks(bug), Redis(redis_server.url)
    listening = Listening(redis, tasks)
    heard: list[bytes] = []
    async with asyncio.TaskGroup() as group:
        for number in range(100):  # One at each turn of the loop, of which connecting takes some.
            _ = group.create_task(listening.hear(f"channel-{number}", heard.append))
            await asyncio.sleep(0)
    with redis_server.client() as client:
        assert [client.publish(f"channel-{number}", b"") for number in range(100)] == [1] * 100
    await tasks.cancel()
    await listening.aclose()
    await redis.aclose()
