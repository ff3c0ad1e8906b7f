"""The rows of one query: in order, in groups, a part of them, and at what cost."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ipygenesys._core.inbox_view.board import Board
from ipygenesys._core.inbox_view.order import group_key, group_of, key_of, tabs_of
from ipygenesys._core.inbox_view.wire import InboxHeading, InboxQuery, InboxRow
from tests.core.inbox_view.rows import START_MS, row


def some(dice: random.Random, id_: str) -> InboxRow:
    asked = START_MS + dice.randrange(60_000) if dice.random() < 0.5 else None
    return row(
        id_,
        dice.choice(["waiting", "agent", "bot", "parked", "ended"]),
        dice.randrange(60),
        queue=dice.choice(["", "Sales", "Service"]),
        agent=dice.choice(["", "Ann", "Ben"]),
        unanswered_since_ms=asked,
        due_ms=None if asked is None else asked + 60_000,
        unread=dice.randrange(3),
    )


def expected(board: Board, rows: dict[str, InboxRow], closed: set[str]) -> list[Any]:
    """What the slots must be, plainly."""
    query = board.query
    shown = [each for each in rows.values() if query.tab in tabs_of(each) and board.lets_through(each)]
    shown.sort(key=lambda each: (group_key(group_of(each, query), query), key_of(each, query), each.id))
    slots: list[Any] = []
    last = None
    for each in shown:
        group = group_of(each, query)
        if query.group and group != last:
            count = sum(group_of(other, query) == group for other in shown)
            slots.append(InboxHeading(group, count, group in closed))
        last = group
        if group not in closed or not query.group:
            slots.append(each.id)
    return slots


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_the_slots_are_those_of_a_plain_sort(seed: int) -> None:
    dice = random.Random(seed)
    query = InboxQuery(
        tab=dice.choice(["waiting", "unanswered", "all", "ended"]),
        sort=dice.choice(["unanswered", "latest", "sla", "wait", "unread"]),
        group=["", "state", "queue", "agent"][seed % 4],  # type: ignore[arg-type]
        queue=dice.choice(["", "", "Sales"]),
    )
    rows = {each.id: each for each in (some(dice, f"c{number}") for number in range(20))}
    board = Board(query, rows.values())
    for _ in range(200):
        id_ = f"c{dice.randrange(40)}"
        if dice.random() < 0.3:
            rows.pop(id_, None)
            board.remove(id_)
        else:
            rows[id_] = some(dice, id_)
            board.put(rows[id_])
        closed = {dice.choice(["Sales", "Ann", "waiting"])} if query.group else set()
        all_of_them = expected(board, rows, closed)
        assert board.slots(0, 1000, closed) == all_of_them
        assert board.total(closed) == len(all_of_them)
        first, count = dice.randrange(30), dice.randrange(12)
        assert board.slots(first, count, closed) == all_of_them[first : first + count]
    for tab in ("waiting", "unanswered", "all", "ended"):
        in_tab = [each for each in rows.values() if tab in tabs_of(each) and board.lets_through(each)]
        assert board.counts[tab] == len(in_tab)
    assert len(board) == sum(
        query.tab in tabs_of(each) and board.lets_through(each) for each in rows.values()
    )


def test_it_says_whether_rows_have_moved() -> None:
    board = Board(InboxQuery(sort="latest"), [row("a", at_s=1), row("b", at_s=2)])

    assert not board.put(row("a", at_s=1, unread=3)), "it stands where it stood"
    assert board.put(row("a", at_s=3)) and board.slots(0, 9) == ["a", "b"]
    assert board.put(row("a", "ended")) and "a" not in board and "b" in board
    assert not board.put(row("a", "ended", at_s=9)), "it was not there"
    assert not board.remove("a") and board.remove("b") and not board.remove("c")


def calls_of(action: Callable[[], object]) -> int:
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


def test_an_event_costs_no_more_with_a_hundred_times_as_many_rows() -> None:
    def cost(rows: int) -> int:
        dice = random.Random(1)
        board = Board(InboxQuery(group="queue"), (some(dice, f"c{number}") for number in range(rows)))

        def events() -> None:
            for number in range(50):
                board.put(row(f"c{number % 10}", "waiting", number, unanswered_since_ms=START_MS + number))
            board.slots(0, 20)

        return calls_of(events)

    assert cost(1_000) <= 1.3 * cost(10)
