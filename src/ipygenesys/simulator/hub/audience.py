"""Knows the open streams, and which of them hear of a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipygenesys.simulator.hub.stream import Stream


class Audience:
    """The streams; those that hear of one conversation only are found without a look at all others."""

    def __init__(self) -> None:
        self.open: dict[Stream, None] = {}
        """All, those too that have not authenticated yet; oldest first."""
        self.listening: dict[Stream, None] = {}
        """Authenticated: these get the events."""
        self._of_all: dict[Stream, None] = {}
        self._of_one: dict[str, dict[Stream, None]] = {}

    def listen(self, stream: Stream, conversation_id: str | None = None) -> None:
        """The stream hears of one conversation from now on, or of all."""
        self._forget(stream)
        stream.conversation_id = conversation_id
        self.listening[stream] = None
        group = self._of_all if conversation_id is None else self._of_one.setdefault(conversation_id, {})
        group[stream] = None

    def remove(self, stream: Stream) -> None:
        """The stream has ended."""
        self.open.pop(stream, None)
        self._forget(stream)

    def _forget(self, stream: Stream) -> None:
        self.listening.pop(stream, None)
        self._of_all.pop(stream, None)
        if (group := self._of_one.get(stream.conversation_id or "")) is not None:
            group.pop(stream, None)
            if not group:
                del self._of_one[stream.conversation_id or ""]

    def of(self, conversation_id: str) -> list[Stream]:
        """The streams that hear of a conversation."""
        return [*self._of_all, *self._of_one.get(conversation_id, ())]

    def of_all(self) -> list[Stream]:
        """The streams that hear of every conversation."""
        return list(self._of_all)

    def only_of(self, conversation_id: str) -> Iterator[Stream]:
        """The streams that hear of this one conversation and no other, oldest first."""
        return iter(list(self._of_one.get(conversation_id, ())))

    def clear(self) -> None:
        """Nobody gets events any more; the streams stay open."""
        self.listening.clear()
        self._of_all.clear()
        self._of_one.clear()
