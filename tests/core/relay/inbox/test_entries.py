from __future__ import annotations

import msgspec
import pytest

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.rows import LastMessage
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.entries import Renewed, UpstreamTold
from ipygenesys._core.relay.inbox import entries
from ipygenesys._core.relay.inbox.entries import InboxState, RowGone, RowTold, RowTyping
from tests.core.relay.inbox.relays import row

LAST = LastMessage(id="m", time_ms=1, role="customer", text="My card was stolen.", text_state="here")
TOLD = RowTold(3, row(state="waiting", since_ms=5, last=LAST), (Value("wait_s", 4, None, "sales"),))
STATE = InboxState(
    run="run",
    upstream=UpstreamTold("connected"),
    targets_ms={"sales": 20_000},
    problems={"texts": Failure(kind="permission", message="No.")},
)


def test_what_is_written_is_read_as_it_was() -> None:
    said = (TOLD, RowGone("1"), STATE, Renewed())
    assert entries.entry_of(entries.encoded(said)) == said
    typing = (RowTyping("1", ("Ada",)),)
    assert entries.passing_of(entries.encoded(typing)) == typing
    assert entries.passing_of(b"[]") == ()
    assert entries.state_of(entries.encoded(STATE)) == STATE
    assert entries.row_of(entries.encoded(TOLD)) == TOLD


def test_what_is_of_another_version_is_refused() -> None:
    for read in (entries.entry_of, entries.passing_of, entries.state_of, entries.row_of):
        with pytest.raises(msgspec.DecodeError):
            read(b'[{"type":"Other"}]')


def test_whoever_leads_next_is_told_the_row_with_its_values() -> None:
    assert TOLD.recalled.row == TOLD.row and TOLD.recalled.values == TOLD.values
    assert msgspec.structs.replace(TOLD, values=None).recalled.values == ()


def test_no_text_is_in_a_repr() -> None:
    assert "stolen" not in repr(TOLD)
