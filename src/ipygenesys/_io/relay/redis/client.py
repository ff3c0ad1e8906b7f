"""Redis, as the relay and its viewers use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from redis import exceptions
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from ipygenesys._core.relay.keys import DEFAULT_USER, Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.writing import Write
from ipygenesys._io.relay.redis import scripts
from ipygenesys._io.relay.redis.cancelling import heeding
from ipygenesys._io.relay.redis.channels import Channels
from ipygenesys._io.relay.redis.failures import RedisError, failure_of
from ipygenesys._io.relay.redis.leases import Leases
from ipygenesys._io.relay.redis.slot_reads import SlotReads
from ipygenesys._io.relay.redis.url import client_of

MAX_READ = 500
"""Chosen: entries of one stream at once."""
BLOCK_S = 2.0
"""How long a read waits for news."""
TIMEOUT_S = 6.0
"""Chosen: a server that says nothing for so long is lost."""
MAX_CONNECTIONS = 64
"""Chosen: of one process."""
T = TypeVar("T")


class Stale(Exception):
    """Another relay leads, or Redis has lost what it knew: nothing was written."""


@dataclass(frozen=True)
class Entry:
    """Of a stream; what it says is read once, however many hear it."""

    id: str
    data: bytes
    """Of its only field."""
    _read: list[Any] = field(default_factory=list)

    @cached_property
    def at(self) -> Position:
        """Where it is, in a stream whose ids are a relay's.

        Raises:
            ValueError: they are not.
        """
        return Position.of(self.id)

    def says(self, read: Callable[[bytes], T]) -> T:
        """What its bytes come to; all who ask read them alike.

        Raises:
            Exception: what ``read`` raises.
        """
        if not self._read:
            self._read.append(read(self.data))
        found: T = self._read[0]
        return found

    def __repr__(self) -> str:
        return f"<Entry {self.id}, {len(self.data)} bytes>"


class Server(NamedTuple):
    """What answers as Redis."""

    name: str
    version: str

    @property
    def major(self) -> int:
        """Of its version."""
        return int(self.version.partition(".")[0])


class Redis(Leases):
    """A connection pool, and what is asked by it. On one loop.

    Args:
        url: as redis-py takes it.
        at_once: so many commands are under way, at most, besides reads that wait; each takes a connection.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, url: str, *, at_once: int = MAX_CONNECTIONS) -> None:
        self._room = asyncio.Semaphore(at_once)
        connecting = client_of(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),  # A pooled connection may have died; all may be asked twice.
            max_connections=MAX_CONNECTIONS,
            health_check_interval=0,
            decode_responses=False,
        )
        self._client: Any = connecting.client
        self._closing = connecting.closing
        self._slots = SlotReads(self._read) if connecting.is_cluster else None
        self.user: str = connecting.user or DEFAULT_USER
        """Whom Redis knows us as."""

    async def aclose(self) -> None:
        """Leave no connection."""
        if self._slots is not None:
            await self._slots.aclose()
        for each in (self._client, *self._closing):
            await each.aclose()

    async def server(self) -> Server:
        """What answers there."""
        found = await self._do("HELLO")
        told = found if isinstance(found, dict) else dict(zip(found[::2], found[1::2], strict=True))
        return Server(told[b"server"].decode(), told[b"version"].decode())

    # --- read -----------------------------------------------------------------------------------------------

    async def get(self, *keys: str) -> list[bytes | None]:
        """Strings, at one moment; all of one conversation."""
        return list(await self._do("MGET", *keys))

    async def fields(self, key: str) -> dict[str, bytes]:
        """A whole hash."""
        return {name.decode(): value for name, value in (await self._do("HGETALL", key)).items()}

    async def newest(self, stream: str) -> Position | None:
        """The id of a stream's newest entry."""
        found = await self._do("XREVRANGE", stream, "+", "-", "COUNT", 1)
        return Position.of(found[0][0].decode()) if found else None

    async def messages(self, keys: Keys, ids: Iterable[str]) -> list[bytes]:
        """Those of them that are there."""
        wanted = tuple(ids)
        found = await self._do("HMGET", keys.messages, *wanted) if wanted else []
        return [body for body in found if body is not None]

    async def page(
        self, keys: Keys, *, before: str | None = None, after: str | None = None, limit: int
    ) -> list[str] | None:
        """Ids of messages, oldest first: those next to one, or the newest; None: that one is not there."""
        if after is not None:
            place = await self._do("ZSCORE", keys.order, after)
            if place is None:
                return None
            found = await self._do("ZRANGEBYSCORE", keys.order, f"({place!r}", "+inf", "LIMIT", 0, limit)
            return [id_.decode() for id_ in found]
        bound = "+inf"
        if before is not None:
            place = await self._do("ZSCORE", keys.order, before)
            if place is None:
                return None
            bound = f"({place!r}"
        found = await self._do("ZREVRANGEBYSCORE", keys.order, bound, "-inf", "LIMIT", 0, limit)
        return [id_.decode() for id_ in reversed(found)]

    async def read(self, after: Mapping[str, str], count: int = MAX_READ) -> dict[str, list[Entry]]:
        """What is new in these streams, by the last id that was read of each; waits for it, but not for ever."""
        return await (self._read(after, count) if self._slots is None else self._slots.read(after, count))

    async def _read(self, after: Mapping[str, str], count: int) -> dict[str, list[Entry]]:
        arguments = ("COUNT", count, "BLOCK", int(BLOCK_S * 1000), "STREAMS", *after.keys(), *after.values())
        found = await self._answer("XREAD", *arguments)
        # RESP3 has a map, and its values in a list more.
        pairs = (
            [(name, parts[0]) for name, parts in found.items()] if isinstance(found, dict) else found or ()
        )
        return {name.decode(): _entries(entries) for name, entries in pairs}

    async def backlog(self, stream: str, after: str, count: int) -> list[Entry]:
        """What is in a stream after an entry, no more than so many."""
        return _entries(await self._do("XRANGE", stream, f"({after}", "+", "COUNT", count))

    # --- write ----------------------------------------------------------------------------------------------

    async def ask(self, keys: Keys, command: bytes) -> None:
        """Put a command before the relay."""
        arguments = ("MAXLEN", "~", 10_000, "*", "c", command)
        await self._do("XADD", keys.commands(self.user), *arguments)

    async def write(self, keys: Keys, epoch: int, writes: Sequence[Write]) -> None:
        """Carry these out together, if the epoch is the newest one. Twice is fine.

        Raises:
            Stale: it is not.
        """
        names = dict.fromkeys([keys.epoch, *(each.key for each in writes)])
        place = {name: str(number) for number, name in enumerate(names, 1)}
        arguments: list[str | bytes] = [str(epoch)]
        for name, key, parts in writes:
            arguments += [name, place[key], str(len(parts)), *parts]
        await self._run(scripts.WRITE, tuple(names), arguments)

    # --- channels -------------------------------------------------------------------------------------------

    def channels(self) -> Channels:
        """What is said in passing."""
        return Channels(self._client)

    # --- helpers --------------------------------------------------------------------------------------------

    async def _run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes]) -> Any:
        digest = scripts.DIGESTS[script]
        try:
            return await self._do("EVALSHA", digest, len(keys), *keys, *arguments)
        except exceptions.NoScriptError:
            return await self._do("EVAL", script, len(keys), *keys, *arguments)

    async def _do(self, *command: Any) -> Any:
        async with self._room:
            return await self._answer(*command)

    async def _answer(self, *command: Any) -> Any:
        try:
            return await heeding(self._client.execute_command(*command))
        except exceptions.NoScriptError:
            raise
        except exceptions.ResponseError as error:
            if scripts.STALE in str(error):
                raise Stale from None
            raise RedisError(failure_of(error)) from None
        except (TimeoutError, exceptions.RedisError, OSError) as error:
            raise RedisError(failure_of(error)) from None


def _entries(found: Any) -> list[Entry]:
    return [Entry(id_.decode(), next(iter(fields.values()))) for id_, fields in found if fields]
