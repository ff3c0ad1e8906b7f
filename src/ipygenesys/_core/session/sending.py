"""What we send: messages and typing, when they may go out, and what the user does with drafts."""

from __future__ import annotations

import hashlib

import msgspec

from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.outbox import Outbox
from ipygenesys._core.machines.send_rate import SendRate
from ipygenesys._core.machines.typing_indicator import TypingNotifier
from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.effects import CancelSend
from ipygenesys._core.model.events import DraftUnresolved
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now, Send
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.step_effects import StepEffects

KNOW_FIRST_S = 3.0
"""Chosen: how long a message waits at most, after the first stream has opened, for history to be read."""


class Sending:
    """The outbox and the typing notifier, which share what the platform allows."""

    def __init__(
        self,
        profile: Profile,
        connection: Connection,
        conversation: Conversation,
        catch_up: CatchUp,
        effects: StepEffects,
    ) -> None:
        self.outbox = Outbox(is_idempotent=profile.is_send_idempotent)
        self.typing = TypingNotifier(profile.typing_rules)
        self._connection = connection
        self._conversation = conversation
        self._catch_up = catch_up
        self._effects = effects
        self._rate = SendRate(profile.max_sends_per_s)
        self._needs_stream = profile.sends_on_stream
        self._needs_history = not profile.is_send_idempotent
        """Only its place in history can show later that a message has arrived."""
        self._files_go_alone = profile.files_go_alone
        self._is_held_back = False
        """The next message would have gone out, but for the platform's limit."""
        self.is_for_next = False
        """Another conversation has been asked for: what is written now is for that one, and waits until it begins."""
        self._history_due = 0.0
        """When a first message goes out though nothing is known of what was said before; 0: no stream was open yet."""

    # --- the user -----------------------------------------------------------------------------------------

    def send(self, send: Send, now: Now) -> None:
        """Queue a message, as one draft or as two."""
        if self._conversation.timeline.get(send.draft_id) is not None:
            return  # The same request twice, as after a lost answer between view and kernel.
        self.typing.stop()
        if self._files_go_alone and send.file is not None and send.text:
            words = Send(_id_that_follows_from(send.draft_id), send.text)
            self._submit(msgspec.structs.replace(send, text=""), now)
            self._submit(words, now)
        else:
            self._submit(send, now)

    def retry(self, draft_id: str, now: Now) -> None:
        """Send again what has failed or is unknown, or what the server took and could not deliver."""
        if draft := self.outbox.retry(draft_id, now.monotonic):
            self.tell([draft])
            return
        message = self._conversation.timeline.get(draft_id)
        if message is not None and message.is_own and message.status == "failed" and message.text:
            # It stays as it is, and goes out again as a new message.
            self.send(Send(_id_that_follows_from(message.id), message.text), now)

    def discard(self, draft_id: str) -> None:
        """Give up a draft, or stop its upload."""
        if self.outbox.discard(draft_id):
            self._effects.emit(*self._conversation.draft_removed(draft_id))
        elif self.outbox.cancel(draft_id):
            self._effects.add([CancelSend(draft_id)])

    def next_did_not_begin(self, failure: Failure) -> None:
        """What was written for the next conversation does not go into this one."""
        self.is_for_next = False
        self.tell(self.outbox.give_up(failure))

    def end(self, failure: Failure) -> None:
        """The conversation is closed: nothing is being sent any more."""
        for draft in self.outbox.give_up(failure, is_end=True):
            self._effects.emit(*self._conversation.draft_changed(draft))

    def keystroke(self, now: float) -> None:
        """The draft changed and is not empty."""
        if self._connection.status == "connected":
            self.typing.keystroke(now)

    def hold_typing(self, now: float) -> None:
        """A program is writing."""
        if self._connection.status not in ("closed", "failed", "read_only"):
            self.typing.hold(now)

    # --- the server ---------------------------------------------------------------------------------------

    def stream_opened(self, now: float) -> None:
        """History is on its way, for the first time or again."""
        self._history_due = self._history_due or now + KNOW_FIRST_S

    def learn_time(self, now: Now) -> None:
        """The first answer of the server has told its clock, perhaps long after a message went out."""
        if now.server_ms is not None:
            self.outbox.learn_time(now.monotonic, now.server_ms)

    def restore(self, drafts: tuple[Draft, ...], now: Now) -> None:
        """Take over what an earlier run has left behind."""
        restored = [self.outbox.restore(draft, now.monotonic, now.wall_ms) for draft in drafts]
        for draft in restored:
            self._effects.emit(*self._conversation.draft_changed(draft))

    def answered(self, now: float) -> None:
        """The call that carried a message has an answer, whatever it says."""
        self._rate.answered(now)

    def accepted(self, draft_id: str, message_id: str) -> None:
        """The server has this draft, as this message."""
        if self.outbox.accepted(draft_id, message_id):
            self.typing.clear_cool_down()

    def failed(self, draft_id: str, failure: Failure, now: Now) -> None:
        """A message could not be handed over, or nobody knows."""
        if self.outbox.is_given_up(draft_id, failure):
            self._effects.emit(*self._conversation.draft_removed(draft_id))
        draft = self.outbox.failed(draft_id, failure, now.monotonic, now.jitter)
        self._slow_down(failure)
        if draft is not None:
            self._effects.count(failure)
            self.tell([draft])

    def typing_refused(self, failure: Failure, now: float) -> None:
        """Refused after all: where an administrator has not enabled typing, that is no error."""
        self._conversation.counters["typing_refused"] += 1
        self._slow_down(failure)
        self.typing.refused(failure, now)

    def tell(self, drafts: list[Draft]) -> None:
        """These are new, or have changed their state."""
        for draft in drafts:
            self._effects.emit(*self._conversation.draft_changed(draft))
            if draft.state == "unknown":
                self._effects.emit(DraftUnresolved(draft.draft_id))

    # --- what is due --------------------------------------------------------------------------------------

    def pump(self, now: float) -> None:
        """Messages and typing share what the platform allows; typing gives way."""
        if self._rests:
            return
        if not self._can_send:
            if self._connection.failure is not None and not self._connection.is_wanted:
                # What was written for this conversation must not go into the next one.
                self.tell(self.outbox.give_up(self._connection.failure))
        elif now < self._rate.earliest:
            due = self.outbox.next_deadline()
            self._is_held_back |= due is not None and max(due, self._posts_from) <= now
        elif now >= self._posts_from:
            for post in self.outbox.pump(now, self._newest):
                self._rate.note(now)
                if self._is_held_back:
                    self._conversation.counters["calls_delayed"] += 1
                    self._is_held_back = False
                self._effects.call(post, is_again=self.outbox.is_again(post))
        if self._can_type and now >= self._rate.earliest:
            for typing in self.typing.pump(now):
                self._rate.note(now)
                self._effects.call(typing)

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        if self._rests:
            return None
        typing = self.typing.next_deadline() if self._can_type else None
        post = self.outbox.next_deadline() if self._can_send else None
        due = soonest(None if post is None else max(post, self._posts_from), typing)
        return None if due is None else max(due, self._rate.earliest)

    @property
    def _rests(self) -> bool:
        """Nothing is written, or it is for a conversation that has not begun."""
        return self.is_for_next or (not self.outbox and self.typing.is_idle)

    @property
    def _newest(self) -> tuple[int, str] | None:
        """What is sent now comes after this; None while nothing is known."""
        if (newest := self._conversation.timeline.newest) is not None:
            return newest.time_ms, newest.id
        return (0, "") if self._catch_up.has_completed else None

    @property
    def _posts_from(self) -> float:
        """A first message waits for the history that is on its way, where only its place in history can show later
        that it has arrived: else our clock would have to tell it from what was said before, and may be wrong.
        """
        is_known = not self._needs_history or not self._catch_up.is_enabled or self._catch_up.has_completed
        return 0.0 if is_known else self._history_due

    @property
    def _can_send(self) -> bool:
        return self._connection.is_open or not self._needs_stream

    def _slow_down(self, failure: Failure) -> None:
        if failure.kind == "rate_limited" and not failure.was_held_back:
            self._rate.refused()

    @property
    def _can_type(self) -> bool:
        """At the end there is no later time to say that we have stopped."""
        gives_way = self._rate.is_limited and not self.outbox.is_settled
        return (self._can_send or self._connection.status == "closed") and not gives_way

    def _submit(self, send: Send, now: Now) -> None:
        draft = self.outbox.submit(
            send.draft_id, send.text, now.monotonic, now.wall_ms, answer=send.answer, file=send.file
        )
        self._effects.emit(*self._conversation.draft_changed(draft))


def _id_that_follows_from(message_id: str) -> str:
    """A UUID that follows from another id: asked for twice, it is sent once. Source: RFC 9562, version 8."""
    digits = hashlib.blake2b(message_id.encode(), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
