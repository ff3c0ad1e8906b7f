"""The conversations of an inbox that are open as chats: each once, and what only pages wanted not for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipygenesys.chat import Chat

MAX_SHOWN = 4
"""Chosen: who goes back to one of the last few finds it as it was; each holds a conversation and a copy of the bundle."""


class OpenChats:
    """From any thread. A chat that was closed is made anew.

    Args:
        make: makes the chat of a conversation.
        max_shown: how many stay open that only pages wanted; None: all.
    """

    def __init__(self, make: Callable[[str], Chat], max_shown: int | None = MAX_SHOWN) -> None:
        self._make = make
        self._max_shown = max_shown
        self._lock = threading.RLock()
        self._chats: dict[str, Chat] = {}
        self._kept: set[str] = set()
        """Those that somebody asked for in a cell, and closes there."""

    def open(self, conversation_id: str) -> Chat:
        """For whoever closes it by themselves."""
        with self._lock:
            chat = self._chat(conversation_id)
            self._kept.add(conversation_id)
            return chat

    def show(self, conversation_id: str) -> Chat:
        """For the pages: of these only the newest few stay open, where that is said."""
        with self._lock:
            chat = self._chat(conversation_id)
            if self._max_shown is not None:
                shown = [id_ for id_ in self._chats if id_ not in self._kept]
                for id_ in shown[: -self._max_shown]:
                    self._chats.pop(id_).close()
            return chat

    def _chat(self, conversation_id: str) -> Chat:
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
