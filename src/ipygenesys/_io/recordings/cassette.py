"""Cassette: a recording in place of the platform: what is said to it is answered as it was answered then."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future

import msgspec

from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.effects import Call, CloseStream, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import (
    CallFailed,
    CallSucceeded,
    FrameReceived,
    Input,
    Send,
    StreamOpened,
)
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import (
    Action,
    CheckHealth,
    EndConversation,
    FetchHistory,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    SetTyping,
)
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.profile import Profile
from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._io.stream.source import Conversation, Wish
from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.entries import AnyEntry, Header, InputTaken, StateKept
from ipygenesys.errors import GenesysError

Answered = CallSucceeded | CallFailed
MOST_PAUSE_S = 0.2
"""Chosen: what took longer then takes this now, so that who asks for the next message has asked before it is there."""


class Cassette:
    """A recorded conversation that can be had again, as a protocol: ``ig.Chat(Cassette(path))``.

    It waits where something was said then until the same is said now, and is never slower than it was, nor slow. What the
    recording lacks is refused, and kept in ``problems``.

    Raises:
        ValueError: it is no recording, or one that begins in the middle of a conversation.
        OSError: it cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = os.path.basename(path)
        entries = iter(read_entries(path))
        header = next(entries)
        assert isinstance(header, Header)
        self._header = header
        self.inputs = tuple(_inputs(entries, self.name))
        self.problems: list[str] = []
        """What was asked of it that it does not hold, with texts."""

    @property
    def profile(self) -> Profile:
        """Who we were; nothing is kept of it, and nothing has to be slow."""
        return msgspec.structs.replace(self._header.profile, conversation_key=None, max_sends_per_s=0)

    @property
    def title(self) -> str:
        """The conversation in a few words."""
        return self._header.title

    def source(self, conversation: Conversation) -> CassetteSource:
        """What feeds a conversation with it; each from the beginning."""
        return CassetteSource(conversation, self)

    def __repr__(self) -> str:
        return f"<Cassette {self.name}>"


def _inputs(entries: Iterable[AnyEntry], name: str) -> Iterable[InputTaken]:
    for entry in entries:
        if isinstance(entry, StateKept):
            raise NoRecording(f"{name} begins in the middle of a conversation: nothing can be said to it.")
        if isinstance(entry, InputTaken) and isinstance(
            entry.input, StreamOpened | FrameReceived | Send | Answered
        ):
            yield entry


