"""What an inspector has noted: the newest entries, calls with their answers, frames with what they became.

Pure but for the masks, which remember the secrets that they have found.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from ipygenesys._core.model.effects import Effect
from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._inspector import explain
from ipygenesys._inspector.explain import Told, in_words
from ipygenesys._inspector.wire import Direction, Gauges, InspectorRow, Kind
from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    CallMade,
    FrameIn,
    FrameOut,
    InputTaken,
    Marked,
    Pinged,
    StreamBegan,
    StreamEnded,
)
from ipygenesys._recordings.masking import Masks

MAX_ENTRIES = 20_000
MAX_CHARACTERS = 32 << 20
MAX_ONE = 1 << 20
"""Characters of one entry; the rest is cut."""
MAX_TEXT = 160
"""Characters of an entry in its row."""
MAX_WAITING = 1_000
"""Frames that have not become anything yet, and calls without an answer."""
RATE_S = 2.0
"""Over which events a second are counted."""
_KINDS_OUT = ("action", "eventName", "kind", "type", "message")


class Note(msgspec.Struct):
    """A row, and all that a detail of it tells."""

    row: InspectorRow
    raw: str
    words: Told | None = None
    """What it is, where that is no name."""
    ignored: Told | None = None
    became: list[Told] = []
    changed: list[Told] = []

    def shown(self, words: Mapping[str, str]) -> InspectorRow:
        """The row, in the language of these words."""
        if self.words is None and self.ignored is None:
            return self.row
        return msgspec.structs.replace(
            self.row,
            words=self.row.words if self.words is None else in_words(self.words, words),
            ignored=None if self.ignored is None else in_words(self.ignored, words),
        )


class Notes:
    """Of one conversation.

    Args:
        is_us: whether a participant is us.
        is_known: whether there is a message with this id.
        duplicates: how many there were so far.
    """

    def __init__(
        self,
        *,
        is_us: Callable[[str | None], bool],
        is_known: Callable[[str], bool],
        duplicates: Callable[[], int],
    ) -> None:
        self.dropped = 0
        self.changed: dict[int, Note] = {}
        """Those that have become something since they were noted, by their numbers."""
        self._notes: deque[Note] = deque()
        self._characters = 0
        self._count = 0
        self._began_s: float | None = None
        self._masks = Masks()
        self._calls: dict[int, tuple[int, float]] = {}
        self._frames: deque[Note] = deque(maxlen=MAX_WAITING)
        self._moments: deque[float] = deque(maxlen=20_000)
        self._gauges = Gauges()
        self._is_us, self._is_known, self._duplicates = is_us, is_known, duplicates
        self._duplicates_before = duplicates()

    def __len__(self) -> int:
        return len(self._notes)

    @property
    def first(self) -> int:
        """The number of the oldest that is held."""
        return self._count - len(self._notes) + 1

    @property
    def total(self) -> int:
        """Those that have made room included."""
        return self._count

    def of(self, number: int) -> Note | None:
        """One of those that are held."""
        place = number - self.first
        return self._notes[place] if 0 <= place < len(self._notes) else None

    def between(self, first: int, last: int) -> list[Note]:
        """Those of these numbers that are held."""
        held = map(self.of, range(max(first, self.first), last + 1))
        return [note for note in held if note is not None]

    def gauges(self, at_s: float) -> Gauges:
        """As they are at a moment of the entries' clock."""
        while self._moments and self._moments[0] < at_s - RATE_S:
            self._moments.popleft()
        per_second = round(len(self._moments) / RATE_S, 1)
        return msgspec.structs.replace(self._gauges, now_ms=self._since(at_s), per_second=per_second)

    # --- entries ----------------------------------------------------------------------------------------------

    def take(self, entry: AnyEntry, effects: Sequence[Effect]) -> None:
        """The next one."""
        match entry:
            case FrameIn(data=data):
                self._alive(entry.at_s)
                self._frames.append(self._put(entry.at_s, "in", "frame", "Frame", data))
            case FrameOut(data=data):
                self._put(entry.at_s, "out", "frame", _named(data), data)
            case CallMade(call=call, method=method, url=url, body=body):
                note = self._put(entry.at_s, "out", "call", entry.what, _lines(f"{method} {url}", body))
                self._calls[call] = (note.row.number, entry.at_s)
                if len(self._calls) > MAX_WAITING:
                    del self._calls[next(iter(self._calls))]
            case CallEnded():
                self._answered(entry)
            case StreamBegan(url=url):
                self._alive(entry.at_s)
                self._put(entry.at_s, "note", "open", Told("row.opened", {"stream": entry.stream}), url)
            case StreamEnded(code=code, reason=reason, is_ours=is_ours, error=error):
                words = Told("row.closedByUs" if is_ours else "row.ended", {"stream": entry.stream})
                note = self._put(entry.at_s, "note", "close", words, error or reason)
                note.row.status, note.row.is_error = "" if code is None else str(code), not is_ours
            case Pinged(latency_s=latency_s):
                self._alive(entry.at_s)
                note = self._put(entry.at_s, "in", "ping", Told("row.pong"), "")
                note.row.latency_ms = round(latency_s * 1000, 1)
            case Marked(text=text):
                self._put(entry.at_s, "note", "mark", Told("row.mark"), text)
            case InputTaken(input=FrameReceived(events=events)):
                self._explain(events, effects)
            case _:
                pass

    def _answered(self, entry: CallEnded) -> None:
        number, asked_s = self._calls.pop(entry.call, (None, entry.at_s))
        asked = self.of(number) if number is not None else None
        words = Told("row.answer") if asked is None else Told("row.answerTo", {"what": asked.row.words})
        headers = "\n".join(f"{name}: {value}" for name, value in entry.headers.items())
        note = self._put(entry.at_s, "in", "answer", words, _lines(headers, entry.body) or entry.error or "")
        row = note.row
        row.answers, row.latency_ms = number, round((entry.at_s - asked_s) * 1000, 1)
        row.status = str(entry.status or "")
        row.is_error = entry.status is None or entry.status >= 400
        row.text = self._beginning(entry.body or entry.error or "")
        allowed, used = entry.headers.get("inin-ratelimit-allowed"), entry.headers.get("inin-ratelimit-count")
        if allowed and used and allowed.isdecimal() and used.isdecimal():
            self._gauges.requests_left = max(int(allowed) - int(used), 0)

    def _explain(self, events: tuple[PlatformEvent, ...], effects: Sequence[Effect]) -> None:
        """The session has taken what some frames said: mostly one, when many wait some together."""
        duplicates = self._duplicates()
        are_duplicates, self._duplicates_before = duplicates > self._duplicates_before, duplicates
        for note, its_events in self._frames_of(events):
            ids = {explain.message_id_in([event]) for event in its_events}
            its_effects = [each for each in effects if len(its_events) == len(events) or _is_about(each, ids)]
            row = note.row
            note.became = [explain.became(event) for event in its_events]
            note.changed = explain.changed(its_effects)
            note.words = None if its_events else Told("row.quiet")
            row.words = type(its_events[0]).__name__ if its_events else ""
            row.message_id = explain.message_id_in(its_events)
            note.ignored = explain.ignored(
                its_events,
                its_effects,
                is_us=self._is_us,
                is_known=self._is_known,
                are_duplicates=are_duplicates,
            )
            self.changed[row.number] = note

    def _frames_of(self, events: tuple[PlatformEvent, ...]) -> list[tuple[Note, list[PlatformEvent]]]:
        """The frames that wait, each with what it said: in order, and where an event names a message, by that name."""
        if not self._frames:
            return []
        found: list[tuple[Note, list[PlatformEvent]]] = [(self._frames.popleft(), [])]
        for event in events:
            id_ = explain.message_id_in([event])
            note, its_events = found[-1]
            is_same = not its_events or (id_ in note.raw if id_ else type(event).__name__ == "FrameIgnored")
            if (
                not is_same
                and self._frames
                and (id_ is None or any(id_ in each.raw for each in self._frames))
            ):
                found.append((self._frames.popleft(), [event]))
            else:
                its_events.append(event)
        return found

    # --- rows -------------------------------------------------------------------------------------------------

    def _put(self, at_s: float, direction: Direction, kind: Kind, words: str | Told, raw: str) -> Note:
        masked = self._masks.masked(raw[:MAX_ONE])
        self._count += 1
        self._moments.append(at_s)
        row = InspectorRow(
            number=self._count,
            at_ms=self._since(at_s),
            direction=direction,
            kind=kind,
            words=self._masks.masked(words) if isinstance(words, str) else "",
            text=self._beginning(masked),
            size=len(raw),
            status="",
        )
        note = Note(row, masked, words if isinstance(words, Told) else None)
        self._notes.append(note)
        self._characters += len(masked)
        while len(self._notes) > MAX_ENTRIES or (self._characters > MAX_CHARACTERS and len(self._notes) > 1):
            gone = self._notes.popleft()
            self._characters -= len(gone.raw)
            self.changed.pop(gone.row.number, None)
            self.dropped += 1
        return note

    def _beginning(self, text: str) -> str:
        # Masked before it is cut: half of a secret would not be known for one.
        return " ".join(self._masks.masked(text[: 8 * MAX_TEXT]).split())[:MAX_TEXT]

    def _since(self, at_s: float) -> float:
        if self._began_s is None:
            self._began_s = at_s
        return round((at_s - self._began_s) * 1000, 1)

    def _alive(self, at_s: float) -> None:
        self._gauges.heartbeat_ms = self._since(at_s)


def _is_about(effect: Effect, ids: set[str | None]) -> bool:
    message = getattr(getattr(effect, "event", None), "message", None)
    return message is not None and message.id in ids


def _lines(head: str, body: str | None) -> str:
    return "\n".join(part for part in (head, body) if part)


def _named(data: str) -> str:
    """What a frame of ours is, by what names it on any of the wires."""
    try:
        frame = json.loads(data)
    except ValueError:
        return "Frame"
    if isinstance(frame, dict):
        for name in _KINDS_OUT:
            if isinstance(value := frame.get(name), str):
                return f"Frame: {value}"
    return "Frame"
