"""The source of a conversation that comes by a relay: read from Redis, asked for by commands.

The session reads history from where it is when some of what was told is missing.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import msgspec

from ipygenesys._core.model.effects import Call, CancelSend, CloseStream, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, FrameReceived
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
from ipygenesys._core.model.platform_events import History, MessageArrived, TypingRefused
from ipygenesys._core.relay.commands import LOOK_S, OpenConversation
from ipygenesys._core.relay.entries import RelayState, entry_of, passing_of, state_of
from ipygenesys._core.relay.keys import Keys, inbox_name, name_of_opened
from ipygenesys._core.relay.positions import Cursor, Position
from ipygenesys._core.relay.rights import Right
from ipygenesys._core.relay.viewing import Viewing
from ipygenesys._io.relay.asking import GREETING_S, NO_RELAY, Asking
from ipygenesys._io.relay.following import Following
from ipygenesys._io.relay.pages import GONE, Pages
from ipygenesys._io.relay.redis.client import Entry
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.together import Events
from ipygenesys._io.stream.source import Conversation, Wish
from ipygenesys.credentials import Secret
from ipygenesys.errors import GenesysError

MAX_PAGES = 1_000
"""Chosen: of history, that are asked for until one is found."""
_NOT_BY_RELAY = "This cannot be done by a relay: nothing of it was tried."


class Viewer(Following[RelayState]):
    """Feeds one conversation.

    Args:
        conversation: is fed.
        url: of Redis.
        conversation_id: which one.
        inbox: by which it is opened; None: it is in the relay's configuration.
        token: who we are, where Redis does not know us by name.
    """

    def __init__(
        self,
        conversation: Conversation,
        url: str,
        conversation_id: str,
        inbox: str | None,
        token: Secret | None,
    ) -> None:
        keys = Keys(conversation_id if inbox is None else name_of_opened(inbox, conversation_id))
        super().__init__(conversation, url, keys, token, NO_RELAY)
        self._conversation = conversation
        self._pages = Pages(self._hub.redis, keys)
        self._viewing = Viewing()
        self._opens = OpenConversation(conversation_id)
        self._inbox: Asking | None = None
        if inbox is not None:
            self._inbox = Asking(self._hub, Keys(inbox_name(inbox)), token, lambda failure: None)

    # --- what the session wants -----------------------------------------------------------------------------

    def perform(self, wish: Wish) -> None:
        """Begin to do it."""
        match wish:
            case OpenStream(generation):
                self._start(generation)
            case CloseStream(generation):
                self._close(generation)
            case Call(operation):
                _ = self._conversation.spawn(self._call(operation))
            case CancelSend():
                pass  # What is under way to the relay cannot be stopped.

    def act(self, action: Action, outcome: Future[None]) -> None:
        """What agents do to conversations is done where they are."""
        outcome.set_exception(GenesysError(_NOT_BY_RELAY))

    async def aclose(self) -> None:
        """Leave nothing behind."""
        if self._inbox is not None:
            self._inbox.end()
        await super().aclose()

    # --- the stream -----------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        if self._inbox is None:
            return
        await self._inbox.until_led()
        try:
            await self._inbox.ask(self._opens, GREETING_S)
        except RedisError as error:
            raise RedisError(NO_RELAY if error.failure.code == "relay.silent" else error.failure) from None
        holding = self._conversation.spawn(self._hold_open(self._inbox))
        self._ends.append(holding.cancel)

    async def _hold_open(self, inbox: Asking) -> None:
        while True:
            await asyncio.sleep(LOOK_S / 3)
            with suppress(RedisError):  # The stream itself says so, too.
                await inbox.tell(self._opens)

    @property
    def _cursor(self) -> Cursor:
        return self._viewing.cursor

    def _state_of(self, data: bytes) -> RelayState:
        return state_of(data)

    async def _began(
        self, state: RelayState, newest: Position | None, rights: frozenset[Right] | None
    ) -> tuple[Events, Position]:
        is_anew = rights is None
        resumes = self._viewing.cursor.resumes(state.run, newest)
        events = self._viewing.began(state, self._viewing.rights if rights is None else rights, newest)
        at = self._viewing.cursor.at
        if not resumes and (is_anew or len(self._conversation.session.conversation.timeline)):
            events = (*events, *await self._pages.newest())
        return events, at

    def _entry(self, entry: Entry) -> Events | None:
        return self._viewing.read(entry.at, entry.says(entry_of))

    def _passing(self, data: bytes) -> tuple[Any, ...]:
        return self._viewing.passed(passing_of(data))

    def _heard(self, events: Events, raw_bytes: int, *, is_live: bool) -> None:
        now = self._conversation.clock
        self._conversation.noted.heard(events, raw_bytes, now.monotonic(), now.epoch(), is_live=is_live)

    def _refused(self, failure: Failure) -> None:
        """Only typing is."""
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
            case PostMessage():
                sent = (await self._asking.ask(operation)).message
                with suppress(RedisError):  # What came before it is told before it: that is no answer to it.
                    await self._until_read()
                return sent
            case RefreshAttachment():
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
