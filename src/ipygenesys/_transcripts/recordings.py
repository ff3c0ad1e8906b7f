"""A recording's messages as rows: a session is told what was recorded, and asked what it knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from ipygenesys._core.measures.noted import Noted
from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._core.model.messages import Message
from ipygenesys._core.session.session import Session
from ipygenesys._recordings.entries import AnyEntry, Header, InputTaken, StateKept
from ipygenesys._recordings.state import NoState, unpacked
from ipygenesys._transcripts.messages import rows_of
from ipygenesys._transcripts.rows import Row


def messages_of(entries: Iterable[AnyEntry]) -> Sequence[Message]:
    """What was said, as the conversation stood at the recording's end.

    Args:
        entries: the header first.
    """
    return _retold(entries).messages


def rows_of_recording(entries: Iterable[AnyEntry], conversation_id: str | None = None) -> Sequence[Row]:
    """One row a message, as the conversation stood at the recording's end.

    Args:
        entries: the header first.
        conversation_id: which conversation it is, where there are others.
    """
    retold = _retold(entries)
    return rows_of(retold.messages, retold.noted.times, conversation_id)


class Retold:
    """What comes of a recording's entries, as far as they were taken."""

    def __init__(self) -> None:
        self.noted = Noted("customer")
        self._session: Session | None = None

    @property
    def messages(self) -> Sequence[Message]:
        """Oldest first."""
        return () if self._session is None else self._session.conversation.timeline.copy()

    def take(self, entry: AnyEntry) -> None:
        """The next one; the header comes first."""
        if isinstance(entry, InputTaken) and self._session is not None:
            self._note(entry, self._session)
            self._session.step(entry.input, entry.now)
        elif isinstance(entry, Header):
            self._session, self.noted = Session(entry.profile), Noted(entry.profile.own_role)
        elif isinstance(entry, StateKept):  # It begins midway; of another version's state nothing is known.
            with suppress(NoState):
                self._session = unpacked(entry.state)

    def _note(self, entry: InputTaken, session: Session) -> None:
        input_, now = entry.input, entry.now
        if isinstance(input_, FrameReceived):
            is_live = session.connection.active == input_.generation
            self.noted.heard(input_.events, None, now.monotonic, now.wall_ms / 1000, is_live=is_live)
        else:
            self.noted.stepped(input_, now)


def _retold(entries: Iterable[AnyEntry]) -> Retold:
    retold = Retold()
    for entry in entries:
        retold.take(entry)
    return retold
