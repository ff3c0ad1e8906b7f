"""An inbox's session with all that is published of it, and viewers that make of it what they can."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ipygenesys._core.inbox.inputs import InboxInput, Recalled, Told
from ipygenesys._core.inbox.operations import ListConversations
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox.session import InboxSession
from ipygenesys._core.inbox.told import InboxEvent, ListEnded
from ipygenesys._core.model import inputs
from ipygenesys._core.model.inputs import FrameReceived, Now
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.relay.inbox.entries import InboxState, Lasting, RowTold
from ipygenesys._core.relay.inbox.publisher import RowsPublication, RowsPublisher
from ipygenesys._core.relay.inbox.session import RowsSession
from ipygenesys._core.relay.inbox.viewing import RowsEvent

PROFILE = Profile(own_role="agent", capabilities=frozenset(), is_send_idempotent=False, silence_s=10.0)


def now_at(at_s: float) -> Now:
    return Now(at_s, round(at_s * 1000), 0.5)


def row(id: str = "1", **fields: Any) -> Row:
    return Row(conversation_id=id, **fields)


def row_told(number: int = 1, id: str = "1", **fields: Any) -> RowTold:
    return RowTold(number, row(id, **fields))


class Leader:
    """A relay's inbox of the queue "sales", as its shell drives it."""

    def __init__(self, *left_behind: Recalled) -> None:
        self.session = InboxSession(PROFILE, ("sales",))
        self.publisher = RowsPublisher(self.session, "run", left_behind)
        self.now = 0.0
        self.state: InboxState | None = self.publisher.begin("run").state
        self.rows: dict[str, RowTold] = {}
        """As they are in Redis."""
        self.step(inputs.Connect())
        self.step(inputs.StreamOpened(1))

    def step(self, input_: InboxInput, at: float | None = None) -> RowsPublication:
        self.now = self.now if at is None else at
        self.session.step(input_, now_at(self.now))
        return self.publish()

    def publish(self) -> RowsPublication:
        published = self.publisher.took(self.session.desk.take_changed(), self.now)
        if published.is_whole:
            self.rows.clear()
        self.rows |= published.rows
        for id_ in published.gone:
            self.rows.pop(id_, None)
        self.state = published.state or self.state
        return published

    def hears(self, *events: InboxEvent, at: float | None = None) -> RowsPublication:
        return self.step(FrameReceived(1, events), at)  # type: ignore[arg-type] # an inbox is told of rows

    def listed(self, *events: InboxEvent) -> RowsPublication:
        return self.step(Told(ListConversations(), (*events, ListEnded())))


class Viewer:
    """Looks on."""

    def __init__(self) -> None:
        self.session = RowsSession(PROFILE)
        self.now = 0.0
        self.effects: list[object] = []
        self.step(inputs.Connect())

    def step(self, input_: InboxInput, at: float | None = None) -> list[object]:
        self.now = self.now if at is None else at
        effects: list[object] = [*self.session.step(input_, now_at(self.now))]
        self.effects += effects
        return effects

    def reads(self, *events: RowsEvent | Lasting, at: float | None = None) -> list[object]:
        return self.step(FrameReceived(1, events), at)  # type: ignore[arg-type] # likewise

    def opened(self, *events: RowsEvent) -> list[object]:
        self.reads(*events)
        return self.step(inputs.StreamOpened(1))


def by_id(rows: Iterable[Row]) -> dict[str, Row]:
    return {each.conversation_id: each for each in rows}
