"""What happened in the conversation, past tense: what handlers, ``events()`` and the view are told."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Cause, Failure
from ipygenesys._core.model.messages import Capability, ConnectionStatus, Message, UploadRules


class MessageReceived(msgspec.Struct, frozen=True):
    """Somebody else has written, and the content is known or cannot be had: each message once, in order of arrival.

    Messages that were missed while the stream was down count; those that were there before we came do not.
    """

    message: Message


class MessagePlaced(msgspec.Struct, frozen=True, kw_only=True):
    """A message of anybody, ourselves included, is new, has changed or has moved in the timeline."""

    message: Message
    index: int
    former_index: int | None = None
    former_id: str | None = None


class MessageStatusChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt, or what is inferred without one: only the state of a message has changed."""

    message: Message
    index: int


class MessageRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """A draft was discarded, or a message turned out to be a draft of ours, which takes its place."""

    message: Message
    index: int


class DraftUnresolved(msgspec.Struct, frozen=True):
    """A send's answer was lost and history does not show it: whoever waits for it should not wait any longer.

    It may turn up later; until then the user decides between sending it again and discarding it.
    """

    draft_id: str


class HistoryPrepended(msgspec.Struct, frozen=True, kw_only=True):
    """Older messages were loaded: all positions grow by ``count``."""

    count: int
    has_older: bool


class OlderHistoryFailed(msgspec.Struct, frozen=True):
    """The page before the oldest message could not be had; asking again is fine."""

    failure: Failure


class TypingChanged(msgspec.Struct, frozen=True):
    """Who is typing now, ourselves excepted: display names in the order in which they began."""

    names: tuple[str, ...]


class UnreadChanged(msgspec.Struct, frozen=True):
    """How many messages of others the server does not know to be read."""

    count: int


class ReadPositionMoved(msgspec.Struct, frozen=True):
    """Our own read position, on a platform that takes no receipts: all up to this time has been read."""

    time_ms: int


class StatusChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The connection's state."""

    status: ConnectionStatus
    detail: str | None = None
    """What is wrong and what to do; None when all is well."""
    cause: Cause | None = None
    """The same in one word."""
    retry_in_s: float | None = None
    """Until the next try, from now on."""


class CapabilitiesChanged(msgspec.Struct, frozen=True):
    """The server lacks something that its protocol knows, or takes other files."""

    capabilities: frozenset[Capability]
    uploads: UploadRules | None = None
    """What files may be sent; None: none."""


class SessionExpiring(msgspec.Struct, frozen=True):
    """The platform will end the session soon, unless something is said."""

    remaining_s: float


class UploadProgressed(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file of ours has come."""

    draft_id: str
    sent_bytes: int
    total_bytes: int


class ErrorRaised(msgspec.Struct, frozen=True):
    """Something failed that the user should know of."""

    failure: Failure


Event = (
    MessageReceived
    | MessagePlaced
    | MessageStatusChanged
    | MessageRemoved
    | DraftUnresolved
    | HistoryPrepended
    | OlderHistoryFailed
    | TypingChanged
    | UnreadChanged
    | ReadPositionMoved
    | StatusChanged
    | CapabilitiesChanged
    | SessionExpiring
    | UploadProgressed
    | ErrorRaised
)
