"""What an agent's adapter knows of its conversation: people, our part, what was told.

Theory of operation. A notification names the conversation's people and messages again and again, and never a text.
This memory turns such a snapshot into what is new in it, so that the core hears of each change once. It is the
gateway's alone (``AgentMessaging.fresh``) and holds nothing that a new stream would have to reset: whoever forgets it
only says things twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import msgspec

from ipygenesys._core.model import Capability
from ipygenesys._core.operations import FetchHistory
from ipygenesys._core.platform_events import (
    CapabilitiesLearned,
    ConversationChanged,
    FrameIgnored,
    MessageArrived,
    OwnPartLearned,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    ReceiptStatus,
    TypingNoticed,
)
from ipygenesys._protocols.agent_content import (
    NO_MESSAGES,
    OVER,
    ROLE_OF_PURPOSE,
    STATES,
    LooseBulk,
    LooseConversation,
    LooseEvent,
    OwnPart,
    Person,
    Reference,
    communications_of,
    later,
    person_of,
    reference_of,
    role_of,
    status_of,
)
from ipygenesys._protocols.content import parts_of
from ipygenesys._protocols.tolerant import UNREADABLE, decode, is_id, name_of, time_ms_of
from ipygenesys._wire import agent_messaging as wire

_UNKNOWN_VALUE = FrameIgnored("unknown_value")
MAX_KNOWN = 50_000
"""Chosen: messages of one conversation to remember; what is forgotten is told again."""


class AgentConversation:
    """One conversation, as its notifications and bodies tell it."""

    def __init__(self, conversation_id: str) -> None:
        self.conversation_id = conversation_id
        self.user_id: str | None = None
        self.own: OwnPart | None = None
        self.has_typing_topic = False
        self._people: dict[str, Person] = {}
        self._told: dict[str, ReceiptStatus | None] = {}
        """The messages that the core has, and the status that it has heard last."""
        self._sender: dict[str, str] = {}
        """By message: its participant."""
        self._no_messages: set[str] = set()
        self._told_state: tuple[bool, frozenset[Capability]] | None = None

    # --- state --------------------------------------------------------------------------------------------

    @property
    def queue_ids(self) -> tuple[str, ...]:
        """The queues that it came through."""
        return tuple(dict.fromkeys(p.queue_id for p in self._people.values() if p.queue_id))

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What can be done in it as things stand."""
        found: set[Capability] = {"history"}
        if self.has_typing_topic:
            found.add("receive_typing")
        if self.own is not None:
            found.add("receive_read")
        if self.own is not None and self.own.is_connected:
            found |= {"send_typing", "attachments"}
        return frozenset(found)

    @property
    def is_open(self) -> bool:
        """We take part, and the customer is still there."""
        customers = [p for p in self._people.values() if p.role == "customer"]
        has_customer = not customers or any(not p.is_over for p in customers)
        return self.own is not None and self.own.state not in OVER and has_customer

    def all_that_is_known(self) -> tuple[PlatformEvent, ...]:
        """For a stream that has just opened."""
        self._told_state = None
        return (OwnPartLearned(self._own_ids()), *map(_presence, self._people.values()), *self._state())

    def _state(self) -> Iterator[PlatformEvent]:
        state = (self.is_open, self.capabilities)
        if state != self._told_state:
            self._told_state = state
            yield CapabilitiesLearned(self.capabilities)
            yield ConversationChanged(is_open=self.is_open)

    def _own_ids(self) -> tuple[str, ...]:
        me = self.user_id
        return tuple(p.id for p in self._people.values() if me is not None and p.user_id == me)

    def _customer_id(self) -> str | None:
        customers = [p for p in self._people.values() if p.role == "customer"]
        return next((p.id for p in reversed(customers) if not p.is_over), None)

    # --- conversations from REST --------------------------------------------------------------------------

    def learn(self, body: bytes) -> tuple[PlatformEvent, ...]:
        """Take in a conversation in its generic form, which shows the communications.

        Raises:
            msgspec.DecodeError: it is no conversation.
        """
        conversation = decode(body, LooseConversation)
        own: list[OwnPart] = []
        events: list[PlatformEvent] = []
        for raw in conversation.participants:
            try:
                participant = decode(raw, wire.Participant)
            except UNREADABLE:
                events.append(FrameIgnored("malformed"))
                continue
            legs = list(communications_of(participant))
            states = [leg.state or "" for leg in legs] or [participant.state or ""]
            over = all(state in OVER for state in states)
            events += self._meet(person_of(participant, is_over=over), participant.purpose, states)
            person = self._people.get(participant.id)
            if person is not None and self.user_id is not None and person.user_id == self.user_id:
                own += [
                    OwnPart(participant_id=person.id, communication_id=leg.id, state=leg.state or "")
                    for leg in legs
                ]
        self.own = max(own, key=_liveliness, default=None)
        return (*events, OwnPartLearned(self._own_ids()), *self._state())

    def references(self, body: bytes) -> list[Reference]:
        """The messages that a conversation in its media form names, oldest first.

        Raises:
            msgspec.DecodeError: it is no conversation.
        """
        found: list[Reference] = []
        for raw in decode(body, LooseConversation).participants:
            try:
                participant = decode(raw, wire.Participant)
            except UNREADABLE:
                continue
            for each in participant.messages or ():
                try:
                    message = msgspec.convert(each, wire.EventMessage)
                except msgspec.ValidationError:
                    continue
                if (reference := reference_of(message, participant.id)) is not None:
                    found.append(reference)
        unique = {each.id: each for each in found}
        return sorted(unique.values(), key=lambda each: (each.time_ms or 0, each.id))

    # --- pages --------------------------------------------------------------------------------------------

    def page(self, references: list[Reference], wanted: FetchHistory) -> tuple[list[Reference], bool] | None:
        """Which messages a page of history consists of, and whether there are more; None if its bound is unknown."""
        messages = [each for each in references if each.id not in self._no_messages]
        position = {each.id: index for index, each in enumerate(messages)}
        if wanted.after is not None:
            if wanted.after not in position:
                return None
            oldest = min((position[id_] for id_ in self._told if id_ in position), default=len(messages))
            holes = [m for m in messages[oldest : position[wanted.after]] if m.id not in self._told]
            following = [*holes, *messages[position[wanted.after] + 1 :]]
            return following[: wanted.limit], len(following) > wanted.limit
        if wanted.before is not None:
            if wanted.before not in position:
                return None
            messages = messages[: position[wanted.before]]
        return messages[-wanted.limit :], len(messages) > wanted.limit

    def updates(self, references: list[Reference], after: str | None) -> tuple[MessageArrived, ...]:
        """What has become of our older messages meanwhile; ends with the message that the page goes on from."""
        if after is None:
            return ()
        changed = [
            each
            for each in references
            if each.id in self._told and self._own_status(each) not in (None, self._told[each.id])
        ]
        anchor = [each for each in references if each.id == after]
        return tuple(self.bare(each) for each in [*changed, *anchor]) if changed else ()

    def in_order(
        self, references: list[Reference], found: dict[str, MessageArrived]
    ) -> tuple[MessageArrived, ...]:
        """A page's messages, oldest first; one whose content did not come is named all the same."""
        wanted = (each for each in references if each.id not in self._no_messages)
        return tuple(found.get(each.id) or self.bare(each) for each in wanted)

    def bare(self, reference: Reference) -> MessageArrived:
        """A message of which no more than its conversation tells is known."""
        person = self._people.get(reference.participant_id)
        status = self._own_status(reference)
        self._note(reference.id, reference.participant_id, status)
        return MessageArrived(
            id=reference.id,
            has_content=False,
            participant_id=reference.participant_id,
            sender=person.name if person else None,
            role=person.role if person else None,
            time_ms=reference.time_ms,
            status=status,
        )

    # --- messages from REST -------------------------------------------------------------------------------

    def messages(self, body: bytes) -> dict[str, MessageArrived]:
        """What a bulk answer holds, by id. One that cannot be read must not hide the others.

        Raises:
            msgspec.DecodeError: it is no bulk answer.
        """
        found = {}
        for raw in decode(body, LooseBulk).entities:
            try:
                data = decode(raw, wire.MessageData)
            except UNREADABLE:
                continue
            if (arrived := self.message(data)) is not None:
                found[arrived.id] = arrived
        return found

    def message(self, data: wire.MessageData, *, is_own: bool = False) -> MessageArrived | None:
        """A message with its content; None if it is no message of the conversation."""
        normalized = data.normalized_message or wire.NormalizedMessage()
        if not is_id(data.id):
            return None
        if normalized.type in NO_MESSAGES:
            self._no_messages.add(data.id)
            return None
        participant_id = self._sender_of(data, is_own=is_own)
        person = self._people.get(participant_id or "")
        channel = normalized.channel or wire.NormalizedChannel()
        parts = parts_of(normalized.content or ())
        is_own = is_own or participant_id in self._own_ids()
        status = status_of(data) if is_own else None
        self._note(data.id, participant_id, status)
        return MessageArrived(
            id=data.id,
            text=normalized.text or parts.text,
            participant_id=participant_id,
            sender=(person and person.name) or (name_of(channel.from_.nickname) if channel.from_ else None),
            role=(person and person.role) or role_of(data, normalized),
            time_ms=time_ms_of(data.timestamp) or time_ms_of(channel.time),
            attachments=parts.attachments,
            content=parts.content,
            status=status,
        )

    def _sender_of(self, data: wire.MessageData, *, is_own: bool) -> str | None:
        if (known := self._sender.get(data.id)) is not None:
            return known
        creator = data.created_by.id if data.created_by else None
        if is_own or (creator is not None and creator == self.user_id):
            return self.own.participant_id if self.own else None
        inbound = (data.direction or "").lower() == "inbound"
        return self._customer_id() if inbound else None

    # --- notifications ------------------------------------------------------------------------------------

    def conversation_event(self, body: msgspec.Raw) -> tuple[PlatformEvent, ...]:
        """What is new in a notification about conversations of ours.

        Raises:
            msgspec.DecodeError: it cannot be read at all.
        """
        event = decode(body, LooseEvent)
        if event.id != self.conversation_id:
            return (FrameIgnored("other_conversation"),)
        events: list[PlatformEvent] = []
        messages: list[Reference] = []
        for raw in event.participants or ():
            try:
                participant = decode(raw, wire.EventParticipant)
            except UNREADABLE:
                events.append(FrameIgnored("malformed"))
                continue
            if participant.id is None or not is_id(participant.id):
                continue
            state, known = participant.state or "", self._people.get(participant.id)
            is_over = state in OVER if state or known is None else known.is_over
            person = person_of(participant, is_over=is_over)
            events += self._meet(person, participant.purpose, [state])
            self._follow_own(participant.id, state)
            references = (reference_of(each, person.id) for each in participant.messages or ())
            messages += [each for each in references if each is not None]
        messages.sort(key=lambda each: (each.time_ms or 0, each.id))
        for each in messages:
            events += self._news(each)
        return (*events, *self._state())

    def _news(self, reference: Reference) -> Iterator[PlatformEvent]:
        status = self._own_status(reference)
        if reference.status is not None and reference.status not in wire.MEDIA_STATUS_TO_RECEIPT:
            yield _UNKNOWN_VALUE
        if reference.id in self._no_messages:
            return
        if reference.id not in self._told:
            yield self.bare(reference)
        elif status is not None and status != self._told[reference.id]:
            self._told[reference.id] = status
            yield ReceiptArrived(message_id=reference.id, participant_id=self._customer_id(), status=status)

    def typing_event(self, body: msgspec.Raw) -> tuple[PlatformEvent, ...]:
        """The customer types.

        Raises:
            msgspec.DecodeError: it cannot be read.
        """
        event = decode(body, wire.TypingEvent)
        if event.conversation_id != self.conversation_id:
            return (FrameIgnored("other_conversation"),)
        message = event.normalized_message or wire.NormalizedMessage()
        if (message.direction or "Inbound") != "Inbound":
            return ()
        events: list[PlatformEvent] = []
        for each in message.events or ():
            if each.event_type != "Typing" or each.typing is None:
                events.append(_UNKNOWN_VALUE)
                continue
            if each.typing.type not in ("On", "Off"):
                events.append(_UNKNOWN_VALUE)
                continue
            duration = each.typing.duration
            events.append(
                TypingNoticed(
                    participant_id=self._customer_id(),
                    is_typing=each.typing.type == "On",
                    duration_s=None if duration is None else duration / 1000,
                )
            )
        return tuple(events)

    # --- helpers ------------------------------------------------------------------------------------------

    def _meet(self, person: Person, purpose: str | None, states: Iterable[str]) -> Iterator[PlatformEvent]:
        """Tell of somebody, if that is news; what a form of the conversation leaves out is not forgotten."""
        if not is_id(person.id):
            return
        known = self._people.get(person.id)
        if known is not None:
            person = msgspec.structs.replace(
                person,
                name=person.name or known.name,
                role=person.role or known.role,
                user_id=person.user_id or known.user_id,
                queue_id=person.queue_id or known.queue_id,
            )
        if person == known:
            return
        self._people[person.id] = person
        if purpose is not None and purpose not in ROLE_OF_PURPOSE:
            yield _UNKNOWN_VALUE
        if any(state and state not in STATES for state in states):
            yield _UNKNOWN_VALUE
        if person.user_id is not None and person.user_id == self.user_id:
            yield OwnPartLearned((person.id,))
        yield _presence(person)

    def _follow_own(self, participant_id: str, state: str) -> None:
        """Our part may be answered, end, or begin again as another participant."""
        if not state or participant_id not in self._own_ids():
            return
        if self.own is not None and self.own.participant_id == participant_id:
            self.own = msgspec.structs.replace(self.own, state=state)
        elif state not in OVER:
            self.own = OwnPart(participant_id=participant_id, communication_id=None, state=state)

    def _own_status(self, reference: Reference) -> ReceiptStatus | None:
        """A status says something of our own messages only: that a customer's message was "read" is not for us."""
        if reference.participant_id not in self._own_ids():
            return None
        return cast("ReceiptStatus | None", wire.MEDIA_STATUS_TO_RECEIPT.get(reference.status or ""))

    def _note(self, message_id: str, participant_id: str | None, status: ReceiptStatus | None) -> None:
        known = self._told.pop(message_id, None)
        self._told[message_id] = later(known, status)
        if participant_id is not None:
            self._sender[message_id] = participant_id
        if len(self._told) > MAX_KNOWN:
            oldest = next(iter(self._told))
            del self._told[oldest]
            self._sender.pop(oldest, None)


def _presence(person: Person) -> PresenceChanged:
    return PresenceChanged(
        participant_id=person.id, has_joined=not person.is_over, name=person.name, role=person.role
    )


def _liveliness(part: OwnPart) -> int:
    """``max`` takes the first of equals: the order of the participants decides between two that are alike."""
    return 2 if part.is_connected else 1 if part.state not in OVER else 0
