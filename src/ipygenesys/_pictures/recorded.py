"""A recording as what a picture is made of: its beginning at once, and the rest of a long one as it is read."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain, islice
from os import PathLike

from ipygenesys._io.recordings.reading import read_all
from ipygenesys._pictures.talks import Said, Talk, said, typed_before
from ipygenesys._recordings.entries import Header
from ipygenesys._transcripts.recordings import Retold

AT_ONCE_S = 0.3
"""Chosen: for so long whoever asks for a picture waits for it; some thousand messages are read by then."""
SLICE_S = 0.05
"""Chosen: how long is read before whoever wants to draw gets a turn."""
TOLD_S = 0.5
"""Chosen: how often it is said how far that has come."""
TOGETHER = 64
"""Entries, between two looks at the time."""


class Recorded:
    """The conversations of one recording: of ours it is one, an agent's page may have watched many.

    A long one is read on by a thread of its own, for as long as somebody has this.

    Args:
        path: what ``read_entries`` reads.
        grown: called on that thread when there is twice as much, and when there is all of it.
        read_on: called on that thread when more was read, a few times a second.

    Raises:
        ValueError: it is no recording.
        OSError: it cannot be read.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        grown: Callable[[], object],
        read_on: Callable[[], object] = lambda: None,
    ) -> None:
        self._recorded = read_all(path)
        self._entries = chain.from_iterable(self._recorded)
        self._retold: list[Retold] = []
        self._grown, self._read_on = grown, read_on
        self._told, self._told_s = 0, time.monotonic()
        """Messages, when ``grown`` was called last; and when anybody was told anything."""
        self._lock = threading.Lock()
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None
        self.share: float | None = None
        """How much of it was read; None: that cannot be told."""
        self.is_whole = self._read(AT_ONCE_S)
        """All of it was read."""
        if not self.is_whole:
            self._told = self._count()
            self._thread = threading.Thread(target=_read_on, args=(weakref.ref(self),), daemon=True)
            self._thread.start()

    def talks(self) -> Sequence[Talk]:
        with self._lock:
            return list(map(_talk, self._retold)) or [Talk("", ())]

    def complete(self) -> None:
        """Wait until all of it was read.

        Raises:
            ValueError, OSError: it cannot be read to its end.
        """
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _read(self, seconds: float) -> bool:
        """Read on for so long; whether it has come to the end."""
        until = time.monotonic() + seconds
        with self._lock:
            while True:
                entries = list(islice(self._entries, TOGETHER))
                for entry in entries:
                    if isinstance(entry, Header):
                        self._retold.append(Retold())
                    self._retold[-1].take(entry)
                if len(entries) < TOGETHER or time.monotonic() >= until:
                    break
            done = len(self._retold) - 1
            share = self._recorded[0].share if len(self._recorded) == 1 else done / len(self._recorded)
            self.share = 1.0 if len(entries) < TOGETHER else share
            return len(entries) < TOGETHER

    def _count(self) -> int:
        return sum(len(retold.messages) for retold in self._retold)

    def _go_on(self) -> bool:
        """On the thread, a slice of it; whether there is more."""
        try:
            self.is_whole = self._read(SLICE_S)
        except (ValueError, OSError) as failure:  # What was read stays; who wants all of it is told.
            self._failure, self.is_whole = failure, True
        count, now_s = self._count(), time.monotonic()
        has_grown = self.is_whole or count >= 2 * self._told
        if has_grown or now_s >= self._told_s + TOLD_S:
            self._told, self._told_s = count if has_grown else self._told, now_s
            with suppress(Exception):  # A page that cannot be told must not end the reading.
                (self._grown if has_grown else self._read_on)()
        return not self.is_whole


def _talk(retold: Retold) -> Talk:
    told: list[tuple[Said, float | None]] = []
    for message in retold.messages:
        if not message.is_draft:
            heard = retold.noted.times.of(message.id, message.draft_id)
            told.append((said(message, heard.delivered_ms, heard.read_ms), heard.typing_before_s))
    told.sort(key=lambda each: each[0].time_ms)
    typed = [typed_before(each.sender, each.time_ms, typed_s) for each, typed_s in told if typed_s]
    return Talk("", tuple(each for each, _ in told), tuple(typed))


def _read_on(reference: weakref.ref[Recorded]) -> None:
    while (source := reference()) is not None and source._go_on():
        del source
