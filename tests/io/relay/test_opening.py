"""What changes while a viewer opens its stream."""

from __future__ import annotations

import pytest

from ipygenesys import PermissionDenied, Relay
from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._io.relay.owner import Owner
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys.simulator import Simulator
from tests.io.relay.relays import service, viewer
from tests.io.watch import Watched, eventually
from tests.tools.redis import RedisServer


async def test_what_is_written_between_the_reads_of_an_opening_is_not_missed(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, get, newest = Keys(simulator.conversation_id), Redis.get, Redis.newest
    async with service(redis_server, simulator) as relay:
        await eventually(lambda: relay.metrics.connected == 1)
        upstream = relay.upstreams[simulator.conversation_id]
        assert upstream.writer is not None
        writer = upstream.writer
        await writer.until_written()
        reads: list[str] = []

        async def then_the_relay_closes(what: str) -> None:
            reads.append(what)
            if len(reads) == 1:
                assert upstream.owner is not None
                upstream.owner.rest()
                await eventually(lambda: relay.metrics.connected == 0)
                await writer.until_written()

        async def gets(self: Redis, *names: str) -> list[bytes | None]:
            found = await get(self, *names)
            if keys.state in names:
                await then_the_relay_closes("state")
            return found

        async def looks(self: Redis, stream: str) -> Position | None:
            found = await newest(self, stream)
            await then_the_relay_closes("newest")
            return found

        monkeypatch.setattr(Redis, "get", gets)
        monkeypatch.setattr(Redis, "newest", looks)
        async with viewer(redis_server, simulator) as client:
            await eventually(lambda: len(reads) >= 4)
            assert client.status != "connected"
            assert isinstance(upstream.owner, Owner)
            upstream.owner.gateway.post(Connect())
            await client.until_status("connected")


async def test_a_conversation_that_redis_forbids_is_a_clear_error(redis_server: RedisServer) -> None:
    with redis_server.client() as client:
        rules = "on >secret ~ipygenesys:{allowed}:* &ipygenesys:{allowed}:* +@all"
        client.execute_command("ACL", "SETUSER", "coach", *rules.split())
    url = redis_server.url.replace("//", "//coach:secret@")
    async with Watched(Relay(url, conversation_id="forbidden")) as forbidden:
        await forbidden.until_status("failed")
        with pytest.raises(PermissionDenied, match="its ACL lacks a right"):
            await forbidden.next_message(timeout=1)
