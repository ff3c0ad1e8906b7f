"""One page of an inbox: what it asked for, what it was sent of it, and what it has to be sent now."""

from __future__ import annotations

from collections.abc import Mapping, Set

import msgspec

from ipygenesys._core.inbox_view.board import Board, Slot
from ipygenesys._core.inbox_view.wire import InboxRow, LookAtInbox

ON_ITS_WAY_S = 2.0
"""Chosen: so long a page may not have what it was sent, without anything being lost."""
MAX_ARRIVED = 3
"""Chosen: of more than that, a page says how many."""


class Part(msgspec.Struct):
    """What of the rows a page is sent."""

    first: int
    total: int
    slots: list[Slot] | None
    rows: list[InboxRow]


class Page:
    """Its order may be held, so that nothing moves under a pointer: rows change in place, and come and go afterwards."""

    def __init__(self, look: LookAtInbox, board: Board, now: float) -> None:
        self.look = look
        self.board = board
        self.last_heard = now
        self.revision = 0
        self.is_stale = True
        """It has something to be sent, or may have."""
        self.is_new = True
        """It has nothing yet, or what it has is not what it was sent last."""
        self.arrived: dict[str, InboxRow] = {}
        self._sent_at = now
        self._held: list[Slot] | None = None
        self._moved: set[str] = set()
        self._slots: list[Slot] = []
        self._sent: dict[str, InboxRow] = {}
        self._hold(look.is_held)

    @property
    def pending(self) -> int:
        """Rows that would stand elsewhere if the order were not held."""
        return len(self._moved)

    def hear(self, look: LookAtInbox, board: Board, now: float) -> None:
        """It wants the same, or something else, or has lost something."""
        before, self.look, self.last_heard = self.look, look, now
        is_late = look.revision < self.revision and now < self._sent_at + ON_ITS_WAY_S
        if look.revision != self.revision and (look.revision == 0 or not is_late):
            self.is_new = True
        is_other = board is not self.board or look.folded != before.folded
        self.board = board
        if is_other or not look.is_held:
            self._release()
        self._hold(look.is_held)
        wanted = (look.first, look.count, look.is_held, look.folded, look.query)
        if self.is_new or wanted != (before.first, before.count, before.is_held, before.folded, before.query):
            self.is_stale = True

    def note(self, row_id: str, *, has_moved: bool) -> None:
        """A row has changed, or has come, moved or gone."""
        if has_moved and self._held is not None:
            self._moved.add(row_id)
        if has_moved or row_id in self._sent:
            self.is_stale = True

    def announce(self, row: InboxRow) -> None:
        """A customer waits since now."""
        self.arrived[row.id] = row
        self.is_stale = True

    def take_arrived(self) -> tuple[list[InboxRow], int]:
        """Those to be announced, and how many there are; once."""
        arrived, self.arrived = list(self.arrived.values()), {}
        return arrived[:MAX_ARRIVED], len(arrived)

    def part(self, rows: Mapping[str, InboxRow]) -> Part:
        """What is in sight, as far as the page does not have it. It is taken for sent."""
        if self.is_new:
            self._slots, self._sent = [], {}
        total = len(self._held) if self._held is not None else self.board.total(self.look.folded)
        # Of a list that has become shorter, its end.
        first = max(min(self.look.first, total - self.look.count), 0)
        slots = self._between(first, self.look.count)
        shown = {slot: row for slot in slots if isinstance(slot, str) and (row := rows.get(slot)) is not None}
        changed = [row for row_id, row in shown.items() if self._sent.get(row_id) != row]
        is_same = slots == self._slots and not self.is_new
        self._slots, self._sent = slots, shown
        self.is_stale = False
        return Part(first, total, None if is_same else slots, changed)

    def sent(self, now: float) -> None:
        """It was told all that is due."""
        self.revision, self.is_new, self._sent_at = self.revision + 1, False, now

    @property
    def in_sight(self) -> Set[str]:
        """Rows."""
        return self._sent.keys()

    def _between(self, first: int, count: int) -> list[Slot]:
        if self._held is None:
            return self.board.slots(first, count, self.look.folded)
        return self._held[first : first + count]

    def _hold(self, is_held: bool) -> None:
        if is_held and self._held is None:
            self._held = self.board.slots(0, self.board.total(self.look.folded), self.look.folded)

    def _release(self) -> None:
        self._held = None
        self._moved.clear()