class CassetteSource:
    """Plays the platform to one conversation; on the loop's thread."""

    def __init__(self, conversation: Conversation, cassette: Cassette) -> None:
        self._conversation = conversation
        self._cassette = cassette
        self._ahead = deque(cassette.inputs)
        self._answers = [one.input for one in cassette.inputs if isinstance(one.input, Answered)]
        self._generation: int | None = None
        self._drafts: dict[str, str] = {}
        """Of then, what they are now."""
        self._count = 0
        self._at_s = self._ahead[0].at_s if self._ahead else 0.0
        self._loop = asyncio.get_running_loop()
        self._next: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        """No stream is open."""
        return self._generation is None

    def perform(self, wish: Wish) -> None:
        """As the platform did then."""
        match wish:
            case OpenStream(generation):
                self._loop.call_soon(self._open, generation)
            case CloseStream():
                self._close()
            case Call(operation):
                self._loop.call_soon(self._answer, operation)
            case _:
                pass

    def act(self, action: Action, outcome: Future[None]) -> None:
        """A guest may leave; what else was done is not in a recording."""
        if isinstance(action, EndConversation):
            outcome.set_result(None)
        else:
            outcome.set_exception(
                GenesysError(self._refusal(f"{type(action).__name__} was asked for").message)
            )

    async def aclose(self) -> None:
        """Nothing is left behind."""
        self._close()

    # --- what comes of it ---------------------------------------------------------------------------------

    def _open(self, generation: int) -> None:
        self._generation = generation
        opened = next((one for one in self._ahead if isinstance(one.input, StreamOpened)), None)
        if opened is not None:
            self._conversation.clock.tell(opened.now.time_ms)
        self._conversation.take(StreamOpened(generation))
        self._go_on()

    def _close(self) -> None:
        self._generation = None
        if self._next is not None:
            self._next.cancel()

    def _go_on(self) -> None:
        """Up to what was said next, one after the other."""
        if self._is_said_next or self._generation is None:
            return
        pause_s = self._ahead[0].at_s - self._at_s
        self._next = self._loop.call_later(min(pause_s, MOST_PAUSE_S), self._hear_and_go_on)

    def _hear_and_go_on(self) -> None:
        self._hear()
        self._go_on()

    def _hear(self) -> None:
        entry = self._ahead.popleft()
        self._at_s = entry.at_s
        if isinstance(entry.input, FrameReceived) and self._generation is not None:
            self._hand_in(FrameReceived(self._generation, tuple(map(self._as_now, entry.input.events))))

    @property
    def _is_said_next(self) -> bool:
        return not self._ahead or isinstance(self._ahead[0].input, Send)

    def _hand_in(self, input_: Input) -> None:
        events = input_.events if isinstance(input_, FrameReceived) else (getattr(input_, "result", None),)
        times = [event.time_ms for event in events if isinstance(event, MessageArrived) and event.time_ms]
        if times:
            self._conversation.clock.tell(min(times) - 1)  # It is news now, as it was then.
        self._conversation.take(input_)

    def _as_now(self, event: PlatformEvent) -> PlatformEvent:
        if isinstance(event, MessageArrived) and event.draft_id is not None:
            return msgspec.structs.replace(event, draft_id=self._drafts.get(event.draft_id))
        return event

    def _answer(self, operation: Operation) -> None:
        match operation:
            case PostMessage():
                self._hand_in(self._of_message(operation))
                self._go_on()
            case SetTyping() | MarkRead() | MarkReadUpTo() | CheckHealth():
                self._conversation.take(CallSucceeded(operation))
            case _:
                self._conversation.take(self._of(operation))

    def _of_message(self, post: PostMessage) -> Answered:
        self._count += 1
        if self._next is not None:
            self._next.cancel()
        while not self._is_said_next:  # We are faster than then.
            self._hear()
        then = self._ahead[0].input if self._ahead else None
        if not isinstance(then, Send):
            said = f"{_words(post.text, post.file)} is said, and nothing more was said then"
            return CallFailed(post, self._refusal(said))
        if _key(then.text, then.answer, then.file) != _key(post.text, post.answer, post.file):
            said = (
                f"{_words(post.text, post.file)} is said where {_words(then.text, then.file)} was said then"
            )
            return CallFailed(post, self._refusal(said))
        self._at_s = self._ahead.popleft().at_s
        self._drafts[then.draft_id] = post.draft_id
        answer = next((one for one in self._answers if _carried(one.operation, then)), None)
        if isinstance(answer, CallFailed):
            return CallFailed(post, answer.failure)
        if answer is None or not isinstance(answer.result, MessageArrived):
            said = f"{_words(post.text, post.file)} has no answer, for the recording ends before it"
            return CallFailed(post, self._refusal(said))
        return CallSucceeded(post, msgspec.structs.replace(answer.result, draft_id=post.draft_id))

    def _of(self, operation: Operation) -> Answered:
        """The same call, or history as it was at the beginning; what is not there is not there."""
        found = next((one for one in self._answers if one.operation == operation), None)
        if found is None and isinstance(operation, FetchHistory):
            return CallSucceeded(operation, History((), has_more=False))
        return found or CallFailed(operation, self._refusal(f"{type(operation).__name__} was asked for"))

    def _refusal(self, what: str) -> Failure:
        """Its texts are for ``problems`` alone."""
        name = self._cassette.name
        self._cassette.problems.append(f"{name}: {what}.")
        words = f"The recording {name} does not hold this (message {self._count}). Record it again."
        return Failure(kind="rejected", message=words)


def _carried(operation: Operation, said: Send) -> bool:
    return isinstance(operation, PostMessage) and operation.draft_id == said.draft_id


def _key(text: str, answer: Answer | None, file: OutgoingFile | None) -> object:
    return text, answer, None if file is None else file.name


def _words(text: str, file: OutgoingFile | None) -> str:
    return repr(text) if file is None else f"{text!r} with {file.name!r}"
