"""Drives a session as the shell would, and checks after each step what must always hold."""

from __future__ import annotations

from operator import attrgetter

import msgspec

from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.effects import Call, CancelSend, CloseStream, Effect, Emit, OpenStream
from ipygenesys._core.model.events import (
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import (
    CallFailed,
    CallSucceeded,
    Connect,
    FrameReceived,
    Input,
    Restore,
    StreamLost,
    StreamOpened,
    Tick,
)
from ipygenesys._core.model.kept import (
    DurableState,
    ForgetDraft,
    ForgetSeen,
    KeepDraft,
    KeepReadPosition,
    KeepSeen,
)
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, Operation, PostMessage
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.session.session import Session
from tests import examples as eg
from tests.clock import FakeClock

STATUS = attrgetter("status")


class Driver:
    """A session, its clock, the calls and streams that a shell would hold, and a naive copy of the timeline."""

    def __init__(self, profile: Profile | None = None) -> None:
        self.clock = FakeClock()
        self.session = Session(profile or eg.profile())
        self.calls: list[Operation] = []
        """Under way, oldest first."""
        self.streams: dict[int, bool] = {}
        """By generation: whether it has opened."""
        self.effects: list[Effect] = []
        """Of the last step."""
        self.events: list[Event] = []
        """All of them."""
        self.mirror: list[Message] = []
        self._received: dict[str, None] = {}
        self.told = StatusChanged(status="idle")
        self.told_typing: tuple[str, ...] = ()
        self.told_unread = 0
        self.is_durable = False
        self.kept: dict[str, Draft] = {}
        """What a store would hold of the drafts, of what was seen, and of the read position."""
        self.kept_seen: dict[str, None] = {}
        self.kept_read_up_to_ms = 0

    # --- steps --------------------------------------------------------------------------------------------

    def step(self, input_: Input) -> list[Effect]:
        self.effects = self.session.step(input_, self.clock.now)
        for effect in self.effects:
            match effect:
                case Call(operation):
                    if self.is_durable and isinstance(operation, PostMessage):
                        assert self.kept[operation.draft_id].state == "in_flight", "not written ahead"
                    self.calls.append(operation)
                case KeepDraft(draft):
                    self.kept[draft.draft_id] = draft
                case ForgetDraft(draft_id):
                    self.kept.pop(draft_id, None)
                case KeepSeen(ids):
                    self.kept_seen.update(dict.fromkeys(ids))
                case ForgetSeen(ids):
                    for id_ in ids:
                        del self.kept_seen[id_]
                case KeepReadPosition(time_ms):
                    assert time_ms > self.kept_read_up_to_ms, "it only moves forward"
                    self.kept_read_up_to_ms = time_ms
                case OpenStream(generation):
                    self.streams[generation] = False
                case CloseStream(generation):
                    self.streams.pop(generation, None)
                case CancelSend(draft_id):
                    assert any(isinstance(c, PostMessage) and c.draft_id == draft_id for c in self.calls)
                case Emit(event):
                    self.events.append(event)
                    self.hear(event)
        self.check()
        return self.effects

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass; each deadline on the way gets its tick."""
        end, effects = self.clock.monotonic + seconds, list[Effect]()
        while (deadline := self.session.next_deadline()) is not None and deadline <= end:
            self.clock.advance_to(deadline)
            effects += self.step(Tick())
            following = self.session.next_deadline()
            assert following is None or following > self.clock.monotonic, "a deadline that never passes"
        self.clock.advance_to(end)
        return effects

    def connect(self, *messages: MessageArrived, has_more: bool = False) -> None:
        """Connected and caught up, with these messages in the first page: they were said before."""
        said_ms = max((message.time_ms or 0 for message in messages), default=0)
        self.step(Connect(asked=self.clock.now._replace(wall_ms=said_ms + 1000)))
        self.open()
        if any(isinstance(call, FetchHistory) for call in self.calls):
            self.succeed(FetchHistory, History(messages, has_more))

    def restore(self, state: DurableState | None = None) -> None:
        """What an earlier run has left behind; to be called first."""
        state = state or DurableState()
        self.is_durable = True
        self.kept = {draft.draft_id: draft for draft in state.drafts}
        self.kept_seen = dict.fromkeys(state.seen)
        self.step(Restore(state))

    @property
    def left_behind(self) -> DurableState:
        """What the next run would find if the program were killed now."""
        drafts = tuple(msgspec.structs.replace(draft) for draft in self.kept.values())
        return DurableState(drafts=drafts, seen=tuple(self.kept_seen), read_up_to_ms=self.kept_read_up_to_ms)

    def open(self) -> None:
        self.step(StreamOpened(max(self.streams)))

    def lose(self, code: int | None = 1006, failure: Failure | None = None) -> list[Effect]:
        generation = max(self.streams)
        del self.streams[generation]
        return self.step(StreamLost(generation, StreamLoss(close_code=code, failure=failure)))

    def hears(self, *events: PlatformEvent) -> list[Effect]:
        """A frame on the newest stream."""
        return self.step(FrameReceived(max(self.streams), events))

    def call(self, kind: type[Operation]) -> Operation:
        """The oldest call of that kind under way."""
        return next(call for call in self.calls if isinstance(call, kind))

    def succeed(
        self, kind: type[Operation] | Operation, result: MessageArrived | History | None = None
    ) -> list[Effect]:
        call = self.call(kind) if isinstance(kind, type) else kind
        self.calls.remove(call)
        return self.step(CallSucceeded(call, result))

    def fail(self, kind: type[Operation] | Operation, failure: Failure) -> list[Effect]:
        call = self.call(kind) if isinstance(kind, type) else kind
        self.calls.remove(call)
        return self.step(CallFailed(call, failure))

    # --- what was said ------------------------------------------------------------------------------------

    def emitted(self, kind: type[Event]) -> list[Event]:
        """Of the last step."""
        return [
            effect.event
            for effect in self.effects
            if isinstance(effect, Emit) and isinstance(effect.event, kind)
        ]

    def called(self) -> list[Operation]:
        """In the last step."""
        return [effect.operation for effect in self.effects if isinstance(effect, Call)]

    @property
    def timeline(self) -> tuple[Message, ...]:
        return tuple(self.session.conversation.timeline.copy())

    @property
    def received(self) -> list[str]:
        return list(self._received)

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.timeline]

    def hear(self, event: Event) -> None:
        match event:
            case MessagePlaced(message=message, index=index):
                if event.former_index is not None:
                    former = self.mirror.pop(event.former_index)
                    assert former.id == event.former_id
                self.mirror.insert(index, message)
            case MessageStatusChanged(message=message, index=index):
                assert self.mirror[index].id == message.id
                self.mirror[index] = message
            case MessageRemoved(message=message, index=index):
                assert self.mirror.pop(index).id == message.id
            case HistoryPrepended(count=count):
                self.mirror[:0] = self.timeline[:count]
            case MessageReceived(message=message):
                assert not message.is_own, "our own message was received"
                assert message.text is not None or message.is_unavailable
                assert message.id not in self._received, "received twice"
                self._received[message.id] = None
            case TypingChanged(names):
                assert names != self.told_typing, "said again without a change"
                self.told_typing = names
            case UnreadChanged(count):
                assert count != self.told_unread, "said again without a change"
                self.told_unread = count
            case StatusChanged():
                self.told = event
            case _:
                pass

    def check(self) -> None:
        """What holds after every step."""
        session, timeline = self.session, self.session.conversation.timeline
        if self.is_durable:
            held = {d.id for d in self.timeline if d.is_draft}
            assert held == set(self.kept), "the store does not hold the drafts"
            assert set(self.kept_seen) == set(session.receipts.pending)
        assert tuple(self.mirror) == self.timeline, "the events do not tell the timeline"
        news = self.timeline[timeline.index_of_key(timeline._counts_from) :]
        unread = list(map(STATUS, news)).count("unread")
        assert timeline.unread_count == (unread if timeline.counts_unread else 0)
        assert self.told_unread == timeline.unread_count
        assert self.told_typing == session.conversation.typing_names
        assert self.told.status == session.connection.status
        assert {g for g in self.streams if session.connection.is_current(g)} == set(self.streams)
        void = session.catch_up._void
        pages = [c for c in self.calls if isinstance(c, FetchHistory) and not any(c is each for each in void)]
        assert sum(call.before is None for call in pages) <= 1
        assert len([c for c in self.calls if isinstance(c, FetchMessage)]) == len(
            {c.message_id for c in self.calls if isinstance(c, FetchMessage)}
        )
