"""What is published of an inbox after each step: the rows that have changed, and what is known besides them.

Theory of operation. Rows say all that is shown, so what is published is rows, not what has made them: whoever looks on decides
nothing, and the newest word on a row counts. Nothing is published before the platform has listed what is there: until then
what an earlier leader has left behind can be read. Then what that one has seen end is taken over, and what it has seen go on
and is not there any more is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.inputs import Recall, Recalled
from ipygenesys._core.inbox.session import InboxSession
from ipygenesys._core.relay.entries import Renewed, UpstreamTold
from ipygenesys._core.relay.inbox.entries import InboxState, Lasting, RowGone, RowTold, RowTyping

TYPING_AGAIN_S = 4.0
"""Chosen: while it lasts; what viewers have missed is made good by then."""


class RowsPublication(msgspec.Struct, kw_only=True):
    """What one step adds; all of it is written, or nothing."""

    events: list[Lasting] = []
    passing: list[RowTyping] = []
    rows: dict[str, RowTold] = {}
    gone: list[str] = []
    is_whole: bool = False
    """These rows are all there are."""
    state: InboxState | None = None

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = RowsPublication()


class RowsPublisher:
    """Of one inbox, for as long as one relay leads.

    Args:
        session: of the relay.
        run: names what Redis holds.
        left_behind: what an earlier leader has published.
    """

    def __init__(self, session: InboxSession, run: str, left_behind: Iterable[Recalled] = ()) -> None:
        self._session = session
        self._run = run
        self._left_behind = tuple(left_behind)
        self._is_known = False
        self._number = 0
        self._values: dict[str, tuple[Value, ...]] = {}
        """As they were told last."""
        self._typing: dict[str, float] = {}
        """Where somebody types, and when that was said last."""
        self._told = self._state()

    def begin(self, run: str) -> RowsPublication:
        """The lead was taken: the first entry of an epoch, and what is known so far."""
        self._run = run
        self._told = self._state()
        published = RowsPublication(state=self._told)
        if self._is_known:
            self._tell_all(published)
        published.events.append(Renewed())
        return published

    def recall(self) -> Recall | None:
        """For the session, once, when it knows what is there: what an earlier leader has known."""
        if not self._left_behind or not self._knows_what_is_there:
            return None
        left_behind, self._left_behind = self._left_behind, ()
        return Recall(left_behind)

    def took(self, changed: Iterable[str], now: float) -> RowsPublication:
        """The session has made steps.

        Args:
            changed: rows that are new, different or gone since.
            now: monotonic seconds.
        """
        published = RowsPublication()
        if not self._is_known and self._knows_what_is_there:
            self._is_known = True
            self._tell_all(published)
            published.events.append(Renewed())
        elif self._is_known:
            for id_ in changed:
                self._tell(id_, published, now)
        for id_ in [id_ for id_, at in self._typing.items() if at + TYPING_AGAIN_S <= now]:
            self._tell_typing(id_, published, now)
        self._tell_state(published)
        return published

    def next_deadline(self) -> float | None:
        """When ``took`` has something to say though nothing happens; monotonic seconds."""
        return min(self._typing.values()) + TYPING_AGAIN_S if self._typing else None

    @property
    def _knows_what_is_there(self) -> bool:
        """The platform has listed it, or will not: then rows are there from their next event on."""
        return self._session.desk.is_listed or "list" in self._session.problems

    # --- rows -----------------------------------------------------------------------------------------------

    def _tell_all(self, published: RowsPublication) -> None:
        published.is_whole = True
        self._values.clear()
        for id_ in self._session.desk.rows:
            published.rows[id_] = self._row(id_)

    def _tell(self, id_: str, published: RowsPublication, now: float) -> None:
        row = self._session.desk.rows.get(id_)
        if row is None:
            self._values.pop(id_, None)
            published.gone.append(id_)
            published.events.append(RowGone(id_))
            return
        if row.typing or id_ in self._typing:
            self._tell_typing(id_, published, now)
        before = self._values.get(id_)
        told = published.rows[id_] = self._row(id_)
        is_known = told.values == before
        published.events.append(msgspec.structs.replace(told, values=None) if is_known else told)

    def _row(self, id_: str) -> RowTold:
        self._number += 1
        values = self._values[id_] = self._session.desk.values_of(id_)
        row = msgspec.structs.replace(self._session.desk.rows[id_], typing=())
        return RowTold(self._number, row, values)

    def _tell_typing(self, id_: str, published: RowsPublication, now: float) -> None:
        row = self._session.desk.rows.get(id_)
        names = () if row is None else row.typing
        published.passing.append(RowTyping(id_, names))
        if names:
            self._typing[id_] = now
        else:
            self._typing.pop(id_, None)

    # --- the state ------------------------------------------------------------------------------------------

    def _tell_state(self, published: RowsPublication) -> None:
        state = self._state()
        if state != self._told:
            self._told = published.state = state
            published.events.append(state)

    def _state(self) -> InboxState:
        session = self._session
        connection = session.connection
        # Who came before it is known what is there would take all of it for news.
        is_early = connection.is_open and not self._is_known
        return InboxState(
            run=self._run,
            upstream=UpstreamTold("connecting" if is_early else connection.status, connection.failure),
            targets_ms=dict(session.desk.pools.targets_ms),
            problems=dict(session.problems),
        )
