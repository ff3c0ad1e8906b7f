"""The rows that one query wants, in its order: a change costs O(log n), a part of them as much as is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from sortedcontainers import SortedDict, SortedList

from ipygenesys._core.inbox_view.order import Key, group_key, group_of, is_wanted, key_of, tabs_of
from ipygenesys._core.inbox_view.wire import InboxHeading, InboxQuery, InboxRow, Tab
from ipygenesys._core.machines.conversation.search import folded

Slot = str | InboxHeading
Place = tuple[str, Key]
"""Of a row: its group, and what it is ordered by in there."""


class Board:
    """The rows of one query. Of tabs that it does not show it knows how many rows there would be."""

    def __init__(self, query: InboxQuery, rows: Iterable[InboxRow] = ()) -> None:
        self.query = query
        self.counts: Counter[Tab] = Counter()
        self._words = folded(query.words)
        self._places: dict[str, Place] = {}
        self._tabs: dict[str, tuple[Tab, ...]] = {}
        self._groups: SortedDict = SortedDict(lambda group: group_key(group, query))
        for row in rows:
            self.put(row)

    def __len__(self) -> int:
        """Rows."""
        return len(self._places)

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._places

    def lets_through(self, row: InboxRow) -> bool:
        """Whether the filters do, in whatever tab."""
        return is_wanted(row, self.query, self._words)

    def put(self, row: InboxRow) -> bool:
        """A row is new or has changed; whether another order or another set of rows comes of it."""
        tabs = tabs_of(row) if self.lets_through(row) else ()
        if tabs != (before := self._tabs.get(row.id, ())):
            self._tabs[row.id] = tabs
            self.counts.subtract(before)
            self.counts.update(tabs)
        if self.query.tab not in tabs:
            return self._take(row.id)
        place = group_of(row, self.query), key_of(row, self.query)
        if self._places.get(row.id) == place:
            return False
        self._take(row.id)
        self._places[row.id] = place
        group, key = place
        if (rows := self._groups.get(group)) is None:
            rows = self._groups[group] = SortedList()
        rows.add((key, row.id))
        return True

    def remove(self, row_id: str) -> bool:
        """A row is there no more; whether it was among these."""
        self.counts.subtract(self._tabs.pop(row_id, ()))
        return self._take(row_id)

    def _take(self, row_id: str) -> bool:
        if (place := self._places.pop(row_id, None)) is None:
            return False
        group, key = place
        rows = self._groups[group]
        rows.remove((key, row_id))
        if not rows:
            del self._groups[group]
        return True

    def total(self, closed: Collection[str] = ()) -> int:
        """Slots.

        Args:
            closed: groups of which only the heading is shown.
        """
        if not self.query.group:
            return len(self._places)
        return len(self._groups) + sum(
            len(rows) for group, rows in self._groups.items() if group not in closed
        )

    def slots(self, first: int, count: int, closed: Collection[str] = ()) -> list[Slot]:
        """A part of them: ``count`` from slot ``first`` on, or as many as there are."""
        found: list[Slot] = []
        skip = first
        for group, rows in self._groups.items():
            if count <= 0:
                break
            is_folded = group in closed
            if self.query.group:
                if skip:
                    skip -= 1
                else:
                    found.append(InboxHeading(group, len(rows), is_folded))
                    count -= 1
            shown = 0 if is_folded else len(rows)
            if skip >= shown:
                skip -= shown
                continue
            taken = min(shown - skip, count)
            found.extend(row_id for _, row_id in rows.islice(skip, skip + taken))
            count, skip = count - taken, 0
        return found
