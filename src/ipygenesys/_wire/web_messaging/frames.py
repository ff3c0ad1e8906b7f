"""What the server says to a guest, on its socket and in history; read tolerantly."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._wire.web_messaging.facts import MAX_CUSTOM_ATTRIBUTES_BYTES
from ipygenesys._wire.web_messaging.requests import StructuredEvent


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


class FileType(msgspec.Struct, frozen=True, kw_only=True):
    """Such as image/png, image/* or */*."""

    type: str


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """What a guest may upload."""

    file_types: list[FileType] = msgspec.field(default_factory=list, name="fileTypes")
    max_file_size_kb: float = msgspec.field(default=0, name="maxFileSizeKB")


class AllowedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """By who sends it."""

    inbound: Inbound | None = None
    """None: the server says nothing of it."""


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
    allowed_media: AllowedMedia = msgspec.field(default_factory=AllowedMedia)
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
    type: str
    """Text, Structured, Event or Receipt."""
    text: str | None = None
    direction: str
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
