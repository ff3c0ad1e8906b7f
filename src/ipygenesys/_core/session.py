"""The session: one step per input, over connection, conversation, typing, receipts, outbox and catch-up.

Theory of operation. ``step(input, now)`` mutates the state and returns effects for the shell, in order; it never
raises, waits, logs or looks at a clock. ``next_deadline`` says when a ``Tick`` is due. Each concern is a machine of
its own; the session routes inputs to them and, at the end of each step, lets every machine send what is due
(``_pump``) and tells what has changed (``_derived``). What is said about derived state (status, who types, the unread
count) is said once, and only when it changed.
"""

from __future__ import annotations

import hashlib

import msgspec

from ipygenesys._core.catch_up import PAGE_SIZE, CatchUp
from ipygenesys._core.connection import CloseStream, Connection, StreamLoss
from ipygenesys._core.conversation import Conversation
from ipygenesys._core.durable import DurableLog, DurableState, KeepReadPosition
from ipygenesys._core.effects import Call, CancelSend, Effect, Emit
from ipygenesys._core.events import (
    CapabilitiesChanged,
    DraftUnresolved,
    ErrorRaised,
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageReceived,
    OlderHistoryFailed,
    ReadPositionMoved,
    SessionExpiring,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.failures import Failure
from ipygenesys._core.inputs import (
    CallFailed,
    CallSucceeded,
    Clear,
    Command,
    Connect,
    Discard,
    Disconnect,
    FrameReceived,
    HoldTyping,
    Input,
    LoadOlder,
    MarkAllRead,
    NoteKeystroke,
    NoteSeen,
    Now,
    ReconnectNow,
    RefreshAttachments,
    Restore,
    Retry,
    Send,
    StartNew,
    StopComposing,
    StreamLost,
    StreamOpened,
    Tick,
    TokenRenewed,
    ViewsGone,
)
from ipygenesys._core.message_fetches import MessageFetches
from ipygenesys._core.model import Capability, ConnectionStatus, Role, UploadRules
from ipygenesys._core.operations import (
    CheckHealth,
    ClearConversation,
    FetchHistory,
    FetchMessage,
    FetchMessages,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.outbox import Draft, Outbox
from ipygenesys._core.platform_events import (
    Answered,
    CapabilitiesLearned,
    ConversationChanged,
    ConversationCleared,
    ConversationEnded,
    FrameIgnored,
    History,
    MessageArrived,
    MoveRequested,
    OwnPartLearned,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    SessionExpired,
    SessionLifeLearned,
    StreamRefused,
    TypingNoticed,
    TypingRefused,
)
from ipygenesys._core.receipts import ReadReceipts
from ipygenesys._core.rest_budget import HELD_BACK
from ipygenesys._core.send_rate import SendRate
from ipygenesys._core.session_life import LifeRules, SessionLife
from ipygenesys._core.silence import SilenceWatch
from ipygenesys._core.typing_indicator import TypingNotifier, TypingRules
from ipygenesys._core.wake import WakeWatch

MAX_PAGES_BACK = 10
"""Chosen: how far back history is read for a send whose answer was lost, at most."""
_NO_ANSWER = Failure(kind="lost", message="The server's answer holds nothing.")


KNOW_FIRST_S = 3.0
"""Chosen: how long a message waits at most, after the first stream has opened, for history to be read."""
CONFIRM_READ_S = 1.0
"""Chosen: how long reading gathers before history confirms that nothing is missing in between."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a protocol tells the session about itself and us."""

    own_role: Role
    own_participant_id: str | None = None
    is_role_own: bool = True
    """Whoever has our role is us; else only who is said to be."""
    capabilities: frozenset[Capability]
    uploads: UploadRules | None = None
    """What files may be sent, as far as it is known; None: none."""
    is_send_idempotent: bool
    """The server recognises a draft id that it has seen, so the same send may be repeated."""
    typing_rules: TypingRules = TypingRules()
    life_rules: LifeRules = LifeRules()
    sends_on_stream: bool = False
    """Messages and typing wait for the stream: they travel on it, or need what its opening has learned."""
    max_sends_per_s: int = 0
    """Of messages and typing together; 0 is no limit of this kind."""
    files_go_alone: bool = False
    """A message holds a text or a file: who sends both sends two messages."""
    fetches_in_bulk: bool = False
    """Messages whose content is missing are fetched together."""
    silence_s: float = 0.0
    """The server says something at least this often, or the stream is dead; 0: it promises nothing."""
    infers_seen: bool = False
    """Whoever types or answers after a message of ours has most likely seen it: say so, as an inference."""
    read_up_to_ms: int = 0
    """Our own read position, for a platform that takes no receipts: what is older counts as read."""
    conversation_key: str | None = None
    """What is kept of the conversation is kept under this name, from one run to the next; None until it has one."""


class Session:
    """One conversation, from our side."""

    def __init__(self, profile: Profile) -> None:
        self.connection = Connection()
        self.conversation = Conversation(
            own_role=profile.own_role,
            own_participant_id=profile.own_participant_id,
            is_role_own=profile.is_role_own,
            read_up_to_ms=profile.read_up_to_ms,
            infers_seen=profile.infers_seen,
        )
        self.typing_notifier = TypingNotifier(profile.typing_rules)
        self.receipts = ReadReceipts(is_enabled="send_read" in profile.capabilities)
        self.outbox = Outbox(is_idempotent=profile.is_send_idempotent)
        self.catch_up = CatchUp(is_enabled="history" in profile.capabilities)
        self.life = SessionLife(profile.life_rules)
        self.capabilities = profile.capabilities
        self.can_answer = profile.own_role == "customer"
        """Agents make offers, customers pick."""
        self.typing_notifier.is_enabled = "send_typing" in profile.capabilities
        self.last_error: Failure | None = None
        """Shown to a view that comes later, until a new stream makes it old."""
        self._first_pages: set[str] = set()
        """What history had of the time before we came."""
        self._history_due = 0.0
        """When a first message goes out though nothing is known of what was said before; 0: no stream was open yet."""
        self._send_rate = SendRate(profile.max_sends_per_s)
        self._sends_on_stream = profile.sends_on_stream
        self._returns_draft_ids = profile.is_send_idempotent
        self._may_be_cleared: frozenset[str] = frozenset()
        """Messages of which history has to tell whether the platform has forgotten them."""
        self._durable = DurableLog()
        self._pages_back: int | None = None
        """Read so far to learn whether a lost send has arrived; None while the newest page tells."""
        self._reads_locally = "send_read" not in profile.capabilities
        """The platform takes no receipts: our read position is ours alone."""
        self._files_go_alone = profile.files_go_alone
        self._by_call = False
        self._silence = SilenceWatch(profile.silence_s)
        self._wake = WakeWatch()
        self._fetches = MessageFetches(in_bulk=profile.fetches_in_bulk)
        self._own_meanwhile: list[MessageArrived] = []
        """Messages of ours that came while a send was under way: one of them may be it."""
        self._can_fetch_messages = True
        self._has_fetched_messages = False
        self._effects: list[Effect] = []
        self._told_status = StatusChanged(status="idle")
        self._told_retry_at: float | None = None
        self._told_typing: tuple[str, ...] = ()
        self._told_unread = 0
        self._told_read_up_to_ms = profile.read_up_to_ms
        self._has_read = False
        """Something was read in this run."""
        self._acknowledged_up_to_ms = 0
        """By the user, whether or not all of it has been displayed."""
        self._rules = profile.uploads
        self._told_capabilities = (self.capabilities, self.uploads)

    # --- the two verbs ------------------------------------------------------------------------------------

    def step(self, input_: Input, now: Now) -> list[Effect]:
        """Take one input; returns what the shell must do, in this order."""
        self._effects = []
        self._look_at_the_clocks(now)
        self._handle(input_, now)
        self._pump(now)
        self._tell_what_changed(now)
        # First of all: a store writes down what is about to happen before it happens.
        return [*self._durable.changes(self.outbox, self.receipts), *self._effects]

    def next_deadline(self) -> float | None:
        """When, in monotonic seconds, a ``Tick`` has something to do."""
        typing = None if self._typing_gives_way else self.typing_notifier.next_deadline()
        post = self.outbox.next_deadline()
        post = None if post is None else max(post, self._posts_from)
        sends = (at for at in (post, typing) if at is not None and self._can_send)
        deadlines = (
            *(max(at, self._send_rate.earliest) for at in sends),
            self.connection.next_deadline(),
            self._wake.next_deadline() if self.connection.is_wanted else None,
            self.conversation.typing.next_deadline(),
            self.receipts.next_deadline() if self._may_acknowledge else None,
            self.catch_up.next_deadline(),
            self.outbox.next_check(),
            self._fetches.next_deadline(),
            self._silence.next_deadline(),
            self.life.next_deadline(),
        )
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def status_at(self, now: float) -> StatusChanged:
        """The connection's state, its countdown counted from ``now``."""
        connection = self.connection
        return StatusChanged(
            status=connection.status,
            detail=connection.failure.message if connection.failure else None,
            retry_in_s=None if connection.retry_at is None else max(connection.retry_at - now, 0.0),
        )

    @property
    def uploads(self) -> UploadRules | None:
        """What files may be sent now; None: none."""
        return self._rules if "attachments" in self.capabilities else None

    @property
    def is_settled(self) -> bool:
        """Nothing of ours is under way or waits to be sent: closing now loses nothing."""
        return self.typing_notifier.is_settled and self.outbox.is_settled and self.receipts.is_settled

    # --- inputs -------------------------------------------------------------------------------------------

    def _handle(self, input_: Input, now: Now) -> None:
        match input_:
            case Tick():
                self._end_if_silent(now)
                self._effects += self.connection.tick(now.monotonic)
            case FrameReceived(generation, events):
                if self.connection.is_current(generation):
                    self.life.heard(now.monotonic)
                    self._silence.heard(now.monotonic)
                    for event in events:
                        self._platform_event(event, now)
            case CallSucceeded(operation, result):
                self._succeeded(operation, result, now)
            case CallFailed(operation, failure):
                self._failed(operation, failure, now)
            case StreamOpened(generation):
                self._stream_opened(generation, now)
            case StreamLost(generation, loss):
                self._stream_lost(generation, loss, now)
            case TokenRenewed():
                self._effects += self.connection.renew(now.monotonic)
            case Restore(state):
                self._restore(state, now)
            case _:
                self._command(input_, now)

    def _command(self, command: Command, now: Now) -> None:
        match command:
            case Connect(by_call):
                self._by_call |= by_call
                self._effects += self.connection.connect()
            case ReconnectNow():
                self._effects += self.connection.reconnect_now()
            case Disconnect():
                self._disconnect("closed")
                self.receipts.hurry(now.monotonic)
            case ViewsGone():
                if not self._by_call and self.connection.status != "closed":
                    self._disconnect("idle")
            case Send():
                self._send(command, now)
            case Retry(draft_id):
                self._retry(draft_id, now)
            case Discard(draft_id):
                if self.outbox.discard(draft_id):
                    self._emit(*self.conversation.draft_removed(draft_id))
                elif self.outbox.cancel(draft_id):
                    self._effects.append(CancelSend(draft_id))
            case NoteKeystroke():
                if self.connection.status == "connected":
                    self.typing_notifier.keystroke(now.monotonic)
            case HoldTyping():
                if self.connection.status not in ("closed", "failed", "read_only"):
                    self.typing_notifier.hold(now.monotonic)
            case StopComposing():
                self.typing_notifier.stop()
            case NoteSeen(ids):
                self._seen(ids, now)
            case MarkAllRead(up_to):
                self.receipts.retry_refused()
                self._seen(self.conversation.timeline.unread_ids(up_to), now)
                self._acknowledged_up_to_ms = self.conversation.timeline.read_up_to_ms or 0
            case LoadOlder(limit):
                self._call(*self.catch_up.load_older(self.catch_up.oldest, limit))
            case RefreshAttachments(message_id):
                message = self.conversation.timeline.get(message_id)
                files = message.attachments if message else ()
                self._call(*(RefreshAttachment(message_id, file.id) for file in files if file.id))
            case StartNew():
                self._by_call = True
                self._call(StartNewConversation())
            case Clear():
                self._call(ClearConversation())

    def _platform_event(self, event: PlatformEvent, now: Now) -> None:
        match event:
            case MessageArrived():
                self.catch_up.message_arrived(event, now.monotonic)
                self._overtaken_by_history(event.id)
                self._message(event, now, is_news=True)
            case TypingNoticed():
                self._emit(*self.conversation.typing_noticed(event, now.monotonic))
            case ReceiptArrived():
                self._emit(*self.conversation.receipt_arrived(event, now.wall_ms))
            case PresenceChanged():
                self.conversation.presence_changed(event)
            case ConversationChanged(is_open, why):
                self.connection.set_read_only(not is_open, why)
                if not is_open:
                    self.conversation.typing.stopped_all()
                    self.typing_notifier.stop()
            case SessionExpired(failure):
                self._stop_what_needs_the_stream()
                self.life.forget()
                self._effects += self.connection.end_read_only(failure)
            case ConversationCleared(is_certain=False):
                self._may_be_cleared = frozenset(
                    message.id for message in self.conversation.timeline.copy() if not message.is_draft
                )
                self.catch_up.distrust(now.monotonic)
            case ConversationCleared(by_us):
                self._emit(*self.conversation.cleared())
                self._own_meanwhile.clear()
                self.catch_up.forget(now.monotonic)
                if by_us:
                    self._start_over(now)
            case SessionLifeLearned(remaining_s):
                self.life.learned(remaining_s, now.monotonic)
            case TypingRefused(failure):
                self._typing_refused(failure, now)
            case CapabilitiesLearned(capabilities, uploads):
                self._rules = uploads or self._rules
                self._learn(capabilities)
            case MoveRequested(in_s):
                if in_s > 0:
                    self.connection.renew_at(now.monotonic + in_s)
                else:
                    self._effects += self.connection.renew(now.monotonic)
            case StreamRefused(failure):
                self._end_stream(failure, now)
            case OwnPartLearned(participant_ids):
                self.conversation.own_part_learned(participant_ids)
            case ConversationEnded(failure):
                self._stop_what_needs_the_stream()
                self._effects += self.connection.give_up(failure)
            case FrameIgnored(reason):
                self.conversation.counters[reason] += 1
                if reason in ("oversized", "overflow"):
                    self.catch_up.request(now.monotonic)
            case Answered():
                pass  # For the flow that asked; the shell has passed it on.

    def _stream_opened(self, generation: int, now: Now) -> None:
        self._effects += self.connection.stream_opened(generation, now.monotonic)
        if self.connection.is_current(generation):
            self.last_error = None
            self._silence.heard(now.monotonic)
            self.catch_up.stream_opened(now.monotonic)
            self._history_due = self._history_due or now.monotonic + KNOW_FIRST_S
            self.life.stream_opened(now.monotonic)
            self.receipts.reenable(now.monotonic)
            if not self.catch_up.is_enabled:
                self._take_up_receipts(now)

    def _stream_lost(self, generation: int, loss: StreamLoss, now: Now) -> None:
        self._effects += self.connection.stream_lost(generation, loss, now.monotonic, now.jitter)
        if not self.connection.is_open:
            self.conversation.typing.stopped_all()
            self.typing_notifier.interrupt()
            self.catch_up.stream_lost()
            self.life.stream_lost()
            self._silence.stream_lost()

    def _end_stream(self, failure: Failure, now: Now) -> None:
        """The stream is of no use any more: as if it had been lost for this reason."""
        if (generation := self.connection.active) is not None:
            self._effects.append(CloseStream(generation))
            self._stream_lost(generation, StreamLoss(failure=failure), now)

    def _end_if_silent(self, now: Now) -> None:
        if self._silence.is_over(now.monotonic):
            words = "Nothing was heard on the event stream for too long, not even a heartbeat."
            self._end_stream(Failure(kind="unreachable", message=words), now)

    def _look_at_the_clocks(self, now: Now) -> None:
        if self._wake.has_slept(now):
            self.conversation.counters["woken"] += 1
            self._effects += self.connection.woken(now.monotonic)

    def _disconnect(self, status: ConnectionStatus) -> None:
        self._by_call = False
        self._stop_what_needs_the_stream()
        self._effects += self.connection.close(status)

    def _stop_what_needs_the_stream(self) -> None:
        self.typing_notifier.stop()
        self.conversation.typing.stopped_all()
        self.catch_up.stream_lost()
        self.life.stream_lost()
        self._silence.stream_lost()

    def _start_over(self, now: Now) -> None:
        """Another conversation: what its history holds comes after all that is here."""
        self._stop_what_needs_the_stream()
        self.catch_up.forget(now.monotonic)
        self.life.forget()
        self._effects += self.connection.start_over()

    # --- messages -----------------------------------------------------------------------------------------

    def _message(self, arrived: MessageArrived, now: Now, *, is_news: bool) -> None:
        if self._may_be_in_flight(arrived):
            self._own_meanwhile.append(arrived)
            return
        arrived = self._recognised(arrived)
        is_new = self.conversation.timeline.get(arrived.id) is None
        self._emit(*self.conversation.message_arrived(arrived, now.wall_ms, is_news=is_news))
        message = self.conversation.timeline.get(arrived.id)
        if message is not None and message.is_own:
            self.receipts.withdraw(message.id)
        if is_new and not arrived.has_content:
            self._fetch(arrived.id)

    def _recognised(self, arrived: MessageArrived) -> MessageArrived:
        """The message with the draft that it is, which the server has therefore accepted."""
        if arrived.draft_id is None and (draft_id := self._lost_draft(arrived)) is not None:
            arrived = msgspec.structs.replace(arrived, draft_id=draft_id)
        if arrived.draft_id is not None and self.outbox.accepted(arrived.draft_id):
            self.typing_notifier.clear_cool_down()
        return arrived

    def _may_be_in_flight(self, arrived: MessageArrived) -> bool:
        """Whether only a send's answer can tell if this is the message that is being sent.

        Shown at once, it would stand there twice; and were the answer lost, nothing could tie the two together.
        """
        if self._returns_draft_ids or arrived.draft_id is not None or not self.outbox.is_in_flight:
            return False
        return self.conversation.is_own(arrived) and self.conversation.timeline.get(arrived.id) is None

    def _is_young_enough(self, arrived: MessageArrived) -> bool:
        """Not from before the send: a page of old messages is shown at once."""
        earliest_ms = self.outbox.earliest_in_flight_ms
        return arrived.time_ms is None or earliest_ms is None or arrived.time_ms >= earliest_ms

    def _take_own_meanwhile(self, now: Now) -> None:
        held, self._own_meanwhile = self._own_meanwhile, []
        for arrived in held:
            self._message(arrived, now, is_news=True)

    def _overtaken_by_history(self, message_id: str) -> None:
        """A message that was written after we came, though the first page of history brought it first, is news."""
        if message_id not in self._first_pages:
            return
        self._first_pages.discard(message_id)
        message = self.conversation.timeline.get(message_id)
        if message is not None and message.text is not None and not message.is_own:
            self._emit(MessageReceived(message))

    def _fetch(self, message_id: str) -> None:
        if self._can_fetch_messages:
            self._fetches.want(message_id)
        else:
            self._emit(*self.conversation.message_unavailable(message_id))

    def _lost_draft(self, arrived: MessageArrived) -> str | None:
        """Which send whose answer was lost this message is, on a platform that does not return our ids."""
        if self._returns_draft_ids or not arrived.has_content or not self.conversation.is_own(arrived):
            return None
        known = self.conversation.timeline.get(arrived.id)
        is_known = known is not None and known.text is not None
        return None if is_known else self.outbox.lost_as(arrived)

    def _send(self, send: Send, now: Now) -> None:
        if self.conversation.timeline.get(send.draft_id) is not None:
            return  # The same request twice, as after a lost answer between view and kernel.
        self.typing_notifier.stop()
        if self._files_go_alone and send.file is not None and send.text:
            words = Send(_id_that_follows_from(send.draft_id), send.text)
            self._submit(msgspec.structs.replace(send, text=""), now)
            self._submit(words, now)
        else:
            self._submit(send, now)

    def _submit(self, send: Send, now: Now) -> None:
        draft = self.outbox.submit(
            send.draft_id, send.text, now.monotonic, now.wall_ms, answer=send.answer, file=send.file
        )
        self._emit(*self.conversation.draft_changed(draft))

    def _retry(self, draft_id: str, now: Now) -> None:
        if draft := self.outbox.retry(draft_id, now.monotonic):
            self._emit(*self.conversation.draft_changed(draft))
            return
        message = self.conversation.timeline.get(draft_id)
        if message is not None and message.is_own and message.status == "failed" and message.text:
            # The server took it and could not deliver it: it stays as it is, and goes out again as a new message.
            self._send(Send(_id_that_follows_from(message.id), message.text), now)

    def _seen(self, ids: tuple[str, ...], now: Now) -> None:
        messages = (self.conversation.timeline.get(id_) for id_ in ids)
        unread = tuple(message.id for message in messages if message and message.status == "unread")
        if self._reads_locally:
            self._emit(*self.conversation.marked_read(unread))
            self._has_read |= bool(unread)
            if unread and self.connection.is_open:
                self.catch_up.request(now.monotonic, patience_s=CONFIRM_READ_S)
        else:
            self.receipts.seen(unread, now.monotonic)

    def _are_all_unread_so_far(self, ids: tuple[str, ...]) -> bool:
        """Whether "read up to the last of these" would acknowledge nothing that was not seen, or is not even here."""
        last = self.conversation.timeline.get(ids[-1])
        is_complete = last is not None and last.time_ms <= self.catch_up.complete_up_to_ms
        is_complete = is_complete and not self.catch_up.has_older and self.conversation.is_order_certain()
        return is_complete and self.conversation.timeline.are_first_unread(ids)

    # --- answers ------------------------------------------------------------------------------------------

    def _succeeded(self, operation: Operation, result: MessageArrived | History | None, now: Now) -> None:
        match operation:
            case SetTyping():
                self.typing_notifier.succeeded()
            case MarkRead(message_id):
                self._marked_read((message_id,))
            case MarkReadUpTo(_, batch):
                self._marked_read(batch)
            case PostMessage(draft_id):
                self._send_rate.answered(now.monotonic)
                if isinstance(result, MessageArrived):
                    answer = msgspec.structs.replace(result, draft_id=draft_id)
                    self._message(answer, now, is_news=False)
                    self._take_own_meanwhile(now)
                else:
                    self._failed(operation, _NO_ANSWER, now)
            case FetchMessage(message_id):
                self._has_fetched_messages = True
                self._fetches.succeeded(operation)
                if isinstance(result, MessageArrived):
                    self.catch_up.message_arrived(result, now.monotonic)  # Its number was not known before.
                    self._message(result, now, is_news=True)
                self._emit(*self.conversation.message_unavailable(message_id))
            case FetchMessages():
                self._fetches.succeeded(operation)
                for arrived in result.messages if isinstance(result, History) else ():
                    self._message(arrived, now, is_news=True)
                self._are_unavailable(operation.message_ids)
            case FetchHistory():
                if self._is_void(operation):
                    pass
                elif isinstance(result, History):
                    self._history(operation, result, now)
                else:
                    self._failed(operation, _NO_ANSWER, now)
            case RefreshAttachment():
                if isinstance(result, MessageArrived):
                    self._emit(*self.conversation.attachments_refreshed(result))
            case CheckHealth():
                self.life.answered()
            case StartNewConversation():
                self._start_over(now)
            case ClearConversation():
                pass  # That it is cleared comes on the stream.

    @property
    def _may_acknowledge(self) -> bool:
        """While the stream is down the calls would most likely fail; at the end there is no later time."""
        return self.connection.is_open or self.connection.status == "closed"

    def _marked_read(self, ids: tuple[str, ...]) -> None:
        self.receipts.succeeded(ids)
        self._emit(*self.conversation.marked_read(ids))

    def _history(self, operation: FetchHistory, page: History, now: Now) -> None:
        is_news = self.catch_up.has_completed
        fills_back = self.catch_up.fills_back
        is_complete = self.catch_up.succeeded(operation, page, now.monotonic)
        self._forget_what_was_cleared(operation, page)
        if operation.before is not None:
            self._older_page(page, now, is_news=fills_back)
            return
        if not is_news:
            timeline = self.conversation.timeline
            self._first_pages.update(m.id for m in page.messages if timeline.get(m.id) is None)
        for arrived in page.messages:
            is_new = is_news and (operation.after is not None or self._is_from_the_hole(arrived))
            self._message(arrived, now, is_news=is_new)
        if is_complete:
            self._take_up_receipts(now)
            self._pages_back = self._pages_back or 0
            self._decide_what_was_lost(now)

    def _forget_what_was_cleared(self, operation: FetchHistory, page: History) -> None:
        """History that goes on from a message, or has one of those in doubt, was not cleared; else its end tells."""
        if operation.after is not None or any(
            arrived.id in self._may_be_cleared for arrived in page.messages
        ):
            self._may_be_cleared = frozenset()
        elif self._may_be_cleared and not self.catch_up.has_older:
            self._emit(*self.conversation.cleared(self._may_be_cleared))
            self._may_be_cleared = frozenset()

    def _older_page(self, page: History, now: Now, *, is_news: bool) -> None:
        """Prepend a page: one event for all of it, unless the server's order and its times disagree."""
        events: list[Event] = []
        timeline = self.conversation.timeline
        bare = [m.id for m in page.messages if not m.has_content and timeline.get(m.id) is None]
        for arrived in page.messages:
            if self._may_be_in_flight(arrived) and self._is_young_enough(arrived):
                self._own_meanwhile.append(arrived)
                continue
            is_new = is_news and self._is_from_the_hole(arrived)
            recognised = self._recognised(arrived)
            events += self.conversation.message_arrived(recognised, now.wall_ms, is_news=is_new)
        # Offers that turn out to be answered stand in the page itself, where what follows does not move them.
        answered = [e for e in events if isinstance(e, MessagePlaced) and e.index == e.former_index]
        placed = [e for e in events if e not in answered]
        is_block = all(
            isinstance(event, MessagePlaced) and event.former_id is None and event.index == position
            for position, event in enumerate(placed)
        )
        if not is_block:
            self._emit(*events)
        count = len(placed) if is_block else 0
        self._emit(HistoryPrepended(count=count, has_older=self.catch_up.has_older))
        if is_block:
            self._emit(*answered)
        for message_id in dict.fromkeys(bare):
            self._fetch(message_id)
        if self._pages_back is not None:
            self._pages_back += 1
            self._decide_what_was_lost(now)

    def _is_void(self, operation: FetchHistory) -> bool:
        """Asked for before the conversation was cleared: it would bring back what is forgotten."""
        if not self.catch_up.is_void(operation):
            return False
        if operation.before is not None:  # Somebody waits for it.
            self._emit(HistoryPrepended(count=0, has_older=self.catch_up.has_older))
        return True

    def _is_from_the_hole(self, arrived: MessageArrived) -> bool:
        """Whether it was said after all that had been read when the newest page was read anew."""
        from_ms = self.catch_up.hole_from_ms
        return from_ms is None or arrived.time_ms is None or arrived.time_ms > from_ms

    # --- lost answers -------------------------------------------------------------------------------------

    def _decide_what_was_lost(self, now: Now, *, is_final: bool = False) -> None:
        """History was read up to now: what it does not show goes out again, waits, or is the user's to decide."""
        if not is_final and self._has_to_read_back():
            return
        self._pages_back = None
        self._drafts_changed(self.outbox.reconciled(now.monotonic, is_final=is_final))

    def _has_to_read_back(self) -> bool:
        """The newest page does not reach back to when the oldest of the lost sends was handed over."""
        earliest_ms, oldest = self.outbox.earliest_checked_ms, self.conversation.timeline.oldest
        if self.catch_up.fills_back:
            return True  # The pages between are on their way.
        if earliest_ms is None or oldest is None or not self.catch_up.has_older:
            return False
        if oldest.time_ms < earliest_ms or (self._pages_back or 0) >= MAX_PAGES_BACK:
            return False
        self._call(*self.catch_up.load_older(self.catch_up.oldest, PAGE_SIZE))
        return True

    def _check_what_was_lost(self, now: Now) -> None:
        if self.outbox.is_check_due(now.monotonic):
            if not self.catch_up.is_enabled:
                self._decide_what_was_lost(now, is_final=True)
            elif self.connection.status not in ("idle", "closed") and not self._has_yet_to_learn_who_we_are:
                self.catch_up.request(now.monotonic)
        self._drafts_changed(self.outbox.undecided(now.monotonic))

    @property
    def _has_yet_to_learn_who_we_are(self) -> bool:
        """The first opening tells which part is ours; before it, history would show our messages as another's."""
        return self._sends_on_stream and self.connection.status == "connecting"

    def _drafts_changed(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            self._emit(*self.conversation.draft_changed(draft))
            if draft.state == "unknown":
                self._emit(DraftUnresolved(draft.draft_id))

    # --- what an earlier run has left behind --------------------------------------------------------------

    def _restore(self, state: DurableState, now: Now) -> None:
        self._durable.restored(state)
        self.receipts.restore(state.seen)
        drafts = [self.outbox.restore(draft, now.monotonic, now.wall_ms) for draft in state.drafts]
        for draft in drafts:
            self._emit(*self.conversation.draft_changed(draft))

    def _take_up_receipts(self, now: Now) -> None:
        """Of what an earlier run has seen, the server may have heard: that is known with its history."""
        left_behind = self.receipts.take_left_behind()
        messages = ((id_, self.conversation.timeline.get(id_)) for id_ in left_behind)
        unread = (id_ for id_, message in messages if message is None or message.status == "unread")
        self.receipts.seen(unread, now.monotonic)

    # --- failures -----------------------------------------------------------------------------------------

    def _failed(self, operation: Operation, failure: Failure, now: Now) -> None:
        match operation:
            case SetTyping():
                self.typing_notifier.failed(failure, now.monotonic)
                if not self.typing_notifier.is_enabled:
                    self._lack("send_typing")
                self._report(failure)
            case MarkRead() | MarkReadUpTo():
                self.receipts.failed(operation, failure, now.monotonic, now.jitter)
                if not (isinstance(operation, MarkReadUpTo) and not self.receipts.has_batch_call):
                    self._report(failure)
            case PostMessage(draft_id):
                self._send_rate.answered(now.monotonic)
                self._send_failed(draft_id, failure, now)
            case FetchMessage():
                if failure.kind in ("not_found", "unsupported") and not self._has_fetched_messages:
                    self._can_fetch_messages = False
                self._fetch_failed(operation, failure, now)
            case FetchMessages():
                self._fetch_failed(operation, failure, now)
                self._report(failure)
            case FetchHistory():
                if not self._is_void(operation):
                    self._history_failed(operation, failure, now)
            case CheckHealth():
                self._health_unknown(failure, now)
            case StartNewConversation() | ClearConversation() | RefreshAttachment():
                self.last_error = failure
                self._emit(ErrorRaised(failure))  # The user has asked for it, and nobody tries again.

    def _health_unknown(self, failure: Failure, now: Now) -> None:
        """A server that says nothing, though its socket lives, is left for a new stream."""
        self.life.answered()
        self.conversation.counters["health_check_failed"] += 1
        if failure.kind == "lost":
            self._effects += self.connection.renew(now.monotonic)

    def _typing_refused(self, failure: Failure, now: Now) -> None:
        """Refused after all: where an administrator has not enabled typing, that is no error."""
        self.conversation.counters["typing_refused"] += 1
        self.typing_notifier.refused(failure, now.monotonic)
        if not self.typing_notifier.is_enabled:
            self._lack("send_typing")

    def _send_failed(self, draft_id: str, failure: Failure, now: Now) -> None:
        if self.outbox.is_given_up(draft_id, failure):
            self._emit(*self.conversation.draft_removed(draft_id))
        draft = self.outbox.failed(draft_id, failure, now.monotonic, now.jitter)
        if draft is not None:
            self._drafts_changed([draft])
        self._take_own_meanwhile(now)

    def _fetch_failed(self, operation: FetchMessage | FetchMessages, failure: Failure, now: Now) -> None:
        given_up = self._fetches.failed(operation, failure, now.monotonic, now.jitter)
        self.conversation.counters["message_unavailable"] += len(given_up)
        self._are_unavailable(given_up)

    def _are_unavailable(self, message_ids: tuple[str, ...]) -> None:
        """Those of them that have no content will have none."""
        for message_id in message_ids:
            self._emit(*self.conversation.message_unavailable(message_id))

    def _history_failed(self, operation: FetchHistory, failure: Failure, now: Now) -> None:
        self.catch_up.failed(operation, failure, now.monotonic, now.jitter)
        self.conversation.counters["history_failed"] += 1
        if not self.catch_up.is_enabled:
            self._lack("history")
            self._take_up_receipts(now)
            self._decide_what_was_lost(now, is_final=True)
        elif operation.before is not None:
            self._pages_back = None
            self._emit(OlderHistoryFailed(failure))
        else:
            self._report(failure)

    # --- after each input ---------------------------------------------------------------------------------

    def _pump(self, now: Now) -> None:
        self._check_what_was_lost(now)
        self._pump_sends(now)
        self._call(*self.catch_up.pump(now.monotonic))
        self._call(*self._fetches.pump(now.monotonic))
        if self._may_acknowledge:
            self._call(*self.receipts.pump(now.monotonic, self._are_all_unread_so_far))
        self.conversation.typing.expire(now.monotonic)
        self._call(*self.life.pump(now.monotonic))
        if (remaining_s := self.life.notice(now.monotonic)) is not None:
            self._emit(SessionExpiring(remaining_s))

    def _pump_sends(self, now: Now) -> None:
        """Messages and typing share what the platform allows; typing gives way."""
        if not self._can_send:
            if self.connection.status == "failed" and self.connection.failure is not None:
                self._drafts_changed(self.outbox.give_up(self.connection.failure))
            return
        if now.monotonic >= max(self._send_rate.earliest, self._posts_from):
            posts = self.outbox.pump(now.monotonic, self._newest)
            for _ in posts:
                self._send_rate.note(now.monotonic)
            self._call(*posts)
        if now.monotonic >= self._send_rate.earliest and not self._typing_gives_way:
            typing = self.typing_notifier.pump(now.monotonic)
            for _ in typing:
                self._send_rate.note(now.monotonic)
            self._call(*typing)

    @property
    def _newest(self) -> tuple[int, str] | None:
        """What is sent now comes after this; None while nothing is known."""
        if (newest := self.conversation.timeline.newest) is not None:
            return newest.time_ms, newest.id
        return (0, "") if self.catch_up.has_completed else None

    @property
    def _posts_from(self) -> float:
        """A first message waits for the history that is on its way, where only its place in history can show later
        that it has arrived: else our clock would have to tell it from what was said before, and may be wrong.
        """
        is_known = self._returns_draft_ids or not self.catch_up.is_enabled or self.catch_up.has_completed
        return 0.0 if is_known else self._history_due

    @property
    def _can_send(self) -> bool:
        return self.connection.is_open or not self._sends_on_stream

    @property
    def _typing_gives_way(self) -> bool:
        return self._send_rate.is_limited and not self.outbox.is_settled

    def _tell_what_changed(self, now: Now) -> None:
        if (names := self.conversation.typing_names) != self._told_typing:
            self._told_typing = names
            self._emit(TypingChanged(names))
        if (count := self.conversation.timeline.unread_count) != self._told_unread:
            self._told_unread = count
            self._emit(UnreadChanged(count))
        self._tell_read_position()
        if (able := (self.capabilities, self.uploads)) != self._told_capabilities:
            self._told_capabilities = able
            self._emit(CapabilitiesChanged(*able))
        self._tell_status(now)

    def _tell_read_position(self) -> None:
        """It only moves forward, and only over what was read: the first unread message holds it.

        What came by the stream alone does not move it: a message before it may have been lost on the way, would come
        late, and would count as read in the next run. Who marks all read means those too.
        """
        if not self._reads_locally or (self.catch_up.has_older and not self._has_read):
            return  # Older messages that are not here may be unread.
        position = self.conversation.timeline.read_up_to_ms
        if position is not None and self.catch_up.is_enabled:
            position = min(position, max(self.catch_up.complete_up_to_ms, self._acknowledged_up_to_ms))
        if position is not None and position > self._told_read_up_to_ms:
            self._told_read_up_to_ms = position
            self._emit(ReadPositionMoved(position))
            if self._durable.is_enabled:
                self._effects.append(KeepReadPosition(position))

    def _tell_status(self, now: Now) -> None:
        status = self.status_at(now.monotonic)
        told = self._told_status
        is_known = (status.status, status.detail) == (told.status, told.detail)
        if not is_known or self.connection.retry_at != self._told_retry_at:
            self._told_status, self._told_retry_at = status, self.connection.retry_at
            self._emit(status)

    def _learn(self, capabilities: frozenset[Capability]) -> None:
        """The deployment or the server has said what it allows."""
        self.capabilities = capabilities
        self.typing_notifier.is_enabled = "send_typing" in capabilities
        self.catch_up.is_enabled = "history" in capabilities

    def _lack(self, capability: Capability) -> None:
        self.capabilities -= {capability}

    def _report(self, failure: Failure) -> None:
        """Show what needs the user; count what passes by itself."""
        if failure.is_transient:
            is_ours = failure.code == HELD_BACK.code
            self.conversation.counters["held_back" if is_ours else failure.kind] += 1
        else:
            self.last_error = failure
            self._emit(ErrorRaised(failure))

    def _emit(self, *events: Event) -> None:
        self._effects += [Emit(event) for event in events]

    def _call(self, *operations: Operation) -> None:
        for operation in operations:
            if is_again := self._is_again(operation):
                self.conversation.counters["calls_repeated"] += 1
            self._effects.append(Call(operation, is_again))

    def _is_again(self, operation: Operation) -> bool:
        """Whether the same was asked for before, and failed."""
        match operation:
            case PostMessage(draft_id):
                draft = self.outbox.get(draft_id)
                return draft is not None and draft.attempts > 1
            case MarkRead() | MarkReadUpTo():
                return self.receipts.is_retrying
            case FetchHistory(before=None):
                return self.catch_up.is_retrying
            case FetchMessage() | FetchMessages():
                return self._fetches.is_again(operation)
            case _:
                return False


def _id_that_follows_from(message_id: str) -> str:
    """A UUID that follows from another id: asked for twice, it is sent once. Source: RFC 9562, version 8."""
    digits = hashlib.blake2b(message_id.encode(), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
