"""Who leads, when Redis answers badly: somebody leads in truth, and nothing that is under way is thrown away."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import pytest

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import StreamLost
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.relay import revival
from ipygenesys._core.relay.commands import Command, encoded
from ipygenesys._core.relay.keys import Keys
from ipygenesys._io.relay.owner import Owner
from ipygenesys._io.relay.redis.client import Redis, Stale
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.redis.leases import Empty, Taken
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


async def test_a_server_that_was_started_anew_is_left_first_to_who_has_led(redis_server: RedisServer) -> None:
    """It may have lost what only that one knows."""
    keys, redis = Keys("c"), Redis(redis_server.url)
    led = await redis.take_lease(keys, "led", 0, "run")
    assert led is not None
    with redis_server.client() as client:
        client.set(keys.server, "another")
        client.delete(keys.lease)
    for above in (0, led.epoch - 1):
        with pytest.raises(Empty):
            await redis.take_lease(keys, "new", above, "run", has_deferred=False)
    taken = await redis.take_lease(keys, "led", led.epoch, "run", has_deferred=False)
    assert taken is not None and taken.former == led.epoch
    await redis.give_lease_back(keys, "led")
    assert await redis.take_lease(keys, "new", 0, "run", has_deferred=False) is not None
    with redis_server.client() as client:
        client.set(keys.server, "another")
        client.delete(keys.lease)
    assert await redis.take_lease(keys, "waited", 0, "run", has_deferred=True) is not None
    await redis.aclose()


async def test_a_lease_counts_for_one_run_of_the_server(redis_server: RedisServer) -> None:
    keys, redis = Keys("c"), Redis(redis_server.url)
    taken = await redis.take_lease(keys, "led", 0, "run")
    assert taken is not None and await redis.renew_lease(keys, "led", taken.epoch)
    with redis_server.client() as client:
        relay, former, server = str(client.get(keys.lease)).split("|")
        assert (relay, former) == ("led", "0")
        assert server == client.info("server")["run_id"]
        client.set(keys.lease, f"led|0|{'0' * 40}", px=5000)
    assert not await redis.renew_lease(keys, "led", taken.epoch)
    await redis.aclose()


async def test_what_is_kept_lives_on_from_the_moment_that_it_is_led(redis_server: RedisServer) -> None:
    """Else it may be gone before the lease is renewed for the first time."""
    keys, redis = Keys("c"), Redis(redis_server.url)
    with redis_server.client() as client:
        for name in keys.lasting[3:]:
            client.set(name, b"left behind", px=3000)
        assert await redis.take_lease(keys, "led", 0, "run", 600) is not None
        assert [590 < client.ttl(name) <= 600 for name in keys.lasting] == [True] * len(keys.lasting)
    await redis.aclose()


async def test_who_waits_for_the_lead_and_ends_leaves_no_lease_that_was_granted_too_late(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, take = Keys(simulator.conversation_id), Redis.take_lease
    is_asked, may_ask = asyncio.Event(), asyncio.Event()

    async def is_slow(self: Redis, *arguments: Any, **options: Any) -> Taken | None:
        is_asked.set()

        async def on_its_way() -> Taken | None:
            await may_ask.wait()
            return await take(self, *arguments, **options)

        return await asyncio.shield(
            asyncio.ensure_future(on_its_way())
        )  # What is sent cannot be called back.

    monkeypatch.setattr(Redis, "take_lease", is_slow)
    with redis_server.client() as client:
        relay = await service(redis_server, simulator).__aenter__()
        await is_asked.wait()
        ending = asyncio.ensure_future(relay.drain())
        await asyncio.sleep(0)
        may_ask.set()
        await ending
        await eventually(lambda: client.exists(keys.epoch))
        assert not client.exists(keys.lease)


async def test_a_connection_that_has_failed_is_tried_again_without_anybody(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revival, "FIRST_S", 0.0)
    async with service(redis_server, simulator) as relay:
        await eventually(lambda: relay.metrics.connected == 1)
        owner = relay.upstreams[simulator.conversation_id].owner
        assert isinstance(owner, Owner)
        connection = owner.gateway.session.connection
        owner.gateway.take(StreamLost(connection.newest, StreamLoss(close_code=1002)))
        assert (connection.status, relay.is_healthy) == ("failed", False)
        await eventually(lambda: relay.is_healthy)
        assert (relay.metrics.connected, relay.metrics.takeovers) == (1, 1)


async def test_a_renewal_that_was_under_way_when_a_write_was_refused_renews_nothing(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else who leads would lead for ever and write nothing."""
    write, renew = Redis.write, Redis.renew_lease
    renews, was_refused = asyncio.Event(), asyncio.Event()

    async def is_refused_once(self: Redis, *arguments: Any) -> None:
        await renews.wait()
        if not was_refused.is_set():
            was_refused.set()
            raise Stale
        await write(self, *arguments)

    async def is_late_once(self: Redis, *arguments: Any, **options: Any) -> bool:
        renews.set()
        await was_refused.wait()
        await asyncio.sleep(0)  # What writes says so.
        return await renew(self, *arguments, **options)

    async with service(redis_server, simulator) as relay:
        await eventually(lambda: relay.metrics.connected == 1)
        upstream = relay.upstreams[simulator.conversation_id]
        above = upstream.lease.epoch
        monkeypatch.setattr(Redis, "write", is_refused_once)
        monkeypatch.setattr(Redis, "renew_lease", is_late_once)
        simulator.agent_say("Hello?")
        await leads_again(relay, simulator, above)
        assert upstream.writer is not None
        await upstream.writer.until_written()
        assert relay.metrics.takeovers == 1
