"""Frames and bodies of the tutorial's contract (messaging-events), both directions.

Source: the tutorial "typing indicators and read receipts" for a React client; what it lacks and a working client
needs is marked "extension". Decoding is tolerant: unknown fields are ignored, and each part of a payload is optional.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

STREAM_PATH = "/api/v2/conversations/messaging/events"
CONVERSATIONS_PATH = "/api/v2/conversations/messaging/conversations"
MESSAGES_PATH = "/api/v2/conversations/messaging/messages"
TOKEN_PATH = "/oauth/token"

SCOPES = ("conversations:messaging", "conversations:read", "messaging:write")

CLOSE_SESSION_EXPIRED = 4001
"""Source: the tutorial, "WebSocket session expired"."""
CLOSE_UNAUTHENTICATED = 4401
"""Extension: the authenticate frame was missing or its token was refused."""


# --- stream, client to server -----------------------------------------------------------------------------


class Authenticate(msgspec.Struct, frozen=True, tag_field="type", tag="authenticate"):
    """The mandatory first frame."""

    token: str

    def __repr__(self) -> str:
        return "Authenticate(token=***)"


# --- stream, server to client -----------------------------------------------------------------------------


class EventFrame(msgspec.Struct, frozen=True, kw_only=True):
    """Every frame of the server: an event type, ids, and a payload whose shape depends on the type."""

    event_type: str
    conversation_id: str | None = None
    message_id: str | None = None
    participant_id: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"{}")

    def __repr__(self) -> str:
        return f"EventFrame({self.event_type!r}, message_id={self.message_id!r})"


class TypingPayload(msgspec.Struct, frozen=True, kw_only=True):
    """Payload of ``typing``."""

    typing: bool


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote a message (extension)."""

    name: str | None = None
    role: str | None = None
    """agent, customer, bot or system."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message (extension)."""

    id: str | None = None
    name: str | None = None
    media_type: str | None = None
    size: int | None = None
    """Bytes."""
    url: str | None = None


class MessagePayload(msgspec.Struct, frozen=True, kw_only=True):
    """Payload of ``message`` (extension: the tutorial's own frame carries ids only)."""

    text: str | None = None
    timestamp: str | None = None
    """RFC 3339, server clock."""
    sender: Sender | None = None
    direction: str | None = None
    """The platform's view: inbound is from the customer, outbound from agent or bot."""
    attachments: list[Attachment] | None = None
    content: list[Any] | None = None
    """Quick replies, cards and the like: each is a ``content.Part``, as on the real wires."""
    client_message_id: str | None = None
    """Made by the sender of the message; correlates a send with its echo."""
    sequence: int | None = None
    """Grows by one with each message of a conversation."""
    status: str | None = None
    """sent, delivered, read or failed."""

    def __repr__(self) -> str:
        return f"MessagePayload(sequence={self.sequence!r})"


class ReceiptPayload(msgspec.Struct, frozen=True, kw_only=True):
    """Payload of ``receipt`` (extension)."""

    status: str
    """sent, delivered, read or failed."""
    timestamp: str | None = None


class PresencePayload(msgspec.Struct, frozen=True, kw_only=True):
    """Payload of ``presence`` (extension)."""

    state: str
    """joined or left."""
    name: str | None = None
    role: str | None = None


class ConversationPayload(msgspec.Struct, frozen=True, kw_only=True):
    """Payload of ``conversation`` (extension)."""

    state: str
    """connected or disconnected."""


# --- REST bodies ------------------------------------------------------------------------------------------


class TypingRequest(msgspec.Struct, frozen=True):
    """``POST …/conversations/{id}/typing``; 2xx, empty."""

    typing: bool


class ReadRequest(msgspec.Struct, frozen=True):
    """``PUT …/messages/{id}/read``; 2xx, empty."""

    read: Literal[True] = True


class ReadUpToRequest(msgspec.Struct, frozen=True):
    """``PUT …/conversations/{id}/read`` (extension); 2xx, empty."""

    up_to_message_id: str


class SendRequest(msgspec.Struct, frozen=True):
    """``POST …/conversations/{id}/messages`` (extension); 201, or 200 for a client id seen before: a MessageBody."""

    text: str
    client_message_id: str

    def __repr__(self) -> str:
        return f"SendRequest(client_message_id={self.client_message_id!r})"


class MessageBody(MessagePayload, frozen=True, kw_only=True):
    """A message as REST returns it: a MessagePayload with its ids."""

    id: str
    conversation_id: str | None = None
    participant_id: str | None = None

    def __repr__(self) -> str:
        return f"MessageBody(id={self.id!r})"


class HistoryBody(msgspec.Struct, frozen=True):
    """``GET …/conversations/{id}/messages`` (extension): oldest first; without ``after`` the newest page."""

    messages: list[MessageBody]
    has_more: bool = False
    """With ``after``: newer messages remain. Otherwise: older ones do."""


class TokenBody(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /oauth/token``."""

    access_token: str
    token_type: str = "bearer"
    expires_in: float = 86399
    """Seconds."""
    scope: str | None = None

    def __repr__(self) -> str:
        return f"TokenBody(expires_in={self.expires_in!r})"


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """Genesys' error body. Source: MyPureCloud platform-client-sdk-python, ErrorBody."""

    message: str = ""
    code: str = ""
    status: int = 0
    context_id: str = msgspec.field(default="", name="contextId")
    details: list[Any] = msgspec.field(default_factory=list)
    errors: list[Any] = msgspec.field(default_factory=list)
