"""Where messages stand, as numbers that stay: a new one gets a number between those of its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

STEP = 1024.0
"""Between two that come one after the other; half of it is a number still after a thousand halvings."""


class Places:
    """Of the messages of one conversation."""

    def __init__(self) -> None:
        self._of: dict[str, float] = {}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._of

    def __getitem__(self, id_: str) -> float:
        return self._of[id_]

    def drop(self, ids: Iterable[str]) -> None:
        """These are gone."""
        for id_ in ids:
            self._of.pop(id_, None)

    def put_in(self, moved: Sequence[tuple[str, str | None, str | None]]) -> bool:
        """These are new or have moved; in their order, each with the one before it and the one after it that has a place.

        Returns:
            False: there was no number left between two of them, and all have to be numbered anew.
        """
        for id_, before, after in moved:
            low = None if before is None else self._of.get(before)
            high = None if after is None else self._of.get(after)
            if low is not None and high is not None:
                place = (low + high) / 2
                if not low < place < high:
                    return False
            elif high is not None:
                place = high - STEP
            else:
                place = STEP if low is None else low + STEP
            self._of[id_] = place
        return True

    def renumber(self, ids: Iterable[str]) -> None:
        """All of them, in their order."""
        self._of = {id_: number * STEP for number, id_ in enumerate(ids, 1)}
