"""Search in all that is held: from the newest message back, in steps, without regard to case and accents.

Nothing is indexed: a step looks at so many messages, and a caller that makes many steps lets others work between them.
Messages that come or change meanwhile are looked at when they do.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, insort

from ipygenesys._core.machines.conversation.packing import Key
from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.messages import Message

MAX_QUERY = 200
"""Characters of a query that count."""

_MARKS = (("\u0300", "\u036f"), ("\u0591", "\u05c7"), ("\u064b", "\u065f"), ("\u0670", "\u0670"))
"""Combining marks that are left out: of Latin, Greek and Cyrillic; Hebrew points; Arabic vowels. As in find.ts."""
_WITHOUT_MARKS = {code: None for first, last in _MARKS for code in range(ord(first), ord(last) + 1)}


def folded(text: str) -> str:
    """A text as it is compared: no case, no accents, no ligatures."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text).translate(_WITHOUT_MARKS).casefold()


def _words(message: Message) -> str:
    """What of a message is searched: its text and the names of its files."""
    names = [attachment.name for attachment in message.attachments]
    return "\n".join([message.text or "", *names])


class Search:
    """One query in one conversation; its repr holds no content."""

    def __init__(self, timeline: Timeline, query: str) -> None:
        self._timeline = timeline
        self._query = folded(query.strip()[:MAX_QUERY])
        self._cursor: Key | None = None
        """Of the oldest message that was looked at; None before the first step."""
        self._keys: list[Key] = []
        self._key_of: dict[str, Key] = {}

    @property
    def count(self) -> int:
        """Messages found so far."""
        return len(self._keys)

    @property
    def searched(self) -> int:
        """Messages looked at."""
        return len(self._timeline) - self._left

    @property
    def is_complete(self) -> bool:
        """All that is held was looked at."""
        return self._left == 0

    @property
    def _left(self) -> int:
        return len(self._timeline) if self._cursor is None else self._timeline.index_of_key(self._cursor)

    def step(self, limit: int) -> None:
        """Look at so many more messages."""
        stop = self._left
        for key, message in self._timeline.keyed(max(stop - limit, 0), stop):
            self._look_at(key, message)
        if stop:
            self._cursor = self._timeline.key_at(max(stop - limit, 0))

    def placed(self, message: Message, former_id: str | None) -> None:
        """A message is new, or another than before."""
        self.removed(former_id or message.id)
        key = self._timeline.key_of(message.id)
        if key is not None and self._cursor is not None and key >= self._cursor:
            self._look_at(key, message)

    def removed(self, message_id: str) -> None:
        """A message is not there any more."""
        key = self._key_of.pop(message_id, None)
        if key is not None:
            del self._keys[bisect_left(self._keys, key)]

    def hit(self, ordinal: int) -> str | None:
        """The id of the first, second, … message found, counted from the newest."""
        return self._keys[-ordinal][-1] if 1 <= ordinal <= len(self._keys) else None

    def _look_at(self, key: Key, message: Message) -> None:
        if self._query and message.id not in self._key_of and self._query in folded(_words(message)):
            insort(self._keys, key)
            self._key_of[message.id] = key
