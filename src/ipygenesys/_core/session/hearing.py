"""Handlers hear of messages in the order in which they were said, whatever comes late."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.effects import Emit
from ipygenesys._core.model.events import MessageReceived
from ipygenesys._core.session.step_effects import StepEffects

PATIENCE_S = 3.0
"""Chosen: whoever answers messages should not wait longer for what may be missing."""


class Hearing:
    """Holds what a stream brings that is not open yet, and all else while history is on its way. Views do not wait."""

    def __init__(
        self, connection: Connection, timeline: Timeline, catch_up: CatchUp, effects: StepEffects
    ) -> None:
        self._connection = connection
        self._timeline = timeline
        self._catch_up = catch_up
        self._effects = effects
        self._since: float | None = None
        effects.holds_received = self._is_held

    def release(self, now: float) -> None:
        """At the end of each step: let handlers hear what nothing older can come before, or what has waited too long."""
        if not self._effects.held:
            return
        if self._since is None:
            self._since = now
        may_miss_something = self._is_reading or self._connection.is_opening
        if may_miss_something and now < self._since + PATIENCE_S:
            return
        self._since = None
        held = [self._timeline.get(message.id) or message for message in self._effects.take_held()]
        # Meanwhile one of them may have turned out to be ours.
        heard = sorted((message for message in held if not message.is_own), key=self._timeline.key_for)
        self._effects.add(Emit(MessageReceived(message)) for message in heard)

    def next_deadline(self) -> float | None:
        """When ``release`` has something to do at the latest."""
        return None if self._since is None else self._since + PATIENCE_S

    def _is_held(self) -> bool:
        return self._effects.is_ahead or self._is_reading

    @property
    def _is_reading(self) -> bool:
        return self._catch_up.is_running and self._connection.is_wanted
