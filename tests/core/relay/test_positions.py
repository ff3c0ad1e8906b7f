"""Positions and cursors: what is next, what was had, what is missing."""

from __future__ import annotations

import pytest

from ipygenesys._core.relay.positions import BEGINNING, OVERDUE_S, Cursor, Position


def at(epoch: int, sequence: int) -> Cursor:
    cursor = Cursor()
    cursor.set("run", Position(epoch, sequence))
    return cursor


def test_a_position_is_written_and_read_as_redis_does() -> None:
    assert str(Position(5, 17)) == "5-17"
    assert Position.of("5-17") == Position(5, 17)
    assert Position.of("10-1") > Position.of("9-99")
    with pytest.raises(ValueError, match="unpack"):
        Position.of("what")


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [((5, 2), "next"), ((5, 1), "repeat"), ((4, 9), "repeat"), ((5, 3), "gap"), ((6, 1), "gap")],
)
def test_what_an_entry_is_to_a_cursor(entry: tuple[int, int], verdict: str) -> None:
    assert at(5, 1).take(Position(*entry)) == verdict


def test_only_what_was_next_moves_a_cursor() -> None:
    cursor = at(5, 1)
    cursor.take(Position(5, 3))
    assert cursor.at == Position(5, 1)
    cursor.take(Position(5, 2))
    assert cursor.at == Position(5, 2)


@pytest.mark.parametrize(
    ("run", "newest", "resumes"),
    [
        ("run", Position(5, 1), True),
        ("run", Position(5, 9), True),
        ("another", Position(5, 9), False),
        ("run", None, False),
        ("run", Position(6, 1), False),
        ("run", Position(5, 0), False),
    ],
)
def test_reading_goes_on_where_nothing_can_be_missed_unseen(
    run: str, newest: Position | None, resumes: bool
) -> None:
    assert at(5, 1).resumes(run, newest) is resumes


def test_what_was_forgotten_is_never_gone_on_from() -> None:
    cursor = at(5, 1)
    cursor.forget()
    assert cursor.at == BEGINNING
    assert not cursor.resumes("run", Position(5, 1))


def test_what_was_trimmed_with_all_that_came_after_it_is_overdue_some_time_after_it_was_told() -> None:
    cursor = at(5, 1)
    assert not cursor.is_overdue(Position(5, 1), 100.0)
    assert not cursor.is_overdue(Position(5, 2), 101.5)
    assert not cursor.is_overdue(Position(5, 3), 101.5 + OVERDUE_S - 0.01)
    assert cursor.is_overdue(Position(5, 3), 101.5 + OVERDUE_S)


def test_what_has_come_is_not_overdue_however_much_more_was_told_meanwhile() -> None:
    cursor = at(5, 1)
    assert not cursor.is_overdue(Position(5, 2), 100.0)
    cursor.take(Position(5, 2))
    assert not cursor.is_overdue(Position(5, 3), 100.0 + OVERDUE_S)
    assert cursor.is_overdue(Position(5, 3), 100.0 + 2 * OVERDUE_S)


def test_a_snapshot_holds_what_was_told_before_it_was_read_though_the_stream_is_empty() -> None:
    cursor = at(5, 1)
    cursor.is_overdue(Position(5, 2), 100.0)
    cursor.forget()
    cursor.set("run", BEGINNING)
    assert cursor.at == Position(5, 2)
    assert not cursor.is_overdue(Position(5, 2), 100.0 + OVERDUE_S)
    assert cursor.take(Position(5, 3)) == "next"


def test_what_was_told_of_what_is_lost_says_nothing_of_what_was_made_anew() -> None:
    cursor = at(5, 1)
    cursor.is_overdue(Position(5, 2), 100.0)
    cursor.set("another", Position(4, 1))
    assert cursor.at == Position(4, 1)


def test_the_next_one_is_of_the_same_leader() -> None:
    assert Position(5, 1).next == Position(5, 2)
