"""What the views hear of a conversation: its messages as they show them, and the changes of it."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.content import Content
from ipygenesys._core.model.failures import Cause
from ipygenesys._core.model.messages import Capability, ConnectionStatus, MessageStatus, Role, UploadRules

MAX_SHOWN_CHARACTERS = 16_384
"""Characters of a message's text that travel unasked; the rest comes with ``text-requested``."""

MAX_SHOWN_CONTENT_BYTES = 65_536
"""Of what a message holds besides text and files; more than any author makes is named instead of shown."""


class ViewAttachment(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A file that came with a message; the view shows its name and, on a click, opens the URL."""

    name: str
    media_type: str | None = None
    size_bytes: int | None = None
    url: str | None = None
    can_refresh: bool = False
    """Another address can be asked for once this one has expired."""


class ViewMessage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One message as the view shows it. What is mostly at its default stands at the end, and is not sent."""

    id: str
    """The server's id, or the draft id until the server has accepted the message."""
    text: str | None
    """At most MAX_SHOWN_CHARACTERS; null while it is being fetched and when it is unavailable."""
    sender: str
    time_ms: int
    """Milliseconds since the epoch, server clock (our clock until the server has accepted the message)."""
    role: Role = "agent"
    status: MessageStatus = "unread"
    is_own: bool = False
    status_time_ms: int | None = None
    """When it was read or delivered, where a receipt told."""
    full_length: int = 0
    """Characters of the whole text when ``text`` was cut; else 0."""
    unavailable: bool = False
    """The server announced this message, but its text could not be fetched."""
    draft_id: str | None = None
    """Ours, made by whoever asked for the send; correlates an optimistic bubble with the server's message."""
    error: str | None = None
    """Why it failed or is unknown, in words."""
    seen_inferred: bool = False
    """Somebody typed or answered after it, so it was most likely seen; no receipt says so."""
    attachments: tuple[ViewAttachment, ...] = ()
    content: tuple[Content, ...] = ()
    """What it holds besides; where its text only repeats that in words, ``text`` is empty."""
    cause: Cause | None = None
    """Why it failed or is unknown, in one word, for the view's own words."""
    withdrawn: bool = False
    """Whoever said it has taken it back."""


class MessagePlacedDelta(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="message-placed"
):
    """A message is new, has changed or has moved: take ``former_id`` away, then insert at ``index``."""

    message: ViewMessage
    index: int
    """Its position after this delta."""
    former_index: int | None = None
    """Its position before this delta; null when it is new."""
    former_id: str | None = None
    """The id under which it stood at ``former_index`` (a draft id that the server has replaced, or its own)."""


class MessageRemovedDelta(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="message-removed"
):
    """A draft was discarded."""

    id: str
    index: int


class MessageStatusDelta(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="message-status"
):
    """Only the state of a message has changed (a receipt)."""

    id: str
    index: int
    status: MessageStatus
    status_time_ms: int | None = None
    error: str | None = None
    seen_inferred: bool = False
    cause: Cause | None = None


class MessagesSkippedDelta(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="messages-skipped"
):
    """So many messages came at once that they are only counted: every index from ``index`` on grows by ``count``."""

    index: int
    count: int
    others: int
    """How many of them are not ours."""
    first_other_id: str | None = None
    """The oldest of those."""


class HistoryPrependedDelta(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="history-prepended"
):
    """Older messages are now held by the kernel: every index grows by ``count``. Ask for a page to see them."""

    count: int
    has_older: bool


class TypingDelta(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="typing"):
    """Who is typing now, ourselves excepted."""

    names: tuple[str, ...]


class UnreadDelta(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="unread"):
    """How many messages of others are not marked read at the server."""

    count: int


class StatusDelta(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="status"):
    """The connection's state, in one word and in words."""

    status: ConnectionStatus
    detail: str | None = None
    """What is wrong and what to do; null when all is well."""
    retry_in_ms: int | None = None
    """Until the next try, counted from the moment of sending."""
    cause: Cause | None = None


class CapabilitiesDelta(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="capabilities"
):
    """What this conversation's protocol and server can do."""

    capabilities: tuple[Capability, ...]
    uploads: UploadRules | None = None
    """What files may be sent; null: none."""
    looks_on: bool = False
    """We have no part in the conversation: nothing can be written here, and nothing is marked read."""


class TitleDelta(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="title"):
    """The conversation has another name: that of its customer has become known."""

    title: str


class HintDelta(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="hint"):
    """What the user might say next is something else now."""

    hint: str


class ErrorDelta(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="error"):
    """Something went wrong that the user should know; shown until dismissed or replaced."""

    code: str
    """Stable and short, such as ``permission-denied``."""
    message: str
    """What happened and the cure; never message text, never a secret."""
    correlation_id: str | None = None
    cause: Cause | None = None
    retry_in_ms: int | None = None
    """Asking again before is of no use; counted from the moment of sending."""


Delta = (
    MessagePlacedDelta
    | MessageRemovedDelta
    | MessageStatusDelta
    | MessagesSkippedDelta
    | HistoryPrependedDelta
    | TypingDelta
    | UnreadDelta
    | StatusDelta
    | CapabilitiesDelta
    | TitleDelta
    | HintDelta
    | ErrorDelta
)
