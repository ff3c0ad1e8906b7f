"""What changes while a viewer opens its stream."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from ipygenesys import PermissionDenied, Relay
from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import CapabilitiesLearned
from ipygenesys._core.relay import positions
from ipygenesys._core.relay.entries import RelayState, encoded, own_part
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._io.relay import following
from ipygenesys._io.relay.owner import Owner
from ipygenesys._io.relay.pages import Pages
from ipygenesys._io.relay.redis.client import Entry, Redis
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys.simulator import Simulator
from tests import examples as eg
from tests.io.relay.relays import relayed, service, viewer
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


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "refuse", "status": 403}, "not allowed"),
        ({"kind": "refuse", "status": 404}, "not found"),
        ({"kind": "refuse", "status": 401, "count": 2}, "refused"),
    ],
    ids=str,
)
async def test_what_has_failed_for_good_at_the_relay_is_said_at_once_and_mended_by_whoever_runs_it(
    simulator: Simulator,
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    words: str,
) -> None:
    monkeypatch.setattr(following, "UPSTREAM_S", 3600.0)
    simulator.fault(**fault)
    async with viewer(redis_server, simulator) as client:
        async with service(redis_server, simulator) as relay:
            await eventually(lambda: not relay.is_healthy and "failed" in _said(client))
            assert "whoever runs it has to look" in _said(client) and words in _said(client)
            with pytest.raises(TimeoutError, match="whoever runs it has to look"):
                await client.next_message(timeout=0.01)
        simulator.fault("clear")
        async with service(redis_server, simulator):
            await client.until_status("connected")


def _said(client: Watched) -> str:
    failure = client._gateway.session.connection.failure
    return "" if failure is None else failure.message


async def test_a_conversation_that_redis_forbids_is_a_clear_error(redis_server: RedisServer) -> None:
    with redis_server.client() as client:
        rules = "on >secret ~ipygenesys:{allowed}:* &ipygenesys:{allowed}:* +@all"
        client.execute_command("ACL", "SETUSER", "coach", *rules.split())
    url = redis_server.url.replace("//", "//coach:secret@")
    async with Watched(Relay(url, conversation_id="forbidden")) as forbidden:
        await forbidden.until_status("failed")
        with pytest.raises(PermissionDenied, match="its ACL lacks a right"):
            await forbidden.next_message(timeout=1)


async def test_the_newest_entry_of_all_is_not_missed_where_it_is_gone_before_it_was_read(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing comes after it that would show it."""
    monkeypatch.setattr(positions, "OVERDUE_S", 0.0)
    stream, read, is_deaf = Keys(simulator.conversation_id).events, Redis.read, False

    async def reads(self: Redis, after: Mapping[str, str], count: int) -> dict[str, list[Entry]]:
        while True:
            found = await read(self, after, count)
            if not (is_deaf and stream in found):
                return found
            await asyncio.sleep(0.01)

    monkeypatch.setattr(Redis, "read", reads)
    async with relayed(redis_server, simulator) as (client,):
        is_deaf = True
        with redis_server.client() as redis:
            before = redis.xinfo_stream(stream)["entries-added"]
            simulator.agent_say("Hello?")
            await eventually(lambda: redis.xinfo_stream(stream)["entries-added"] > before)
            redis.xtrim(stream, maxlen=0, approximate=False)
        await client.until(lambda: "Hello?" in [message.text for message in client.messages])
        assert client.counters["relay_gap"] == 1
        is_deaf = False
        simulator.agent_say("Are you there?")
        await client.until(lambda: "Are you there?" in [message.text for message in client.messages])
        assert client.counters["relay_gap"] == 1


async def test_history_that_the_relay_does_not_know_yet_is_asked_for_again(redis_server: RedisServer) -> None:
    keys, redis = Keys("c"), Redis(redis_server.url)
    pages = Pages(redis, keys)
    for page in (FetchHistory(), FetchHistory(before="m2"), FetchHistory(after="m2")):
        with pytest.raises(RedisError) as caught:  # Nothing is written yet, or Redis has lost it.
            await pages.page(page)
        assert caught.value.failure.is_transient
    able = CapabilitiesLearned(frozenset())
    state = RelayState(run="run", own=own_part((), "agent"), able=able, has_older=True)
    with redis_server.client() as client:
        client.set(keys.state, encoded(state))
    with pytest.raises(RedisError) as caught:
        await pages.page(FetchHistory())
    assert caught.value.failure.is_transient, "it has messages that nobody has read"
    assert await pages.page(FetchHistory(before="m2")) is None
    await redis.aclose()


async def test_a_page_tells_from_where_on_some_may_be_missing(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, redis = Keys("c"), Redis(redis_server.url)
    pages, page, able = Pages(redis, keys), Redis.page, CapabilitiesLearned(frozenset())
    places = iter(range(5, 99))
    state = RelayState(run="run", own=own_part((), "agent"), able=able, unsettled_after="m1")

    async def unsettled_after(asked: FetchHistory) -> str | None:
        found = await pages.page(asked)
        assert found is not None and found.learned == (state.own,), "whose messages these are"
        return found.unsettled_after

    with redis_server.client() as client:
        client.set(keys.state, encoded(state))
        for number in (1, 2, 4):
            client.hset(keys.messages, f"m{number}", encoded(eg.arrived(number)))
            client.zadd(keys.order, {f"m{number}": number})
        assert await unsettled_after(FetchHistory(limit=2)) == "m1"
        assert await unsettled_after(FetchHistory(after="m1", limit=2)) == "m1"
        assert await unsettled_after(FetchHistory(after="m1", limit=1)) is None, "more comes after it"
        assert await unsettled_after(FetchHistory(before="m4", limit=2)) is None

        async def and_more_is_said(self: Redis, keys: Keys, **options: Any) -> list[str] | None:
            found = await page(self, keys, **options)
            return [*(found or ()), f"m{next(places)}"]

        client.set(keys.state, encoded(msgspec.structs.replace(state, unsettled_after=None)))
        assert await unsettled_after(FetchHistory(limit=2)) is None
        monkeypatch.setattr(Redis, "page", and_more_is_said)
        assert await unsettled_after(FetchHistory(limit=2)) == "", "what was read is of different moments"
    await redis.aclose()
