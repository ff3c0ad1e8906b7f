"""A recording as what a picture is made of: its beginning at once, and the rest of a long one as it is read."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from os import PathLike

from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._pictures.talks import Said, Talk, said, typed_before
from ipygenesys._transcripts.recordings import Retold

AT_ONCE_S = 0.3
"""Chosen: for so long whoever asks for a picture waits for it; some thousand messages are read by then."""
SLICE_S = 0.05
"""Chosen: how long is read before whoever wants to draw gets a turn."""
TOGETHER = 64
"""Entries, between two looks at the time."""


class Recorded:
    """The conversation of one recording.

    A long one is read on by a thread of its own, for as long as somebody has this.

    Args:
        path: what ``read_entries`` reads.
        grown: called on that thread when there is twice as much, and when there is all of it.

    Raises:
        ValueError: it is no recording.
        OSError: it cannot be read.
    """

    def __init__(self, path: str | PathLike[str], grown: Callable[[], object]) -> None:
        self._entries = read_entries(path)
        self._retold = Retold()
        self._grown = grown
        self._told = 0
        """Messages, when ``grown`` was called last."""
        self._lock = threading.Lock()
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None
        self.is_whole = self._read(AT_ONCE_S)
        """All of it was read."""
        if not self.is_whole:
            self._told = len(self._retold.messages)
            self._thread = threading.Thread(target=_read_on, args=(weakref.ref(self),), daemon=True)
            self._thread.start()

    def talks(self) -> Sequence[Talk]:
        with self._lock:
            messages, times = self._retold.messages, self._retold.noted.times
            told: list[tuple[Said, float | None]] = []
            for message in messages:
                if not message.is_draft:
                    heard = times.of(message.id, message.draft_id)
                    told.append((said(message, heard.delivered_ms, heard.read_ms), heard.typing_before_s))
        told.sort(key=lambda each: each[0].time_ms)
        typed = [typed_before(each.sender, each.time_ms, typed_s) for each, typed_s in told if typed_s]
        return [Talk("", tuple(each for each, _ in told), tuple(typed))]

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
                    self._retold.take(entry)
                if len(entries) < TOGETHER:
                    return True
                if time.monotonic() >= until:
                    return False

    def _go_on(self) -> bool:
        """On the thread, a slice of it; whether there is more."""
        try:
            self.is_whole = self._read(SLICE_S)
        except (ValueError, OSError) as failure:  # What was read stays; who wants all of it is told.
            self._failure, self.is_whole = failure, True
        if self.is_whole or len(self._retold.messages) >= 2 * self._told:
            self._told = len(self._retold.messages)
            with suppress(Exception):  # A page that cannot be told must not end the reading.
                self._grown()
        return not self.is_whole


def _read_on(reference: weakref.ref[Recorded]) -> None:
    while (source := reference()) is not None and source._go_on():
        del source
