"""Remembers when what is due, however many there are; pure, ``now`` is an argument."""

from __future__ import annotations

import heapq
import math
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Deadlines(Generic[K]):
    """At most one deadline for each key; setting, finding and taking one costs O(log n)."""

    def __init__(self) -> None:
        self._at: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._queued: dict[K, float] = {}
        self._serial = 0

    def set(self, key: K, at: float | None) -> None:
        """Moves a key's deadline; None: it has none any more."""
        if at is None:
            self._at.pop(key, None)
            return
        self._at[key] = at
        # A later deadline waits until the earlier entry comes up, so that refreshing costs no entry.
        if at < self._queued.get(key, math.inf):
            self._queued[key] = at
            self._serial += 1
            heapq.heappush(self._heap, (at, self._serial, key))

    def next(self) -> float | None:
        """The earliest deadline."""
        while self._heap:
            at, _, key = self._heap[0]
            if self._at.get(key) == at:
                return at
            self._pop()
            self.set(key, self._at.get(key))
        return None

    def take(self, now: float) -> list[K]:
        """The keys that are due, in order; they have no deadline any more."""
        keys = []
        while (at := self.next()) is not None and at <= now:
            keys.append(key := self._pop())
            del self._at[key]
        return keys

    def _pop(self) -> K:
        at, _, key = heapq.heappop(self._heap)
        if self._queued.get(key) == at:
            del self._queued[key]
        return key
