"""A recording in memory, which can be played while the conversation still goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ipygenesys._core.model.effects import Effect
from ipygenesys._core.session.session import Session
from ipygenesys._io.tap import Tap
from ipygenesys._protocols.base import Adapter, IsFed
from ipygenesys._recordings.entries import AnyEntry, Header, InputTaken


class InMemory:
    """What the session of one conversation hears, from its beginning until it is closed; ``ig.Replay.of`` plays it.

    What goes over the wire is not in it, so that it is small. Written on the loop's thread, read on any.
    """

    start = 0

    def __init__(self) -> None:
        self.header: Header
        self.is_growing = True
        self._entries: list[AnyEntry] = []

    def begin(self, session: Session, tap: Tap, protocol: Adapter | IsFed, *, is_new: bool) -> None:
        """As ``gateway.begin`` calls it, before the session has taken anything."""
        assert is_new
        tap.add(self._note, at_end=self.end)
        name = type(protocol).__name__
        self.header = Header(at_s=tap.at_s(), protocol=name, title=protocol.title, profile=session.profile)

    def _note(self, entry: AnyEntry, _effects: Sequence[Effect]) -> None:
        if isinstance(entry, InputTaken):
            self._entries.append(entry)

    def end(self) -> None:
        """Nothing more comes."""
        self.is_growing = False

    # --- as a recording -----------------------------------------------------------------------------------

    def entries(self, at: int | None = None) -> Iterator[tuple[int, AnyEntry]]:
        """Each entry from a place on, with the place after it."""
        yield from enumerate(islice(self._entries, at or 0, len(self._entries)), (at or 0) + 1)

    def last_at_s(self) -> float:
        """Of the last entry."""
        return self._entries[-1].at_s if self._entries else self.header.at_s

    def close(self) -> None:
        """It stays."""
