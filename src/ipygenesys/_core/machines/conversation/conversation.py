"""What is known of the conversation: who takes part, what was said, who types; the platform's events applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec

from ipygenesys._core.machines.conversation.answers import Answers, Change
from ipygenesys._core.machines.conversation.messages import message_of, message_of_draft
from ipygenesys._core.machines.conversation.parked_receipts import ParkedReceipts
from ipygenesys._core.machines.conversation.participants import Participants
from ipygenesys._core.machines.conversation.seen_inference import SeenInference
from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.machines.typing_indicator import TypingStatus
from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.events import (
    Event,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
)
from ipygenesys._core.model.messages import Message, MessageStatus, Role, advance
from ipygenesys._core.model.platform_events import (
    MessageArrived,
    PresenceChanged,
    ReceiptArrived,
    TypingNoticed,
)

_TAKEN: tuple[MessageStatus, ...] = ("sent", "delivered")
"""The server has the message, and nobody has told that it was read."""


class Conversation:
    """The state of one conversation, and what each platform event changes in it."""

    def __init__(
        self,
        *,
        own_role: Role,
        own_participant_id: str | None = None,
        is_role_own: bool = True,
        read_up_to_ms: int = 0,
        infers_seen: bool = False,
    ) -> None:
        self.timeline = Timeline()
        self.typing = TypingStatus()
        self._answers = Answers()
        self.counters: Counter[str] = Counter()
        self._read_up_to_ms = read_up_to_ms
        self._seen = SeenInference(is_enabled=infers_seen)
        self.people = Participants(
            own_role=own_role, own_participant_id=own_participant_id, is_role_own=is_role_own
        )
        self._own_drafts: set[str] = set()
        self._old_and_bare: set[str] = set()
        """Messages from before we came whose content is not known yet."""
        self._timeless: set[str] = set()
        """Messages that the platform has not said the time of: by our clock they may stand in a wrong place."""
        self._parked = ParkedReceipts()

    # --- messages -----------------------------------------------------------------------------------------

    def message_arrived(self, arrived: MessageArrived, wall_ms: int, *, is_news: bool) -> list[Event]:
        """A message by the stream, by history or as a call's answer; repeats are merged.

        Args:
            arrived: what the platform says of it.
            wall_ms: the time now, for a message that brings none.
            is_news: it was not there before we came, so handlers hear of it.
        """
        self.people.introduce(arrived.participant_id, arrived.sender, arrived.role)
        former = self.timeline.get(arrived.id)
        is_own = self.is_own(arrived) or (former is not None and former.is_own)
        if is_own and arrived.participant_id:
            self.people.are_us([arrived.participant_id])
        echo = former if former and self._is_draft(arrived.draft_id) else None
        events = self.draft_removed(echo.id) if echo else []  # It came first and did not name the draft.
        message = message_of(
            arrived,
            self.people,
            is_own=is_own,
            draft_id=arrived.draft_id if arrived.draft_id in self._own_drafts else None,
            time_ms=self._time_of(arrived, former, wall_ms),
            former=former,
            read_up_to_ms=self._read_up_to_ms,
        )
        may_be_seen = self._seen.is_enabled and is_own and message.status in _TAKEN
        if may_be_seen and self._seen.is_seen(self.timeline.key_for(message, arrived.follows)):
            message = msgspec.structs.replace(message, is_seen_inferred=True)
        placement = self.timeline.place(message, arrived.follows)
        if placement is None:
            self.counters["duplicate"] += 1
            return events
        if not is_own:
            self.typing.said(arrived.participant_id or "", message.time_ms, is_new=is_news and former is None)
        self.people.spoke(placement.message)
        moved = [placement, *self.timeline.taken_along(arrived.id)]
        events += [each.event() for each in moved]
        if former is None and not is_news:
            self._old_and_bare.add(arrived.id)
        if placement.message.text is not None:
            events += self._received(placement.message, former)
        if echo is not None:
            events += self._replace(placement.message, status=echo.status, status_time_ms=echo.status_time_ms)
        for receipt in self._parked.take(arrived.id):
            events += self.receipt_arrived(receipt, wall_ms)
        if placement.message.content:
            events += self._content_changed(self._answers.placed(placement.message, self.timeline))
        if self._seen.is_enabled:
            events += [event for each in moved for event in self._infer_seen(each.message)]
        return events

    def message_unavailable(self, message_id: str) -> list[Event]:
        """The content of a bare message cannot be had."""
        message = self.timeline.get(message_id)
        if message is None or message.text is not None or message.is_unavailable:
            return []
        events = self._replace(message, is_unavailable=True)
        return events + self._received(self.timeline[self._position(message_id)], message)

    def draft_changed(self, draft: Draft) -> list[Event]:
        """A draft of ours is new or has changed its state."""
        self._own_drafts.add(draft.draft_id)
        placement = self.timeline.place(message_of_draft(draft, self.people))
        if placement is None:
            return []
        changes = self._answers.placed(placement.message, self.timeline)
        return [placement.event(), *self._content_changed(changes)]

    def draft_removed(self, draft_id: str) -> list[Event]:
        """A draft was discarded, or another message that turned out to be one of ours."""
        message = self.timeline.get(draft_id)
        index = self.timeline.remove(draft_id)
        if message is None or index is None:
            return []
        changes = self._answers.removed(draft_id, self.timeline)
        return [MessageRemoved(message=message, index=index), *self._content_changed(changes)]

    def cleared(self, ids: frozenset[str] | None = None) -> list[Event]:
        """The platform has forgotten all that was said, or these messages of it; drafts of ours stay."""
        events: list[Event] = []
        for message in reversed(self.timeline.copy()):
            is_gone = not message.is_draft and (ids is None or message.id in ids)
            if is_gone and (index := self.timeline.remove(message.id)) is not None:
                events.append(MessageRemoved(message=message, index=index))
        self._timeless = {id_ for id_ in self._timeless if self.timeline.get(id_)}
        self._parked.clear()
        self._answers = Answers()
        self._seen.forget()
        return events

    def is_order_certain(self) -> bool:
        """Every message stands where the platform has it."""
        return not self._timeless

    def attachments_refreshed(self, arrived: MessageArrived) -> list[Event]:
        """Files of a message have got other addresses."""
        message = self.timeline.get(arrived.id)
        if message is None:
            return []
        urls = {file.id: file.url for file in arrived.attachments}
        attachments = tuple(
            msgspec.structs.replace(file, url=urls[file.id]) if file.id in urls else file
            for file in message.attachments
        )
        return self._replace(message, attachments=attachments)

    def marked_read(self, ids: tuple[str, ...]) -> list[Event]:
        """The server has accepted our receipts."""
        events: list[Event] = []
        for id_ in ids:
            message = self.timeline.get(id_)
            if message is not None and message.status == "unread":
                events += self._replace(message, status="read")
        return events

    def receipt_arrived(self, receipt: ReceiptArrived, wall_ms: int) -> list[Event]:
        """A message was delivered or read, at the latest by now; receipts may overtake their message."""
        if receipt.time_ms is None:
            receipt = msgspec.structs.replace(receipt, time_ms=wall_ms)
        message = self.timeline.get(receipt.message_id)
        if message is None:
            self._parked.park(receipt)
            return []
        is_ours = self.people.has_own_id(receipt.participant_id)
        if message.is_own and not is_ours:
            is_failed = advance(message.status, receipt.status) == "failed"
            error = receipt.error or message.error if is_failed else None
            return self._replace(message, status=receipt.status, status_time_ms=receipt.time_ms, error=error)
        if not message.is_own and is_ours and receipt.status == "read":
            # Read by us, on another device.
            return self._replace(message, status="read", status_time_ms=receipt.time_ms)
        return []

    def _infer_seen(self, message: Message) -> list[Event]:
        """What the arrival of a message tells of those before it."""
        key = self.timeline.key_for(message)
        if not message.is_own:
            return self._seen_by(message.role, lambda: self._seen.answered(key))
        self._seen.sent(message.id, key)
        return []

    def _seen_by(self, role: Role | None, reached: Callable[[], tuple[str, ...]]) -> list[Event]:
        """Only who we talk to tells what was seen."""
        if not self._seen.is_enabled or not self.people.is_counterpart(role):
            return []
        messages = [self.timeline.get(id_) for id_ in reached()]
        return [
            event
            for message in messages
            if message is not None and message.status in _TAKEN
            for event in self._replace(message, is_seen_inferred=True)
        ]

    # --- people -------------------------------------------------------------------------------------------

    def typing_noticed(self, event: TypingNoticed, now: float) -> list[Event]:
        """Somebody types, or has stopped; our own typing comes back to us and is ignored, as is what comes too late."""
        participant = event.participant_id or ""
        if self.people.is_us(participant) or self.typing.is_outdated(participant, event.time_ms):
            return []
        if not event.is_typing:
            self.typing.stopped(participant)
            return []
        self.typing.started(participant, now, event.duration_s)
        role = self.people.role_of(participant)
        return self._seen_by(role, lambda: self._seen.typing(event.time_ms))

    def presence_changed(self, event: PresenceChanged) -> None:
        """Somebody came or went."""
        self.people.introduce(event.participant_id, event.name, event.role)
        if not event.has_joined:
            self.typing.stopped(event.participant_id or "")

    @property
    def typing_names(self) -> tuple[str, ...]:
        """Display names of who is typing now."""
        return tuple(self.people.typist_name(participant) for participant in self.typing.participant_ids)

    def is_own(self, arrived: MessageArrived) -> bool:
        """Whether it is from us: by its draft, its participant or its role."""
        if arrived.draft_id is not None and arrived.draft_id in self._own_drafts:
            return True
        return self.people.is_us(arrived.participant_id, arrived.role)

    def own_part_learned(self, participant_ids: tuple[str, ...], role: Role | None = None) -> None:
        """These participants are us, and this is what we are in it."""
        self.people.are_us(participant_ids, role)

    # --- helpers ------------------------------------------------------------------------------------------

    def _received(self, message: Message, former: Message | None) -> list[Event]:
        """Handlers hear of each message once, when its content is known or known to be out of reach."""
        was_received = former is not None and (former.text is not None or former.is_unavailable)
        is_old = message.id in self._old_and_bare
        self._old_and_bare.discard(message.id)
        return [] if was_received or is_old or message.is_own else [MessageReceived(message)]

    def _is_draft(self, draft_id: str | None) -> bool:
        message = self.timeline.get(draft_id) if draft_id is not None else None
        return message is not None and message.is_draft

    def _time_of(self, arrived: MessageArrived, former: Message | None, wall_ms: int) -> int:
        if arrived.time_ms is not None:
            self._timeless.discard(arrived.id)
            return arrived.time_ms
        if former is not None:
            return former.time_ms
        self._timeless.add(arrived.id)
        newest = self.timeline.newest  # Our clock may be slow: what has just come is not older than this.
        return wall_ms if newest is None else max(wall_ms, newest.time_ms + 1)

    def _content_changed(self, changes: list[Change]) -> list[Event]:
        """Offers were answered, or are open again."""
        return [
            event
            for id_, content in changes
            if (message := self.timeline.get(id_)) is not None
            for event in self._replace(message, content=content)
        ]

    def _replace(self, message: Message, **changes: object) -> list[Event]:
        index = self._position(message.id)
        replaced = self.timeline.replace(message.id, **changes)
        if replaced is None:
            return []
        if changes.keys() <= {"status", "status_time_ms", "error", "is_seen_inferred"}:
            return [MessageStatusChanged(message=replaced, index=index)]
        return [MessagePlaced(message=replaced, index=index, former_index=index, former_id=message.id)]

    def _position(self, id_: str) -> int:
        index = self.timeline.index_of(id_)
        assert index is not None
        return index
