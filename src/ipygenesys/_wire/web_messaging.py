"""Frames and bodies of Genesys' Web Messaging Guest API, both directions.

Sources, by the keys of protocols/genesys.md: T is Genesys' mobile transport SDK, J its Java guest SDK (the schema of
this protocol), F its developer forum. What no source confirms is in ``Unverified``. Decoding is tolerant.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from ipygenesys._wire.content import ButtonResponse

SOCKET_PATH = "/v1"
CONFIG_PATH = "/webdeployments/v1/deployments/{deployment_id}/config.json"
HISTORY_PATH = "/api/v2/webmessaging/messages"
JWT_EXCHANGE_PATH = "/api/v2/webdeployments/token/oauthcodegrantjwtexchange"
JWT_REFRESH_PATH = "/api/v2/webdeployments/token/refresh"
JWT_REVOKE_PATH = "/api/v2/webdeployments/token/revoke"

TYPING_COOL_DOWN_S = 5.0
"""Between two of the guest's typing events. Source: T, UserTypingProvider."""
TYPING_DURATION_S = 5.0
"""Of an agent's typing event that does not say. Source: T, FALLBACK_TYPING_INDICATOR_DURATION."""
MESSAGES_PER_S = 2.0
"""onMessage per session, typing included. Source: F 23587 (since 2023-12-11)."""
HEALTH_CHECK_S = 30.0
"""At most one echo in this time. Source: T."""
HEALTH_CHECK_TRACING_ID = "SGVhbHRoQ2hlY2tNZXNzYWdlSWQ="
"""Source: T."""
EXPIRY_NOTICE_S = 300.0
"""Before the session expires. Source: T, sessionDuration."""
MAX_CUSTOM_ATTRIBUTES_BYTES = 2048
"""Source: T; also SessionResponse.maxCustomDataBytes."""
MAX_REAUTHENTICATIONS = 3
"""Source: T."""
JWT_EARLY_S = 5.0
"""A JWT this close to its end is renewed first. Source: T."""


class Unverified:
    """What no source confirms, each used in one place only, so that one edit here corrects it.

    Of what J names and nobody describes, two things are not sent at all: ``resumeToken`` (a session is resumed by its
    own token) and ``fileMd5`` (T leaves it out; whether it is hex or Base64 is not said).
    """

    MESSAGING_DOMAINS: ClassVar[dict[str, str]] = {
        "sae1.pure.cloud": "sae1.pure.cloud",
        "edee1.eusc-pure.cloud": "edee1.eusc-pure.cloud",
    }
    """Regions that J's list of messaging hosts lacks: that ``webmessaging.`` stands before their domain as elsewhere."""
    OWN_TYPING_IS_NEWS = False
    """Whether a guest's own typing comes back is not known; if it does, it says nothing new."""
    RECEIPTS_ARE_REFUSED = False
    """What becomes of a guest's Receipt is not known. The client sends none; the simulator takes it silently."""

    MAX_TEXT_CHARACTERS = 4000
    """A help article says 4,000, the agent side 2,000 for "other channels"; the server answers 4011."""
    HISTORY_PAGE_SIZE = 100
    """J pages with 100; whether more is allowed is not known."""
    MAX_FILE_NAME_CHARACTERS = 255
    """What file systems allow; error 4005 comes without a number."""
    UPLOAD_DOMAINS: tuple[str, ...] = ()
    """That files go to hosts of the region is assumed; domains of other stores to trust would stand here."""
    EXPIRED_UPLOAD_STATUSES = frozenset({400, 401, 403, 410})
    """Of a PUT to an address that has expired: object stores differ, S3 says 403."""
    DISCONNECT_ACTION = "disconnectCustomer"
    """The action exists in J; its body is presumably action and token only."""
    ID_TOKEN_FIELD = "idToken"
    """Beside ``nonce``, in ``oauth`` of the exchange; older versions of T have ``code`` there for it."""
    UNKNOWN_DEPLOYMENT_STATUS = 404
    """Of the handshake, for a deployment that does not exist."""
    INACTIVE_DEPLOYMENT_STATUS = 403
    """Of the handshake, for a deployment that is switched off."""


# --- deployment config ------------------------------------------------------------------------------------


