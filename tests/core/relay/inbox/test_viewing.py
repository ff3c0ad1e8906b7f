from __future__ import annotations

import pytest

from ipygenesys._core.relay.entries import Renewed, UpstreamTold
from ipygenesys._core.relay.inbox.entries import InboxState, RowGone
from ipygenesys._core.relay.inbox.viewing import RowsRead, RowsViewing
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.viewing import UpstreamIsGone
from tests.core.relay.inbox.relays import row_told

STATE = InboxState(run="run", upstream=UpstreamTold("connected"))
TOLD = row_told()
FIRST = Position(5, 1)


def viewing(newest: Position | None = FIRST) -> RowsViewing:
    viewing = RowsViewing()
    assert viewing.began(STATE, newest, [TOLD]) == (STATE, RowsRead((TOLD,)))
    return viewing


def test_entries_are_read_in_their_order_each_once() -> None:
    on = viewing()
    assert on.read(Position(5, 2), (TOLD, RowGone("1"))) == (TOLD, RowGone("1"))
    assert on.read(Position(5, 2), (TOLD,)) == ()
    assert on.began(STATE, Position(5, 4), None) == (STATE,), "it goes on from there"
    assert on.read(Position(5, 3), (STATE,)) == (STATE,)


@pytest.mark.parametrize(
    ("at", "said"), [(Position(5, 3), TOLD), (Position(6, 1), TOLD), (Position(5, 2), Renewed())]
)
def test_what_is_missing_or_made_anew_is_read_anew(at: Position, said: object) -> None:
    on = viewing()
    assert on.read(at, (said,)) is None  # type: ignore[arg-type]
    assert not on.cursor.resumes("run", Position(5, 9))


def test_an_empty_stream_begins_at_its_beginning() -> None:
    assert viewing(None).read(Position(0, 1), (TOLD,)) == (TOLD,)


def test_without_its_own_connection_a_relay_has_nothing_to_tell() -> None:
    gone = InboxState(run="run", upstream=UpstreamTold("reconnecting"))
    with pytest.raises(UpstreamIsGone):
        viewing().read(Position(5, 2), (gone,))
