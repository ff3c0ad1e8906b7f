"""Reading streams of a Redis Cluster, which reads those of one slot at a time: a read under way for each slot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from ipygenesys._io.relay.redis.cancelling import end

E = TypeVar("E")
Read = Callable[[Mapping[str, str], int], Awaitable[dict[str, list[E]]]]


class SlotReads(Generic[E]):
    """Comes back with the first that has news, as one read of all of them would; the others go on until the next time.

    Args:
        read: reads streams of one slot, by the last id that was read of each; waits for news, but not for ever.
    """

    def __init__(self, read: Read[E]) -> None:
        self._one = read
        self._under_way: dict[str, tuple[dict[str, str], asyncio.Future[dict[str, list[E]]]]] = {}

    async def read(self, after: Mapping[str, str], count: int) -> dict[str, list[E]]:
        """What is new in any of these streams; nothing, if there is nothing for a while."""
        wanted: dict[str, dict[str, str]] = {}
        for stream, last in after.items():
            wanted.setdefault(slot_of(stream), {})[stream] = last
        for slot, (streams, reading) in list(self._under_way.items()):
            if wanted.get(slot) != streams:
                del self._under_way[slot]
                await end(reading)
        for slot, streams in wanted.items():
            if slot not in self._under_way:
                self._under_way[slot] = (streams, asyncio.ensure_future(self._one(streams, count)))
        readings = {reading: slot for slot, (_, reading) in self._under_way.items()}
        done, _ = await asyncio.wait(readings, return_when=asyncio.FIRST_COMPLETED)
        found: dict[str, list[E]] = {}
        errors = []
        for reading in done:
            del self._under_way[readings[reading]]
            if (error := reading.exception()) is not None:
                errors.append(error)
            else:
                found.update(reading.result())
        for error in errors:
            raise error
        return found

    async def aclose(self) -> None:
        """Read no more."""
        under_way, self._under_way = self._under_way, {}
        for _, reading in under_way.values():
            await end(reading)


def slot_of(key: str) -> str:
    """What Redis puts keys together by: the part in braces, else all of it."""
    _, brace, rest = key.partition("{")
    tag, closing, _ = rest.partition("}")
    return tag if brace and closing and tag else key
