"""Bodies of the Platform API's message conversations; read tolerantly."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._wire.agent_messaging.channel import Id, NormalizedMessage, Reason


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """What a user may do; permissions may hold wildcards."""

    permissions: list[str] = msgspec.field(default_factory=list)


class UserBody(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /api/v2/users/me``."""

    id: str
    name: str | None = None
    authorization: Authorization | None = None


class TokenInfo(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``GET /api/v2/tokens/me``. Source: P."""

    authorized_scope: list[str] | None = None


class Directions(msgspec.Struct, frozen=True, kw_only=True):
    """Enabled or Disabled: inbound is the customer's typing, outbound the agent's."""

    inbound: str | None = None
    outbound: str | None = None


class TypingSetting(msgspec.Struct, frozen=True, kw_only=True):
    """Whether typing is passed on."""

    on: Directions = Directions()


class EventSetting(msgspec.Struct, frozen=True, kw_only=True):
    """What is passed on besides messages."""

    typing: TypingSetting = TypingSetting()


class MessagingSetting(msgspec.Struct, frozen=True, kw_only=True):
    """A platform configuration. Source: P."""

    name: str | None = None
    event: EventSetting = EventSetting()


class MessagingSettingsBody(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /api/v2/conversations/messaging/settings``."""

    entities: list[MessagingSetting] = msgspec.field(default_factory=list)


class MessageRef(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message as its conversation names it."""

    message_id: str | None = None
    message_time: str | None = None
    message_status: str | None = None
    message_metadata: Any = None


class Communication(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of a participant; an agent's sends and typing go to its id."""

    id: str
    state: str | None = None
    messages: list[MessageRef] | None = None
    type: str | None = None


class Participant(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Somebody in a conversation. ``messages`` are communications in the generic form, references in the media form."""

    id: str
    purpose: str | None = None
    name: str | None = None
    state: str | None = None
    user_id: str | None = None
    user: Id | None = None
    queue_id: str | None = None
    queue: Id | None = None
    direction: str | None = None
    messages: list[Any] | None = None


class ConversationBody(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /api/v2/conversations/{id}`` and ``GET /api/v2/conversations/messages/{id}``."""

    id: str
    participants: list[Participant] = msgspec.field(default_factory=list)


class NormalizedReceipt(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A receipt has the id of its message."""

    id: str | None = None
    status: str | None = None
    is_final_receipt: bool | None = None
    reasons: list[Reason] | None = None


class MessageData(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message as REST returns it; its text is in ``normalizedMessage`` (``textBody`` has gone, 2026-03-31)."""

    id: str
    conversation_id: str | None = None
    direction: str | None = None
    """inbound or outbound, the platform's view."""
    status: str | None = None
    timestamp: str | None = None
    normalized_message: NormalizedMessage | None = None
    normalized_receipts: list[NormalizedReceipt] | None = None
    created_by: Id | None = None

    def __repr__(self) -> str:
        return f"MessageData(id={self.id!r}, status={self.status!r})"


class BulkBody(msgspec.Struct, frozen=True, kw_only=True):
    """``POST …/messages/bulk``."""

    entities: list[MessageData] = msgspec.field(default_factory=list)


class SendBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``POST …/communications/{id}/messages``: a text or files. Source: P, AdditionalMessage."""

    text_body: str | None = None
    media_ids: list[str] | None = None

    def __repr__(self) -> str:
        return "SendBody()"


class UploadBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``POST …/messages/media/uploads``. Source: P, UploadMediaRequest; its
    ``contentMd5`` is optional, and its form (hex or Base64) is not said, so it is left out.
    """

    file_name: str
    content_length_bytes: int

    def __repr__(self) -> str:
        return f"UploadBody({self.content_length_bytes} bytes)"


class MediaUpload(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where to put a file. Source: P, MessageMediaUploadData."""

    id: str
    upload_url: str
    upload_headers: dict[str, str] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        return f"MediaUpload({self.id!r})"


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """``GET …/messages/media/{id}``. Source: P, MessageMediaData."""

    id: str
    status: str = "uploading"
    """uploading, valid or invalid."""


class TypingOn(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of typing: ``type`` is all that is needed, and it has one value."""

    type: str = "On"
    duration: int = 5000
    """Milliseconds."""


class TypingBody(msgspec.Struct, frozen=True, kw_only=True):
    """``POST …/communications/{id}/typing``."""

    typing: TypingOn = TypingOn()


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an authorization code or a refresh token."""

    access_token: str
    expires_in: float = 86399
    """Seconds."""
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "Login(***)"


class OAuthError(msgspec.Struct, frozen=True, kw_only=True):
    """Why no token was given. Source: CallFlowVisualizer#8."""

    error: str = ""


class StateBody(msgspec.Struct, frozen=True, kw_only=True):
    """``PATCH …/participants/{id}``: connected answers, disconnected ends."""

    state: str


class WrapupBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``POST …/wrapup``."""

    code: str
    notes: str | None = None
