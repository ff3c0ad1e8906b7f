"""What a leader publishes, on its way to Redis: in order, many at once, again until it is there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.writing import MAX_ENTRIES, Write
from ipygenesys._io.relay.redis.client import Redis, Stale
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._protocols.flow import CallError

MAX_BATCH = 200
"""Chosen: publications that are written at once."""
AGAIN_S = 0.2
"""Chosen: between two tries."""
PATIENCE_S = 8.0
"""Chosen: how long a message waits for Redis before it is tried again later."""
_NOT_WRITTEN = Failure(
    kind="unreachable", message="The relay cannot write the message down, so it was not sent yet."
)


class Publication(Protocol):
    """What a step adds, be it of a conversation or of an inbox."""

    @property
    def events(self) -> Sequence[object]:
        """What its entry says; nothing: it has none."""


P = TypeVar("P", bound=Publication)
WritesOf = Callable[[P, Keys, Position, int], list[Write]]


class _Item(NamedTuple, Generic[P]):
    published: P | None
    also: Sequence[Write]
    """What is to be written in any case, such as answers."""


class Writer(Generic[P]):
    """Of one conversation, or of one inbox, that this relay leads.

    Args:
        redis: where to.
        keys: of what.
        writes_of: what a publication comes to, whose entry has a given id.
        on_stale: hears that another one leads, or that Redis has lost all: nothing is written until ``begin``.
        max_entries: how many are kept, more or less.
    """

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        writes_of: WritesOf[P],
        on_stale: Callable[[], object],
        *,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        self.at = Position(0, 0)
        """The newest entry."""
        self.written = 0
        """How many entries."""
        self._redis = redis
        self._keys = keys
        self._writes_of = writes_of
        self._on_stale = on_stale
        self._max_entries = max_entries
        self._queue: deque[_Item[P]] = deque()
        self._epoch: int | None = None
        self._wake = asyncio.Event()
        self._added = self._done = 0
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()

    def begin(self, epoch: int, published: P, also: Sequence[Write]) -> None:
        """Write under this epoch from now on: first this, which holds all there is. What was not written yet is in it."""
        left = [write for item in self._queue for write in item.also]
        self._done += len(self._queue)
        self._queue.clear()
        self._epoch, self.at = epoch, Position(epoch, 0)
        self.add(published, [*also, *left])

    def add(self, published: P | None = None, also: Sequence[Write] = ()) -> None:
        """One more."""
        if published or also:
            self._queue.append(_Item(published, also))
            self._added += 1
            self._wake.set()

    async def until_written(self) -> None:
        """Until all that was added so far is there.

        Raises:
            CallError: it is not, for now.
        """
        if self._done == self._added:
            return
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((self._added, written))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await written
        except TimeoutError:
            raise CallError(_NOT_WRITTEN) from None

    async def run(self) -> None:
        """Write, until it is cancelled."""
        while True:
            await self._wake.wait()
            if self._epoch is None or not self._queue:
                self._wake.clear()
                continue
            await self._write([self._queue.popleft() for _ in range(min(len(self._queue), MAX_BATCH))])

    async def _write(self, items: list[_Item[P]]) -> None:
        assert self._epoch is not None
        epoch, writes, at = self._epoch, list[Write](), self.at
        for published, also in items:
            if published is not None:
                at = at.next if published.events else at
                writes += self._writes_of(published, self._keys, at, self._max_entries)
            writes += also
        while epoch == self._epoch:
            try:
                await self._redis.write(self._keys, epoch, writes)
            except Stale:
                if epoch != self._epoch:
                    break
                self._queue.extendleft(reversed(items))
                self._epoch = None
                self._on_stale()
                return
            except RedisError:
                await asyncio.sleep(AGAIN_S)
            else:
                self.written += at.sequence - self.at.sequence
                self.at = at
                self._done += len(items)
                self._tell()
                return
        self._queue.extendleft(reversed(items))  # Another epoch has begun meanwhile, without these.

    def _tell(self) -> None:
        while self._waiters and self._waiters[0][0] <= self._done:
            _, written = self._waiters.popleft()
            if not written.done():
                written.set_result(None)
