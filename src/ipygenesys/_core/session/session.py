"""The session: one step per input, routed to the part it concerns; then what is due, and what has changed.

``step(input, now)`` mutates the state and returns effects for the shell, in order; it never raises, waits, logs or looks
at a clock. The machines know nothing of each other; the parts lead them together, and all put effects into one list.
"""

from __future__ import annotations

from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.model import inputs, operations
from ipygenesys._core.model import platform_events as said
from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.events import StatusChanged
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Command, Input, Now
from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.operations import Operation
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.announcements import Announcements, status_of
from ipygenesys._core.session.arrivals import Arrivals
from ipygenesys._core.session.capabilities import Capabilities
from ipygenesys._core.session.durable_log import DurableLog
from ipygenesys._core.session.history_pages import HistoryPages
from ipygenesys._core.session.lost_sends import LostSends
from ipygenesys._core.session.reading import Reading
from ipygenesys._core.session.sending import Sending
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._core.session.stream.life import StreamLife

_NO_ANSWER = Failure(kind="lost", message="The server's answer holds nothing.")


class Session:
    """One conversation, from our side."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.connection = connection = Connection()
        self.conversation = conversation = Conversation(
            own_role=profile.own_role,
            own_participant_id=profile.own_participant_id,
            is_role_own=profile.is_role_own,
            read_up_to_ms=profile.read_up_to_ms,
            infers_seen=profile.infers_seen,
        )
        self.catch_up = catch_up = CatchUp()
        self._effects = effects = StepEffects(conversation.counters)
        self._durable = DurableLog()
        self._reading = Reading(profile, connection, conversation, catch_up, effects)
        self.receipts = self._reading.receipts
        self._sending = Sending(profile, connection, conversation, catch_up, effects)
        self.outbox = self._sending.outbox
        self.typing_notifier = self._sending.typing
        self._arrivals = Arrivals(profile, conversation, catch_up, self._sending, self.receipts, effects)
        self._lost_sends = LostSends(
            profile, connection, conversation.timeline, catch_up, self._sending, effects
        )
        self._history = HistoryPages(
            conversation, catch_up, self._arrivals, self._lost_sends, self._reading, effects
        )
        self._stream = StreamLife(profile, connection, conversation, self.typing_notifier, catch_up, effects)
        self.allowed = Capabilities(profile, connection, conversation, self.typing_notifier, catch_up)
        self._announcements = Announcements(
            connection, conversation, catch_up, self._reading, self.allowed, self._durable, effects
        )

    def step(self, input_: Input, now: Now) -> list[Effect]:
        """Take one input; returns what the shell must do, in this order."""
        self._stream.look_at_the_clocks(now)
        self._sending.learn_time(now)
        self._handle(input_, now)
        self._pump(now)
        self._announcements.make(now.monotonic)
        # First of all: a store writes down what is about to happen before it happens.
        return [*self._durable.changes(self.outbox, self.receipts), *self._effects.take()]

    def next_deadline(self) -> float | None:
        """When, in monotonic seconds, a ``Tick`` has something to do."""
        return soonest(
            self._sending.next_deadline(),
            self._stream.next_deadline(),
            self.conversation.typing.next_deadline(),
            self._reading.next_deadline(),
            self.catch_up.next_deadline(),
            self._lost_sends.next_deadline(),
            self._arrivals.next_deadline(),
            self._announcements.next_deadline(),
        )

    def status_at(self, now: float) -> StatusChanged:
        """The connection's state, its countdown counted from ``now``."""
        return status_of(self.connection, now)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the platform lets us do now."""
        return self.allowed.current

    @property
    def has_history(self) -> bool:
        """What a stream has to drop in need can be had again."""
        return self.catch_up.is_enabled

    @property
    def last_error(self) -> Failure | None:
        """What the user should know of, until a new stream makes it old."""
        return self._effects.last_error

    def was_missed_by_the_stream(self, message_id: str) -> bool:
        """It was said since we came, and history brought it: the stream was not open yet."""
        return message_id in self._history.early_news

    @property
    def is_settled(self) -> bool:
        """Nothing of ours is under way or waits to be sent: closing now loses nothing."""
        return self.typing_notifier.is_settled and self.outbox.is_settled and self.receipts.is_settled

    # --- inputs -------------------------------------------------------------------------------------------

    def _handle(self, input_: Input, now: Now) -> None:
        match input_:
            case inputs.Tick():
                self._stream.tick(now)
            case inputs.FrameReceived(generation, events):
                if self.connection.is_current(generation):
                    self._stream.heard(now.monotonic)
                    self._effects.is_ahead = generation != self.connection.active
                    for event in events:
                        self._platform_event(event, now)
            case inputs.CallSucceeded(operation, result):
                self._succeeded(operation, result, now)
            case inputs.CallFailed(operation, failure):
                self._failed(operation, failure, now)
            case inputs.StreamOpened(generation):
                if self._stream.opened(generation, now.monotonic):
                    self._effects.last_error = None
                    self._sending.stream_opened(now.monotonic)
                    self._reading.stream_opened(now.monotonic)
            case inputs.StreamLost(generation, loss):
                self._stream.lost(generation, loss, now)
            case inputs.TokenRenewed():
                self._effects.add(self.connection.renew(now.monotonic))
            case inputs.Restore(state):
                self._durable.restored(state)
                self.receipts.restore(state.seen)
                self._sending.restore(state.drafts, now)
            case _:
                self._command(input_, now)

    def _command(self, command: Command, now: Now) -> None:
        match command:
            case inputs.Connect(by_call, asked):
                self._history.came(asked or now)
                self._stream.connect(by_call=by_call)
            case inputs.ReconnectNow():
                self._effects.add(self.connection.reconnect_now())
            case inputs.Disconnect(why):
                self._stream.disconnect(why)
                self.receipts.hurry(now.monotonic)
            case inputs.EndSending(failure):
                self._sending.end(failure)
            case inputs.ViewsGone():
                self._stream.views_gone()
            case inputs.Send():
                self._reading.answered(now.monotonic)
                self._sending.send(command, now)
            case inputs.Retry(draft_id):
                self._sending.retry(draft_id, now)
            case inputs.Discard(draft_id):
                self._sending.discard(draft_id)
            case inputs.NoteKeystroke():
                self._sending.keystroke(now.monotonic)
            case inputs.HoldTyping():
                self._sending.hold_typing(now.monotonic)
            case inputs.StopComposing():
                self.typing_notifier.stop()
            case inputs.NoteSeen(ids, elsewhere):
                self._reading.seen(ids, now.monotonic, elsewhere=elsewhere)
            case inputs.MarkAllRead(up_to):
                self._reading.all_read(up_to, now.monotonic)
            case inputs.LoadOlder(limit):
                self._history.load_older(limit, now.monotonic)
            case inputs.RefreshAttachments(message_id):
                self._arrivals.refresh_attachments(message_id)
            case inputs.StartNew():
                self._stream.another_wanted()
                self._sending.is_for_next = True
                self._effects.call(operations.StartNewConversation())
            case inputs.Clear():
                self._effects.call(operations.ClearConversation())

    def _platform_event(self, event: PlatformEvent, now: Now) -> None:
        match event:
            case said.MessageArrived():
                self.catch_up.message_arrived(event, now.monotonic)
                self._history.overtaken(event.id)
                self._arrivals.arrived(event, now, is_news=True)
            case said.TypingNoticed():
                self._effects.emit(*self.conversation.typing_noticed(event, now.monotonic))
            case said.ReceiptArrived():
                self._effects.emit(*self.conversation.receipt_arrived(event, now.time_ms))
            case said.PresenceChanged():
                self.conversation.presence_changed(event)
            case said.OwnPartLearned(participant_ids, role):
                self.conversation.own_part_learned(participant_ids, role)
            case said.CapabilitiesLearned():
                self.allowed.learned(event)
            case said.TypingRefused(failure):
                self._sending.typing_refused(failure, now.monotonic)
            case said.ConversationChanged(is_open, why):
                self._stream.conversation_changed(is_open=is_open, why=why)
            case said.ConversationCleared(is_certain=False):
                self._history.doubt(now.monotonic)
            case said.ConversationCleared(by_us):
                self._effects.emit(*self.conversation.cleared())
                self._arrivals.forget()
                self.catch_up.forget(now.monotonic)
                if by_us:
                    self._stream.start_over(now.monotonic)
            case said.ConversationEnded(failure):
                self._stream.conversation_ended(failure)
            case said.SessionExpired(failure):
                self._stream.session_expired(failure)
            case said.SessionLifeLearned(remaining_s):
                self._stream.end_learned(remaining_s, now.monotonic)
            case said.MoveRequested(in_s, is_deaf):
                self._stream.move_requested(in_s, now, is_deaf=is_deaf)
            case said.StreamRefused(failure):
                self._stream.refused(failure, now)
            case said.FrameIgnored(reason):
                self.conversation.counters[reason] += 1
                if reason in ("oversized", "overflow"):
                    self.catch_up.request(now.monotonic)
            case said.Answered():
                pass  # For the flow that asked; the shell has passed it on.

    def _succeeded(self, operation: Operation, result: MessageArrived | History | None, now: Now) -> None:
        match operation:
            case operations.SetTyping():
                self.typing_notifier.succeeded()
            case operations.MarkRead() | operations.MarkReadUpTo():
                self._reading.succeeded(operation)
            case operations.PostMessage(draft_id) if isinstance(result, MessageArrived):
                self._sending.answered(now.monotonic)
                self._arrivals.posted(draft_id, result, now)
            case operations.FetchHistory() if isinstance(result, History):
                for event in result.learned:
                    self._platform_event(event, now)
                self._history.succeeded(operation, result, now)
            case operations.PostMessage() | operations.FetchHistory():
                self._failed(operation, _NO_ANSWER, now)
            case operations.FetchMessage() | operations.FetchMessages():
                self._arrivals.fetched(operation, result, now)
            case operations.RefreshAttachment():
                if isinstance(result, MessageArrived):
                    self._effects.emit(*self.conversation.attachments_refreshed(result))
            case operations.CheckHealth():
                self._stream.checked()
            case operations.StartNewConversation():
                self._sending.is_for_next = False
                self._stream.start_over(now.monotonic)
            case operations.ClearConversation():
                pass  # That it is cleared comes on the stream.

    def _failed(self, operation: Operation, failure: Failure, now: Now) -> None:
        match operation:
            case operations.SetTyping():
                self.typing_notifier.failed(failure, now.monotonic)
                self._effects.report(failure)
            case operations.MarkRead() | operations.MarkReadUpTo():
                self._reading.failed(operation, failure, now)
            case operations.PostMessage(draft_id):
                self._sending.answered(now.monotonic)
                self._sending.failed(draft_id, failure, now)
                self._arrivals.release_held(now)
            case operations.FetchMessage() | operations.FetchMessages():
                self._arrivals.fetch_failed(operation, failure, now)
            case operations.FetchHistory():
                self._history.failed(operation, failure, now)
            case operations.CheckHealth():
                self._stream.check_failed(failure, now.monotonic)
            case operations.StartNewConversation():
                self._sending.next_did_not_begin(failure)
                self._effects.raise_error(failure)  # The user has asked for it, and nobody tries again.
            case operations.ClearConversation() | operations.RefreshAttachment():
                self._effects.raise_error(failure)  # Likewise.

    def _pump(self, now: Now) -> None:
        """Let every part do what is due."""
        self._lost_sends.pump(now.monotonic)
        self._sending.pump(now.monotonic)
        self._history.pump(now.monotonic)
        self._arrivals.pump(now.monotonic)
        self._reading.pump(now.monotonic)
        self.conversation.typing.expire(now.monotonic)
        self._stream.pump(now.monotonic)
