"""The messages between the kernel and the browser, defined once; TypeScript is generated from here.

A view says ``hello`` when it mounts and gets a ``snapshot``. From then on it gets ``deltas``, whose revisions are
consecutive. A view that sees a gap says ``hello`` again. Nothing is assumed to arrive: Jupyter Server drops
messages past 1,000 a second, and a page may close without a word, hence the heartbeats in both directions.

Positions are absolute: index 0 is the oldest message that the kernel holds, at the revision in question. A view holds
a part of the conversation without gaps, and asks for more of it by the ids of the messages that it has: an id means
the same at every revision.
Decoding is strict in this direction: unknown fields and wrong types are refused. What goes to the view is written by
position (see view_wire.py).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ipygenesys._core.content import Content
from ipygenesys._core.model import Capability, ConnectionStatus, MessageStatus, Role, UploadRules
from ipygenesys._core.view_locale import Words
from ipygenesys._core.view_wire import Layout

VIEW_PROTOCOL_VERSION = 1

MAX_BATCH_DELTAS = 64
"""Deltas in one comm message. Source: reference/jupyter.md D, measured: batches of 64 lose nothing."""

MAX_CHUNK_BYTES = 1 << 20
"""Of a file, in one comm message. Chosen: well below what hosts take, and a page stays free between two."""

MAX_SHOWN_CHARACTERS = 16_384
"""Characters of a message's text that travel unasked; the rest comes with ``text-requested``."""


MAX_LANGUAGES = 10
MAX_TAG_CHARACTERS = 35
"""Of a language tag. Source: RFC 5646, 4.4.1."""

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


# --- deltas -----------------------------------------------------------------------------------------------


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


class CapabilitiesDelta(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="capabilities"
):
    """What this conversation's protocol and server can do."""

    capabilities: tuple[Capability, ...]
    uploads: UploadRules | None = None
    """What files may be sent; null: none."""


class ErrorDelta(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="error"):
    """Something went wrong that the user should know; shown until dismissed or replaced."""

    code: str
    """Stable and short, such as ``permission-denied``."""
    message: str
    """What happened and the cure; never message text, never a secret."""
    correlation_id: str | None = None


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
    | ErrorDelta
)


# --- kernel to view ---------------------------------------------------------------------------------------


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="snapshot"):
    """All that a view needs to show one page of the conversation; the answer to ``hello``."""

    to: str
    """The client that asked; others ignore it."""
    protocol_version: int = VIEW_PROTOCOL_VERSION
    epoch: str
    """Made anew with each Chat object; another epoch means another conversation state: start over."""
    revision: int
    """Of the last delta that this snapshot includes."""
    total: int
    """Messages that the kernel holds."""
    first_index: int
    """Position of ``messages[0]``."""
    messages: tuple[ViewMessage, ...]
    has_older: bool
    """The server has messages older than index 0."""
    first_unread_id: str | None = None
    """Where the "New messages" separator goes; null when everything was read at the time of the snapshot."""
    status: StatusDelta
    typing: tuple[str, ...]
    unread_count: int
    capabilities: tuple[Capability, ...]
    can_answer: bool = False
    """We are the side that picks what messages offer."""
    uploads: UploadRules | None = None
    """What files may be sent; null: none."""
    error: ErrorDelta | None = None
    title: str = ""
    """The conversation in a few words, for the header; may be empty."""
    locale: str = "en"
    """The language of the view's own words and the way of its dates and numbers."""
    words: Words | None = None
    """All that the view says in that language; null when it is English, which the view knows."""


class Deltas(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="deltas"):
    """Consecutive changes: ``deltas[i]`` has revision ``revision + i``."""

    epoch: str
    revision: int
    deltas: tuple[Delta, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="page"):
    """A part of the conversation, the answer to ``page-requested``; positions are those of ``revision``."""

    to: str
    request_id: str
    epoch: str
    revision: int
    first_index: int
    messages: tuple[ViewMessage, ...]
    has_older: bool
    """The server has messages older than index 0."""
    is_found: bool = True
    """False when the message that was named is not there (any more): ask again by another."""
    target_id: str | None = None
    """The message that was looked for."""
    stopped_early: bool = False
    """The server has older messages, perhaps those that were looked for; asking again goes further back."""
    error: str | None = None
    """Why older messages could not be fetched, in words."""


