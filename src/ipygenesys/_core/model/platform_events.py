"""What the platform says, in neutral words: what a protocol's frames and answers are decoded to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from ipygenesys._core.model.content import Content
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Attachment, Capability, Role, UploadRules

ReceiptStatus = Literal["sent", "delivered", "read", "failed"]


class TypingNoticed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """A participant types, or has stopped."""

    participant_id: str | None
    is_typing: bool
    duration_s: float | None = None
    """How long this is meant to last, where the platform says so."""
    time_ms: int | None = None
    """When it was noticed, server clock: frames may overtake each other."""


class MessageArrived(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """A message, as far as it is known: a bare frame carries no more than its id."""

    id: str
    has_content: bool = True
    text: str | None = None
    participant_id: str | None = None
    sender: str | None = None
    role: Role | None = None
    time_ms: int | None = None
    attachments: tuple[Attachment, ...] = ()
    content: tuple[Content, ...] = ()
    draft_id: str | None = None
    sequence: int | None = None
    status: ReceiptStatus | None = None
    error: str | None = None
    """Why it failed, in the platform's words."""
    is_withdrawn: bool = False
    """Whoever said it has taken it back: it says nothing any more."""
    follows: str | None = None
    """The message that the platform's own list has right before it: of equal times, it stands after that one."""

    def __repr__(self) -> str:
        return f"MessageArrived(id={self.id!r})"


class ReceiptArrived(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """A participant's client has received or shown a message."""

    message_id: str
    participant_id: str | None
    status: ReceiptStatus
    time_ms: int | None = None
    error: str | None = None
    """Why it failed, in the platform's words."""


class PresenceChanged(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """A participant has joined or left."""

    participant_id: str | None
    has_joined: bool
    name: str | None = None
    role: Role | None = None


class ConversationChanged(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The conversation itself is open or over."""

    is_open: bool
    why: Failure | None = None
    """Why it is over, where the platform says so."""


class ConversationCleared(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The platform has forgotten the conversation."""

    by_us: bool
    """We have asked for it: another conversation begins."""
    is_certain: bool = True
    """Else history tells: it has what was said before, or it was cleared."""


class SessionLifeLearned(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """How long the session goes on if nothing is said."""

    remaining_s: float


class SessionExpired(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The session is over for good: what was said can be read, and only another conversation goes on."""

    failure: Failure


class TypingRefused(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A typing call that had no answer of its own was refused."""

    failure: Failure


class CapabilitiesLearned(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What this deployment or server allows, all of it."""

    capabilities: frozenset[Capability]
    uploads: UploadRules | None = None
    """What files may be sent; None: as far as was known."""


class MoveRequested(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The platform is about to close the stream: open the next one first."""

    in_s: float = 0.0
    """When to move, from now on."""
    is_deaf: bool = False
    """Nothing comes by the stream any more, though it is open: it is lost unless the next one opens at once."""


class StreamRefused(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The platform has withdrawn what the stream rests on: as if it had closed the stream for that reason."""

    failure: Failure


class OwnPartLearned(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Which participants we are, where a role does not tell."""

    participant_ids: tuple[str, ...]
    role: Role | None = None
    """Ours, where the profile could not say it."""


class ConversationEnded(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The platform has ended it for a reason that a reconnect does not cure."""

    failure: Failure


UNNAMED = ""
"""The tracing id of an answer that does not say to what."""


class Answered(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """The answer to a frame of ours, for the flow that waits for it."""

    tracing_id: str
    body: bytes = b""
    """The whole frame."""
    failure: Failure | None = None

    def __repr__(self) -> str:
        return f"Answered({self.tracing_id!r})"


class FrameIgnored(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A frame, or a field of it, that says nothing to us: counted by its reason, and that is all."""

    reason: Literal[
        "malformed",
        "odd_field",
        "unknown_event",
        "unknown_value",
        "other_conversation",
        "oversized",
        "overflow",
    ]


class History(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A page of messages, oldest first."""

    messages: tuple[MessageArrived, ...]
    has_more: bool
    learned: tuple[PlatformEvent, ...] = ()
    """What the same answer tells of the conversation itself."""
    unsettled_after: str | None = None
    """Messages after this one may be missing here and come later; the empty string: any may be. None: none is."""

    @property
    def newest_settled(self) -> MessageArrived | None:
        """The last one before which nothing is missing; None: there is none, or it is older than this page."""
        if not self.messages or self.unsettled_after is None:
            return self.messages[-1] if self.messages else None
        found = next((each for each in self.messages if each.id == self.unsettled_after), None)
        return self.messages[0] if found is None and self.has_more else found

    @classmethod
    def listed(
        cls, messages: Iterable[MessageArrived], *, has_more: bool, after: str | None = None
    ) -> History:
        """A page that is the platform's own list: each message follows the one before it, the first one ``after``."""
        found = list(messages)
        before = [after, *(message.id for message in found)]
        linked = (
            msgspec.structs.replace(each, follows=id_) for id_, each in zip(before, found, strict=False)
        )
        return cls(tuple(linked), has_more)

    def __repr__(self) -> str:
        return f"History({len(self.messages)} messages, has_more={self.has_more})"


PlatformEvent = (
    TypingNoticed
    | MessageArrived
    | ReceiptArrived
    | PresenceChanged
    | ConversationChanged
    | ConversationCleared
    | SessionLifeLearned
    | SessionExpired
    | TypingRefused
    | CapabilitiesLearned
    | MoveRequested
    | StreamRefused
    | OwnPartLearned
    | ConversationEnded
    | Answered
    | FrameIgnored
)
