"""Streams that are read by one connection, and channels that are heard by another, however many follow them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.positions import Position
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.relay.redis.cancelling import end
from ipygenesys._io.relay.redis.channels import Channels, Heard, Said
from ipygenesys._io.relay.redis.client import MAX_READ, Entry, Redis
from ipygenesys._io.relay.redis.failures import RedisError

AGAIN_S = 0.5
"""Chosen: between two tries to listen to channels."""

HEARD_S = 5.0
"""Chosen: by then Redis has confirmed that we listen."""
_NOT_HEARD = Failure(kind="unreachable", message="Redis cannot be reached, or does not let us listen.")

IN_A_ROW = 16
"""Chosen: so many are told before others of the program have a turn."""

Hear = Callable[[list[Entry]], object]
Lose = Callable[[Failure], object]


class _Follower(NamedTuple):
    hear: Hear
    lose: Lose


class Reader:
    """Reads streams. Who follows one hears its entries in order, perhaps some of them again.

    Args:
        redis: where they are.
        tasks: where it runs.
        at_once: entries of one stream, at most.
    """

    def __init__(self, redis: Redis, tasks: Tasks, at_once: int = MAX_READ) -> None:
        self._redis = redis
        self._tasks = tasks
        self._at_once = at_once
        self._after: dict[str, str] = {}
        self._followers: dict[str, dict[_Follower, None]] = {}
        self._changed = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._reading: asyncio.Future[dict[str, list[Entry]]] | None = None

    def follow(self, stream: str, after: str, hear: Hear, lose: Lose) -> Callable[[], None]:
        """Hear what comes after that entry, until Redis is lost; returns how to end that."""
        follower = _Follower(hear, lose)
        former = self._after.get(stream)
        self._followers.setdefault(stream, {})[follower] = None
        if former is None or Position.of(after) < Position.of(former):
            self._after[stream] = after
            self._changed.set()
        if self._running is None or self._running.done():
            self._running = self._tasks.start(self._run())
        return lambda: self._end(stream, follower)

    async def aclose(self) -> None:
        """Leave no read under way, once nothing runs here any more."""
        if self._reading is not None:
            await end(self._reading)

    def _end(self, stream: str, follower: _Follower) -> None:
        followers = self._followers.get(stream, {})
        if follower in followers:
            del followers[follower]
            if not followers:
                del self._followers[stream], self._after[stream]

    async def _run(self) -> None:
        while self._after:
            self._changed.clear()
            reading = self._reading = asyncio.ensure_future(
                self._redis.read(dict(self._after), self._at_once)
            )
            changed = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait({reading, changed}, return_when=asyncio.FIRST_COMPLETED)
                if not reading.done():
                    continue
                for stream, entries in reading.result().items():
                    await self._tell(stream, entries)
            except RedisError as error:
                self._lost(error.failure)
            finally:
                await end(reading, changed)

    async def _tell(self, stream: str, entries: list[Entry]) -> None:
        if stream in self._after and entries:
            self._after[stream] = entries[-1].id
        for number, follower in enumerate(tuple(self._followers.get(stream, ())), 1):
            if follower in self._followers.get(stream, ()):  # Another one may have ended it.
                follower.hear(entries)
            if number % IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _lost(self, failure: Failure) -> None:
        followers = [each for all_of_one in self._followers.values() for each in all_of_one]
        self._followers, self._after = {}, {}
        for follower in followers:
            follower.lose(failure)


class _Channel:
    def __init__(self) -> None:
        self.hearers: list[Callable[[bytes], object]] = []
        self.is_answered = asyncio.Event()
        """It is heard, or cannot be."""
        self.failure: Failure | None = None

    def answered(self, failure: Failure | None) -> None:
        self.failure = failure
        self.is_answered.set()


class Listening:
    """Hears channels. What is said while the connection is lost is not heard.

    Args:
        redis: where they are.
        tasks: where it runs.
    """

    def __init__(self, redis: Redis, tasks: Tasks) -> None:
        self._redis = redis
        self._tasks = tasks
        self._connection: Channels | None = None
        self._channels: dict[str, _Channel] = {}
        self._running: asyncio.Task[None] | None = None

    async def hear(self, name: str, hear: Callable[[bytes], object]) -> Callable[[], None]:
        """Hear a channel from now on; returns how to end that.

        Raises:
            RedisError: it cannot be heard.
        """
        is_new = name not in self._channels
        channel = self._channels.setdefault(name, _Channel())
        channel.hearers.append(hear)
        try:
            if is_new and self._connection is not None:
                await self._connection.subscribe(name)
            if self._running is None or self._running.done():
                self._running = self._tasks.start(self._run())
            async with asyncio.timeout(HEARD_S):
                await channel.is_answered.wait()
            if channel.failure is not None:
                raise RedisError(channel.failure)
        except BaseException as error:
            self._end(name, hear)
            if isinstance(error, TimeoutError):
                self._renew()
                raise RedisError(_NOT_HEARD) from None
            raise
        return lambda: self._end(name, hear)

    async def aclose(self) -> None:
        """Leave no connection."""
        if self._connection is not None:
            await self._connection.aclose()

    def _renew(self) -> None:
        """The connection may be half open, which only who asks by it can notice: another one is made."""
        if self._running is not None:
            self._running.cancel()
            self._running = None
        if self._channels:
            self._running = self._tasks.start(self._run())

    def _end(self, name: str, hear: Callable[[bytes], object]) -> None:
        channel = self._channels.get(name)
        if channel is None or hear not in channel.hearers:
            return
        channel.hearers.remove(hear)
        if not channel.hearers:
            del self._channels[name]
            if channel.failure is None:
                _ = self._tasks.start(self._unsubscribe(name))

    async def _unsubscribe(self, name: str) -> None:
        if name not in self._channels and self._connection is not None:
            with suppress(RedisError):
                await self._connection.unsubscribe(name)

    async def _run(self) -> None:
        while self._channels:
            for channel in self._channels.values():
                channel.is_answered.clear()
            try:
                await self._until_lost()
            except RedisError:
                await asyncio.sleep(AGAIN_S)

    async def _until_lost(self) -> None:
        connection = self._redis.channels()
        try:
            asked = set(self._channels)
            await connection.subscribe(*asked)
            self._connection = connection
            if late := self._channels.keys() - asked:  # Wanted while it connected.
                await connection.subscribe(*late)
            await self._listen(connection)
        finally:  # Also where we are cancelled before anybody else knows of it.
            self._connection = None
            await connection.aclose()

    async def _listen(self, connection: Channels) -> None:
        async for told in connection.said():
            if (channel := self._channels.get(told.channel)) is None:
                continue
            match told:
                case Heard(_, failure):
                    channel.answered(failure)
                case Said(_, data):
                    for hear in tuple(channel.hearers):
                        hear(data)
