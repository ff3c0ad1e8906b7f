"""Fuzzing: bad frames, REST bodies and browser messages against whole sessions. Nothing may raise, stop or be corrupted."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import msgspec

import ipygenesys as ig
from ipygenesys._core.model.effects import Call, Emit, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import (
    CallFailed,
    CallSucceeded,
    Connect,
    FrameReceived,
    Input,
    MarkAllRead,
    NoteKeystroke,
    Now,
    Send,
    StreamOpened,
    Tick,
)
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, Operation
from ipygenesys._core.session.session import Session
from ipygenesys._core.view.delta_buffer import SendBudget
from ipygenesys._core.view.hub import ViewHub
from ipygenesys._core.view.protocol import decode_from_view, encode_to_view
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.flow import (
    AwaitAnswer,
    CallError,
    Exchange,
    Flow,
    GetOccasion,
    GetTime,
    GetToken,
    NewId,
    Occasion,
    Request,
)
from tests.simulation import agent_server, guest_server, tutorial_server
from tests.simulation.corpus import VIEW_MESSAGES, Corpus, name_of, shape_of
from tests.simulation.mutations import Mutator
from tests.simulation.network import BASE_URL
from tests.simulation.virtual_time import EPOCH_S

UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
"""What the shells take for an answer that is not of the protocol."""
FRESH_AFTER = 400
"""Inputs that one session takes."""


FILE = OutgoingFile(path="/file", name="a.png", media_type="image/png", size_bytes=8)


class Fuzzer:
    """One protocol under fire.

    Args:
        corpus: what its server says when all is well.
        seed: the rest follows from it.
    """

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self.corpus = corpus
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self._dice = random.Random(seed)
        self._frames = Mutator(corpus.frames, self._dice)
        self._views = Mutator([json.dumps(each).encode() for each in VIEW_MESSAGES], self._dice)
        self._now = 1000.0
        self._generation = 0
        self._last = b""
        self._chance = 0.0
        """Of a bad answer to a call."""
        self._begin()

    def run(self, cases: int) -> Counter[str]:
        """Fire this many.

        Raises:
            AssertionError: names the seed, the case and the shape of what has hit, never its content.
        """
        for number in range(cases):
            kind = self._dice.random()
            case = self._frame if kind < 0.8 else self._view if kind < 0.88 else self._answers
            self._last = b""
            try:
                case()
                if number % FRESH_AFTER == FRESH_AFTER - 1:
                    self._check()
                    self._begin()
            except Exception as error:
                words = f"{self.corpus.protocol}, seed {self.seed}, case {number}: {type(error).__name__}"
                raise AssertionError(f"{words} by {case.__name__} of {shape_of(self._last)}") from error
        self._check()
        return self.counts

    # --- cases

    def _frame(self) -> None:
        data = self._last = self._frames.draw()
        self.counts["frames"] += 1
        text: str | bytes = data
        if self._dice.random() < 0.1:
            text = data.decode("utf-8", "surrogateescape")
        events = self._adapter.decode_frame(text)
        if (active := self._session.connection.active) is None:
            self._begin()
            active = self._session.connection.active
        assert active is not None
        self._step(FrameReceived(active, events))
        if self._session.connection.active is None:
            self.counts["streams ended by what a frame said"] += 1
            self._begin()

    def _view(self) -> None:
        self._last = self._views.draw()
        self.counts["browser messages"] += 1
        try:
            content = json.loads(self._last)
        except UNREADABLE:
            return  # A browser sends JSON, whatever it means.
        try:
            message = decode_from_view(content)
        except msgspec.ValidationError:
            self.counts["browser messages refused"] += 1
            return
        for command in self._hub.receive(message, self._now):
            self._step(command)

    def _answers(self) -> None:
        """What is asked by a flow is answered badly, once or twice."""
        self.counts["answers"] += 1
        self._chance = 0.5
        kind = self._dice.randrange(7)
        if kind == 0:
            self._flow(self._new_adapter().open_stream())
        elif kind == 1:
            self._last = self._mutated(self._dice.choice(list(self.corpus.bodies.values())))
            self._adapter.decode_error(self._last)
        elif kind == 2:
            file = FILE if self._dice.random() < 0.5 else None
            self._step(Send(f"f{self._dice.random()}", "our words", file=file))
        elif kind == 3:
            self._flow(self._adapter.perform(FetchHistory(before="m", limit=5)))
        elif kind == 4:
            self._flow(self._adapter.perform(FetchMessage("m")))
        elif kind == 5:
            self._session.catch_up.request(self._now)
            self._step(Tick())
        else:
            self._step(self._dice.choice((MarkAllRead(), NoteKeystroke())))
        self._chance = 0.0

    # --- a session

    def _new_adapter(self) -> Adapter:
        match self.corpus.protocol:
            case "tutorial":
                return ig.MessagingEvents(
                    conversation_id=tutorial_server.CONVERSATION,
                    base_url=BASE_URL,
                    credentials=ig.AccessToken("token"),
                )
            case "agent":
                return ig.AgentMessaging(
                    conversation_id=agent_server.CONVERSATION,
                    base_url=BASE_URL,
                    credentials=ig.AccessToken("token"),
                )
            case _:
                return ig.WebMessaging(deployment_id=guest_server.DEPLOYMENT, base_url=BASE_URL)

    def _begin(self) -> None:
        self._adapter = self._new_adapter()
        self._session = Session(self._adapter.profile)
        self._hub = ViewHub(self._session, epoch="e", budget=SendBudget(rate_per_s=1e9, burst=1e9))
        self._hub.receive(decode_from_view(VIEW_MESSAGES[0]), self._now)
        self._step(Connect())
        learned = self._flow(self._adapter.open_stream())
        self._step(FrameReceived(self._generation, learned))
        self._step(StreamOpened(self._generation))
        assert self._session.connection.is_open

    def _step(self, input_: Input) -> None:
        self._now += 0.01
        waiting = [input_]
        while waiting:
            now = Now(self._now, round((EPOCH_S + self._now) * 1000), 0.5)
            for effect in self._session.step(waiting.pop(0), now):
                match effect:
                    case Emit(event):
                        self._hub.publish(event)
                    case Call(operation):
                        waiting.append(self._outcome(operation))
                    case OpenStream(generation):
                        self._generation = generation
                    case _:
                        pass
        for message in self._hub.outgoing(self._now):
            encode_to_view(message)
        deadline = self._session.next_deadline()
        assert deadline is None or deadline == deadline

    def _outcome(self, operation: Operation) -> Input:
        try:
            return CallSucceeded(operation, self._unguarded(self._adapter.perform(operation)))
        except CallError as error:
            return CallFailed(operation, error.failure)
        except UNREADABLE:
            self.counts["answers not understood"] += 1
            return CallFailed(operation, _NOT_UNDERSTOOD)

    def _flow(self, flow: Flow[Any]) -> Any:
        try:
            return self._unguarded(flow)
        except (CallError, *UNREADABLE):
            self.counts["answers not understood"] += 1
            return ()

    def _unguarded(self, flow: Flow[Any]) -> Any:
        """Run a flow against recorded answers, some of them mutated."""
        answer: Any = None
        try:
            for _ in range(50):
                step = flow.send(answer)
                answer = self._answer(step)
        except StopIteration as end:
            return end.value
        raise CallError(_NOT_UNDERSTOOD)

    def _answer(self, step: Any) -> Any:
        match step:
            case Request(method=method, path=path):
                body = self.corpus.bodies.get(name_of(method, BASE_URL + path))
                return self._mutated(body or b"{}")
            case Exchange(frame=frame):
                return self._mutated(self.corpus.answers[_ANSWER[json.loads(frame)["action"]]])
            case AwaitAnswer():
                return self._mutated(self.corpus.answers["StructuredMessage"])
            case GetToken() | NewId():
                return f"{self._dice.getrandbits(128):032x}"
            case GetTime():
                return EPOCH_S + self._now
            case GetOccasion():
                return Occasion(now_s=self._now)
            case _:
                return None

    def _mutated(self, body: bytes) -> bytes:
        if self._dice.random() >= self._chance:
            return body
        self.counts["bodies"] += 1
        self._last = self._frames.draw(body)
        return self._last

    # --- what must hold

    def _check(self) -> None:
        timeline = self._session.conversation.timeline
        keys, messages = [key for key, _ in timeline.keyed(0, len(timeline))], timeline.copy()
        assert keys == sorted(keys), "the order is broken"
        assert len({message.id for message in messages}) == len(messages), "a message stands there twice"
        unread = [key for key, message in zip(keys, messages, strict=True) if message.status == "unread"]
        assert list(timeline._placed.unread_keys()) == unread
        counted = [key for key in unread if key >= timeline._counts_from] if timeline.counts_unread else []
        assert timeline.unread_count == len(counted)
        self._hub.receive(decode_from_view({**VIEW_MESSAGES[0], "client": "w"}), self._now)
        for message in self._hub.outgoing(self._now):
            json.dumps(encode_to_view(message)).encode()
            msgspec.json.encode(encode_to_view(message))


_ANSWER = {
    "configureSession": "SessionResponse",
    "getJwt": "JwtResponse",
    "echo": "StructuredMessage",
    "onMessage": "StructuredMessage",
    "onAttachment": "PresignedUrlResponse",
}
_NOT_UNDERSTOOD = Failure(kind="lost", message="The answer is not of this protocol.")
