"""Sessions that are kept by the way while a recording is played, so that a jump need not begin at the beginning."""

from __future__ import annotations

import pickle
from collections.abc import Sized
from typing import NamedTuple

from ipygenesys._core.measures.noted import Noted
from ipygenesys._core.session.session import Session

KEEP_EVERY = 2000
"""Entries, at least, from one kept session to the next: a jump goes through as many."""
MAX_KEPT = 64
"""Kept sessions; of more, every second one goes."""


class Kept(NamedTuple):
    """A session as it was at a place of the recording."""

    at_s: float
    place: int
    inputs: int
    copy: bytes
    noted: Noted
    """As it was then; to be copied."""

    def session(self) -> Session:
        """It again; of our own memory, never of a file."""
        session: Session = pickle.loads(self.copy)
        return session


class KeptSessions:
    """In the order in which they were come to; the first one is that of the beginning."""

    def __init__(self) -> None:
        self._kept: list[Kept] = []
        self._every = KEEP_EVERY
        self._since = 0

    def is_due(self, messages: Sized) -> bool:
        """One more entry was come to: whether the session before it is to be kept.

        Args:
            messages: of the conversation; what costs more to keep is kept less often.
        """
        self._since += 1
        return self._since > self._every and self._since > len(messages)

    def keep(self, session: Session, noted: Noted, *, at_s: float, place: int, inputs: int) -> None:
        """Keep it as it is now, unless a later one is kept."""
        self._since = 0
        if self._kept and at_s <= self._kept[-1].at_s:
            return
        self._kept.append(Kept(at_s, place, inputs, pickle.dumps(session, protocol=5), noted.copy()))
        if len(self._kept) > MAX_KEPT:
            self._kept, self._every = self._kept[::2], self._every * 2

    def before(self, at_s: float) -> Kept:
        """The last one that is not later."""
        self._since = 0
        return max((each for each in self._kept if each.at_s <= at_s), default=self._kept[0])
