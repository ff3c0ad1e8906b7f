"""A stream of what a relay tells: opened, read on, and read anew where some is missing.

Theory of operation. A stream is opened by reading how things stand, then by reading entries on from there. An entry that
is not the next one shows that some are missing, and so does one that was told and does not come: how things stand is read
anew. So nothing is missed unseen, whatever Redis has dropped, and whoever has written it.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import FrameReceived, StreamLost, StreamOpened
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.relay.commands import Greet
from ipygenesys._core.relay.entries import Reached, UpstreamTold
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Cursor, Position
from ipygenesys._core.relay.rights import Right
from ipygenesys._core.relay.viewing import UpstreamIsGone
from ipygenesys._io.relay.asking import GREETING_S, LOOK_S, Asking
from ipygenesys._io.relay.hub import hub_of
from ipygenesys._io.relay.redis.client import Entry
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.together import Events, Together
from ipygenesys._io.stream.source import Fed
from ipygenesys.credentials import Secret

UPSTREAM_S = 20.0
"""Chosen: how long an opening waits for the relay to have its own connection."""
ENTRIES_S = 1.0
"""Chosen: how long an answer waits for entries that were written before it."""
PATIENCE_S = 3.0
"""Chosen: how long one that has just begun to lead may take for it, before viewers are told."""
_OTHER_VERSION = (
    "The relay is of another version of ipygenesys: its entries cannot be read. Update the older one."
)
_UNREADABLE_STATE = "The relay's state cannot be read."


class State(Protocol):
    """What a viewer begins with."""

    @property
    def run(self) -> str:
        """Names what Redis holds."""

    @property
    def upstream(self) -> UpstreamTold:
        """How the relay's own connection is."""


S = TypeVar("S", bound=State)


