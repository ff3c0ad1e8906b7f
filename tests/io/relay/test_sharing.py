"""Viewers of one program: what they share of a Redis, what stays each one's own, and what others of the program notice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from ipygenesys import DeliveryFailed, Relay
from ipygenesys._core.relay import entries
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.rights import Refused, Right
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.relay import viewer as viewers_module
from ipygenesys._io.relay.hub import AT_ONCE
from ipygenesys._io.relay.reader import IN_A_ROW, Reader
from ipygenesys._io.relay.redis.client import Entry, Redis
from ipygenesys.simulator import Simulator
from tests.io.relay.relays import service
from tests.io.watch import Watched, eventually, sent_texts
from tests.tools.redis import RedisServer

MANY = 30
NAME = "page-server"


class Known:
    """Whoever has a token may see, others may not."""

    def users(self) -> tuple[str, ...]:
        return ("default",)

    async def of(self, user: str, token: str | None, name: str) -> frozenset[Right]:
        if token is None:
            raise Refused("Who are you?")
        return frozenset({"see", "send"} if token == "ann" else {"see"})


@asynccontextmanager
async def looking_on(
    redis: RedisServer, simulator: Simulator, number: int, token: str | None = None
) -> AsyncIterator[list[Watched]]:
    """So many at once, by an address that names them at Redis."""
    url = f"{redis.url}?client_name={NAME}"
    async with AsyncExitStack() as stack:
        yield await asyncio.gather(
            *(
                stack.enter_async_context(
                    Watched(Relay(url, conversation_id=simulator.conversation_id, token=token))
                )
                for _ in range(number)
            )
        )


async def all_show(clients: Iterable[Watched], *texts: str) -> None:
    async def shows(client: Watched) -> None:
        await client.until(lambda: client.texts == list(texts))

    await asyncio.gather(*map(shows, clients))


def connections(redis: RedisServer, name: str = NAME) -> int:
    with redis.client() as client:
        return sum(each["name"] == name for each in client.client_list())


def reads(redis: RedisServer) -> int:
    """XREADs so far; those of the relay's own commands are among them."""
    with redis.client() as client:
        return int(client.info("commandstats").get("cmdstat_xread", {"calls": 0})["calls"])