class Toggle(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an admin can switch."""

    enabled: bool = False
    type: str | None = None
    """Of conversationDisconnect: ReadOnly or Send."""


class ConversationsApp(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The conversation's toggles. Source: T, DeploymentConfig."""

    messaging_endpoint: str | None = None
    show_agent_typing_indicator: bool = False
    show_user_typing_indicator: bool = False
    auto_start: Toggle = Toggle()
    conversation_clear: Toggle = Toggle()
    conversation_disconnect: Toggle = Toggle()
    markdown: Toggle = Toggle()
    humanize: Any = None
    notifications: Any = None


class Apps(msgspec.Struct, frozen=True, kw_only=True):
    """What the messenger offers."""

    conversations: ConversationsApp = ConversationsApp()


class UploadMode(msgspec.Struct, frozen=True, kw_only=True):
    """What may be uploaded."""

    file_types: list[str] = msgspec.field(default_factory=list, name="fileTypes")
    max_file_size_kb: int = msgspec.field(default=10240, name="maxFileSizeKB")


class FileUpload(msgspec.Struct, frozen=True, kw_only=True):
    """Upload rules by mode."""

    modes: list[UploadMode] = msgspec.field(default_factory=list)


class Messenger(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The messenger's part of the config."""

    enabled: bool = True
    apps: Apps = Apps()
    file_upload: FileUpload = msgspec.field(default_factory=FileUpload)
    styles: Any = None
    launcher_button: Any = None


class AuthConfig(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether guests may or must sign in."""

    enabled: bool = False
    allow_session_upgrade: bool = False


class DeploymentConfig(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``config.json`` of a deployment; public."""

    id: str = ""
    version: str = ""
    status: str = "Active"
    """Active or Inactive."""
    languages: list[str] = msgspec.field(default_factory=list)
    default_language: str | None = None
    api_endpoint: str | None = None
    messenger: Messenger = msgspec.field(default_factory=Messenger)
    journey_events: Any = None
    auth: AuthConfig = AuthConfig()


# --- client to server -------------------------------------------------------------------------------------


class Typing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A typing event; ``On`` is the only value that Genesys knows, ``Off`` is tolerated when received."""

    type: str
    duration: float | None = None
    """Milliseconds."""


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Such as Join, Clear, Disconnect, SignIn or SessionExpired."""

    type: str


class StructuredEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One of a message's events."""

    event_type: str
    """Typing, Presence, CoBrowse, Reactions or Video."""
    typing: Typing | None = None
    presence: Presence | None = None


class AttachmentContent(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A file."""

    id: str | None = None
    url: str | None = None
    filename: str | None = None
    file_size: int | None = None
    """Bytes."""
    media_type: str | None = None
    """Image, Audio, File, Video or Link."""
    mime: str | None = None
    sha256: str | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A part of a message of the guest: what guests can send."""

    content_type: str
    attachment: AttachmentContent | None = None
    button_response: ButtonResponse | None = None

    def __repr__(self) -> str:
        return f"Content({self.content_type!r})"


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The message of an ``onMessage`` or an ``echo``."""

    type: str
    """Text, Structured or Event."""
    text: str | None = None
    content: list[Content] | None = None
    events: list[StructuredEvent] | None = None
    metadata: dict[str, str] | None = None
    channel: dict[str, Any] | None = None
    """``{"metadata": {"customAttributes": {…}}}``."""

    def __repr__(self) -> str:
        return f"OutgoingMessage({self.type!r})"


class GuestRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Every frame of the guest. Which fields count depends on the action; see protocols/genesys.md 1.2."""

    action: str
    token: str
    """Made by the client; it *is* the session, so it shows in no repr."""
    tracing_id: str | None = None
    deployment_id: str | None = None
    start_new: bool | None = None
    journey_context: Any = None
    data: dict[str, str] | None = None
    message: OutgoingMessage | None = None
    attachment_id: str | None = None
    file_name: str | None = None
    file_type: str | None = None
    file_size: int | None = None
    file_md5: str | None = None
    errors_as_json: bool | None = None
    close_all_connections: bool | None = None

    def __repr__(self) -> str:
        return f"GuestRequest({self.action!r}, tracing_id={self.tracing_id!r})"


# --- server to client -------------------------------------------------------------------------------------


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Every frame of the server. Any class comes with either type; 200 is fine, anything else an error."""

    type: str = "message"
    class_: str = msgspec.field(default="Unknown", name="class")
    code: int = 200
    body: msgspec.Raw = msgspec.Raw(b"null")
    tracing_id: str | None = msgspec.field(default=None, name="tracingId")
    """Of the request that this answers; None when the server speaks by itself."""

    def __repr__(self) -> str:
        return f"Envelope({self.class_!r}, code={self.code})"


class SessionResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to configureSession."""

    connected: bool = True
    new_session: bool = False
    read_only: bool = False
    cleared_existing_session: bool = False
    auto_started: bool = False
    max_custom_data_bytes: int = MAX_CUSTOM_ATTRIBUTES_BYTES
    duration_seconds: int | None = None
    expiration_date: int | None = None
    """Epoch seconds."""
    allowed_media: Any = None
    blocked_extensions: list[str] = msgspec.field(default_factory=list)


class Recipient(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who a message is from: names, but no user id."""

    nickname: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    image: str | None = None


class Channel(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How a message travelled."""

    time: str | None = None
    """RFC 3339, server clock."""
    message_id: str | None = None
    type: str | None = None
    from_: Recipient | None = msgspec.field(default=None, name="from")
    metadata: Any = None


class StructuredMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A message or an event. ``Inbound`` is from the guest, ``Outbound`` to the guest."""

    id: str = ""
    type: str = "Text"
    """Text, Structured, Event or Receipt."""
    text: str | None = None
    direction: str | None = None
    originating_entity: str | None = None
    """Human or Bot."""
    channel: Channel = msgspec.field(default_factory=Channel)
    content: list[Any] | None = None
    """Each is a ``content.Part``, read by itself: one that cannot be must not hide the others."""
    events: list[StructuredEvent] | None = None
    metadata: dict[str, Any] | None = None
    status: str | None = None

    def __repr__(self) -> str:
        return f"StructuredMessage({self.type!r}, {self.direction!r}, id={self.id!r})"


class TooManyRequests(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Slow down. ``errorCode`` is 4029 in T's tests and 429 in a live frame."""

    retry_after: float | None = None
    """Seconds."""
    error_code: int | None = None
    error_message: str | None = None


class JwtResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to getJwt: what the history call wants."""

    jwt: str
    exp: float | None = None
    """Epoch seconds."""

    def __repr__(self) -> str:
        return "JwtResponse(jwt=***)"


class PresignedUrlResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where to put a file; with empty headers, where to get one."""

    attachment_id: str
    url: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    file_name: str | None = None
    file_size: int | None = None
    file_type: str | None = None

    def __repr__(self) -> str:
        return f"PresignedUrlResponse({self.attachment_id!r})"


class UploadSuccess(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A file has arrived and passed."""

    attachment_id: str
    download_url: str | None = None
    timestamp: str | None = None


class UploadFailure(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A file was refused; also the body of GenerateUrlError."""

    attachment_id: str
    error_code: int = 0
    error_message: str | None = None
    timestamp: str | None = None


class ConnectionClosed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The server ends the connection for a reason that is not the network: do not reconnect."""

    reason: str | None = None
    """As T reads it; ``signedIn``: the same user signed in elsewhere."""
    reason_code: str | None = None
    """As J's schema calls it."""


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``GET /api/v2/webmessaging/messages``: newest first; typing is not in it."""

    entities: list[StructuredMessage] = msgspec.field(default_factory=list)
    page_size: int = 25
    page_number: int = 1
    total: int = 0
    page_count: int = 0


ERROR_WORDS: dict[int, str] = {
    401: "The session is not authenticated.",
    403: "Not enabled for this deployment, or this origin is not allowed.",
    4000: "This feature is not available.",
    4001: "This type of file is not allowed.",
    4002: "The file is too large.",
    4003: "The file's content is not what its name says, or is not allowed.",
    4004: "The file's name is not allowed.",
    4005: "The file's name is too long.",
    4006: "The session has expired. Start a new conversation.",
    4007: "The session was not found. Check the deployment id, or start a new conversation.",
    4008: "The attachment has expired.",
    4009: "The attachment was not found.",
    4010: "The attachment was not uploaded.",
    4011: "The message is too long.",
    4013: "The custom attributes are too large.",
    4017: "A signed-in session cannot become an anonymous one.",
    4020: "A parameter is missing.",
    4029: "Too many requests.",
    5000: "Genesys Cloud had an unexpected error.",
}
"""Source: T, core/ErrorCode.kt; the words are ours."""
