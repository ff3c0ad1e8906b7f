"""What a conversation consists of: messages, attachments, participants."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from ipygenesys._core.model.content import Content, Option, QuickReplies, QuickReply
from ipygenesys._core.model.failures import Cause
from ipygenesys._core.model.offers import options_of

Role = Literal["agent", "customer", "bot", "system"]
MessageStatus = Literal["sending", "sent", "delivered", "read", "failed", "unknown", "unread"]
ConnectionStatus = Literal["idle", "connecting", "connected", "reconnecting", "read_only", "closed", "failed"]
"""Of the connection alone, whoever may write; ``read_only``: the conversation itself is over."""
Capability = Literal[
    "send", "send_typing", "receive_typing", "send_read", "receive_read", "history", "attachments", "markdown"
]
"""``send``: we take part, and may write; ``markdown``: what agents and bots write is meant to be read as Markdown."""

_RANK: dict[MessageStatus, int] = {
    "sending": 0,
    "unknown": 1,
    "unread": 2,
    "sent": 2,
    "failed": 3,
    "delivered": 4,
    "read": 5,
}


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message.

    Attributes:
        name: of the file.
        media_type: such as ``image/png``.
        size_bytes: where the platform tells it.
        url: where to get it; on real Genesys for about 10 minutes, see ``refresh_attachments``.
        id: the platform's.
    """

    name: str
    media_type: str | None = None
    size_bytes: int | None = None
    url: str | None = None
    id: str | None = None

    def __repr__(self) -> str:
        return f"<Attachment {self.media_type or 'file'} {self.size_bytes or '?'} bytes>"


class TextLimit(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How long a message may be, in what the server counts."""

    most: int
    unit: Literal["bytes", "characters"]
    """Bytes of UTF-8, or characters as Unicode counts them."""


class UploadRules(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What files may be sent."""

    types: tuple[str, ...] = ("*/*",)
    """Such as image/png, image/* or */*."""
    max_bytes: int | None = None
    """Of one file; None where the platform does not say."""
    blocked_extensions: tuple[str, ...] = ()
    """Such as .exe, in small letters."""
    max_name_characters: int = 255
    needs_extension: bool = False
    """A name without one is refused."""


class OutgoingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way to the server; it is read when it is sent."""

    path: str
    name: str
    media_type: str
    size_bytes: int

    def __repr__(self) -> str:
        return f"<OutgoingFile {self.media_type} {self.size_bytes} bytes>"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the conversation. Its repr holds no text, so that a notebook's output doesn't either.

    Attributes:
        id: the server's, or the draft id until the server has accepted the message.
        text: what was said; None while it is being fetched, and for ever if it could not be (then ``is_unavailable``).
        sender: the display name.
        role: ``agent``, ``customer``, ``bot`` or ``system``.
        is_own: it is ours.
        time_ms: milliseconds since the epoch, server clock; ours until the server has accepted it. ``time`` is the
            same as a datetime in UTC.
        status: of ours ``sending``, ``sent`` (the server has it), ``delivered`` (the other side's device), ``read``,
            ``failed`` (refused: ``error`` says why; ``retry`` or ``discard`` it), ``unknown`` (the answer was lost: it
            may have arrived); of others ``unread`` or ``read``.
        status_time_ms: when a receipt gave it this status: the platform's time, or ours of hearing of it; None where
            none told.
        attachments: its files.
        content: what it holds besides text and files: quick replies, cards, pickers, places, an answer.
        participant_id: the platform's id of who said it, where it gives one.
        draft_id: made by whoever sent the message from here; None for everybody else's.
        sequence: the server's running number in this conversation, where it gives one.
        is_unavailable: the server announced it, but its text could not be had.
        is_withdrawn: whoever said it has taken it back; then it has no text, and says so in its place.
        is_seen_inferred: somebody typed or answered after it, so it was most likely seen; no receipt says so, and
            ``status`` does not. Of ours only, where the protocol was made with ``infer_seen=True``.
        error: why it failed or is unknown, in words; the platform's own where it could not deliver it.
        cause: the same in one word, such as ``rejected``.
    """

    id: str
    text: str | None = None
    sender: str
    role: Role
    is_own: bool
    time_ms: int
    status: MessageStatus
    status_time_ms: int | None = None
    attachments: tuple[Attachment, ...] = ()
    content: tuple[Content, ...] = ()
    participant_id: str | None = None
    draft_id: str | None = None
    sequence: int | None = None
    is_unavailable: bool = False
    is_withdrawn: bool = False
    is_seen_inferred: bool = False
    error: str | None = None
    cause: Cause | None = None

    @property
    def time(self) -> dt.datetime:
        """When the server took it, in UTC."""
        return dt.datetime.fromtimestamp(self.time_ms / 1000, tz=dt.UTC)

    @property
    def is_draft(self) -> bool:
        """The server has not accepted it (yet)."""
        return self.draft_id is not None and self.id == self.draft_id

    @property
    def quick_replies(self) -> tuple[QuickReply, ...]:
        """The quick replies that it offers; ``chat.answer`` picks one."""
        offers = (part for part in self.content if isinstance(part, QuickReplies))
        return tuple(reply for offer in offers for reply in offer.replies)

    @property
    def options(self) -> tuple[Option, ...]:
        """All that can be picked of it: quick replies, buttons of cards, times, items of lists."""
        return tuple(option for part in self.content for option in options_of(part))

    def __repr__(self) -> str:
        length = "no text" if self.text is None else f"{len(self.text)} characters"
        whose = "own" if self.is_own else self.role
        return f"<Message {whose} {self.status} {self.time:%Y-%m-%d %H:%M:%S}Z, {length}>"


def advance(old: MessageStatus, new: MessageStatus) -> MessageStatus:
    """The later of two states: receipts never go backwards, whatever order they arrive in.

    A message can fail after the server has taken it, but not after it was delivered.
    """
    return new if _RANK[new] > _RANK[old] else old
