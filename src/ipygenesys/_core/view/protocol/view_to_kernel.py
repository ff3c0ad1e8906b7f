"""The messages that the views send to the kernel, and how they are read: strictly."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ipygenesys._core.model.utf8 import encodable

VIEW_HEARTBEAT_S = 20.0
"""A hidden tab's timers are throttled to about one a minute."""
VIEW_SILENCE_S = 150.0
"""A view not heard of for this long is gone. Source: reference/jupyter.md F."""

MAX_CHUNK_BYTES = 1 << 20
"""Of a file, in one comm message. Chosen: well below what hosts take, and a page stays free between two."""

MAX_NAME_CHARACTERS = 128
"""Of what pages name by themselves; they take 36. Some is kept for as long as the page is there."""
MAX_LANGUAGES = 10
MAX_TAG_CHARACTERS = 35
"""Of a language tag. Source: RFC 5646, 4.4.1."""

Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME_CHARACTERS)]


class FromView(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="kind", forbid_unknown_fields=True
):
    """What every message from the browser carries."""

    client: Name
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

    draft_id: Name
    """A UUID made by the view, which already shows the message under it."""
    text: str


class FieldValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written in a field of a form."""

    field: str
    values: tuple[str, ...]


class AnswerRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="answer-requested"):
    """The user picked something that a message offers."""

    draft_id: Name
    message_id: str
    part: int
    """Position in the message's content."""
    picks: tuple[int, ...]
    """Positions in what that part offers; of a carousel or a list counted through all of it."""
    text: str
    """What the answer says, in the user's language. Sent as plain words if the message offers this no more."""
    filled: tuple[FieldValue, ...] = ()
    """Of a form, what is written in it."""


class FileOffered(FromView, frozen=True, kw_only=True, rename="camel", tag="file-offered"):
    """The user sends a file; the page waits until it is asked for the bytes. Said again, it asks what is wanted."""

    draft_id: Name
    name: str
    media_type: str
    """Empty where the browser knows none."""
    size_bytes: int
    text: str
    """What goes with it; may be empty."""


class FileChunk(FromView, frozen=True, kw_only=True, rename="camel", tag="file-chunk"):
    """A piece of a file; its bytes are the message's one buffer."""

    draft_id: Name
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

    draft_id: Name


class DiscardRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="discard-requested"):
    """Forget a draft that has failed, is unknown or still waits; stop one whose file is on its way."""

    draft_id: Name


class MessagesSeen(FromView, frozen=True, kw_only=True, rename="camel", tag="messages-seen"):
    """These messages of others have been seen by the rule (60 %, visible, focused, 800 ms)."""

    ids: tuple[str, ...]


class PageRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="page-requested"):
    """A part of the conversation; what lies before the oldest message held is asked of the server."""

    request_id: Name
    where: Literal["before", "after", "around", "oldest", "latest", "first-unread", "time", "hit"]
    """``before``, ``after`` and ``around`` the message ``id``; ``time``: from ``time_ms`` on; ``hit`` of a search."""
    id: str | None = None
    time_ms: int | None = None
    search_id: Name | None = None
    ordinal: int | None = None
    """Of the hit: 1 is the newest."""
    limit: int = 100


class SearchRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="search-requested"):
    """Search in all that the kernel holds; an empty query ends the search."""

    search_id: Name
    query: str
    loads_older: bool = False
    """Fetch older messages of the server for a search that is there, and search them too."""

    def __repr__(self) -> str:
        return f"<SearchRequested {len(self.query)} characters>"


class ExportRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="export-requested"):
    """Make a transcript of all that the kernel holds."""

    request_id: Name
    format: Literal["json", "csv", "md", "html"]


class TextRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="text-requested"):
    """The whole text of a message that was cut."""

    id: str


class ReconnectRequested(FromView, frozen=True, kw_only=True, rename="camel", tag="reconnect-requested"):
    """The user does not want to wait for the next try."""


class NewConversationRequested(
    FromView, frozen=True, kw_only=True, rename="camel", tag="new-conversation-requested"
):
    """This conversation is over, and the user wants another one."""


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
    | NewConversationRequested
)


def decode_from_view(content: object) -> ViewToKernel:
    """Turn a comm message's content into a command, whose words can be written as UTF-8.

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
    match message:
        case SendRequested(text=text):
            return msgspec.structs.replace(message, text=encodable(text))
        case AnswerRequested(text=text, filled=filled):
            written = (
                FieldValue(field=encodable(each.field), values=tuple(map(encodable, each.values)))
                for each in filled
            )
            return msgspec.structs.replace(message, text=encodable(text), filled=tuple(written))
        case FileOffered(text=text, name=name):
            return msgspec.structs.replace(message, text=encodable(text), name=encodable(name))
        case _:
            return message
