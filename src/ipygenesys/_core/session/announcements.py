"""Tells what a step has changed: messages, status, typing, unread count, read position, capabilities; each once."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.model.events import (
    ReadPositionMoved,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.model.kept import KeepReadPosition
from ipygenesys._core.session.capabilities import Capabilities
from ipygenesys._core.session.durable_log import DurableLog
from ipygenesys._core.session.hearing import Hearing
from ipygenesys._core.session.reading import Reading
from ipygenesys._core.session.step_effects import StepEffects


class Announcements:
    """Compares the derived state with what was told of it last."""

    def __init__(
        self,
        connection: Connection,
        conversation: Conversation,
        catch_up: CatchUp,
        reading: Reading,
        capabilities: Capabilities,
        durable: DurableLog,
        effects: StepEffects,
    ) -> None:
        self._connection = connection
        self._conversation = conversation
        self._reading = reading
        self._capabilities = capabilities
        self._durable = durable
        self._effects = effects
        self._hearing = Hearing(connection, conversation.timeline, catch_up, effects)
        self._typing: tuple[str, ...] = ()
        self._unread = 0
        self._able = capabilities.as_told
        self._status = status_of(connection, 0.0)
        self._retry_at: float | None = None

    def make(self, now: float) -> None:
        """Tell what is not as it was told last."""
        self._hearing.release(now)
        if (names := self._conversation.typing_names) != self._typing:
            self._typing = names
            self._effects.emit(TypingChanged(names))
        if (count := self._conversation.timeline.unread_count) != self._unread:
            self._unread = count
            self._effects.emit(UnreadChanged(count))
        if (position_ms := self._reading.moved_to()) is not None:
            self._effects.emit(ReadPositionMoved(position_ms))
            if self._durable.is_enabled:
                self._effects.add([KeepReadPosition(position_ms)])
        if (able := self._capabilities.as_told) != self._able:
            self._able = able
            self._effects.emit(able)
        self._tell_status(now)

    def next_deadline(self) -> float | None:
        """When ``make`` has something to tell though nothing happens."""
        return self._hearing.next_deadline()

    def _tell_status(self, now: float) -> None:
        connection, told = self._connection, self._status
        detail = connection.failure.message if connection.failure else None
        is_known = (connection.status, detail) == (told.status, told.detail)
        if not is_known or connection.retry_at != self._retry_at:
            self._status, self._retry_at = status_of(connection, now), connection.retry_at
            self._effects.emit(self._status)


def status_of(connection: Connection, now: float) -> StatusChanged:
    """The connection's state, its countdown counted from ``now``."""
    failure = connection.failure
    return StatusChanged(
        status=connection.status,
        detail=failure.message if failure else None,
        cause=failure.cause if failure else None,
        retry_in_s=None if connection.retry_at is None else max(connection.retry_at - now, 0.0),
    )
