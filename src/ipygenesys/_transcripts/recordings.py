"""A recording's messages as rows: a session is told what was recorded, and asked what it knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ipygenesys._core.measures.noted import Noted
from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._core.model.messages import Message
from ipygenesys._core.session.session import Session
from ipygenesys._recordings.entries import AnyEntry, Header, InputTaken
from ipygenesys._transcripts.messages import rows_of
from ipygenesys._transcripts.rows import Row


def messages_of(entries: Iterable[AnyEntry]) -> Sequence[Message]:
    """What was said, as the conversation stood at the recording's end.

    Args:
        entries: the header first.
    """
    return _played(entries)[0]


def rows_of_recording(entries: Iterable[AnyEntry]) -> Sequence[Row]:
    """One row a message, as the conversation stood at the recording's end.

    Args:
        entries: the header first.
    """
    messages, noted = _played(entries)
    return rows_of(messages, noted.times)


def _played(entries: Iterable[AnyEntry]) -> tuple[Sequence[Message], Noted]:
    session, noted = None, Noted("customer")
    for entry in entries:
        if isinstance(entry, Header):
            session, noted = Session(entry.profile), Noted(entry.profile.own_role)
        elif isinstance(entry, InputTaken) and session is not None:
            _note(entry, session, noted)
            session.step(entry.input, entry.now)
    return () if session is None else session.conversation.timeline.copy(), noted


def _note(entry: InputTaken, session: Session, noted: Noted) -> None:
    input_, now = entry.input, entry.now
    if isinstance(input_, FrameReceived):
        is_live = session.connection.active == input_.generation
        noted.heard(input_.events, None, now.monotonic, now.wall_ms / 1000, is_live=is_live)
    else:
        noted.stepped(input_, now)
