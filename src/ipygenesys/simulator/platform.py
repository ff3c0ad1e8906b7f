"""Holds the other side's state: conversations, participants, messages, typing and receipts.

Pure: no I/O, clock or randomness. Each change takes ``now`` (epoch seconds), ids come from the caller's ``new_id``,
and what happened is returned as neutral events, which each wire turns into its own frames.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["agent", "customer", "bot", "system"]
Status = Literal["sent", "delivered", "read"]

TYPING_EXPIRES_AFTER_S = 10.0
"""A typing indicator that nobody refreshes ends by itself. Chosen: two and a half of the client's 4 s refreshes."""

_RANK: dict[Status, int] = {"sent": 0, "delivered": 1, "read": 2}


class UnknownConversation(LookupError):
    """No conversation has this id."""


class UnknownMessage(LookupError):
    """No message has this id."""


@dataclass(frozen=True)
class Participant:
    """Someone in a conversation."""

    id: str
    name: str
    role: Role


@dataclass
class Message:
    """One message; only its status ever changes."""

    id: str
    conversation_id: str
    sender: Participant
    text: str = field(repr=False)
    time_s: float
    sequence: int
    client_message_id: str | None = None
    attachments: tuple[dict[str, Any], ...] = ()
    status: Status = "sent"

    @property
    def is_inbound(self) -> bool:
        """The platform's view: inbound comes from the customer."""
        return self.sender.role == "customer"


@dataclass(frozen=True)
class MessagePosted:
    """A new message is in the conversation."""

    message: Message


@dataclass(frozen=True)
class TypingChanged:
    """A participant started, refreshed or stopped typing."""

    conversation_id: str
    participant: Participant
    typing: bool
    expired: bool = False


@dataclass(frozen=True)
class ReceiptIssued:
    """A message reached a new status; ``participant`` is who received or read it."""

    message: Message
    participant: Participant
    status: Status
    time_s: float


@dataclass(frozen=True)
class PresenceChanged:
    """A participant joined or left."""

    conversation_id: str
    participant: Participant
    state: Literal["joined", "left"]


@dataclass(frozen=True)
class ConversationChanged:
    """A conversation was connected or disconnected."""

    conversation_id: str
    state: Literal["connected", "disconnected"]


Event = MessagePosted | TypingChanged | ReceiptIssued | PresenceChanged | ConversationChanged


