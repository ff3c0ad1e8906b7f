"""What an inbox wants from the platform, in neutral words; each protocol turns these into its own calls."""

from __future__ import annotations

import msgspec


class ListConversations(msgspec.Struct, frozen=True, tag=True):
    """Which conversations are there now: ConversationListed for each, and ListEnded."""


class ReadQueues(msgspec.Struct, frozen=True, tag=True):
    """What the queues are called and what they promise: QueueTold for each."""


class ReadConversation(msgspec.Struct, frozen=True, tag=True):
    """All that is to be known of one: ConversationTold."""

    conversation_id: str


class FetchTexts(msgspec.Struct, frozen=True, tag=True):
    """What these messages say: TextsTold."""

    conversation_id: str
    message_ids: tuple[str, ...]


class FollowTyping(msgspec.Struct, frozen=True, tag=True):
    """Be told when the customers of these agents type, too: TypingKnown."""

    user_ids: tuple[str, ...]


InboxOperation = ListConversations | ReadQueues | ReadConversation | FetchTexts | FollowTyping
