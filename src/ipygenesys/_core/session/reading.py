"""What we have read: receipts to the server, or a read position of our own where it takes none."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.news import before_its_second
from ipygenesys._core.machines.receipts import ReadReceipts, ids_of
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.operations import MarkRead, MarkReadUpTo
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.step_effects import StepEffects

CONFIRM_READ_S = 1.0
"""Chosen: how long reading gathers before history confirms that nothing is missing in between."""


class Reading:
    """From "it was displayed" to "the server knows", or to a position that the next run goes on from."""

    def __init__(
        self,
        profile: Profile,
        connection: Connection,
        conversation: Conversation,
        catch_up: CatchUp,
        effects: StepEffects,
    ) -> None:
        self._connection = connection
        self._conversation = conversation
        self._catch_up = catch_up
        self._effects = effects
        self._is_local = "send_read" not in profile.capabilities
        """The platform takes no receipts: our read position is ours alone."""
        self.receipts = ReadReceipts(is_enabled=not self._is_local)
        self._position_ms = profile.read_up_to_ms
        """As it was told last."""
        self._has_read = False
        """Something was read in this run."""
        self._acknowledged_up_to_ms = 0
        """By the user, whether or not all of it has been displayed."""

    def seen(self, ids: tuple[str, ...], now: float, *, elsewhere: bool = False) -> None:
        """Messages were displayed long enough to count as read; elsewhere: by somebody who asks only for what may be done."""
        if elsewhere:
            self.receipts.retry_refused()
        unread = self._unread_of(ids, with_unknown=elsewhere)
        if not self._is_local:
            self._acknowledge(unread, now)
            return
        self._effects.emit(*self._conversation.marked_read(unread))
        self._has_read |= bool(unread)
        if unread and self._connection.is_open:
            self._catch_up.request(now, patience_s=CONFIRM_READ_S)

    def all_read(self, up_to: str | None, now: float) -> None:
        """The user acknowledges everything unread, or what is unread up to a message."""
        timeline = self._conversation.timeline
        self.receipts.retry_refused()
        self.seen(timeline.unread_ids(up_to), now)
        self._acknowledged_up_to_ms = before_its_second(timeline.read_up_to_ms or 0)

    def answered(self, now: float) -> None:
        """We write: what stands before it was read. To a server only what was displayed is said to be."""
        if self._is_local:
            self.all_read(None, now)

    def stream_opened(self, now: float) -> None:
        """Receipts may go out again."""
        self.receipts.reenable(now)
        if not self._catch_up.is_enabled:
            self.take_up_left_behind(now)

    def take_up_left_behind(self, now: float) -> None:
        """Of what an earlier run has seen, the server may have heard: that is known with its history."""
        self._acknowledge(self._unread_of(self.receipts.take_left_behind(), with_unknown=True), now)

    def pump(self, now: float) -> None:
        """Send the receipts that are due."""
        if not self.receipts.has_some:
            return
        self._acknowledge(self.receipts.unsure, now)
        if self._may_acknowledge:
            for call in self.receipts.pump(now, self._are_all_unread_so_far):
                self._effects.call(call, is_again=self.receipts.is_again(call))

    def succeeded(self, operation: MarkRead | MarkReadUpTo) -> None:
        """The server has accepted receipts."""
        ids = ids_of(operation)
        self.receipts.succeeded(ids)
        self._effects.emit(*self._conversation.marked_read(ids))

    def failed(self, operation: MarkRead | MarkReadUpTo, failure: Failure, now: Now) -> None:
        """It has not. That it has no call for a whole batch is no failure: each goes out by itself."""
        self.receipts.failed(operation, failure, now.monotonic, now.jitter)
        if isinstance(operation, MarkRead) or self.receipts.has_batch_call:
            self._effects.report(failure)

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        return self.receipts.next_deadline() if self.receipts.has_some and self._may_acknowledge else None

    def moved_to(self) -> int | None:
        """Our own read position, if it has moved since it was asked for last; server clock.

        It only moves forward, and only over what was read: the first unread message holds it. What came by the stream
        alone does not move it: a message before it may have been lost on the way, would come late, and would count as
        read in the next run, as would what is said in the same whole second. Who marks all read means those that may be
        lost, too.
        """
        if not self._is_local or (self._catch_up.has_older and not self._has_read):
            return None  # Older messages that are not here may be unread.
        position = self._conversation.timeline.read_up_to_ms
        if position is not None and self._catch_up.is_enabled:
            position = min(position, max(self._catch_up.settled_up_to_ms, self._acknowledged_up_to_ms))
        if position is None or position <= self._position_ms:
            return None
        self._position_ms = position
        return position

    def _unread_of(self, ids: tuple[str, ...], *, with_unknown: bool) -> tuple[str, ...]:
        messages = ((id_, self._conversation.timeline.get(id_)) for id_ in ids)
        return tuple(
            id_
            for id_, message in messages
            if (with_unknown if message is None else message.status == "unread")
        )

    def _acknowledge(self, ids: tuple[str, ...], now: float) -> None:
        """All but what may turn out to be ours, which its content tells, if it has any."""
        unsure = tuple(id_ for id_ in ids if self._may_be_ours(id_))
        self.receipts.seen((id_ for id_ in ids if id_ not in unsure), now)
        self.receipts.wait_with(unsure)

    def _may_be_ours(self, message_id: str) -> bool:
        message = self._conversation.timeline.get(message_id)
        if message is None or message.text is not None or message.is_unavailable:
            return False
        return self._conversation.people.role_of(message.participant_id) is None

    @property
    def _may_acknowledge(self) -> bool:
        """While the stream is down the calls would most likely fail; at the end there is no later time."""
        return self._connection.is_open or self._connection.status == "closed"

    def _are_all_unread_so_far(self, ids: tuple[str, ...]) -> bool:
        """Whether "read up to the last of these" would acknowledge nothing that was not seen, or is not even here."""
        last = self._conversation.timeline.get(ids[-1])
        is_complete = last is not None and last.time_ms <= self._catch_up.complete_up_to_ms
        is_complete = is_complete and not self._catch_up.has_older and self._conversation.is_order_certain()
        return is_complete and self._conversation.timeline.are_first_unread(ids)
