from __future__ import annotations

import msgspec

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.relay.inbox.entries import RowTyping
from ipygenesys._core.relay.inbox.shown import TYPING_S, ShownRows
from tests.core.relay.inbox.relays import row_told


def shown() -> ShownRows:
    """One that waits, unanswered since 5, with three messages."""
    shown = ShownRows()
    shown.read([row_told(state="waiting", since_ms=5, unanswered_since_ms=5, unread=3)])
    shown.take_changed()
    return shown


def types(rows: ShownRows) -> list[str]:
    return list(rows.rows["1"].typing)


def test_the_newest_word_on_a_row_counts() -> None:
    shown = ShownRows()
    shown.told(row_told(4, agent="Ann"))
    shown.told(row_told(3, agent="Ben"))
    assert shown.rows["1"].agent == "Ann"
    assert shown.take_changed() == ("1",) and shown.take_changed() == ()
    shown.told(row_told(5, agent="Ann"))
    assert shown.take_changed() == (), "it looks the same"


def test_a_snapshot_is_all_there_is() -> None:
    rows = shown()
    rows.read([row_told(1, "2")])
    assert list(rows.rows) == ["2"] and set(rows.take_changed()) == {"1", "2"}
    rows.gone("2")
    rows.gone("2")
    assert not rows.rows and rows.take_changed() == ("2",)
    assert rows.pools.kpis(0).live.n == 0


def test_figures_are_of_the_values_that_come_with_rows() -> None:
    rows = shown()
    value = Value("first_response_s", 7000, None, "sales")
    rows.told(msgspec.structs.replace(row_told(2), values=(value,)))
    assert rows.pools.kpis(0).first_response_s.median == 7.0
    rows.told(msgspec.structs.replace(row_told(3, agent="Ann"), values=None))
    assert rows.pools.kpis(0).first_response_s.median == 7.0, "as before"
    rows.told(msgspec.structs.replace(row_told(1, "2"), values=None))
    assert rows.pools.kpis(0).first_response_s.n == 1
    rows.targets({"sales": 20_000})
    assert rows.pools.targets_ms == {"sales": 20_000}


def test_what_was_looked_at_here_is_read_here_until_it_is_answered() -> None:
    rows = shown()
    rows.select("1")
    assert (rows.rows["1"].unread, rows.rows["1"].is_selected) == (0, True)
    rows.select(None)
    rows.told(row_told(2, unanswered_since_ms=5, unread=5))
    assert (rows.rows["1"].unread, rows.rows["1"].is_selected) == (2, False)
    assert rows.pools.kpis(0).unread.n == 2
    rows.told(row_told(3, unanswered_since_ms=9, unread=1))
    assert rows.rows["1"].unread == 1, "an agent has answered, and the customer has asked again"
    rows.select("elsewhere")


def test_typing_shows_until_it_is_said_to_end_or_not_said_again() -> None:
    rows = shown()
    assert rows.next_deadline() is None
    rows.types(RowTyping("1", ("Ada",)), 0.0)
    rows.types(RowTyping("unknown", ("Ben",)), 1.0)
    assert types(rows) == ["Ada"] and rows.next_deadline() == TYPING_S
    rows.tick(TYPING_S)
    assert types(rows) == []
    rows.types(RowTyping("1", ("Ada",)), 20.0)
    rows.types(RowTyping("1", ()), 21.0)
    assert types(rows) == []
    rows.types(RowTyping("1", ("Ada",)), 22.0)
    rows.nobody_types()
    assert types(rows) == [] and rows.next_deadline() is None
