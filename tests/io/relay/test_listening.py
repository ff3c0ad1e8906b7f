"""Channels that are heard by one connection, on a real Redis."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.relay import reader
from ipygenesys._io.relay.reader import Listening
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError
from tests.io.watch import eventually
from tests.log import everything_logged, found
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


async def test_what_is_heard_is_in_no_log_whatever_its_level(redis_server: RedisServer) -> None:
    tasks, redis = Tasks(bug), Redis(redis_server.url)
    listening = Listening(redis, tasks)
    heard: list[bytes] = []
    _ = await listening.hear("channel", heard.append)
    with everything_logged() as log:
        with redis_server.client() as client:
            client.publish("channel", "secret words")
        await eventually(lambda: heard == [b"secret words"])
    assert found({"secret words"}, log.lines) == []
    await tasks.cancel()
    await listening.aclose()
    await redis.aclose()


async def test_a_channel_that_redis_forbids_is_said_and_costs_the_others_nothing(
    redis_server: RedisServer,
) -> None:
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", "coach", "on", ">secret", "&allowed:*", "+@all")
    tasks, redis = Tasks(bug), Redis(redis_server.url.replace("//", "//coach:secret@"))
    listening = Listening(redis, tasks)
    heard: list[bytes] = []
    names = ("allowed:1", "forbidden:1", "allowed:2", "forbidden:2")
    found = await asyncio.gather(
        *(listening.hear(name, heard.append) for name in names), return_exceptions=True
    )
    found.append(
        (await asyncio.gather(listening.hear("forbidden:3", heard.append), return_exceptions=True))[0]
    )
    _ = await listening.hear("allowed:3", heard.append)
    for name, each in zip((*names, "forbidden:3"), found, strict=True):
        if name.startswith("allowed"):
            assert callable(each)
        else:
            assert isinstance(each, RedisError) and f"the channel {name}:" in each.failure.message
            assert (each.failure.kind, each.failure.code) == ("permission", "relay.acl")
    with redis_server.client() as client:
        assert [client.publish(f"allowed:{number}", str(number)) for number in (1, 2, 3)] == [1] * 3
        await eventually(lambda: len(heard) == 3)
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await eventually(lambda: client.publish("allowed:1", "again"))
        await eventually(lambda: len(heard) == 4)
    assert heard == [b"1", b"2", b"3", b"again"]
    await tasks.cancel()
    await listening.aclose()
    await redis.aclose()


async def test_a_connection_that_is_lost_while_it_is_written_to_is_made_anew_once(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "AGAIN_S", 0.01)
    bugs: list[BaseException] = []
    tasks, redis = Tasks(lambda _, error: bugs.append(error)), Redis(redis_server.url)
    listening = Listening(redis, tasks)
    heard: list[bytes] = []
    _ = await listening.hear("kept", heard.append)

    async def in_and_out(number: int) -> None:
        with suppress(RedisError):
            end = await listening.hear(f"other-{number}", heard.append)
            end()

    with redis_server.client() as client:
        for _ in range(10):
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            await asyncio.gather(*map(in_and_out, range(5)))
        await eventually(lambda: client.publish("kept", "still heard"))
        await eventually(lambda: heard)
    assert bugs == []
    await tasks.cancel()
    await listening.aclose()
    await redis.aclose()


async def test_a_connection_that_is_half_open_is_made_anew_for_all_that_listen(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks, redis = Tasks(bug), Redis(redis_server.url)
    listening = Listening(redis, tasks)
    heard: list[bytes] = []
    _ = await listening.hear("kept", heard.append)

    async def is_lost_on_its_way(*names: str) -> None:
        pass

    assert listening._connection is not None
    monkeypatch.setattr(listening._connection, "subscribe", is_lost_on_its_way)
    monkeypatch.setattr(reader, "HEARD_S", 0.1)
    with pytest.raises(RedisError, match="let us listen"):
        _ = await listening.hear("another", heard.append)
    monkeypatch.setattr(reader, "HEARD_S", 5.0)
    _ = await listening.hear("another", heard.append)
    with redis_server.client() as client:
        await eventually(lambda: client.publish("kept", "still heard") == 1)
        assert client.publish("another", "heard, too") == 1
    await eventually(lambda: len(heard) == 2)
    await tasks.cancel()
    await listening.aclose()
    await redis.aclose()
