"""One page: what it is sent, and that nothing moves while it holds the order."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._core.inbox_view.board import Board, Slot
from ipygenesys._core.inbox_view.page import MAX_ARRIVED, ON_ITS_WAY_S, Page
from ipygenesys._core.inbox_view.wire import InboxRow
from tests.core.inbox_view.rows import look, row


class Rows:
    def __init__(self, *rows: InboxRow, **fields: Any) -> None:
        self.rows = {each.id: each for each in rows}
        self.look = look(sort="latest", **fields)
        self.board = Board(self.look.query, rows)
        self.page = Page(self.look, self.board, 0)

    def put(self, each: InboxRow) -> None:
        self.rows[each.id] = each
        self.page.note(each.id, has_moved=self.board.put(each))

    def says(self, now: float = 0, **fields: Any) -> None:
        self.look = msgspec.structs.replace(self.look, revision=self.page.revision, **fields)
        self.page.hear(self.look, self.board, now)

    def is_stale(self) -> bool:
        return self.page.is_stale

    def is_new(self) -> bool:
        return self.page.is_new

    def pending(self) -> int:
        return self.page.pending

    def part(self, now: float = 0) -> tuple[list[Slot] | None, list[str]]:
        part = self.page.part(self.rows)
        self.page.sent(now)
        return part.slots, [each.id for each in part.rows]


def test_first_all_that_is_in_sight_then_what_changes_of_it() -> None:
    rows = Rows(row("a", at_s=3), row("b", at_s=2), row("c", at_s=1), count=2)
    assert rows.part() == (["a", "b"], ["a", "b"])
    assert rows.page.in_sight == {"a", "b"}

    rows.put(row("c", at_s=1, unread=1))
    assert not rows.is_stale(), "it is out of sight"
    rows.put(row("b", at_s=2, unread=1))
    assert rows.is_stale() and rows.part() == (None, ["b"])
    rows.put(row("c", at_s=9))
    assert rows.part() == (["c", "a"], ["c"])
    rows.says(first=1)
    assert rows.part() == (["a", "b"], ["b"])


def test_a_list_that_became_shorter_shows_its_end() -> None:
    rows = Rows(*(row(f"c{number}", at_s=-number) for number in range(9)), first=90, count=4)

    assert rows.part()[0] == ["c5", "c6", "c7", "c8"]


def test_while_the_order_is_held_rows_change_in_place_and_nothing_moves() -> None:
    rows = Rows(row("a", at_s=3), row("b", at_s=2), is_held=True)
    rows.part()
    rows.put(row("b", at_s=9, unread=1))
    rows.put(row("d", at_s=8))
    assert rows.part() == (None, ["b"]) and rows.pending() == 2
    del rows.rows["a"]
    rows.page.note("a", has_moved=rows.board.remove("a"))
    assert rows.part() == (None, []) and rows.pending() == 3
    rows.says()
    assert rows.pending() == 3, "it still holds"

    rows.says(is_held=False)
    assert rows.pending() == 0 and rows.part() == (["b", "d"], ["d"])


def test_what_is_asked_for_anew_is_held_as_it_is_then() -> None:
    rows = Rows(row("a", at_s=3), row("b", at_s=2), is_held=True)
    rows.put(row("b", at_s=9))
    rows.board = Board(look(sort="wait").query, rows.rows.values())
    rows.says(query=rows.board.query)

    assert rows.pending() == 0 and rows.part()[0] == ["b", "a"]


def test_what_was_lost_is_sent_whole_again_and_what_is_on_its_way_is_not() -> None:
    rows = Rows(row("a"))
    rows.part(now=10)
    late = msgspec.structs.replace(rows.look, revision=0)
    rows.put(row("a", unread=2))
    rows.part(now=10)

    rows.page.hear(msgspec.structs.replace(late, revision=1), rows.board, 10.1)
    assert not rows.is_new(), "the second is on its way"
    rows.page.hear(msgspec.structs.replace(late, revision=1), rows.board, 10 + ON_ITS_WAY_S)
    assert rows.is_new() and rows.part() == (["a"], ["a"])
    rows.page.hear(late, rows.board, 10)
    assert rows.is_new()
    rows.part(now=10)
    rows.page.hear(msgspec.structs.replace(late, revision=99), rows.board, 10)
    assert rows.is_new(), "it was told by another kernel"


def test_what_arrives_is_told_once_and_of_many_how_many() -> None:
    rows = Rows()
    for number in range(MAX_ARRIVED + 2):
        rows.page.announce(row(f"c{number}"))
    first, count = rows.page.take_arrived()
    assert len(first) == MAX_ARRIVED and count == MAX_ARRIVED + 2
    assert rows.page.take_arrived() == ([], 0)


def test_groups_fold() -> None:
    rows = Rows(row("a", queue="Sales"), row("b", queue="Sales"))
    rows.look = look(sort="latest", group="queue", folded=["Sales"])
    rows.board = Board(rows.look.query, rows.rows.values())
    rows.page = Page(rows.look, rows.board, 0)
    slots, sent = rows.part()
    assert sent == [] and slots is not None and len(slots) == 1
    rows.says(folded=[], is_held=True)
    assert len(rows.part()[0] or []) == 3
