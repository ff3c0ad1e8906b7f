"""What an inbox is given, and how that is run: queues on one stream, or any conversations, each on its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from ipygenesys._inboxes.of_chats import ChatRows
from ipygenesys._inboxes.source import Source
from ipygenesys._protocols.base import checked_adapter
from ipygenesys._widget.open_chats import MAX_SHOWN
from ipygenesys.chat import Chat

if TYPE_CHECKING:
    from ipygenesys._io.inbox.gateway import InboxGateway


class Running(Protocol):
    """Conversations that can be begun and ended, from any thread."""

    gives_back: bool
    """Nothing is lost when it ends while nobody looks, and begins anew when somebody does."""
    max_shown: int | None
    """How many of its chats stay open that only pages wanted; None: all, for the rows come from them."""

    @property
    def source(self) -> Source:
        """Their rows."""

    @property
    def is_current_thread(self) -> bool:
        """We are on the loop's thread."""

    def begin(self) -> None:
        """Connect, once."""

    def end(self) -> None:
        """Close what is open, for good."""

    def chat(self, conversation_id: str) -> Chat:
        """One of them, as a chat on the same stream."""


def running(given: Any) -> Running:
    """What is to be run.

    Raises:
        TypeError: it is no protocol of many conversations, and no list of protocols of one.
        ValueError: the list is empty.
    """
    if not isinstance(given, Iterable):
        from ipygenesys._io.inbox.watches import IsWatched, Watches

        if isinstance(given, Watches | IsWatched):
            return _OneStream(given)
        raise TypeError(
            "An inbox is of ig.AgentQueue(…), ig.AgentUser(…), ig.Relay(…) or a list of protocols, "
            f"not {type(given).__name__}."
        )
    protocols = [checked_adapter(each) for each in given]
    if not protocols:
        raise ValueError("An inbox of a list needs at least one protocol in it.")
    return _Chats([Chat(each) for each in given])


class _Chats:
    """A chat each; those that are guests would lose their sessions if nobody held them."""

    gives_back = False
    max_shown: int | None = None

    def __init__(self, chats: list[Chat]) -> None:
        self._chats = {chat.conversation_id or f"conversation-{at}": chat for at, chat in enumerate(chats, 1)}
        self.source: Source = ChatRows(self._chats)
        self._has_begun = False

    @property
    def is_current_thread(self) -> bool:
        return any(chat._life.is_current_thread for chat in self._chats.values())

    def begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            for chat in self._chats.values():
                chat._stay()

    def end(self) -> None:
        for chat in self._chats.values():
            chat.close()

    def chat(self, conversation_id: str) -> Chat:
        return self._chats[conversation_id]


class _OneStream:
    """All of them on one stream, which is closed and opened as pages come and go."""

    gives_back = True
    max_shown: int | None = MAX_SHOWN

    def __init__(self, protocol: Any) -> None:
        from ipygenesys._io.conversation.gateway_life import GatewayLife
        from ipygenesys._io.inbox.gateway import InboxGateway

        self._gateway: InboxGateway = InboxGateway(protocol)
        self.source: Source = self._gateway
        self._life = GatewayLife(self._gateway, then=lambda: None)

    @property
    def is_current_thread(self) -> bool:
        return self._life.is_current_thread

    def begin(self) -> None:
        self._life.begin()

    def end(self) -> None:
        self._life.end(wait=not self._life.is_current_thread)

    def chat(self, conversation_id: str) -> Chat:
        return Chat(self._gateway.protocol.opened(conversation_id))
