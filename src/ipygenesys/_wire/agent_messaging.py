"""Frames and bodies of the agent's side: notification channels and the Platform API's message conversations.

Sources, by the keys of protocols/genesys.md: P is the official Python SDK (269.0.0), PD its permission docs, CLI
Genesys' command line, F and C its forum and community. What no source confirms is in ``Unverified``. Decoding is tolerant.
"""

from __future__ import annotations

from typing import Any

import msgspec

TOKEN_PATH = "/oauth/token"
AUTHORIZE_PATH = "/oauth/authorize"
ME_PATH = "/api/v2/users/me"
TOKEN_INFO_PATH = "/api/v2/tokens/me"
MESSAGING_SETTINGS_PATH = "/api/v2/conversations/messaging/settings"
CHANNELS_PATH = "/api/v2/notifications/channels"
ANY_CONVERSATIONS_PATH = "/api/v2/conversations"
"""Of every media; it alone shows the communications, whose ids sends and typing need."""
CONVERSATIONS_PATH = "/api/v2/conversations/messages"

USER_MESSAGES_TOPIC = "v2.users.{user_id}.conversations.messages"
USER_TYPING_TOPIC = "v2.users.{user_id}.conversations.inbound.typing.event"
QUEUE_MESSAGES_TOPIC = "v2.routing.queues.{queue_id}.conversations.messages"
METADATA_TOPIC = "channel.metadata"
SOCKET_CLOSING_TOPIC = "v2.system.socket_closing"
NO_LONGER_SUBSCRIBED_TOPIC = "v2.system.no_longer_subscribed"
TOKEN_REVOKED_TOPIC = "v2.system.token_revoked"

HEARTBEAT_S = 30.0
"""The server's own, about. Source: C regarding-the-behavior-of-websocket-heartbeats."""
SILENCE_S = 35.0
"""After this long without a frame the socket is taken for dead. Source: purecloudlabs/streaming-client."""
CHANNEL_LIFE_S = 24 * 3600.0
ROTATE_AFTER_S = 23 * 3600.0
MAX_TOPICS = 1000
MAX_CHANNELS = 20
"""Per user and app; one socket each. Source: F 10312."""
MAX_TEXT_CHARACTERS = 2000
"""On other channels than SMS. Source: P, AdditionalMessage."""
MAX_BULK = 1000
"""Message ids in one bulk call. Source: PD."""
TYPING_REFRESH_S = 5.0

PERMISSIONS_SEND = ("conversation:message:create", "conversation:webmessaging:create")
PERMISSIONS_UPLOAD = (*PERMISSIONS_SEND, "conversation:socialmedia:create")
PERMISSIONS_VIEW = ("conversation:message:view", "conversation:webmessaging:view")
PERMISSIONS_SETTINGS = ("messaging:setting:view",)
PERMISSIONS_WATCH = ("conversation:communication:view",)
PERMISSIONS_WRAPUP = ("conversation:participant:wrapup",)
PERMISSIONS_STATE = ("conversation:participant:wrapup", "conversation:communication:disconnect")
"""Any of each. Source: PD."""

MEDIA_STATUS_TO_RECEIPT: dict[str, str] = {
    "queued": "sent",
    "sent": "sent",
    "received": "sent",
    "published": "sent",
    "delivery-success": "delivered",
    "read": "read",
    "failed": "failed",
    "delivery-failed": "failed",
    "removed": "failed",
}
"""MessageData.status to our receipts. Source: P; how they follow each other: ``Unverified.STATUS_SEQUENCE``."""


class Unverified:
    """What no source confirms, each used in one place only, so that one edit here corrects it."""

    STATUS_SEQUENCE = ("queued", "sent", "delivery-success")
    """Of an agent's message on web messaging. The client takes any order and never goes back."""
    BAD_CLIENT_STATUSES = (401, 400)
    """Of a token request with a wrong client or secret; the client takes either, the simulator answers the first."""
    TOO_LARGE_CODE = "request.too.large"
    """Of a 413; its words are known."""
    TYPING_STATUS = 204
    """Of a typing POST; the SDK returns None on any 2xx."""
    SCOPES = ("conversations", "notifications", "users:readonly")
    """Scopes are real names; which of them each endpoint wants is not in the SDK."""
    EXPAND_PERMISSIONS = "authorization"
    """What ``GET users/me`` is asked to add; that the answer then holds ``authorization.permissions``."""
    NO_USER_STATUS = 400
    """Of a call that needs a user, made with client credentials."""
    SEND_STATUS = 200
    """Of a send; 202 in the catalogue of 2018."""
    WRAPUP_STATUS = 204
    """Of a wrap-up; the SDK returns None on any 2xx."""
    NOT_CONNECTED_STATUS = 400
    """Of a send or a typing call while the agent's communication is not connected."""
    UNKNOWN_CHANNEL_STATUS = 404
    """Of the handshake, for a channel that does not exist or has expired."""
    ENDED_CLOSE_CODE = 1000
    """Of a socket whose channel was connected again, evicted or has expired, or whose token was revoked."""
    CLOSING_CLOSE_CODE = 1001
    """At the end of the notice of ``v2.system.socket_closing``."""
    FILES_GO_ALONE = True
    """A message has a text or files, not both: the SDK's model allows both, and calls the files "associated with the text"."""
    UPLOAD_DOMAINS: tuple[str, ...] = ()
    """That files go to hosts of the region is assumed; domains of other stores to trust would stand here."""
    EXPIRED_UPLOAD_STATUSES = frozenset({400, 401, 403, 410})
    """Of a PUT to an address that has expired: object stores differ, S3 says 403."""
    MESSAGES_IN_EVENT = 10
    """How many of the newest messages a conversation event names; that it names all is likely too."""


# --- notification channel ---------------------------------------------------------------------------------


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


# --- events -----------------------------------------------------------------------------------------------


class Id(msgspec.Struct, frozen=True, kw_only=True):
    """A reference."""

    id: str | None = None


class EventMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message as a conversation event names it: never its text."""

    message: Id | None = None
    message_id: str | None = None
    message_time: str | None = None
    message_status: str | None = None
    message_metadata: Any = None


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


# --- REST -------------------------------------------------------------------------------------------------


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
