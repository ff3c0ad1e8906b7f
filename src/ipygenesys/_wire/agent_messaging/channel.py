"""Frames of a notification channel, its REST bodies, and the events of its topics; read tolerantly."""

from __future__ import annotations

from typing import Any

import msgspec


class ChannelBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``POST /api/v2/notifications/channels``. The id is the secret: the socket wants no other."""

    id: str
    connect_uri: str
    expires: str | None = None

    def __repr__(self) -> str:
        return "ChannelBody(id=***)"


class ChannelsBody(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /api/v2/notifications/channels``: only how many there are is of interest."""

    entities: list[msgspec.Raw] = msgspec.field(default_factory=list)


class Topic(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A subscription, wanted or answered."""

    id: str
    state: str | None = None
    """Permitted or Rejected."""
    rejection_reason: str | None = None
    missing_permissions: list[str] | None = None
    self_uri: str | None = None


class TopicsBody(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a subscription call."""

    entities: list[Topic] = msgspec.field(default_factory=list)


class Notification(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Every frame of a channel's socket."""

    topic_name: str = ""
    version: str | None = None
    event_body: msgspec.Raw = msgspec.Raw(b"{}")
    metadata: Any = None

    def __repr__(self) -> str:
        return f"Notification({self.topic_name.rsplit('.', 1)[-1]!r})"


class SystemBody(msgspec.Struct, frozen=True, kw_only=True):
    """The event body of ``channel.metadata`` and of the system topics."""

    message: str = ""


class SocketAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A frame without a topic: the answer to a subscription by socket, or that channel or token has expired (404)."""

    result: Any = None


class Ping(msgspec.Struct, frozen=True):
    """What a client may say on the socket; answered by a ``pong``. Source: CLI listenchannel.go."""

    message: str = "ping"


class Id(msgspec.Struct, frozen=True, kw_only=True):
    """A reference."""

    id: str | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message failed: an ``errorInfo``, or one of a receipt's ``reasons``. Source: P."""

    code: str | None = None
    message: str | None = None

    def __repr__(self) -> str:
        return f"Reason({self.code!r})"


class EventMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message as a conversation event names it: never its text."""

    message: Id | None = None
    message_id: str | None = None
    message_time: str | None = None
    message_status: str | None = None
    message_metadata: Any = None
    error_info: Reason | None = None


class EventParticipant(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A participant of a message-conversation event."""

    id: str | None = None
    purpose: str | None = None
    """customer, agent, bot, workflow, acd, …"""
    name: str | None = None
    state: str | None = None
    direction: str | None = None
    user: Id | None = None
    queue: Id | None = None
    messages: list[EventMessage] | None = None


class ConversationEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``v2.users.{id}.conversations.messages``."""

    id: str | None = None
    participants: list[EventParticipant] | None = None

    def __repr__(self) -> str:
        return f"ConversationEvent(id={self.id!r})"


class NormalizedTyping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``On`` is the only value that exists; ``Off`` is tolerated."""

    type: str = "On"
    duration: float | None = None
    """Milliseconds."""


class NormalizedEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An event inside a normalized message."""

    event_type: str = ""
    typing: NormalizedTyping | None = None
    presence: Any = None


class NormalizedFrom(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who a normalized message is from."""

    id: str | None = None
    nickname: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class NormalizedChannel(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How a normalized message travelled."""

    id: str | None = None
    platform: str | None = None
    type: str | None = None
    time: str | None = None
    message_id: str | None = None
    from_: NormalizedFrom | None = msgspec.field(default=None, name="from")
    to: NormalizedFrom | None = None


class NormalizedMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The platform-neutral form of a message. Source: P, ConversationNormalizedMessage."""

    id: str | None = None
    type: str = "Text"
    """Text, Structured, Receipt, Event, Message or Unknown."""
    text: str | None = None
    direction: str | None = None
    """Inbound is from the customer, Outbound to the customer."""
    originating_entity: str | None = None
    """Human or Bot."""
    channel: NormalizedChannel | None = None
    content: list[Any] | None = None
    """Each is a ``content.Part``, read by itself: one that cannot be must not hide the others."""
    events: list[NormalizedEvent] | None = None
    status: str | None = None

    def __repr__(self) -> str:
        return f"NormalizedMessage({self.type!r}, {self.direction!r}, id={self.id!r})"


class TypingEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``v2.users.{id}.conversations.inbound.typing.event``."""

    conversation_id: str | None = None
    normalized_message: NormalizedMessage | None = None
