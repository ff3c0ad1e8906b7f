"""The newest events of a conversation, in narrow columns: what came, when, of whom, in how many bytes.

No words of anybody: a row names its message. An event costs some 100 bytes here, however long what it said was.
"""

from __future__ import annotations

import copy
from array import array
from collections.abc import Callable, Iterator
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
        times, moments, frames, sizes, server_times = self._numbers
        size = _NONE if raw_bytes is None else raw_bytes
        for event in events:
            words, server_ms = (_readers.get(type(event)) or _reader_of(type(event)))(event)
            if words[1] is None and len(self._shared) <= MAX_EVENTS:
                words = self._shared.setdefault(words, words)
            if self.count < MAX_EVENTS:
                times.append(time_ms)
                moments.append(monotonic_s)
                frames.append(self._frames)
                sizes.append(size)
                server_times.append(server_ms)
                self._words.append(words)
            else:
                place = self.count % MAX_EVENTS
                times[place], moments[place], frames[place] = time_ms, monotonic_s, self._frames
                sizes[place], server_times[place] = size, server_ms
                self._words[place] = words
            self.count += 1

    def copy(self) -> EventLog:
        """The same events, to which others can be added."""
        twin = copy.copy(self)
        twin._numbers = tuple(column[:] for column in self._numbers)
        twin._words = self._words[:]
        return twin

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


Reader = Callable[[Any], tuple[Words, int]]
_readers: dict[type, Reader] = {}
"""By kind of event: a reader costs less than looking whether each has what some have."""
_YES_OR_NO = {
    "is_typing": ("off", "on"),
    "has_joined": ("left", "joined"),
    "is_open": ("over", "open"),
}


def _reader_of(kind: type) -> Reader:
    fields = kind.__struct_fields__  # type: ignore[attr-defined]
    name = kind.__name__
    message = "message_id" if "message_id" in fields else "id"
    has_message, has_participant, has_time = (
        message in fields,
        "participant_id" in fields,
        "time_ms" in fields,
    )
    yes_or_no = next((each for each in _YES_OR_NO if each in fields), "")
    word = next((each for each in ("status", "reason") if each in fields), "")

    def read(event: Any) -> tuple[Words, int]:
        detail = _YES_OR_NO[yes_or_no][getattr(event, yes_or_no)] if yes_or_no else None
        detail = getattr(event, word) if word else detail
        server_ms = event.time_ms if has_time else None
        words = (
            name,
            getattr(event, message) if has_message else None,
            event.participant_id if has_participant else None,
            detail,
        )
        return words, _NONE if server_ms is None else server_ms

    _readers[kind] = read
    return read
