"""Who takes part in an agent's conversation, which part is ours, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationChanged,
    FrameIgnored,
    MoveRequested,
    OwnPartLearned,
    PlatformEvent,
    PresenceChanged,
)
from ipygenesys._protocols.agent_messaging.content import (
    OVER,
    ROLE_OF_PURPOSE,
    STATES,
    LooseConversation,
    OwnPart,
    Person,
    communications_of,
    person_of,
)
from ipygenesys._protocols.tolerant import UNREADABLE, decode, is_id
from ipygenesys._wire import agent_messaging as wire

_UNKNOWN_VALUE = FrameIgnored("unknown_value")


class AgentPeople:
    """The participants, as every form of the conversation tells of them; what is not news is told once."""

    def __init__(self) -> None:
        self.user_id: str | None = None
        self.own: OwnPart | None = None
        self.has_typing_topic = False
        self._people: dict[str, Person] = {}
        self._told_state: tuple[bool, frozenset[Capability]] | None = None
        self._followed: frozenset[str] | None = None
        """The topics that were asked for; None until a stream was opened."""

    def get(self, participant_id: str | None) -> Person | None:
        """The participant, if it is known."""
        return self._people.get(participant_id or "")

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
            found |= {"send", "send_typing", "attachments"}
        return frozenset(found)

    @property
    def is_open(self) -> bool:
        """The customer is still there; and so are we, if we take part."""
        customers = [p for p in self._people.values() if p.role == "customer"]
        has_customer = not customers or any(not p.is_over for p in customers)
        have_left = self.own is not None and self.own.state in OVER
        return has_customer and not have_left

    @property
    def topics(self) -> tuple[str, ...]:
        """A user's topics are about conversations that the user takes part in; others can watch by the queue."""
        if self.own is not None and self.user_id is not None:
            templates = (wire.USER_MESSAGES_TOPIC, wire.USER_TYPING_TOPIC)
            return tuple(template.format(user_id=self.user_id) for template in templates)
        return tuple(wire.QUEUE_MESSAGES_TOPIC.format(queue_id=queue_id) for queue_id in self.queue_ids)

    def follow(self, topics: tuple[str, ...]) -> None:
        """These were asked for; another queue, or a part of ours, asks for others, on another stream."""
        self._followed = frozenset(topics)

    def all_that_is_known(self) -> tuple[PlatformEvent, ...]:
        """For a stream that has just opened."""
        self._told_state = None
        return (OwnPartLearned(self.own_ids), *map(_presence, self._people.values()), *self.state_news())

    def state_news(self) -> Iterator[PlatformEvent]:
        """What can be done, whether it is over, and by what it has to be followed, if that has changed."""
        state = (self.is_open, self.capabilities)
        if state != self._told_state:
            self._told_state = state
            yield CapabilitiesLearned(self.capabilities)
            yield ConversationChanged(is_open=self.is_open)
        if self._followed is not None and not self._followed.issuperset(self.topics):
            self._followed |= frozenset(self.topics)
            yield MoveRequested()

    @property
    def own_ids(self) -> tuple[str, ...]:
        """Which participants we are."""
        me = self.user_id
        return tuple(p.id for p in self._people.values() if me is not None and p.user_id == me)

    @property
    def customer_id(self) -> str | None:
        """The customer who is still there."""
        customers = [p for p in self._people.values() if p.role == "customer"]
        return next((p.id for p in reversed(customers) if not p.is_over), None)

    def learn(self, conversation: LooseConversation) -> tuple[PlatformEvent, ...]:
        """Take in a conversation in its generic form, which shows the communications."""
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
            events += self.meet(person_of(participant, is_over=over), participant.purpose, states)
            person = self._people.get(participant.id)
            if person is not None and self.user_id is not None and person.user_id == self.user_id:
                own += [
                    OwnPart(participant_id=person.id, communication_id=leg.id, state=leg.state or "")
                    for leg in legs
                ]
        self.own = max(own, key=_liveliness, default=None)
        return (*events, OwnPartLearned(self.own_ids), *self.state_news())

    def meet(self, person: Person, purpose: str | None, states: Iterable[str]) -> Iterator[PlatformEvent]:
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

    def follow_own(self, participant_id: str, state: str) -> None:
        """Our part may be answered, end, or begin again as another participant."""
        if not state or participant_id not in self.own_ids:
            return
        if self.own is not None and self.own.participant_id == participant_id:
            self.own = msgspec.structs.replace(self.own, state=state)
        elif state not in OVER:
            self.own = OwnPart(participant_id=participant_id, communication_id=None, state=state)


def _presence(person: Person) -> PresenceChanged:
    return PresenceChanged(
        participant_id=person.id, has_joined=not person.is_over, name=person.name, role=person.role
    )


def _liveliness(part: OwnPart) -> int:
    """``max`` takes the first of equals: the order of the participants decides between two that are alike."""
    return 2 if part.is_connected else 1 if part.state not in OVER else 0
