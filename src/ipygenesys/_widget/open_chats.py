"""Conversations that are open as chats beside a list: each once, what only pages wanted not for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, Protocol, TypeVar

MAX_SHOWN = 4
"""Chosen: who goes back to one of the last few finds it as it was; each holds a conversation and a copy of the bundle."""


class Closes(Protocol):
    """A chat, as far as that concerns it."""

    comm: Any
    """None once it was closed."""

    def close(self) -> None:
        """End it."""


Id = TypeVar("Id", bound=Hashable)
Chat = TypeVar("Chat", bound=Closes)


class OpenChats(Generic[Id, Chat]):
    """From any thread. A chat that was closed is made anew.

    Args:
        make: makes the chat of a conversation.
        max_shown: how many stay open that only pages wanted; None: all.
    """

    def __init__(self, make: Callable[[Id], Chat], max_shown: int | None = MAX_SHOWN) -> None:
        self._make = make
        self._max_shown = max_shown
        self._lock = threading.RLock()
        self._chats: dict[Id, Chat] = {}
        self._kept: set[Id] = set()
        """Those that somebody asked for in a cell, and closes there."""

    def open(self, conversation_id: Id) -> Chat:
        """For whoever closes it by themselves."""
        with self._lock:
            chat = self._chat(conversation_id)
            self._kept.add(conversation_id)
            return chat

    def show(self, conversation_id: Id) -> Chat:
        """For the pages: of these only the newest few stay open, where that is said."""
        with self._lock:
            chat = self._chat(conversation_id)
            if self._max_shown is not None:
                shown = [id_ for id_ in self._chats if id_ not in self._kept]
                for id_ in shown[: -self._max_shown]:
                    self._chats.pop(id_).close()
            return chat

    def find(self, conversation_id: Id) -> Chat | None:
        """The one that is open."""
        with self._lock:
            chat = self._chats.get(conversation_id)
            return None if chat is None or chat.comm is None else chat

    def _chat(self, conversation_id: Id) -> Chat:
        chat = self._chats.pop(conversation_id, None)
        if chat is None or chat.comm is None:
            self._kept.discard(conversation_id)
            chat = self._make(conversation_id)
        self._chats[conversation_id] = chat  # The newest last.
        return chat

    def close(self) -> None:
        """All of them: their stream ends."""
        with self._lock:
            chats, self._chats = list(self._chats.values()), {}
            self._kept.clear()
        for chat in chats:
            chat.close()
