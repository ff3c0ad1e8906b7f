"""The names that there are rows of."""

from __future__ import annotations

from ipygenesys._core.inbox_view.names import Names
from tests.core.inbox_view.rows import row


def test_a_name_is_there_as_long_as_a_row_of_it() -> None:
    names = Names()
    one, other = row("a", queue="Sales", agent="Zoe"), row("b", queue="Sales", agent="ann")
    names.change(None, one)
    names.change(None, other)
    assert (names.queues, names.agents, names.revision) == (["Sales"], ["ann", "Zoe"], 3)
    moved = row("a", queue="Service", agent="Zoe")
    names.change(one, moved)
    assert (names.queues, names.revision) == (["Sales", "Service"], 4)
    names.change(moved, row("a", queue="Service", agent="Zoe", unread=3))
    assert names.revision == 4
    names.change(moved, None)
    names.change(other, None)
    assert (names.queues, names.agents) == ([], [])
