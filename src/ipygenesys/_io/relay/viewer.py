"""The source of a conversation that comes by a relay: read from Redis, asked for by commands.

Theory of operation. A stream is opened by reading how things stand, then by reading entries on from there. An entry that
is not the next one shows that some are missing: how things stand is read anew, and the session reads history from where it
is. So nothing is missed unseen, whatever Redis has dropped, and whoever has written it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

import msgspec

from ipygenesys._core.model.effects import Call, CancelSend, CloseStream, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, FrameReceived, StreamLost, StreamOpened
from ipygenesys._core.model.operations import (
    Action,
    FetchHistory,
    FetchMessage,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
)
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent, TypingRefused
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.relay.commands import Greet
from ipygenesys._core.relay.entries import RelayState, entry_of, passing_of, state_of
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.rights import Right
from ipygenesys._core.relay.viewing import UpstreamIsGone, Viewing
from ipygenesys._io.relay.asking import GREETING_S, LOOK_S, NO_RELAY, Asking
from ipygenesys._io.relay.hub import hub_of
from ipygenesys._io.relay.pages import GONE, Pages
from ipygenesys._io.relay.redis.client import Entry
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.stream.source import Conversation, Wish
from ipygenesys.errors import GenesysError

UPSTREAM_S = 20.0
"""Chosen: how long an opening waits for the relay to have its own connection."""
PATIENCE_S = 3.0
"""Chosen: how long one that has just begun to lead may take for it, before viewers are told."""
MAX_PAGES = 1_000
"""Chosen: of history, that are asked for until one is found."""
_NOT_BY_RELAY = "This cannot be done by a relay: nothing of it was tried."


class Viewer:
    """Feeds one conversation.

    Args:
        conversation: is fed.
        url: of Redis.
        keys: of the conversation.
        token: who we are, where Redis does not know us by name.
    """

    def __init__(self, conversation: Conversation, url: str, keys: Keys, token: str | None) -> None:
        self._conversation = conversation
        self._keys = keys
        self._hub = hub_of(url)
        self._hub.enter()
        self._asking = Asking(self._hub, keys, token, self._refused)
        self._pages = Pages(self._hub.redis, keys)
        self._viewing = Viewing()
        self._generation: int | None = None
        self._opening: asyncio.Task[None] | None = None
        self._ends: list[Callable[[], None]] = []
        """Of what is read and heard by the stream."""

    # --- what the session wants -----------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """No stream is open or being opened."""
        return self._generation is None

    def perform(self, wish: Wish) -> None:
        """Begin to do it."""
        match wish:
            case OpenStream(generation):
                self._stop()
                self._generation = generation
                self._opening = self._conversation.spawn(self._open(generation))
            case CloseStream(generation):
                if generation == self._generation:
                    self._stop()
            case Call(operation):
                _ = self._conversation.spawn(self._call(operation))
            case CancelSend():
                pass  # What is under way to the relay cannot be stopped.

    def act(self, action: Action, outcome: Future[None]) -> None:
        """What agents do to conversations is done where they are."""
        outcome.set_exception(GenesysError(_NOT_BY_RELAY))

    async def aclose(self) -> None:
        """Leave nothing behind."""
        self._stop()
        self._asking.end()
        await self._hub.leave()

    # --- the stream -----------------------------------------------------------------------------------------

    def _stop(self) -> None:
        self._generation = None
        opening, self._opening = self._opening, None
        if opening is not None and opening is not asyncio.current_task():
            opening.cancel()
        for end in self._ends:
            end()
        self._ends.clear()

    def _lost(self, generation: int, failure: Failure) -> None:
        if generation == self._generation:
            self._stop()
            self._asking.give_up()
            self._conversation.take(StreamLost(generation, StreamLoss(failure=failure)))

    async def _open(self, generation: int) -> None:
        try:
            # Who may not see it learns so here: a channel that is refused would cost the others their connection.
            await self._asking.until_led()
            passes = await self._hub.listening.hear(
                self._keys.typing, lambda data: self._passed(generation, data)
            )
            self._ends.append(passes)
            rights = await self._greeted()
            state, newest = await self._upstream()
            await self._read_state(generation, state, newest, rights)
        except RedisError as error:
            self._lost(generation, error.failure)
        except msgspec.DecodeError:
            words = "The relay is of another version of ipygenesys: its entries cannot be read. Update the older one."
            self._lost(generation, Failure(kind="protocol", message=words))

    async def _greeted(self) -> frozenset[Right]:
        """What we may do; who cannot ask can only look on."""
        try:
            return (await self._asking.ask(Greet(), GREETING_S)).rights
        except RedisError as error:
            if error.failure.code == "relay.silent":
                raise RedisError(NO_RELAY) from None
            if error.failure.code == "relay.acl":
                return frozenset({"see"})
            raise

    async def _upstream(self, patience_s: float = UPSTREAM_S) -> tuple[RelayState, Position | None]:
        """How things stand, once the relay has its own connection; and an entry that is not newer than that."""
        failure = NO_RELAY
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while True:
                    newest = await self._hub.redis.newest(self._keys.events)
                    state, lease = await self._hub.redis.get(self._keys.state, self._keys.lease)
                    if state is not None and lease is not None:
                        found = state_of(state)
                        if found.upstream.is_there:
                            return found, newest
                        failure = UpstreamIsGone(found.upstream).failure
                    await asyncio.sleep(LOOK_S)
        raise RedisError(failure)

    async def _read_state(
        self, generation: int, state: RelayState, newest: Position | None, rights: frozenset[Right]
    ) -> None:
        resumes = self._viewing.cursor.resumes(state.run, newest)
        events = self._viewing.began(state, rights, newest)
        if not resumes and len(self._conversation.session.conversation.timeline):
            events = (*events, *await self._pages.newest())
        if generation != self._generation:
            return
        self._hand_in(generation, events, 0, is_live=False)
        self._conversation.take(StreamOpened(generation))
        self._read_on(generation)

    def _read_on(self, generation: int) -> None:
        self._ends.append(
            self._hub.reader.follow(
                self._keys.events,
                str(self._viewing.cursor.at),
                lambda entries: self._read(generation, entries),
                lambda failure: self._lost(generation, failure),
            )
        )

    def _read(self, generation: int, entries: list[Entry]) -> None:
        if generation != self._generation:
            return
        for entry in entries:
            try:
                events = self._viewing.read(Position.of(entry.id), entry_of(entry.data))
            except UpstreamIsGone as gone:
                self._lost(generation, gone.failure)
                return
            except msgspec.DecodeError:
                events = None
            if events is None:  # Some are missing, or all is to be read anew.
                self._conversation.count("relay_gap")
                self._opening = self._conversation.spawn(self._read_anew(generation))
                return
            if events:
                self._hand_in(generation, events, len(entry.data))
        self._conversation.settle()

    async def _read_anew(self, generation: int) -> None:
        self._asking.give_up()
        while len(self._ends) > 1:
            self._ends.pop()()
        try:
            state, newest = await self._upstream(PATIENCE_S)
            events = self._viewing.began(state, self._viewing.rights, newest)
            messages = await self._pages.newest()
        except RedisError as error:
            self._lost(generation, error.failure)
            return
        except msgspec.DecodeError:
            self._lost(generation, Failure(kind="protocol", message="The relay's state cannot be read."))
            return
        if generation == self._generation:
            self._hand_in(generation, (*events, *messages), 0, is_live=False)
            self._conversation.settle()
            self._read_on(generation)

    def _passed(self, generation: int, data: bytes) -> None:
        if generation == self._generation:
            with suppress(msgspec.DecodeError):
                self._hand_in(generation, passing_of(data), len(data))
                self._conversation.settle()

    def _hand_in(
        self, generation: int, events: tuple[PlatformEvent, ...], raw_bytes: int, *, is_live: bool = True
    ) -> None:
        now = self._conversation.clock
        self._conversation.noted.heard(events, raw_bytes, now.monotonic(), now.epoch(), is_live=is_live)
        self._conversation.step(FrameReceived(generation, events))

    def _refused(self, failure: Failure) -> None:
        """A command that nobody waits for: only typing is."""
        if self._generation is not None:
            self._conversation.take(FrameReceived(self._generation, (TypingRefused(failure),)))

    # --- calls ----------------------------------------------------------------------------------------------

    async def _call(self, operation: Operation) -> None:
        take = self._conversation.take
        try:
            result = await self._carried_out(operation)
        except RedisError as error:
            take(CallFailed(operation, error.failure))
        except msgspec.DecodeError:
            take(CallFailed(operation, Failure(kind="lost", message="The relay's answer cannot be read.")))
        else:
            take(CallSucceeded(operation, result))

    async def _carried_out(self, operation: Operation) -> MessageArrived | History | None:
        match operation:
            case FetchHistory():
                return await self._history(operation)
            case FetchMessage(message_id):
                return await self._pages.message(message_id)
            case SetTyping():
                await self._asking.tell(operation)
                return None
            case MarkRead() | MarkReadUpTo():
                if "send_read" in self._viewing.capabilities:
                    await self._asking.ask(operation)
                return None  # Else it is read for as long as we look, and nobody is told.
            case PostMessage() | RefreshAttachment():
                return (await self._asking.ask(operation)).message
            case _:
                raise RedisError(Failure(kind="unsupported", message=_NOT_BY_RELAY))

    async def _history(self, page: FetchHistory) -> History:
        """A page; the relay is asked for what is older than what it keeps, which may be less than an earlier leader kept."""
        for _ in range(MAX_PAGES):
            found = await self._pages.page(page)
            if found is None:
                if page.before is None or not await self._pages.has_older():
                    raise RedisError(GONE)
            elif page.before is None or found.messages or not found.has_more:
                return found
            await self._asking.ask(page)
        raise RedisError(GONE)