class SearchFound(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="search-found"
):
    """How far a search has come, the answer to ``search-requested``; told again when that changes."""

    to: str
    search_id: str
    count: int
    """Messages found so far."""
    searched: int
    """Messages looked at."""
    is_complete: bool
    """All that the kernel holds was looked at."""
    has_older: bool
    """The server has messages that were not."""
    is_loading: bool = False
    """They are being fetched."""
    error: str | None = None
    """Why they could not be."""


class ExportPart(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="export-part"
):
    """A part of a transcript, the answer to ``export-requested``."""

    to: str
    request_id: str
    number: int
    """1, 2, 3, … of ``count``."""
    count: int
    data: str = ""
    """Base64 of gzip, all parts together."""
    error: str | None = None
    """Why there is none, in words."""

    def __repr__(self) -> str:
        return f"<ExportPart {self.number} of {self.count}>"


class FullText(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="full-text"):
    """The whole text of a message that was cut, the answer to ``text-requested``."""

    to: str
    id: str
    text: str


class FileWanted(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="file-wanted"
):
    """Send the next piece of a file, at most MAX_CHUNK_BYTES; the answer to ``file-offered`` and ``file-chunk``."""

    to: str
    draft_id: str
    offset: int
    """Bytes that have arrived."""


class FileRefused(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="file-refused"
):
    """The kernel does not take a file, or no more of it."""

    to: str
    draft_id: str
    error: str


class UploadProgress(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="upload-progress"
):
    """How far a file has come from the kernel to the server; one that is lost is made up for by the next."""

    draft_id: str
    sent_bytes: int
    total_bytes: int


class KernelHeartbeat(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", tag="kernel-heartbeat"
):
    """Sent every KERNEL_HEARTBEAT_S while a view is there; a view that hears nothing for three of them greys out."""

    epoch: str
    revision: int


KERNEL_HEARTBEAT_S = 10.0
VIEW_HEARTBEAT_S = 20.0
"""A hidden tab's timers are throttled to about one a minute."""
VIEW_SILENCE_S = 150.0
"""A view not heard of for this long is gone. Source: reference/jupyter.md F."""

KernelToView = (
    Snapshot
    | Deltas
    | Page
    | SearchFound
    | ExportPart
    | FullText
    | KernelHeartbeat
    | FileWanted
    | FileRefused
    | UploadProgress
)


# --- view to kernel ---------------------------------------------------------------------------------------


class FromView(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", forbid_unknown_fields=True
):
    """What every message from the browser carries."""

    client: str
    """A random id of the page's model."""
    seq: int
    """1, 2, 3, … per client: the host may hand messages to two threads, which may swap them."""


class Hello(FromView, frozen=True, kw_only=True, rename="camel", tag="hello"):
    """A view has mounted, or has lost track: send a snapshot."""

    protocol_version: int
    revision: int | None = None
    """What it has; null when nothing."""
    page_size: int = 100
    """How many messages it wants."""
    around_id: str | None = None
    """The message that its user is looking at; null for the newest ones."""
    languages: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=MAX_TAG_CHARACTERS)], ...],
        msgspec.Meta(max_length=MAX_LANGUAGES),
    ] = ()
    """What its user reads, the dearest first: the browser's language tags."""


class ViewHeartbeat(FromView, frozen=True, kw_only=True, rename="camel", tag="view-heartbeat"):
    """The page is still there; every VIEW_HEARTBEAT_S."""


class Goodbye(FromView, frozen=True, kw_only=True, rename="camel", tag="goodbye"):
    """The page is going, as far as anyone can tell."""


class KeystrokeNoted(FromView, frozen=True, kw_only=True, rename="camel", tag="keystroke-noted"):
    """The draft changed and is not empty; the view coalesces these to one every 300 ms."""


class ComposingStopped(FromView, frozen=True, kw_only=True, rename="camel", tag="composing-stopped"):
    """The draft was cleared, lost the focus, or went out of sight."""

    reason: Literal["cleared", "blurred", "hidden", "closed"]


class SendRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="send-requested"):
    """The user sent the draft."""

    draft_id: str
    """A UUID made by the view, which already shows the message under it."""
    text: str


class AnswerRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="answer-requested"):
    """The user picked something that a message offers."""

    draft_id: str
    message_id: str
    part: int
    """Position in the message's content."""
    picks: tuple[int, ...]
    """Positions in what that part offers; of a carousel or a list counted through all of it."""
    text: str
    """What the answer says, in the user's language. Sent as plain words if the message offers this no more."""


class FileOffered(FromView, frozen=True, kw_only=True, rename="camel", tag="file-offered"):
    """The user sends a file; the page waits until it is asked for the bytes. Said again, it asks what is wanted."""

    draft_id: str
    name: str
    media_type: str
    """Empty where the browser knows none."""
    size_bytes: int
    text: str
    """What goes with it; may be empty."""


class FileChunk(FromView, frozen=True, kw_only=True, rename="camel", tag="file-chunk"):
    """A piece of a file; its bytes are the message's one buffer."""

    draft_id: str
    offset: int
    data: bytes = b""
    """Put here on arrival."""

    def __repr__(self) -> str:
        return f"FileChunk({self.draft_id!r}, {len(self.data)} bytes at {self.offset})"


class LinksRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="links-requested"):
    """The addresses of a message's files may have expired: get others."""

    message_id: str


class RetryRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="retry-requested"):
    """Send a failed or unknown draft again, under the same draft id."""

    draft_id: str


class DiscardRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="discard-requested"):
    """Forget a draft that has failed, is unknown or still waits; stop one whose file is on its way."""

    draft_id: str


class MessagesSeen(FromView, frozen=True, kw_only=True, rename="camel", tag="messages-seen"):
    """These messages of others have been seen by the rule (60 %, visible, focused, 800 ms)."""

    ids: tuple[str, ...]


class PageRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="page-requested"):
    """A part of the conversation; what lies before the oldest message held is asked of the server."""

    request_id: str
    where: Literal["before", "after", "around", "oldest", "latest", "first-unread", "time", "hit"]
    """``before``, ``after`` and ``around`` the message ``id``; ``time``: from ``time_ms`` on; ``hit`` of a search."""
    id: str | None = None
    time_ms: int | None = None
    search_id: str | None = None
    ordinal: int | None = None
    """Of the hit: 1 is the newest."""
    limit: int = 100


class SearchRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="search-requested"):
    """Search in all that the kernel holds; an empty query ends the search."""

    search_id: str
    query: str
    loads_older: bool = False
    """Fetch older messages of the server for a search that is there, and search them too."""

    def __repr__(self) -> str:
        return f"<SearchRequested {len(self.query)} characters>"


class ExportRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="export-requested"):
    """Make a transcript of all that the kernel holds."""

    request_id: str
    format: Literal["json", "csv", "md", "html"]


class TextRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="text-requested"):
    """The whole text of a message that was cut."""

    id: str


class ReconnectRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="reconnect-requested"):
    """The user does not want to wait for the next try."""


ViewToKernel = (
    Hello
    | ViewHeartbeat
    | Goodbye
    | KeystrokeNoted
    | ComposingStopped
    | SendRequested
    | AnswerRequested
    | FileOffered
    | FileChunk
    | LinksRequested
    | RetryRequested
    | DiscardRequested
    | MessagesSeen
    | PageRequested
    | SearchRequested
    | ExportRequested
    | TextRequested
    | ReconnectRequested
)


def decode_from_view(content: object) -> ViewToKernel:
    """Turn a comm message's content into a command.

    Raises:
        msgspec.ValidationError: names the field that is wrong; holds no content.
    """
    try:
        message: ViewToKernel = msgspec.convert(content, ViewToKernel)
        for name in ("client", "draft_id", "id", "request_id", "around_id", "search_id"):
            (getattr(message, name, None) or "").encode()
    except (UnicodeError, RecursionError):
        # Half an emoji may stand in a text, but names nothing; msgspec itself stumbles over it in a wrong place.
        raise msgspec.ValidationError("A name or a field is no text, or too deep.") from None
    return message


LAYOUT = Layout(KernelToView)


def encode_to_view(message: KernelToView) -> list[object]:
    """The plain JSON that goes over the comm."""
    encoded: list[object] = LAYOUT.encode(message)
    return encoded
