"""The source of an inbox that comes by a relay: its rows are read from Redis."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

from ipygenesys._core.inbox.inputs import Ask
from ipygenesys._core.model.effects import CloseStream, Effect, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.commands import LookAt
from ipygenesys._core.relay.inbox.entries import InboxState, entry_of, passing_of, row_of, state_of
from ipygenesys._core.relay.inbox.viewing import RowsViewing
from ipygenesys._core.relay.keys import Keys, inbox_name
from ipygenesys._core.relay.positions import Cursor, Position
from ipygenesys._core.relay.rights import Right
from ipygenesys._io.relay.following import Following
from ipygenesys._io.relay.redis.client import Entry
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.together import Events
from ipygenesys._io.stream.source import Fed
from ipygenesys.credentials import Secret

_NO_RELAY = Failure(
    kind="unavailable",
    code="relay.none",
    message="No relay leads this inbox: is `ipygenesys relay` running, and is an upstream of this name in its relay.toml?",
)


class RowsViewer(Following[InboxState]):
    """Feeds one inbox.

    Args:
        inbox: is fed.
        url: of Redis.
        name: of the inbox, as the relay's configuration has it.
        token: who we are, where Redis does not know us by name.
    """

    def __init__(self, inbox: Fed, url: str, name: str, token: Secret | None) -> None:
        super().__init__(inbox, url, Keys(inbox_name(name)), token, _NO_RELAY)
        self._viewing = RowsViewing()

    def perform(self, effect: Effect | Ask | LookAt) -> None:
        """Begin to do what the inbox wants."""
        match effect:
            case OpenStream(generation):
                self._start(generation)
            case CloseStream(generation):
                self._close(generation)
            case LookAt():
                _ = self._fed.spawn(self._tell(effect))
            case _:
                raise AssertionError(f"An inbox by a relay does not {type(effect).__name__}.")

    async def _tell(self, look: LookAt) -> None:
        with suppress(RedisError):  # Texts then come in the relay's own order.
            await self._asking.tell(look)

    @property
    def _cursor(self) -> Cursor:
        return self._viewing.cursor

    def _state_of(self, data: bytes) -> InboxState:
        return state_of(data)

    async def _began(
        self, state: InboxState, newest: Position | None, rights: frozenset[Right] | None
    ) -> tuple[Events, Position]:
        rows = None
        if not self._viewing.cursor.resumes(state.run, newest):
            bodies = await self._hub.redis.fields(self._keys.rows)
            rows = [row_of(body) for body in bodies.values()]
        events = self._viewing.began(state, newest, rows)
        return cast("Events", events), self._viewing.cursor.at

    def _entry(self, entry: Entry) -> Events | None:
        return cast("Events | None", self._viewing.read(entry.at, entry.says(entry_of)))

    def _passing(self, data: bytes) -> tuple[Any, ...]:
        return passing_of(data)

    def _refused(self, failure: Failure) -> None:
        """Nothing is lost by it but the order in which texts come."""
