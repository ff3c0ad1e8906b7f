"""The session of somebody who looks on at an inbox by a relay: one stream of rows, nothing to ask the platform.

``step(input, now)`` is as that of the inbox itself; the relay decides what a row is, so little is decided here: whether the
stream lives, who is taken to type, and what the relay is told of what somebody looks at.
"""

from __future__ import annotations

from collections import Counter
from typing import cast

from ipygenesys._core.inbox import inputs as inbox_inputs
from ipygenesys._core.inbox.inputs import InboxInput
from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.model import inputs
from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.events import StatusChanged
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.relay.commands import LOOK_S, LookAt
from ipygenesys._core.relay.inbox.entries import InboxState, RowGone, RowTold
from ipygenesys._core.relay.inbox.shown import ShownRows
from ipygenesys._core.relay.inbox.viewing import RowsEvent, RowsRead
from ipygenesys._core.session.announcements import status_of
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._core.session.stream.keeping import StreamKeeping

SPACING_S = 1.0
"""Chosen: who scrolls says what they see so often."""


class RowsSession:
    """Many conversations, as a relay tells of them."""

    def __init__(self, profile: Profile) -> None:
        self.connection = Connection()
        self.counters = Counter[str]()
        self.desk = ShownRows()
        self.problems: dict[str, Failure] = {}
        """What does not work at the relay while the rest does, by what it is."""
        self._effects = StepEffects(self.counters)
        self._stream = StreamKeeping(profile, self.connection, self.counters, self._effects)
        self._status: StatusChanged | None = None
        self._look = LookAt()
        self._said = LookAt()
        """To the relay, by this stream."""
        self._say_at = 0.0

    has_history = False
    """Nothing that is told is dropped."""

    def step(self, input_: InboxInput, now: Now) -> list[Effect | LookAt]:
        """Take one input; returns what the shell must do, in this order."""
        was_open = self.connection.is_open
        self._stream.look_at_the_clocks(now)
        self._handle(input_, now)
        if was_open and not self.connection.is_open:
            self.desk.nobody_types()
        self.desk.tick(now.monotonic)
        self._stream.pump(now.monotonic)
        status = status_of(self.connection, now.monotonic)
        told = self._status
        if told is None or (status.status, status.detail) != (told.status, told.detail):
            self._status = status
            self._effects.emit(status)
        return [*self._effects.take(), *self._looks(now.monotonic)]

    def next_deadline(self) -> float | None:
        """When, in monotonic seconds, a ``Tick`` has something to do."""
        has_to_say = self.connection.is_open and (self._look != self._said or self._look != LookAt())
        return soonest(
            self._stream.next_deadline(),
            self.desk.next_deadline(),
            self._say_next_at if has_to_say else None,
        )

    @property
    def is_catching_up(self) -> bool:
        """What is there is not all known yet."""
        return not self.connection.is_open or self.desk.pools.incomplete > 0

    # --- inputs -------------------------------------------------------------------------------------------

    def _handle(self, input_: InboxInput, now: Now) -> None:
        match input_:
            case inputs.Tick():
                self._stream.tick(now)
            case inputs.FrameReceived(generation, events):
                if self.connection.is_current(generation):
                    self._stream.heard(now.monotonic)
                    for event in cast("tuple[RowsEvent, ...]", events):
                        self._event(event, now.monotonic)
            case inputs.StreamOpened(generation):
                if self._stream.opened(generation, now.monotonic):
                    self._effects.last_error, self._said, self._say_at = None, LookAt(), now.monotonic
            case inputs.StreamLost(generation, loss):
                self._stream.lost(generation, loss, now)
            case inputs.Connect():
                self._effects.add(self.connection.connect())
            case inputs.ReconnectNow():
                self._effects.add(self.connection.reconnect_now())
            case inputs.Disconnect():
                self._effects.add(self.connection.close("closed"))
            case inbox_inputs.Select(conversation_id):
                self.desk.select(conversation_id)
                self._look = LookAt(conversation_id, self._look.in_sight)
            case inbox_inputs.SetInSight(conversation_ids):
                self._look = LookAt(self._look.selected, conversation_ids)
            case _:
                pass  # The platform is asked by the relay.

    def _event(self, event: RowsEvent, now: float) -> None:
        match event:
            case RowsRead(rows):
                self.desk.read(rows)
            case RowTold():
                self.desk.told(event)
            case RowGone(conversation_id):
                self.desk.gone(conversation_id)
            case InboxState():
                self.desk.targets(event.targets_ms)
                for what, failure in event.problems.items():
                    if self.problems.get(what) != failure:
                        self._effects.raise_error(failure)
                self.problems = dict(event.problems)
            case _:
                self.desk.types(event, now)

    # --- what is looked at ----------------------------------------------------------------------------------

    @property
    def _say_next_at(self) -> float:
        """News soon, and the same again before the relay takes it for over."""
        return self._say_at if self._look != self._said else self._say_at + LOOK_S / 3

    def _looks(self, now: float) -> tuple[LookAt, ...]:
        is_news = self._look != self._said
        if not self.connection.is_open or now < self._say_next_at or (not is_news and self._look == LookAt()):
            return ()
        self._said, self._say_at = self._look, now + SPACING_S
        return (self._look,)
