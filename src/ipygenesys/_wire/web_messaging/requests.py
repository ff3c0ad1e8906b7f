"""What a guest says on its socket."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._wire.content import ButtonResponse, Form


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
    form: Form | None = None

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
