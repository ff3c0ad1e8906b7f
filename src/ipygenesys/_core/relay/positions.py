"""Where a viewer is in what was published: what comes next, was had already, or shows that some are missing.

Theory of operation. Ids of entries are ``<epoch>-<sequence>``: Redis refuses one that is not above the last, hence a leader
that was deposed, and an entry that is there already. Within an epoch the sequence has no holes, so a viewer sees what was
trimmed; a new epoch is begun by somebody else, whose snapshot counts. What was trimmed with all that came after it shows by
the signs of life of whoever leads, which tell how far the entries go.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["next", "repeat", "gap"]


class Position(NamedTuple):
    """Of an entry; they are in the order of these."""

    epoch: int
    sequence: int

    @classmethod
    def of(cls, entry_id: str) -> Position:
        """As Redis writes it.

        Raises:
            ValueError: it is none.
        """
        epoch, sequence = entry_id.split("-")
        return cls(int(epoch), int(sequence))

    @property
    def next(self) -> Position:
        """The one after it, of the same leader."""
        return self._replace(sequence=self.sequence + 1)

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"


BEGINNING = Position(0, 0)
"""Before all entries."""
OVERDUE_S = 4.0
"""Chosen: an entry that is there is read by then; a sign of life comes every 1.5 s."""


class Cursor:
    """What one viewer has read."""

    def __init__(self) -> None:
        self.run: str | None = None
        """Names what Redis holds: when it was lost and made anew, ids say nothing."""
        self.at = BEGINNING
        self._told = BEGINNING
        """How far the entries go, as somebody has said."""
        self._overdue_at: float | None = None
        """When all of them are to be read; None: they are."""

    def set(self, run: str, at: Position) -> None:
        """A snapshot was read, which holds all up to there, and up to what was told before it was read."""
        if self.run not in (None, run):
            self._told = BEGINNING
        self.run, self.at = run, max(at, self._told)
        self._overdue_at = None

    def is_overdue(self, told: Position, now: float) -> bool:
        """The entries go as far as that; True: some that went so far some time ago have not come, and will not.

        Args:
            told: by who leads.
            now: monotonic seconds.
        """
        if self.at >= self._told:
            self._told = max(told, self._told)
            self._overdue_at = None if self.at >= self._told else now + OVERDUE_S
        return self._overdue_at is not None and now >= self._overdue_at

    def resumes(self, run: str, newest: Position | None) -> bool:
        """Whether reading on from here misses nothing that the entries themselves would not show.

        Args:
            run: of what Redis holds now.
            newest: of the stream; None: it is empty, and nothing shows what was in it.
        """
        return run == self.run and newest is not None and newest.epoch == self.at.epoch and newest >= self.at

    def forget(self) -> None:
        """What was read so far is not all there is: nothing resumes from here."""
        self.at = BEGINNING

    def take(self, at: Position) -> Verdict:
        """An entry has come."""
        last = self.at
        if at.sequence == last.sequence + 1 and at.epoch == last.epoch:
            self.at = at
            return "next"
        return "repeat" if at <= last else "gap"
