"""The rows of an inbox as one viewer sees them: with who types, and what is selected here."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ipygenesys._core.inbox.pools import NOTHING, Pools, Share, share_of
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.relay.inbox.entries import RowTold, RowTyping

TYPING_S = 10.0
"""Chosen: it is said again every 4 s while it lasts, and each time may get lost."""


class ShownRows:
    """And the figures of them."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.pools = Pools()
        self._told: dict[str, RowTold] = {}
        """As they came, with their values."""
        self._shares: dict[str, Share] = {}
        self._typing: dict[str, tuple[float, tuple[str, ...]]] = {}
        """By conversation: until when, monotonic seconds, and who."""
        self._selected: str | None = None
        self._looked_at: dict[str, tuple[int | None, int]] = {}
        """Which messages that nobody has answered were seen here: since when they are unanswered, and how many."""
        self._changed: dict[str, None] = {}

    def take_changed(self) -> tuple[str, ...]:
        """The rows that are new, different or gone since this was last asked."""
        changed, self._changed = tuple(self._changed), {}
        return changed

    # --- what the relay tells -------------------------------------------------------------------------------

    def read(self, rows: Iterable[RowTold]) -> None:
        """These are all there are."""
        told = {each.row.conversation_id: each for each in rows}
        for id_ in [id_ for id_ in self.rows if id_ not in told]:
            self.gone(id_)
        self._told = told
        for id_ in told:
            self._renew(id_)

    def told(self, row: RowTold) -> None:
        """It is like this now, unless a newer one is known."""
        id_ = row.row.conversation_id
        known = self._told.get(id_)
        if known is not None and row.number <= known.number:
            return
        if row.values is None:
            row = msgspec.structs.replace(row, values=() if known is None else known.values)
        self._told[id_] = row
        self._renew(id_)

    def gone(self, id_: str) -> None:
        """It is of no interest any more."""
        if self.rows.pop(id_, None) is not None:
            for kept in (self._told, self._typing, self._looked_at):
                kept.pop(id_, None)
            self.pools.change(self._shares.pop(id_), NOTHING)
            self._changed[id_] = None

    def types(self, typing: RowTyping, now: float) -> None:
        """Somebody types, or nobody does."""
        id_ = typing.conversation_id
        if typing.names:
            self._typing[id_] = (now + TYPING_S, typing.names)
        else:
            self._typing.pop(id_, None)
        self._renew(id_)

    def nobody_types(self) -> None:
        """As far as anybody knows."""
        typing, self._typing = self._typing, {}
        for id_ in typing:
            self._renew(id_)

    def targets(self, targets_ms: dict[str, int]) -> None:
        """How long customers of each queue are to wait at most."""
        self.pools.targets_ms.clear()
        self.pools.targets_ms.update(targets_ms)

    # --- what happens here ----------------------------------------------------------------------------------

    def select(self, id_: str | None) -> None:
        """Somebody looks at this one."""
        before, self._selected = self._selected, id_
        for each in {before, id_} - {None}:
            self._renew(str(each))

    def tick(self, now: float) -> None:
        """Who was not said to type again does not."""
        for id_ in [id_ for id_, (until, _) in self._typing.items() if until <= now]:
            del self._typing[id_]
            self._renew(id_)

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do, monotonic seconds."""
        return min((until for until, _ in self._typing.values()), default=None)

    # --- what follows ---------------------------------------------------------------------------------------

    def _renew(self, id_: str) -> None:
        if (told := self._told.get(id_)) is None:
            return
        is_selected = id_ == self._selected
        if is_selected:
            self._looked_at[id_] = (told.row.unanswered_since_ms, told.row.unread)
        row = msgspec.structs.replace(
            told.row,
            typing=self._typing.get(id_, (0.0, ()))[1],
            is_selected=is_selected,
            unread=self._unread(told.row),
        )
        if row != self.rows.get(id_):
            self.rows[id_] = row
            self._changed[id_] = None
        self._count(id_, share_of(row, told.values or ()))

    def _unread(self, row: Row) -> int:
        since_ms, seen = self._looked_at.get(row.conversation_id, (None, 0))
        return max(row.unread - seen, 0) if since_ms == row.unanswered_since_ms else row.unread

    def _count(self, id_: str, new: Share) -> None:
        old = self._shares.get(id_, NOTHING)
        if new != old:
            self._shares[id_] = new
            self.pools.change(old, new)
