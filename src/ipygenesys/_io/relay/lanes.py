"""Work that is done in order for each who asks, and side by side for different ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)
W = TypeVar("W")


class Lanes(Generic[Who, W]):
    """One for each who waits for something; ``len`` is how much waits or is being done.

    Args:
        do: a piece of work; raises nothing.
        start: runs a lane until it is empty.
    """

    def __init__(
        self, do: Callable[[Who, W], Awaitable[None]], start: Callable[[Coroutine[Any, Any, None]], object]
    ) -> None:
        self._do, self._start = do, start
        self._waiting: dict[Who, deque[W]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, who: Who, work: W) -> None:
        """Do it, after what they have asked for before."""
        self._count += 1
        if (waiting := self._waiting.get(who)) is not None:
            waiting.append(work)
        else:
            self._waiting[who] = deque((work,))
            _ = self._start(self._run(who))

    async def _run(self, who: Who) -> None:
        waiting = self._waiting[who]
        while waiting:
            await self._do(who, waiting.popleft())
            self._count -= 1
        del self._waiting[who]
