"""What a viewer makes of an inbox's entries, and when it has to read anew how things stand."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ipygenesys._core.relay.entries import Renewed
from ipygenesys._core.relay.inbox.entries import InboxState, Lasting, RowGone, RowTold, RowTyping
from ipygenesys._core.relay.positions import BEGINNING, Cursor, Position
from ipygenesys._core.relay.viewing import UpstreamIsGone


class RowsRead(msgspec.Struct, frozen=True):
    """All rows there are."""

    rows: tuple[RowTold, ...]


RowsEvent = RowsRead | RowTold | RowGone | InboxState | RowTyping


class RowsViewing:
    """Of one inbox, over all its streams."""

    def __init__(self) -> None:
        self.cursor = Cursor()

    def began(
        self, state: InboxState, newest: Position | None, rows: Sequence[RowTold] | None
    ) -> tuple[RowsEvent, ...]:
        """How things stand was read, after this entry was the newest one; without rows, those that are known go on."""
        if rows is None:
            return (state,)
        self.cursor.set(state.run, newest or BEGINNING)
        return (state, RowsRead(tuple(rows)))

    def read(self, at: Position, said: tuple[Lasting, ...]) -> tuple[RowsEvent, ...] | None:
        """An entry was read; None: how things stand has to be read anew.

        Raises:
            UpstreamIsGone: the relay has no connection of its own any more.
        """
        verdict = self.cursor.take(at)
        if verdict == "repeat":
            return ()
        events: list[RowsEvent] = []
        for each in said if verdict == "next" else (Renewed(),):
            if isinstance(each, Renewed):
                self.cursor.forget()
                return None
            if isinstance(each, InboxState) and not each.upstream.is_there:
                raise UpstreamIsGone(each.upstream)
            events.append(each)
        return tuple(events)
