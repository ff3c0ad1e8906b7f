"""The copy of a conversation that a notebook keeps when its owner asks for that.

It is made anew some time after a change: the longer it is the later, so that what it costs a second does not grow.
"""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.events import (
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageRemoved,
    MessageStatusChanged,
)
from ipygenesys._core.model.messages import Message
from ipygenesys._core.session.session import Session
from ipygenesys._core.view.encoding import view_message
from ipygenesys._core.view.protocol import Snapshot, StatusDelta, ViewMessage
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._core.view.title import ViewTitle

MOST_MESSAGES = 1_000
"""The newest ones."""
PAUSE_S = 0.2
PAUSE_PER_MESSAGE_S = 0.0025


class SavedCopy:
    """Of one conversation; off until asked for."""

    def __init__(
        self, session: Session, *, title: ViewTitle | None = None, locale: SpokenLocale | None = None
    ) -> None:
        self.is_wanted = False
        self._session = session
        self._title = title or ViewTitle(session)
        self._locale = locale or SpokenLocale("en")
        self._due: float | None = None

    @property
    def next_deadline(self) -> float | None:
        """When ``take`` has something to give."""
        return self._due if self.is_wanted else None

    def note(self, event: Event, now: float) -> None:
        """Something has happened: if it shows in the copy, that is due before long."""
        if isinstance(event, MessagePlaced | MessageRemoved | MessageStatusChanged | HistoryPrepended):
            self.ask(now)

    def ask(self, now: float) -> None:
        """A new copy is wanted, unless one is due already."""
        if self._due is None:
            count = min(len(self._session.conversation.timeline), MOST_MESSAGES)
            self._due = now + PAUSE_S + PAUSE_PER_MESSAGE_S * count

    def take(self, now: float) -> Snapshot | None:
        """The copy, if it is due by now."""
        if not self.is_wanted or self._due is None or now < self._due:
            return None
        self._due = None
        return self.make()

    def make(self) -> Snapshot:
        """The newest messages as a view would show them, without what needs a kernel or is good for a while only."""
        timeline = self._session.conversation.timeline
        messages = timeline.slice(max(len(timeline) - MOST_MESSAGES, 0), len(timeline))
        locale = self._locale.latest
        return Snapshot(
            to="",
            epoch="",
            revision=0,
            total=len(messages),
            first_index=0,
            messages=tuple(map(_kept, messages)),
            has_older=False,
            status=StatusDelta(status="idle"),
            typing=(),
            unread_count=0,
            capabilities=(),
            title=self._title.text,
            locale=locale,
            words=self._locale.words(locale),
        )


def _kept(message: Message) -> ViewMessage:
    """Without the draft's id, which would offer to send it again, and without the addresses of files."""
    shown = view_message(message)
    return msgspec.structs.replace(
        shown,
        text=f"{shown.text}…" if shown.full_length else shown.text,
        full_length=0,
        draft_id=None,
        attachments=tuple(msgspec.structs.replace(each, url=None) for each in shown.attachments),
    )
