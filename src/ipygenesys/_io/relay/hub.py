"""What all conversations of one program share of a Redis: connections to read, to listen and to ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary

from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.relay.reader import Listening, Reader
from ipygenesys._io.relay.redis.client import Redis

AT_ONCE = 8
"""Chosen: what many conversations ask when they open together takes no more connections than this."""


class Hub:
    """One program's way to one Redis, from the first of its conversations to the last; on one loop.

    Args:
        url: as redis-py takes it.
        forget: called when the last one has left.
    """

    def __init__(self, url: str, forget: Callable[[], object]) -> None:
        self.redis = Redis(url, at_once=AT_ONCE)
        self._tasks = Tasks(
            lambda _, error: asyncio.get_running_loop().call_exception_handler(
                {"exception": error, "message": "a relay's connection"}
            )
        )
        self.reader = Reader(self.redis, self._tasks)
        self.listening = Listening(self.redis, self._tasks)
        self._members = 0
        self._forget = forget

    def enter(self) -> None:
        """One more conversation."""
        self._members += 1

    async def leave(self) -> None:
        """One less; the last one leaves no task and no connection."""
        self._members -= 1
        if self._members == 0:
            self._forget()
            await self._tasks.cancel()
            await self.reader.aclose()
            await self.listening.aclose()
            await self.redis.aclose()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Hub]] = WeakKeyDictionary()


def hub_of(url: str) -> Hub:
    """That of this Redis on the running loop."""
    hubs = _hubs.setdefault(asyncio.get_running_loop(), {})
    if url not in hubs:
        hubs[url] = Hub(url, lambda: hubs.pop(url))
    return hubs[url]
