"""Defines what everybody agrees on: participants, messages, and the neutral events of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["agent", "customer", "bot", "system"]
Status = Literal["queued", "sent", "delivered", "read"]
State = Literal["connected", "disconnected"]
Side = Literal["customer", "agent"]
"""Who somebody is in a conversation: a client, or the person who is played."""
Played = Side | Literal["both"]
"""Whom the simulator plays."""
LegState = Literal["alerting", "connected", "disconnected"]
"""Of the agent's own part in a conversation."""
PartState = Literal["alerting", "connected", "parked", "disconnected"]
Purpose = Literal["customer", "acd", "agent", "bot", "workflow"]
"""What a part of a conversation is for; acd is the wait in a queue."""


class UnknownConversation(LookupError):
    """No conversation has this id."""

    def __str__(self) -> str:
        return f"no conversation {self.args[0]!r}"


class UnknownMessage(LookupError):
    """No message has this id."""


@dataclass(frozen=True)
class Participant:
    """Someone in a conversation."""

    id: str
    name: str
    role: Role


@dataclass(slots=True, eq=False)
class Part:
    """Somebody's part in a routed conversation, from its beginning to its end; times are epoch seconds.

    A transfer ends one and begins another. An agent's begins when it alerts.
    """

    who: Participant
    purpose: Purpose
    state: PartState
    started_s: float
    connected_s: float | None = None
    ended_s: float | None = None
    user_id: str | None = None
    queue_id: str | None = None
    queue_name: str | None = None
    disconnect_type: str | None = None
    parked_s: float | None = None
    """When it was parked; at most once."""
    resumed_s: float | None = None
    """When it will be resumed, or was."""
    acw_started_s: float | None = None
    acw_ended_s: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether anything of it is still to come, its after-call work included."""
        return self.ended_s is None or (self.acw_started_s is not None and self.acw_ended_s is None)

    def end(self, now: float, disconnect_type: str) -> None:
        """Nobody takes part by it any more."""
        self.state, self.ended_s, self.disconnect_type = "disconnected", now, disconnect_type


@dataclass(frozen=True)
class Origin:
    """Which stream a message came in by, and what its sender called it there."""

    stream: int
    tracing_id: str | None = None


@dataclass(frozen=True)
class Turn:
    """One turn of a dialogue; ``system`` is an action turn that shows as a system message."""

    who: Literal["agent", "customer", "system"]
    text: str = field(repr=False)


@dataclass(slots=True, eq=False)
class Message:
    """One message; only its status ever changes, or it is taken back."""

    id: str
    conversation_id: str
    sender: Participant
    text: str = field(repr=False)
    time_s: float
    sequence: int
    client_message_id: str | None = None
    attachments: tuple[dict[str, Any], ...] = ()
    content: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    """Parts of the message as Genesys' structured messages have them, such as quick replies."""
    metadata: dict[str, Any] = field(default_factory=dict, repr=False)
    origin: Origin | None = None
    status: Status = "sent"
    error: str | None = field(default=None, repr=False)
    """Why the provider does not deliver it, where it does not."""
    is_withdrawn: bool = False
    """Its sender has taken it back."""
    is_read_reported: bool = False
    """The provider told that the customer read it; web messaging never does."""

    @property
    def is_inbound(self) -> bool:
        """The platform's view: inbound comes from the customer."""
        return self.sender.role == "customer"


@dataclass(frozen=True)
class MessagePosted:
    """A new message is in the conversation."""

    message: Message

    @property
    def conversation_id(self) -> str:
        """Where."""
        return self.message.conversation_id


@dataclass(frozen=True)
class MessageWithdrawn:
    """A message says nothing any more."""

    message: Message

    @property
    def conversation_id(self) -> str:
        """Where."""
        return self.message.conversation_id


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

    @property
    def conversation_id(self) -> str:
        """Where."""
        return self.message.conversation_id


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
    state: State


@dataclass(frozen=True)
class LegChanged:
    """The agent's part of the conversation is alerting, was answered or has ended."""

    conversation_id: str
    state: LegState


@dataclass(frozen=True)
class Rerouted:
    """Parts of a routed conversation have begun, ended or changed their state."""

    conversation_id: str
    changed: tuple[Part, ...]


@dataclass(frozen=True)
class QueueObserved:
    """The figures of a queue have changed: metric, how many, and of the oldest its age in milliseconds."""

    queue_id: str
    counts: tuple[tuple[str, int, int | None], ...]
    conversation_id: str = ""
    """It is about none."""


Event = (
    MessagePosted
    | MessageWithdrawn
    | TypingChanged
    | ReceiptIssued
    | PresenceChanged
    | ConversationChanged
    | LegChanged
    | Rerouted
    | QueueObserved
)


@dataclass(frozen=True)
class TypingUntil:
    """When a typing indicator ends by itself, and whether it was meant to."""

    at: float
    is_planned: bool = False


@dataclass
class Conversation:
    """One conversation; ``messages`` is in order of ``sequence``, which starts at 1."""

    id: str
    agent: Participant
    """Whose part the agent's user has."""
    customer: Participant
    state: State = "connected"
    leg: LegState = "connected"
    wrapup: dict[str, Any] | None = None
    guest_id: str | None = None
    """Of the guest who began it, or who came into it; None: nobody did by web messaging."""
    opened_s: float = 0.0
    parts: list[Part] = field(default_factory=list)
    """As it was routed, oldest first; empty: it is not, one agent has it from start to end."""
    inactive_at_s: float | None = None
    """When it is ended if nobody says anything; None: never."""
    participants: dict[str, Participant] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    by_client_id: dict[str, Message] = field(default_factory=dict)
    typing_until: dict[str, TypingUntil] = field(default_factory=dict)
