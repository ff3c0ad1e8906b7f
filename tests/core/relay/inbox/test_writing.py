from __future__ import annotations

from ipygenesys._core.relay.entries import Renewed
from ipygenesys._core.relay.inbox import entries
from ipygenesys._core.relay.inbox.entries import InboxState, RowTyping
from ipygenesys._core.relay.inbox.publisher import RowsPublication
from ipygenesys._core.relay.inbox.writing import writes_of
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.writing import Write
from tests.core.relay.inbox.relays import row_told

KEYS = Keys("inbox:support")
AT = Position(5, 2)


def test_all_rows_take_the_place_of_all_that_were_there() -> None:
    told, state = row_told(), InboxState(run="run")
    published = RowsPublication(events=[Renewed()], rows={"1": told}, is_whole=True, state=state)
    entry = ("MAXLEN", "~", "100", "5-2", "e", entries.encoded((Renewed(),)))
    assert writes_of(published, KEYS, AT, 100) == [
        Write("DEL", KEYS.rows, ()),
        Write("HSET", KEYS.rows, ("1", entries.encoded(told))),
        Write("SET", KEYS.state, (entries.encoded(state), "KEEPTTL")),
        Write("XADD", KEYS.events, entry),
    ]


def test_what_passes_is_no_entry_and_what_is_gone_is_taken_away() -> None:
    typing = RowTyping("1", ())
    assert writes_of(RowsPublication(passing=[typing], gone=["1"]), KEYS, AT) == [
        Write("HDEL", KEYS.rows, ("1",)),
        Write("PUBLISH", KEYS.typing, (entries.encoded((typing,)),)),
    ]
    assert not RowsPublication() and writes_of(RowsPublication(), KEYS, AT) == []
