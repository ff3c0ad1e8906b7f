"""The conversations of an inbox by their ids; one that has ended is packed until something is told of it.

What was told only ever adds up, so that a late event needs all that was told before. Most never have one: a packed
conversation takes a sixth of the place, and is nothing that the collector looks at.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Collection

from ipygenesys._core.inbox.talk import Talk

REST_S = 30.0
"""Chosen: what is told late mostly comes within seconds of the end."""


class Talks:
    """All of them."""

    def __init__(self) -> None:
        self._awake: dict[str, Talk] = {}
        self._packed: dict[str, bytes] = {}
        self._rest_at: dict[str, float] = {}
        """Those that are to be packed, and when, monotonic; soonest first."""
        self._now_s = 0.0

    def __contains__(self, id_: object) -> bool:
        return id_ in self._awake or id_ in self._packed

    def __len__(self) -> int:
        return len(self._awake) + len(self._packed)

    @property
    def awake(self) -> Collection[Talk]:
        """Those that are not packed."""
        return self._awake.values()

    def add(self, talk: Talk) -> None:
        """One more."""
        self._awake[talk.id] = talk

    def get(self, id_: str) -> Talk | None:
        """It is to be told something, or was asked about: it is not packed for a while."""
        if (talk := self._awake.get(id_)) is None and (block := self._packed.pop(id_, None)) is not None:
            talk = self._awake[id_] = _unpacked(block)
            self.rest(id_, self._now_s)
        return talk

    def look(self, id_: str) -> Talk | None:
        """It is only looked at."""
        block = self._packed.get(id_)
        return self._awake.get(id_) if block is None else _unpacked(block)

    def forget(self, id_: str) -> None:
        """It is not of interest any more; doing it twice is fine."""
        for kept in (self._awake, self._packed, self._rest_at):
            kept.pop(id_, None)

    # --- what rests -----------------------------------------------------------------------------------------

    def rest(self, id_: str, now_s: float) -> None:
        """Nothing more is expected of it."""
        self._rest_at.pop(id_, None)
        self._rest_at[id_] = now_s + REST_S

    def go_on(self, id_: str) -> None:
        """It has not ended, or somebody looks at it."""
        self._rest_at.pop(id_, None)

    def tick(self, now_s: float) -> None:
        """Pack those that have rested for long enough."""
        self._now_s = now_s
        while self._rest_at:
            id_, at = next(iter(self._rest_at.items()))
            if now_s < at:
                break
            del self._rest_at[id_]
            self._packed[id_] = _packed(self._awake.pop(id_))

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do, monotonic."""
        return next(iter(self._rest_at.values()), None)


def _packed(talk: Talk) -> bytes:
    """What is pickled here is unpickled here: it never leaves the process."""
    talk.legs.forget_what_follows()
    return zlib.compress(pickle.dumps(talk, pickle.HIGHEST_PROTOCOL), 1)


def _unpacked(block: bytes) -> Talk:
    talk: Talk = pickle.loads(zlib.decompress(block))
    return talk
