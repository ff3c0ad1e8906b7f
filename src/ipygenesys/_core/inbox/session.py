"""The session of an inbox: one stream for all conversations, a list at its start, calls within a budget.

``step(input, now)`` mutates the state and returns effects for the shell, in order; it never raises, waits, logs or looks at
a clock. A stream that opens is followed by a list of what is there; then events alone tell. What a lost stream may have
missed is in doubt until the next event of each conversation, or a call, has told it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import cast

from ipygenesys._core.inbox import inputs as inbox_inputs
from ipygenesys._core.inbox import told
from ipygenesys._core.inbox.desk import Desk
from ipygenesys._core.inbox.fetches import Fetches
from ipygenesys._core.inbox.inputs import Ask, InboxEffect, InboxInput
from ipygenesys._core.inbox.operations import (
    FetchTexts,
    FollowTyping,
    InboxOperation,
    ListConversations,
    ReadConversation,
    ReadQueues,
)
from ipygenesys._core.machines.backoff import backoff_s, soonest
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.model import inputs
from ipygenesys._core.model import platform_events as said
from ipygenesys._core.model.events import StatusChanged
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.announcements import status_of
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._core.session.stream.keeping import StreamKeeping

LIST_AGAIN_S = 2.0
"""Chosen: two losses in a row need one list."""
FOLLOW_EVERY_S = 5.0
"""Chosen: agents who turn up are followed together."""

_AtStart = ListConversations | ReadQueues


class InboxSession:
    """Many conversations, from our side."""

    def __init__(self, profile: Profile, queue_ids: Iterable[str] = ()) -> None:
        self.connection = Connection()
        self.counters = Counter[str]()
        self.desk = Desk(queue_ids)
        self.fetches = Fetches(self.desk.talks)
        self.problems: dict[str, Failure] = {}
        """What does not work while the rest does, by what it is; each says what is missing."""
        self._effects = StepEffects(self.counters)
        self._stream = StreamKeeping(profile, self.connection, self.counters, self._effects)
        self._asked: list[Ask] = []
        self._due: dict[_AtStart, float] = {}
        """What a stream begins with, and when it is asked for."""
        self._under_way, self._failures = Counter[_AtStart](), Counter[_AtStart]()
        self._agents: dict[str, None] = {}
        self._followed = 0
        """So many of them have been asked to be followed."""
        self._is_following = False
        self._follow_at = 0.0
        self._status: StatusChanged | None = None

    has_history = False
    """Nothing that is told is dropped: there is no other way to have it."""

    def step(self, input_: InboxInput, now: Now) -> list[InboxEffect]:
        """Take one input; returns what the shell must do, in this order."""
        was_open = self.connection.is_open
        self._stream.look_at_the_clocks(now)
        self._handle(input_, now)
        if was_open and not self.connection.is_open:
            self._doubt(now.monotonic)
        self.desk.tick(now.monotonic)
        self._pump(now.monotonic)
        status = status_of(self.connection, now.monotonic)
        if self._status is None or (status.status, status.detail) != (
            self._status.status,
            self._status.detail,
        ):
            self._status = status
            self._effects.emit(status)
        asked, self._asked = self._asked, []
        return [*self._effects.take(), *asked]

    def next_deadline(self) -> float | None:
        """When, in monotonic seconds, a ``Tick`` has something to do."""
        is_open = self.connection.is_open
        return soonest(
            self._stream.next_deadline(),
            self.desk.next_deadline(),
            self.fetches.next_deadline() if is_open else None,
            min(self._due.values(), default=None) if is_open else None,
            self._follow_at if is_open and self._has_more_to_follow else None,
        )

    @property
    def is_catching_up(self) -> bool:
        """What is there is not all known yet."""
        is_listed = not self._due and not any(self._under_way.values())
        return not self.connection.is_open or not is_listed or self.desk.pools.incomplete > 0

    # --- inputs -------------------------------------------------------------------------------------------

    def _handle(self, input_: InboxInput, now: Now) -> None:
        match input_:
            case inputs.Tick():
                self._stream.tick(now)
            case inputs.FrameReceived(generation, events):
                if self.connection.is_current(generation):
                    self._stream.heard(now.monotonic)
                    for event in cast("tuple[said.PlatformEvent | told.InboxEvent, ...]", events):
                        self._event(event, now)
            case inputs.StreamOpened(generation):
                self._opened(generation, now.monotonic)
            case inputs.StreamLost(generation, loss):
                self._stream.lost(generation, loss, now)
            case inputs.TokenRenewed():
                self._effects.add(self.connection.renew(now.monotonic))
            case inputs.Connect():
                self._effects.add(self.connection.connect())
            case inputs.ReconnectNow():
                self._effects.add(self.connection.reconnect_now())
            case inputs.Disconnect():
                self._effects.add(self.connection.close("closed"))
            case inputs.CallSucceeded():
                self._stream.checked()
            case inputs.CallFailed(_, failure):
                self._stream.check_failed(failure, now.monotonic)
            case inbox_inputs.Told(operation, events):
                self._told(operation, events, now)
            case inbox_inputs.Refused(operation, failure):
                self._refused(operation, failure, now)
            case inbox_inputs.Select(conversation_id):
                self.fetches.selected = conversation_id
                self.desk.select(conversation_id, now.monotonic)
            case inbox_inputs.SetInSight(conversation_ids):
                self.fetches.in_sight = conversation_ids
            case inbox_inputs.Recall(conversations):
                for each in conversations:
                    self.desk.recall(each.row, each.values, now)
                    self._changed(each.row.conversation_id)
            case _:
                pass  # What is said in a conversation is said in its Chat.

    def _event(self, event: said.PlatformEvent | told.InboxEvent, now: Now) -> None:
        match event:
            case told.ConversationTold():
                if self.desk.take(event, now.monotonic):
                    users = (part.user_id for part in event.parts if part.role == "agent" and part.user_id)
                    self._agents |= dict.fromkeys(users)
                    self._changed(event.conversation_id)
            case said.MoveRequested(in_s, is_deaf):
                self._stream.move_requested(in_s, now, is_deaf=is_deaf)
            case said.StreamRefused(failure):
                self._stream.refused(failure, now)
            case said.FrameIgnored(reason):
                self.counters[reason] += 1
                if reason in ("oversized", "overflow"):
                    self._doubt(now.monotonic)
            case told.ProblemFound(what, failure):
                self._has_problem(what, failure)
            case _ if isinstance(event, told.RowEvent):
                self._tell(event, now.monotonic)
            case _:
                pass

    def _tell(self, event: told.RowEvent, now: float) -> None:
        self.desk.take(event, now)
        match event:
            case told.ConversationListed() | told.TextsTold():
                self._changed(event.conversation_id)
            case told.ListEnded():
                self._note_list(event)
            case told.QueueTold(queue_id=queue_id):
                self.problems.pop(f"queue {queue_id}", None)
            case _:
                pass

    def _changed(self, conversation_id: str) -> None:
        if (talk := self.desk.talks.get(conversation_id)) is not None:
            self.fetches.changed(talk)

    def _note_list(self, event: told.ListEnded) -> None:
        words = (
            "The platform names only some of the conversations that are there now; "
            "the others appear with their next event, and figures are short of them until then."
        )
        failure = Failure(kind="rejected", message=words, code="truncated")
        self._has_problem("list", failure if event.truncated else None)

    # --- stream -------------------------------------------------------------------------------------------

    def _opened(self, generation: int, now: float) -> None:
        was_open = self.connection.is_open
        if not self._stream.opened(generation, now):
            return
        self._effects.last_error = None
        for talk in self.fetches.stream_opened():
            self.desk.renew(talk, now)
        self._followed = 0
        if not was_open:
            for each in (ListConversations(), ReadQueues()):
                self._failures[each] = 0
                self._due[each] = now

    def _doubt(self, now: float) -> None:
        self.desk.doubt(now)
        self.fetches.doubt()
        self._due.setdefault(ListConversations(), now + LIST_AGAIN_S)

    # --- calls --------------------------------------------------------------------------------------------

    def _pump(self, now: float) -> None:
        self._stream.pump(now)
        for id_ in self.desk.take_forgotten():
            self.fetches.forget(id_)
        if not self.connection.is_open:
            return
        for operation in [each for each, at in self._due.items() if at <= now]:
            del self._due[operation]
            self._under_way[operation] += 1
            self._asked.append(Ask(operation, self._failures[operation] > 0))
        if self._has_more_to_follow and now >= self._follow_at:
            self._is_following, self._followed = True, len(self._agents)
            self._follow_at = now + FOLLOW_EVERY_S
            self._asked.append(Ask(FollowTyping(tuple(self._agents))))
        self._asked += [Ask(operation, is_again) for operation, is_again in self.fetches.pump(now)]

    @property
    def _has_more_to_follow(self) -> bool:
        return not self._is_following and len(self._agents) > self._followed

    def _told(self, operation: InboxOperation, events: tuple[told.InboxEvent, ...], now: Now) -> None:
        for event in events:
            self._event(event, now)
        match operation:
            case ReadConversation(id_) | FetchTexts(id_):
                if not self.fetches.ended(operation):
                    self.desk.doubt_of(id_, now.monotonic)
                    self._changed(id_)
                self.problems.pop("texts" if isinstance(operation, FetchTexts) else "conversations", None)
            case FollowTyping():
                self._is_following = False
            case _:
                self._under_way[operation] -= 1
                self._failures[operation] = 0
                if isinstance(operation, ReadQueues):
                    self.problems.pop("queues", None)

    def _refused(self, operation: InboxOperation, failure: Failure, now: Now) -> None:
        match operation:
            case ReadConversation(id_):
                self.fetches.failed(operation, failure, now.monotonic)
                if failure.kind == "not_found":
                    self.desk.gone(id_, now.monotonic)
                    self._changed(id_)
                else:
                    self._report("conversations", failure)
            case FetchTexts(id_, message_ids):
                if self.fetches.failed(operation, failure, now.monotonic) and failure.kind != "permission":
                    self._tell(told.TextsTold(id_, dict.fromkeys(message_ids)), now.monotonic)
                if failure.kind != "not_found":
                    self._report("texts", failure)
            case FollowTyping():
                self._is_following = False
                if failure.is_transient:
                    self._followed = 0
                self._report("typing", failure)
            case _:
                self._under_way[operation] -= 1
                what = "list" if isinstance(operation, ListConversations) else "queues"
                self._report(what, failure)
                if failure.is_transient:
                    wait_s = backoff_s(
                        self._failures[operation], jitter=now.jitter, floor_s=failure.retry_after_s or 0.0
                    )
                    self._failures[operation] += not failure.was_held_back
                    self._due[operation] = now.monotonic + wait_s

    def _report(self, what: str, failure: Failure) -> None:
        """What passes by itself is counted, all else is said."""
        if failure.is_transient:
            self._effects.count(failure)
        else:
            self._has_problem(what, failure)

    def _has_problem(self, what: str, failure: Failure | None) -> None:
        if failure is None:
            self.problems.pop(what, None)
        elif self.problems.get(what) != failure:
            self.problems[what] = failure
            self._effects.raise_error(failure)