async def test_many_viewers_of_a_program_read_once_what_was_said(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def counted(data: bytes) -> tuple[entries.Lasting, ...]:
        read.append(data)
        return entries.entry_of(data)

    monkeypatch.setattr(viewers_module, "entry_of", counted)
    async with service(redis_server, simulator), looking_on(redis_server, simulator, MANY) as clients:
        await asyncio.gather(*(client.until_caught_up() for client in clients))
        assert connections(redis_server) <= 2 + AT_ONCE, "one reads, one listens, and what is asked"
        before, events = reads(redis_server), Keys(simulator.conversation_id).events
        with redis_server.client() as client:
            newest = client.xlen(events)
            read.clear()
            for number in range(10):
                simulator.agent_say(f"{number}")
            said = [f"{number}" for number in range(10)]
            await all_show(clients, *said)
            assert len(read) == client.xlen(events) - newest
        assert reads(redis_server) - before <= len(read) + MANY / 2, "reads do not grow with viewers"
    assert connections(redis_server) == 0


async def test_who_joins_what_is_read_already_interrupts_no_read(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    read = Redis.read

    async def counted(self: Redis, *arguments: object) -> dict[str, list[Entry]]:
        begun.append(arguments)
        return await read(self, *arguments)  # type: ignore[arg-type]

    async with service(redis_server, simulator), looking_on(redis_server, simulator, 1) as (first,):
        await first.until_caught_up()
        monkeypatch.setattr(Redis, "read", counted)
        async with looking_on(redis_server, simulator, MANY) as others:
            await asyncio.gather(*(each.until_caught_up() for each in others))
            assert len(begun) < MANY / 2
            simulator.agent_say("hello")
            await all_show((first, *others), "hello")


async def test_who_leaves_takes_nothing_from_the_others(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with service(redis_server, simulator), looking_on(redis_server, simulator, 1) as (stays,):
        async with looking_on(redis_server, simulator, 3) as leave:
            await asyncio.gather(*(each.until_caught_up() for each in (stays, *leave)))
        simulator.agent_say("hello")
        await stays.until(lambda: stays.texts == ["hello"])
        simulator.agent_typing(True)
        await stays.until(lambda: stays.typing == ("Ann",))


async def test_a_connection_that_is_lost_costs_nobody_a_message(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with service(redis_server, simulator), looking_on(redis_server, simulator, 5) as clients:
        await asyncio.gather(*(each.until_caught_up() for each in clients))
        simulator.agent_say("before")
        with redis_server.client() as client:
            for kind in ("normal", "pubsub"):
                client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
            simulator.agent_say("after")
            await all_show(clients, "before", "after")
        assert connections(redis_server) <= 2 + AT_ONCE
        await eventually(lambda: {tuple(each.received) for each in clients} == {("before", "after")})


async def test_each_finds_what_is_missing_by_itself(simulator: Simulator, redis_server: RedisServer) -> None:
    events = Keys(simulator.conversation_id).events
    async with service(redis_server, simulator), looking_on(redis_server, simulator, 3) as clients:
        await asyncio.gather(*(each.until_caught_up() for each in clients))
        with redis_server.client() as client:
            epoch, _, sequence = client.xrevrange(events, count=1)[0][0].partition("-")
            client.xadd(events, {"e": "[]"}, id=f"{epoch}-{int(sequence) + 2}")
        await eventually(lambda: all(each.counters.get("relay_gap") for each in clients))
        simulator.agent_say("hello")
        await all_show(clients, "hello")


async def test_who_is_refused_hears_nothing_of_what_others_read_by_the_same_address(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with (
        service(redis_server, simulator, rights=Known()),
        looking_on(redis_server, simulator, 1, "ann") as (ann,),
        looking_on(redis_server, simulator, 1, "bob") as (bob,),
        looking_on(redis_server, simulator, 1) as (nobody,),
    ):
        await nobody.until_status("failed")
        await asyncio.gather(ann.until_caught_up(), bob.until_caught_up())
        await asyncio.wait_for(ann.send("from ann"), 10)
        with pytest.raises(DeliveryFailed, match="'send'"):
            await asyncio.wait_for(bob.send("from bob"), 10)
        await bob.until(lambda: "from ann" in bob.texts)
        assert sent_texts(simulator) == ["from ann"]
        assert nobody.texts == []


async def test_users_of_redis_share_nothing(simulator: Simulator, redis_server: RedisServer) -> None:
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", "coach", "on", ">secret", "~*", "&*", "+@all")
    async with (
        service(redis_server, simulator),
        looking_on(redis_server, simulator, 1) as (ours,),
        Watched(
            Relay(
                redis_server.url.replace("//", "//coach:secret@"), conversation_id=simulator.conversation_id
            )
        ) as theirs,
    ):
        await ours.until_caught_up()
        with redis_server.client() as client:
            await eventually(lambda: any(each["user"] == "coach" for each in client.client_list()))
            assert {each["user"] for each in client.client_list() if each["name"] == NAME} == {"default"}
        assert theirs.status != "connected", "the relay does not read commands of this user"


async def test_others_of_the_program_have_their_turn_while_many_are_told() -> None:
    turns, told = list[int](), list[int]()

    class Full:
        async def read(self, after: dict[str, str], count: int) -> dict[str, list[Entry]]:
            if after["s"] != "1-0":
                await asyncio.Event().wait()
            return {"s": [Entry("1-1", b"")]}

    async def others() -> None:
        while True:
            turns.append(len(told))
            await asyncio.sleep(0)

    def hear(entries: list[Entry]) -> None:
        told.append(len(entries))
        if len(told) == 1:
            ends[1]()  # Another one, which was to hear it too.

    tasks = Tasks(lambda where, error: None)
    reader = Reader(Full(), tasks)  # type: ignore[arg-type]
    other = tasks.start(others())
    ends = [reader.follow("s", "1-0", hear, lambda failure: None) for _ in range(10 * IN_A_ROW)]
    await eventually(lambda: len(told) == 10 * IN_A_ROW - 1)
    assert len({number for number in turns if 0 < number < len(told)}) >= 9
    assert not other.done()
    await tasks.cancel()
    await reader.aclose()
