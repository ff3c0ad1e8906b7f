"""Who leads, when Redis answers badly: somebody leads in truth, and nothing that is under way is thrown away."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.relay.commands import Command, encoded
from ipygenesys._core.relay.keys import Keys
from ipygenesys._io.relay.redis.client import Redis, Taken
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.io.relay.relays import service, viewer
from tests.io.watch import eventually, sent_texts
from tests.tools.redis import RedisServer

LOST = RedisError(Failure(kind="unreachable", message="The answer was lost."))


async def test_who_has_the_lease_and_cannot_read_what_is_kept_tries_again_and_is_not_healthy(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: Redis, key: str) -> dict[str, bytes]:
        raise LOST

    with monkeypatch.context() as patch:
        patch.setattr(Redis, "fields", fails)
        async with service(redis_server, simulator) as relay:
            await eventually(lambda: not relay.is_healthy)
            assert relay.metrics.leading == 1 and relay.metrics.connected == 0
            patch.undo()
            await eventually(lambda: relay.metrics.connected == 1)
            assert relay.is_healthy


async def leads_again(relay: Service, simulator: Simulator, above: int) -> None:
    upstream = relay.upstreams[simulator.conversation_id]
    await eventually(lambda: upstream.lease.epoch > above and upstream.is_leading)


async def test_the_lead_is_kept_over_a_loss_of_all_data_and_of_the_answer_to_taking_it(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with service(redis_server, simulator) as relay:
        await eventually(lambda: relay.metrics.connected == 1)
        upstream = relay.upstreams[simulator.conversation_id]
        owner, above, asked, take = upstream.owner, upstream.lease.epoch, 0, Redis.take_lease

        async def loses_its_answer_once(self: Redis, *arguments: Any, **options: Any) -> Taken | None:
            nonlocal asked
            asked += 1
            taken = await take(self, *arguments, **options)
            if asked == 1:
                raise LOST
            return taken

        monkeypatch.setattr(Redis, "take_lease", loses_its_answer_once)
        with redis_server.client() as client:
            client.flushall()
        await leads_again(relay, simulator, above)
        assert asked == 2
        assert upstream.owner is owner and relay.metrics.takeovers == 1


async def test_the_lead_is_kept_when_redis_comes_back_as_it_was_before(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with service(redis_server, simulator) as relay:
        await eventually(lambda: relay.metrics.connected == 1)
        upstream = relay.upstreams[simulator.conversation_id]
        owner, above = upstream.owner, upstream.lease.epoch
        keys = Keys(simulator.conversation_id)
        with redis_server.client() as client:
            client.set(keys.epoch, above - 100)
            client.delete(keys.lease)
        await leads_again(relay, simulator, above)
        assert upstream.owner is owner and relay.metrics.takeovers == 1


async def test_who_asks_twice_for_the_lease_is_told_twice_who_led_before(redis_server: RedisServer) -> None:
    keys, redis = Keys("c"), Redis(redis_server.url)
    former = await redis.take_lease(keys, "former", 0, "run")
    assert former is not None and former.former == 0
    await redis.give_lease_back(keys, "former")
    taken = [await redis.take_lease(keys, "next", 0, "run") for _ in range(2)]
    assert [each and each.former for each in taken] == [former.epoch, former.epoch]
    assert taken[0] and taken[1] and taken[0].epoch < taken[1].epoch
    assert await redis.take_lease(keys, "nex", 0, "run") is None
    assert not await redis.renew_lease(keys, "nex", taken[1].epoch)
    assert await redis.renew_lease(keys, "next", taken[1].epoch)
    await redis.give_lease_back(keys, "next")
    assert await redis.take_lease(keys, "nex", 0, "run") is not None
    await redis.aclose()


async def test_what_nobody_has_sent_for_long_is_not_sent_hours_later(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    """Its viewer has been told that it failed."""
    stream = Keys(simulator.conversation_id).commands("default")
    now_ms = round(time.time() * 1000)
    with redis_server.client() as client:
        for number, (text, ago_s) in enumerate([("of yesterday", 50_000), ("just now", 1)]):
            wanted = PostMessage(draft_id=str(uuid.uuid4()), text=text)
            command = encoded(Command(viewer="v", number=number, wanted=wanted))
            client.xadd(stream, {"c": command}, id=f"{now_ms - ago_s * 1000}-0")
        async with service(redis_server, simulator):
            await eventually(lambda: sent_texts(simulator) == ["just now"])
            await eventually(lambda: client.xlen(stream) == 0)
        assert sent_texts(simulator) == ["just now"]


async def test_commands_are_given_up_with_the_rest_and_nobody_asks_where_nobody_leads(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    keys = Keys(simulator.conversation_id)
    with redis_server.client() as client:
        async with viewer(redis_server, simulator) as watching:
            await watching.until(lambda: any("No relay leads" in str(event) for event in watching.told))
            assert client.keys("*commands*") == []
            async with service(redis_server, simulator):
                await watching.until_status("connected")
                await eventually(lambda: client.xlen(keys.commands("default")) == 0)
                await eventually(lambda: 0 < client.ttl(keys.commands("default")) <= 7 * 86_400)
        assert [key for key in client.keys("*") if client.ttl(key) == -1] == []
