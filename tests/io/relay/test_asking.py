"""What viewers ask, by its size and number: one that is too large, many that have waited, and what of them shows."""

from __future__ import annotations

import asyncio
import gc
import uuid
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.relay.commands import MAX_COMMAND_BYTES, Command, Greet, encoded
from ipygenesys._core.relay.keys import Keys
from ipygenesys._io.relay.asking import Asking
from ipygenesys._io.relay.hub import Hub, hub_of
from ipygenesys._io.relay.redis.channels import Said
from ipygenesys._io.relay.redis.client import Entry, Redis
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.taking import AT_ONCE
from ipygenesys.simulator import Simulator
from tests.io.relay.relays import service
from tests.io.watch import eventually, sent_texts
from tests.tools.redis import RedisServer


def command(number: int, wanted: Greet | PostMessage) -> bytes:
    return encoded(Command(viewer="v", number=number, wanted=wanted))


async def test_what_is_too_large_is_not_asked_and_the_error_says_so(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    refused, hub = list[Failure](), hub_of(redis_server.url)
    hub.enter()
    asking = Asking(hub, Keys(simulator.conversation_id), None, refused.append)
    with pytest.raises(RedisError, match="no more than 1,000,000 bytes") as caught:
        await asking.ask(PostMessage("d1", "x" * MAX_COMMAND_BYTES))
    assert caught.value.failure.kind == "rejected"
    asking.end()
    await hub.leave()
    with redis_server.client() as client:
        assert client.keys("*") == []


async def test_what_is_too_large_is_not_taken_and_holds_nobody_up(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    keys = Keys(simulator.conversation_id)
    async with service(redis_server, simulator) as relay:
        await eventually(lambda: relay.metrics.connected == 1)
        with redis_server.client() as client:
            for number, text in enumerate(("x" * MAX_COMMAND_BYTES, "of a fair size")):
                post = PostMessage(str(uuid.uuid4()), text)
                client.xadd(keys.commands("default"), {"c": command(number, post)})
            await eventually(lambda: sent_texts(simulator))
            await eventually(lambda: client.xlen(keys.commands("default")) == 0)
        assert sent_texts(simulator) == ["of a fair size"]
        assert relay.metrics.unreadable_commands == 1


async def test_what_has_waited_for_a_leader_is_read_in_pieces(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, pieces, read = Keys(simulator.conversation_id).commands("default"), list[int](), Redis.backlog

    async def counted(self: Redis, *arguments: str | int) -> list[Entry]:
        found = await read(self, *arguments)  # type: ignore[arg-type]
        pieces.append(len(found))
        return found

    monkeypatch.setattr(Redis, "backlog", counted)
    with redis_server.client() as client:
        for number in range(2 * AT_ONCE + 1):
            client.xadd(stream, {"c": command(number, Greet())})
        async with service(redis_server, simulator):
            await eventually(lambda: pieces and client.xlen(stream) == 0)
    assert pieces == [AT_ONCE, AT_ONCE, 1, 0]


async def test_no_more_is_read_of_new_commands_at_once(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, pieces, read = Keys(simulator.conversation_id).commands("default"), list[int](), Redis.read
    has_begun = asyncio.Event()

    async def counted(self: Redis, *arguments: object) -> dict[str, list[Entry]]:
        has_begun.set()
        found = await read(self, *arguments)  # type: ignore[arg-type]
        pieces.append(len(found.get(stream, ())))
        return found

    monkeypatch.setattr(Redis, "read", counted)
    async with service(redis_server, simulator):
        await has_begun.wait()
        with redis_server.client() as client, client.pipeline(transaction=True) as together:
            for number in range(2 * AT_ONCE):
                together.xadd(stream, {"c": command(number, Greet())})
            together.execute()
            await eventually(lambda: sum(pieces) == 2 * AT_ONCE)
    assert max(pieces) == AT_ONCE


def test_what_was_read_and_heard_shows_its_size_alone() -> None:
    assert repr({"s": [Entry("1-1", b"secret words")]}) == "{'s': [<Entry 1-1, 12 bytes>]}"
    assert repr(Said("c", b"secret words")) == "<Said on c, 12 bytes>"


async def test_a_question_that_was_given_up_leaves_no_exception_that_nobody_has_seen() -> None:
    problems, may_fail = list[dict[str, Any]](), asyncio.Event()

    class FailingRedis:
        user = "default"

        async def ask(self, keys: Keys, data: bytes) -> None:
            await may_fail.wait()
            raise RedisError(Failure(kind="unreachable", message="Redis is gone."))

    class Silent:
        async def hear(self, name: str, hear: object) -> object:
            return lambda: None

    hub = SimpleNamespace(redis=FailingRedis(), listening=Silent())
    asyncio.get_running_loop().set_exception_handler(lambda _, problem: problems.append(problem))
    asking = Asking(cast("Hub", hub), Keys("c"), None, lambda _: None)
    question = asyncio.ensure_future(asking.ask(Greet()))
    await asyncio.sleep(0)
    asking.give_up()
    may_fail.set()
    with pytest.raises(RedisError, match="Redis is gone"):
        await question
    del question
    gc.collect()
    assert problems == []
