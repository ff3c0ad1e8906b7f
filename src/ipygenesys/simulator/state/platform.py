"""Holds the other side's state: conversations, participants, messages, typing and receipts.

Pure: no I/O, clock or randomness. Each change takes ``now`` (epoch seconds), ids come from the caller's ``new_id``,
and what happened is returned as neutral events, which each wire turns into its own frames.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ipygenesys.simulator.state.conversation import (
    Conversation,
    ConversationChanged,
    Event,
    LegChanged,
    LegState,
    Message,
    MessagePosted,
    MessageWithdrawn,
    Origin,
    Participant,
    PresenceChanged,
    ReceiptIssued,
    State,
    Status,
    TypingChanged,
    TypingUntil,
    UnknownConversation,
    UnknownMessage,
)
from ipygenesys.simulator.state.deadlines import Deadlines

TYPING_EXPIRES_AFTER_S = 10.0
"""A typing indicator that nobody refreshes ends by itself. Chosen: two and a half of the client's 4 s refreshes."""
BOT_STEP_S = 0.0011
"""Chosen: a millisecond, and what rounding may take of it."""

_RANK: dict[Status, int] = {"queued": -1, "sent": 0, "delivered": 1, "read": 2}


@dataclass(frozen=True)
class Page:
    """Part of a history, oldest first."""

    messages: list[Message]
    has_more: bool


class Platform:
    """All conversations of the simulated organisation."""

    def __init__(self, new_id: Callable[[], str], *, time_step_s: float = 0.0) -> None:
        self._new_id = new_id
        self.time_step_s = time_step_s
        """Of the times of messages: 1.0 where they are told in whole seconds, as on WhatsApp."""
        self.conversations: dict[str, Conversation] = {}
        self._messages: dict[str, Message] = {}
        self._typing_ends: Deadlines[tuple[str, str]] = Deadlines()

    # --- who and where

    def open_conversation(
        self, conversation_id: str, agent: Participant, customer: Participant, now: float = 0.0
    ) -> Conversation:
        """Adds an empty, connected conversation; both have joined it."""
        conversation = Conversation(conversation_id, agent, customer, opened_s=now)
        self.conversations[conversation_id] = conversation
        conversation.participants |= {who.id: who for who in (agent, customer)}
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

    def find_message(self, message_id: str) -> Message | None:
        """The message, if there is one."""
        return self._messages.get(message_id)

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
        if self._stop_typing(conversation, participant):
            events.append(TypingChanged(conversation_id, participant, False))
        if conversation.participants.pop(participant.id, None):
            events.append(PresenceChanged(conversation_id, participant, "left"))
        return events

    def set_state(self, conversation_id: str, state: State) -> list[Event]:
        """Connects or disconnects a conversation, the agent's part with it."""
        conversation = self.conversation(conversation_id)
        if conversation.state == state:
            return []
        conversation.state = state
        return [*self.set_leg(conversation_id, state), ConversationChanged(conversation_id, state)]

    def set_leg(self, conversation_id: str, state: LegState) -> list[Event]:
        """Lets the agent's part alert, or answers or ends it."""
        conversation = self.conversation(conversation_id)
        if conversation.leg == state:
            return []
        conversation.leg = state
        return [LegChanged(conversation_id, state)]

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
        content: Iterable[dict[str, Any]] = (),
        metadata: dict[str, Any] | None = None,
        origin: Origin | None = None,
        status: Status = "sent",
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
            time_s=self._time_s(conversation, sender, now),
            sequence=len(conversation.messages) + 1,
            client_message_id=client_message_id,
            attachments=tuple(attachments),
            content=tuple(content),
            metadata=metadata or {},
            origin=origin,
            status=status,
        )
        conversation.messages.append(message)
        self._messages[message.id] = message
        if client_message_id is not None:
            conversation.by_client_id[client_message_id] = message
        self._stop_typing(conversation, sender)
        return message, [MessagePosted(message)]

    def _time_s(self, conversation: Conversation, sender: Participant, now: float) -> float:
        """Of a message: what a bot says in one go has a millisecond each, for times alone tell its order."""
        if self.time_step_s:
            return now - now % self.time_step_s
        last_s = conversation.messages[-1].time_s if conversation.messages else 0.0
        return max(now, last_s + BOT_STEP_S) if sender.role == "bot" else now

    def withdraw(self, message: Message) -> list[Event]:
        """Takes a message back: what it said is gone."""
        message.is_withdrawn, message.text, message.attachments, message.content = True, "", (), ()
        return [MessageWithdrawn(message)]

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
        steps: tuple[Status, ...] = ("sent", "delivered", "read")
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

    def set_typing(
        self,
        conversation_id: str,
        who: Participant,
        typing: bool,
        now: float,
        *,
        lasts_s: float | None = None,
    ) -> list[Event]:
        """Each call is an event, refreshes included; with ``lasts_s`` nobody has to end or refresh it."""
        conversation = self.conversation(conversation_id)
        if typing:
            until = now + (lasts_s or TYPING_EXPIRES_AFTER_S)
            conversation.typing_until[who.id] = TypingUntil(until, lasts_s is not None)
            self._typing_ends.set((conversation_id, who.id), until)
        else:
            self._stop_typing(conversation, who)
        return [TypingChanged(conversation_id, who, typing)]

    def is_typing(self, conversation_id: str, who: Participant) -> bool:
        """Whether the participant's indicator is on."""
        return who.id in self.conversation(conversation_id).typing_until

    def _stop_typing(self, conversation: Conversation, who: Participant) -> bool:
        self._typing_ends.set((conversation.id, who.id), None)
        return conversation.typing_until.pop(who.id, None) is not None

    def next_deadline(self) -> float | None:
        """When the next typing indicator expires."""
        return self._typing_ends.next()

    def expire(self, now: float) -> list[Event]:
        """Ends the typing indicators that nobody has refreshed."""
        events: list[Event] = []
        for conversation_id, participant_id in self._typing_ends.take(now):
            conversation = self.conversations[conversation_id]
            until = conversation.typing_until.pop(participant_id)
            if who := conversation.participants.get(participant_id):
                events.append(TypingChanged(conversation.id, who, False, expired=not until.is_planned))
        return events