@dataclass
class Conversation:
    """One conversation; ``messages`` is in order of ``sequence``, which starts at 1."""

    id: str
    state: Literal["connected", "disconnected"] = "connected"
    participants: dict[str, Participant] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    by_client_id: dict[str, Message] = field(default_factory=dict)
    typing_until: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Part of a history, oldest first."""

    messages: list[Message]
    has_more: bool


class Platform:
    """All conversations of the simulated organisation."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self.conversations: dict[str, Conversation] = {}
        self._messages: dict[str, Message] = {}

    # --- who and where

    def open_conversation(self, conversation_id: str) -> Conversation:
        """Adds an empty, connected conversation."""
        conversation = self.conversations[conversation_id] = Conversation(conversation_id)
        return conversation

    def conversation(self, conversation_id: str) -> Conversation:
        """Raises: UnknownConversation."""
        try:
            return self.conversations[conversation_id]
        except KeyError:
            raise UnknownConversation(conversation_id) from None

    def message(self, message_id: str) -> Message:
        """Raises: UnknownMessage."""
        try:
            return self._messages[message_id]
        except KeyError:
            raise UnknownMessage(message_id) from None

    def join(self, conversation_id: str, participant: Participant) -> list[Event]:
        """Adds a participant; joining twice changes nothing."""
        participants = self.conversation(conversation_id).participants
        if participant.id in participants:
            return []
        participants[participant.id] = participant
        return [PresenceChanged(conversation_id, participant, "joined")]

    def leave(self, conversation_id: str, participant: Participant) -> list[Event]:
        """Removes a participant, who stops typing too."""
        conversation = self.conversation(conversation_id)
        events: list[Event] = []
        if conversation.typing_until.pop(participant.id, None) is not None:
            events.append(TypingChanged(conversation_id, participant, False))
        if conversation.participants.pop(participant.id, None):
            events.append(PresenceChanged(conversation_id, participant, "left"))
        return events

    def set_state(self, conversation_id: str, state: Literal["connected", "disconnected"]) -> list[Event]:
        """Connects or disconnects a conversation."""
        conversation = self.conversation(conversation_id)
        if conversation.state == state:
            return []
        conversation.state = state
        return [ConversationChanged(conversation_id, state)]

    # --- messages

    def post(
        self,
        conversation_id: str,
        sender: Participant,
        text: str,
        now: float,
        *,
        client_message_id: str | None = None,
        attachments: Iterable[dict[str, Any]] = (),
    ) -> tuple[Message, list[Event]]:
        """Adds a message; a client message id that was seen before gives the first message and no event."""
        conversation = self.conversation(conversation_id)
        if client_message_id is not None and client_message_id in conversation.by_client_id:
            return conversation.by_client_id[client_message_id], []
        message = Message(
            id=self._new_id(),
            conversation_id=conversation_id,
            sender=sender,
            text=text,
            time_s=now,
            sequence=len(conversation.messages) + 1,
            client_message_id=client_message_id,
            attachments=tuple(attachments),
        )
        conversation.messages.append(message)
        self._messages[message.id] = message
        if client_message_id is not None:
            conversation.by_client_id[client_message_id] = message
        conversation.typing_until.pop(sender.id, None)
        return message, [MessagePosted(message)]

    def page(self, conversation_id: str, *, after: str | None, before: str | None, limit: int) -> Page:
        """A part of the history: after a message the oldest ones that follow, otherwise the newest ones.

        Raises:
            UnknownMessage: ``after`` or ``before`` is not a message of this conversation.
        """
        messages = self.conversation(conversation_id).messages
        low = 0 if after is None else self._sequence(conversation_id, after)
        high = len(messages) if before is None else self._sequence(conversation_id, before) - 1
        high = max(low, high)
        if after is not None:
            end = min(high, low + limit)
            return Page(messages[low:end], has_more=end < high)
        start = max(low, high - limit)
        return Page(messages[start:high], has_more=start > low)

    def _sequence(self, conversation_id: str, message_id: str) -> int:
        message = self.message(message_id)
        if message.conversation_id != conversation_id:
            raise UnknownMessage(message_id)
        return message.sequence

    # --- receipts

    def mark(self, message: Message, by: Participant, status: Status, now: float) -> list[Event]:
        """Raises a message to a status; ``read`` implies ``delivered``, and nothing ever falls back."""
        events: list[Event] = []
        steps: tuple[Status, ...] = ("delivered", "read")
        for step in steps:
            if _RANK[message.status] < _RANK[step] <= _RANK[status]:
                message.status = step
                events.append(ReceiptIssued(message, by, step, now))
        return events

    def unread_up_to(self, conversation_id: str, last: Message, *, inbound: bool) -> list[Message]:
        """The unread messages of one direction, up to and including ``last``, oldest first."""
        messages = self.conversation(conversation_id).messages
        end = bisect_left(messages, last.sequence + 1, key=lambda m: m.sequence)
        return [m for m in messages[:end] if m.is_inbound == inbound and m.status != "read"]

    # --- typing

    def set_typing(self, conversation_id: str, who: Participant, typing: bool, now: float) -> list[Event]:
        """Each call is an event, refreshes included."""
        conversation = self.conversation(conversation_id)
        if typing:
            conversation.typing_until[who.id] = now + TYPING_EXPIRES_AFTER_S
        else:
            conversation.typing_until.pop(who.id, None)
        return [TypingChanged(conversation_id, who, typing)]

    def is_typing(self, conversation_id: str, who: Participant) -> bool:
        """Whether the participant's indicator is on."""
        return who.id in self.conversation(conversation_id).typing_until

    def next_deadline(self) -> float | None:
        """When the next typing indicator expires."""
        return min((t for c in self.conversations.values() for t in c.typing_until.values()), default=None)

    def expire(self, now: float) -> list[Event]:
        """Ends the typing indicators that nobody has refreshed."""
        events: list[Event] = []
        for conversation in self.conversations.values():
            for participant_id in [p for p, until in conversation.typing_until.items() if until <= now]:
                del conversation.typing_until[participant_id]
                if who := conversation.participants.get(participant_id):
                    events.append(TypingChanged(conversation.id, who, False, expired=True))
        return events