class Following(ABC, Generic[S]):
    """The stream of whoever is fed; what it says is for those who know what it is of.

    Args:
        fed: a conversation, or an inbox.
        url: of Redis.
        keys: of what is followed.
        token: who we are, where Redis does not know us by name.
        no_relay: the failure when nobody leads it.
    """

    def __init__(self, fed: Fed, url: str, keys: Keys, token: Secret | None, no_relay: Failure) -> None:
        self._fed = fed
        self._keys = keys
        self._no_relay = no_relay
        self._hub = hub_of(url)
        self._hub.enter()
        self._asking = Asking(self._hub, keys, token, self._refused, no_relay)
        self._generation: int | None = None
        self._opening: asyncio.Task[None] | None = None
        self._ends: list[Callable[[], object]] = []
        """Of what is heard and held by the stream."""
        self._end_reading: Callable[[], object] = lambda: None
        self._reads_on = False
        """Entries come one by one; else how things stand is being read."""
        self._has_read = asyncio.Event()
        """Some more, or that is over."""

    # --- what it says ---------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def _cursor(self) -> Cursor:
        """What was read."""

    @abstractmethod
    def _state_of(self, data: bytes) -> S:
        """How things stand, as it was written."""

    @abstractmethod
    async def _began(
        self, state: S, newest: Position | None, rights: frozenset[Right] | None
    ) -> tuple[Events, Position]:
        """How things stand was read, after this entry was the newest one.

        Returns:
            What is to be handed in, and where to read on.
        """

    @abstractmethod
    def _entry(self, entry: Entry) -> Events | None:
        """An entry was read; None: how things stand has to be read anew."""

    @abstractmethod
    def _passing(self, data: bytes) -> tuple[Any, ...]:
        """What was said in passing: what is to be handed in, and signs of life."""

    def _heard(self, events: Events, raw_bytes: int, *, is_live: bool) -> None:
        """This was read, and is handed in next."""

    @abstractmethod
    def _refused(self, failure: Failure) -> None:
        """A command that nobody waits for was."""

    async def _begin(self) -> None:
        """What has to be done before the relay can be greeted."""

    # --- opened and closed ----------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """No stream is open or being opened."""
        return self._generation is None

    async def aclose(self) -> None:
        """Leave nothing behind."""
        self._stop()
        self._asking.end()
        await self._hub.leave()

    def _start(self, generation: int) -> None:
        self._stop()
        self._generation = generation
        self._opening = self._fed.spawn(self._open(generation))

    def _close(self, generation: int) -> None:
        if generation == self._generation:
            self._stop()

    def _stop(self) -> None:
        self._generation, self._reads_on = None, False
        self._has_read.set()
        opening, self._opening = self._opening, None
        if opening is not None and opening is not asyncio.current_task():
            opening.cancel()
        for end in (*self._ends, self._end_reading):
            end()
        self._ends.clear()

    def _lost(self, generation: int, failure: Failure) -> None:
        if generation == self._generation:
            self._stop()
            self._asking.give_up()
            self._fed.take(StreamLost(generation, StreamLoss(failure=failure)))

    async def _open(self, generation: int) -> None:
        try:
            await self._begin()
            await self._asking.until_led()  # Who may not see it learns so here.
            passes = await self._hub.listening.hear(self._keys.typing, partial(self._passed, generation))
            self._ends.append(passes)
            rights = await self._greeted()
            events, at = await self._began(*await self._upstream(UPSTREAM_S), rights)
        except RedisError as error:
            self._lost(generation, error.failure)
        except msgspec.DecodeError:
            self._lost(generation, Failure(kind="protocol", message=_OTHER_VERSION))
        else:
            if generation == self._generation:
                self._hand_in(generation, events, 0, is_live=False)
                self._fed.take(StreamOpened(generation))
                self._read_on(generation, at)

    async def _greeted(self) -> frozenset[Right]:
        """What we may do; who cannot ask can only look on."""
        try:
            return (await self._asking.ask(Greet(), GREETING_S)).rights
        except RedisError as error:
            if error.failure.code == "relay.silent":
                raise RedisError(self._no_relay) from None
            if error.failure.code == "relay.acl":
                return frozenset({"see"})
            raise

    async def _upstream(self, patience_s: float) -> tuple[S, Position | None]:
        """How things stand, once the relay has its own connection; and an entry that is not newer than that."""
        failure = self._no_relay
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while True:
                    newest = await self._hub.redis.newest(self._keys.events)
                    state, lease = await self._hub.redis.get(self._keys.state, self._keys.lease)
                    if state is not None and lease is not None:
                        found = self._state_of(state)
                        if found.upstream.is_there:
                            return found, newest
                        failure = UpstreamIsGone(found.upstream).failure
                        if found.upstream.status == "failed":
                            break  # It does not try again by itself.
                    await asyncio.sleep(LOOK_S)
        raise RedisError(failure)

    # --- read -----------------------------------------------------------------------------------------------

    def _read_on(self, generation: int, at: Position) -> None:
        self._reads_on = True
        self._end_reading = self._hub.reader.follow(
            self._keys.events,
            str(at),
            partial(self._read, generation),
            partial(self._lost, generation),
        )

    def _read(self, generation: int, entries: list[Entry]) -> None:
        if generation != self._generation:
            return
        try:
            with Together(self._fed, generation) as together:
                is_whole = all(self._takes(entry, together) for entry in entries)
        except UpstreamIsGone as gone:
            self._lost(generation, gone.failure)
            return
        if is_whole:
            self._fed.settle()
            self._has_read.set()
        else:
            self._begin_anew(generation)

    def _takes(self, entry: Entry, together: Together) -> bool:
        """False: some are missing, or all is to be read anew."""
        events: Events | None = None
        with suppress(msgspec.DecodeError):
            events = self._entry(entry)
        if events:
            self._heard(events, len(entry.data), is_live=True)
            together.add(events)
        return events is not None

    async def _until_read(self) -> None:
        """Until what is written by now is handed in, as far as it comes: answers come by another way, and may overtake it."""
        newest = await self._hub.redis.newest(self._keys.events)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENTRIES_S):
                while self._reads_on and newest is not None and self._cursor.at < newest:
                    self._has_read.clear()
                    await self._has_read.wait()

    def _begin_anew(self, generation: int) -> None:
        self._reads_on = False
        self._has_read.set()
        self._fed.count("relay_gap")
        self._opening = self._fed.spawn(self._read_anew(generation))

    def _hand_in(self, generation: int, events: Events, raw_bytes: int, *, is_live: bool) -> None:
        self._heard(events, raw_bytes, is_live=is_live)
        self._fed.step(FrameReceived(generation, events))

    async def _read_anew(self, generation: int) -> None:
        self._asking.give_up()
        self._end_reading()
        try:
            events, at = await self._began(*await self._upstream(PATIENCE_S), None)
        except RedisError as error:
            self._lost(generation, error.failure)
        except msgspec.DecodeError:
            self._lost(generation, Failure(kind="protocol", message=_UNREADABLE_STATE))
        else:
            if generation == self._generation:
                self._hand_in(generation, events, 0, is_live=False)
                self._fed.settle()
                self._read_on(generation, at)

    def _passed(self, generation: int, data: bytes) -> None:
        if generation == self._generation:
            with suppress(msgspec.DecodeError):
                said = self._passing(data)
                events = tuple(each for each in said if not isinstance(each, Reached))
                self._hand_in(generation, events, len(data), is_live=True)
                for each in said:
                    if isinstance(each, Reached):
                        self._reached(generation, each.at)
                self._fed.settle()

    def _reached(self, generation: int, at: Position) -> None:
        if self._reads_on and self._cursor.is_overdue(at, asyncio.get_running_loop().time()):
            self._cursor.forget()
            self._begin_anew(generation)
