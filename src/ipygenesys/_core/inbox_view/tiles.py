"""The figures of an inbox as its pages show them, and the way that each has taken so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from ipygenesys._core.inbox_view.wire import Tile

SPARK_S = 10.0
"""Chosen: a value every ten seconds,"""
SPARK_VALUES = 120
"""for the last twenty minutes."""


class Tiles:
    """The figures, and a value of each every few seconds."""

    def __init__(self) -> None:
        self.tiles: list[Tile] = []
        self.revision = 0
        """Goes up with each change of a figure."""
        self.spark_revision = 0
        """Goes up with each value of the ways."""
        self._ways: dict[str, deque[float | None]] = {}
        self._next_at: float | None = None

    def take(self, tiles: Sequence[Tile], now: float, now_ms: int) -> None:
        """The figures as they are now.

        Args:
            tiles: all of them.
            now: monotonic seconds.
            now_ms: the server's time, for those that grow by themselves.
        """
        if tiles != self.tiles:
            self.tiles = list(tiles)
            self.revision += 1
        if self._next_at is not None and now < self._next_at:
            return
        # After a long time without anybody looking, the way goes on from here.
        self._next_at = now + SPARK_S
        self.spark_revision += 1
        for tile in tiles:
            way = self._ways.setdefault(tile.name, deque(maxlen=SPARK_VALUES))
            way.append(
                tile.value if tile.since_ms is None else round(max(now_ms - tile.since_ms, 0) / 1000, 1)
            )

    def sparks(self) -> dict[str, list[float | None]]:
        """The way of each."""
        return {name: list(way) for name, way in self._ways.items()}

    @property
    def next_at(self) -> float | None:
        """When the next values are due, in monotonic seconds."""
        return self._next_at
