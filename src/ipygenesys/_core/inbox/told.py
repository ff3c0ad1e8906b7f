"""What a platform tells of its conversations, in neutral words: what an inbox's protocol decodes its frames to.

``gc=False``, here and in what follows from it: values hold no cycles, and there are so many of them that looking at each
is what the collector would mostly do.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ipygenesys._core.inbox.rows import Kind
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Role
from ipygenesys._core.model.platform_events import ReceiptStatus


class Said(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, gc=False):
    """A message, as its conversation names it: never its text."""

    id: str
    time_ms: int | None
    kind: Kind = "text"
    status: ReceiptStatus | None = None
    error: str | None = None
    """Why it did not reach anybody, in the platform's words."""


class Part(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True, gc=False):
    """Somebody in a conversation, from when they came to when they left; who comes again is another part.

    Times are milliseconds since the epoch, server clock. What is left out here is not forgotten: a part only ever gains.
    """

    id: str
    role: Role | None = None
    is_queue: bool = False
    """It is the queue itself: while it is there, the customer waits."""
    name: str | None = None
    user_id: str | None = None
    queue_id: str | None = None
    queue: str | None = None
    came_ms: int | None = None
    """Of an agent, when they were alerted."""
    connected_ms: int | None = None
    ended_ms: int | None = None
    is_over: bool = False
    is_connected: bool = False
    """By their state, where no time says so."""
    parked_ms: int | None = None
    """When they have set the conversation aside, the last time."""
    resumed_ms: int | None = None
    acw_began_ms: int | None = None
    """After-call work."""
    acw_ended_ms: int | None = None
    said: tuple[Said, ...] = ()


class ConversationTold(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True, gc=False):
    """A conversation as it is now, as far as it was told."""

    conversation_id: str
    parts: tuple[Part, ...]
    closes_at_ms: int | None = None
    names_newest: int = 0
    """It, or each of its parts, names so many of the newest messages; 0: all of them."""


class ConversationListed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """One of those that are there at the start: no more is known of it yet."""

    conversation_id: str
    state: Literal["waiting", "agent"]
    since_ms: int | None = None
    customer: str | None = None
    queue_id: str | None = None
    user_id: str | None = None


class ListEnded(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """All that were listed since the last one of these are there now; what is not among them may have ended."""

    truncated: bool = False
    """The platform has more than it names."""


class QueueTold(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """A queue, and what it has promised its customers."""

    queue_id: str
    name: str | None = None
    target_ms: int | None = None
    """How long a customer is to wait at most."""


class TypingTold(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """Somebody types, or has stopped."""

    conversation_id: str
    name: str | None = None
    """None: the customer."""
    is_typing: bool = True
    duration_s: float | None = None


class TypingKnown(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Whose customers are seen to type: those of these agents."""

    user_ids: frozenset[str]


class OwnUserLearned(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Whose credentials these are."""

    user_id: str


class TextsTold(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Texts that were asked for, by message; None: it has none, or it cannot be had."""

    conversation_id: str
    texts: dict[str, str | None]

    def __repr__(self) -> str:
        return f"TextsTold({self.conversation_id!r}, {len(self.texts)} texts)"


class ProblemFound(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Something does not work while the rest does, or works again."""

    what: str
    """Names it: another one of the same name takes its place."""
    failure: Failure | None
    """None: it works."""


RowEvent = (
    ConversationTold
    | ConversationListed
    | ListEnded
    | QueueTold
    | TypingTold
    | TypingKnown
    | OwnUserLearned
    | TextsTold
)
"""What rows and figures hang on."""
InboxEvent = RowEvent | ProblemFound
