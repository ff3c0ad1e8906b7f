"""The newest events of a conversation, in narrow columns: what came, when, of whom, in how many bytes.

No words of anybody: a row names its message. An event costs some 100 bytes here, however long what it said was.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

from ipygenesys._core.model.platform_events import PlatformEvent

MAX_EVENTS = 20_000
"""Chosen: an hour of a busy conversation. Of more, the oldest make room."""
_NONE = -1

Words = tuple[str, str | None, str | None, str | None]
"""Kind, message, participant, detail."""


class LoggedEvent(NamedTuple):
    """One neutral event."""

    time_ms: int
    """When we heard of it, in milliseconds since the epoch, by our clock."""
    monotonic_s: float
    """The same by a clock that is never set."""
    frame: int
    """Which frame or answer it came with: a running number, the same for all that came together."""
    raw_bytes: int | None
    """Of that frame; None for what came in the answer of a call."""
    server_ms: int | None
    """When it happened, where the server has told."""
    event: str
    """Its kind, such as MessageArrived."""
    message_id: str | None
    participant_id: str | None
    detail: str | None
    """In a word: of a receipt its status, of typing on or off, of what was ignored why."""


class EventLog:
    """Of one conversation."""

    def __init__(self) -> None:
        self.count = 0
        """How many there were, those that have made room included."""
        self._frames = 0
        self._numbers: tuple[array[Any], ...] = tuple(array(code) for code in "qdqqq")
        self._words: list[Words] = []
        self._shared: dict[Words, Words] = {}
        """Of what names no message: typing says the same over and over."""

    def note(
        self, events: tuple[PlatformEvent, ...], raw_bytes: int | None, time_ms: int, monotonic_s: float
    ) -> None:
        """What came in one frame, or in an answer (``raw_bytes`` None)."""
        self._frames += 1
        size = _NONE if raw_bytes is None else raw_bytes
        for event in events:
            server_ms = getattr(event, "time_ms", None)
            numbers = (time_ms, monotonic_s, self._frames, size, _NONE if server_ms is None else server_ms)
            self._put(numbers, self._words_of(event))

    def _put(self, numbers: tuple[float, ...], words: Words) -> None:
        if self.count < MAX_EVENTS:
            for column, number in zip(self._numbers, numbers, strict=True):
                column.append(number)
            self._words.append(words)
        else:
            place = self.count % MAX_EVENTS
            for column, number in zip(self._numbers, numbers, strict=True):
                column[place] = number
            self._words[place] = words
        self.count += 1

    def _words_of(self, event: PlatformEvent) -> Words:
        message_id = getattr(event, "message_id", None) or getattr(event, "id", None)
        words = (type(event).__name__, message_id, getattr(event, "participant_id", None), _detail_of(event))
        if message_id is not None or len(self._shared) > MAX_EVENTS:
            return words
        return self._shared.setdefault(words, words)

    def __iter__(self) -> Iterator[LoggedEvent]:
        """Oldest first; on any thread, while more are noted: what is overwritten meanwhile is left out."""
        then = self.count
        length = min(then, MAX_EVENTS)
        words, columns = self._words[:length], [column[:length] for column in self._numbers]
        first = then % MAX_EVENTS if then > MAX_EVENTS else 0
        lost = min(self.count - then, length) if then >= MAX_EVENTS else 0
        for number in range(lost, length):
            place = (first + number) % length
            time_ms, monotonic_s, frame, size, server_ms = (column[place] for column in columns)
            yield LoggedEvent(time_ms, monotonic_s, frame, _some(size), _some(server_ms), *words[place])


def _some(number: int) -> int | None:
    return None if number == _NONE else number


def _detail_of(event: object) -> str | None:
    for name, words in _YES_OR_NO:
        if (value := getattr(event, name, None)) is not None:
            return words[0] if value else words[1]
    word = getattr(event, "status", None) or getattr(event, "reason", None)
    return word if isinstance(word, str) else None


_YES_OR_NO = (
    ("is_typing", ("on", "off")),
    ("has_joined", ("joined", "left")),
    ("is_open", ("open", "over")),
)
