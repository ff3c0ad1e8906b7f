"""What the client wants from the platform, in neutral words; each protocol turns these into its own calls."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.messages import OutgoingFile


class SetTyping(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Tell the others that we type, or that we stopped. Perishable: one attempt."""

    is_typing: bool


class MarkRead(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Tell the server that one message of somebody else has been seen. Idempotent."""

    message_id: str


class MarkReadUpTo(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The same for a whole batch: all messages up to and including ``message_id``."""

    message_id: str
    batch: tuple[str, ...]
    """The ids that this call acknowledges, ``message_id`` last."""


class PostMessage(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Send a message; ``draft_id`` makes the send recognisable and, where the server honours it, idempotent."""

    draft_id: str
    text: str
    answer: Answer | None = None
    """It picks one of the answers that were offered."""
    file: OutgoingFile | None = None

    def __repr__(self) -> str:
        return f"PostMessage(draft_id={self.draft_id!r})"


class FetchMessage(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The content of a message of which only the id is known."""

    message_id: str


class FetchMessages(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The content of several messages at once; the answer is a History of those that could be had."""

    message_ids: tuple[str, ...]


class FetchHistory(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, kw_only=True):
    """A page of the conversation: the newest one, the one after a message, or the one before it."""

    after: str | None = None
    before: str | None = None
    limit: int = 200


class RefreshAttachment(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Ask for another address of a file whose address may have expired."""

    message_id: str
    attachment_id: str


class CheckHealth(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Ask the server for a sign of life; the answer also tells how long the session lasts."""


class StartNewConversation(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Leave a conversation that is over; the next stream begins another one."""


class ClearConversation(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Have the server forget the conversation."""


class AnswerConversation(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Take a conversation that is offered to us."""


class EndConversation(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """End our part in the conversation, not just the stream."""


class WrapUp(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Say how it went, after our part is over."""

    code: str
    notes: str | None = None

    def __repr__(self) -> str:
        return f"WrapUp({self.code!r})"


Action = AnswerConversation | EndConversation | WrapUp
"""What an agent does to a conversation. The user asks for it and hears how it went; the session only sees its effects."""

Operation = (
    SetTyping
    | MarkRead
    | MarkReadUpTo
    | PostMessage
    | FetchMessage
    | FetchMessages
    | FetchHistory
    | RefreshAttachment
    | CheckHealth
    | StartNewConversation
    | ClearConversation
)
