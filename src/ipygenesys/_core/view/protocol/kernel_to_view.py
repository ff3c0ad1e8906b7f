"""The messages that the kernel sends to the views, and how they are written."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.messages import Capability, TextLimit, UploadRules
from ipygenesys._core.view.protocol.deltas import Delta, ErrorDelta, StatusDelta, ViewMessage
from ipygenesys._core.view.protocol.layout import Layout
from ipygenesys._core.view.protocol.locale import Words

VIEW_PROTOCOL_VERSION = 1

MAX_BATCH_DELTAS = 64
"""Deltas in one comm message. Source: reference/jupyter.md D, measured: batches of 64 lose nothing."""

KERNEL_HEARTBEAT_S = 3.0
"""Chosen: a view says within 12 s that the line to its kernel is cut, as messengers do."""


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
    looks_on: bool = False
    """We have no part in the conversation."""
    can_answer: bool = False
    """We are the side that picks what messages offer."""
    can_begin_anew: bool = False
    """Where this conversation is over, another one can be begun: ``new-conversation-requested``."""
    text_limit: TextLimit | None = None
    """How long a message may be; null where nobody has said."""
    uploads: UploadRules | None = None
    """What files may be sent; null: none."""
    error: ErrorDelta | None = None
    title: str = ""
    """The conversation in a few words, for the header; may be empty."""
    locale: str = "en"
    """The language of the view's own words and the way of its dates and numbers."""
    words: Words | None = None
    """All that the view says in that language; null when it is English, which the view knows."""
    hint: str = ""
    """What the user might say next, to be shown where it is written; empty: nobody has a word for them."""
    time_ms: int | None = None
    """When this was sent, by the server's clock as far as that is known; null in a copy, which nobody sends."""
    conversation: str | None = None
    """Names it over all its Chats, without giving it away, for what a page keeps of it; null while it has no name."""


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
    error: ErrorDelta | None = None
    """Why older messages could not be fetched."""


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
    error: ErrorDelta | None = None
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
    error: ErrorDelta | None = None
    """Why there is none."""

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
    error: ErrorDelta


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
    time_ms: int | None = None
    """When this was sent, as in a snapshot: a page's own clock may be wrong by hours, or set meanwhile."""


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


LAYOUT = Layout(KernelToView)


def encode_to_view(message: KernelToView) -> list[object]:
    """The plain JSON that goes over the comm."""
    encoded: list[object] = LAYOUT.encode(message)
    return encoded
