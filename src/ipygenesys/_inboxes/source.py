"""What an inbox's widget needs of the conversations that it shows: their rows, what changes, and a timer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from ipygenesys._core.inbox.figures import Kpis
from ipygenesys._core.inbox.pools import Answered
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.model.failures import Failure
from ipygenesys._io.conversation.views import Views


class Clock(Protocol):
    """Time, as far as the pages need it."""

    def monotonic(self) -> float:
        """Seconds."""


class Changes(Protocol):
    """Who hears of rows."""

    def add(self, hear: Callable[[str], object]) -> object:
        """``hear`` is told the id of each row that is new, has changed or has gone; on the loop's thread."""

    def remove(self, hear: Callable[[str], object]) -> object:
        """No more."""


class Source(Protocol):
    """Many conversations; all but ``call_soon`` on the loop's thread only."""

    @property
    def rows(self) -> Mapping[str, Row]:
        """By conversation."""

    @property
    def changes(self) -> Changes:
        """Who hears of rows."""

    @property
    def clock(self) -> Clock:
        """Monotonic seconds."""

    @property
    def status(self) -> str:
        """Of the connection."""

    @property
    def problems(self) -> Mapping[str, Failure]:
        """What does not work while the rest does, by what it is."""

    def kpis(self) -> Kpis:
        """The figures, now."""

    def answered(self) -> Answered:
        """How long answers took, now."""

    def server_now_ms(self) -> int:
        """The server's time."""

    def in_sight(self, ids: Collection[str]) -> object:
        """Somebody sees these rows: their texts come before others'."""

    def selected(self, conversation_id: str | None) -> object:
        """Somebody looks at this one."""

    def add_views(self, views: Views) -> Callable[[], object]:
        """Their share of the timer; returns how to end it."""

    def settle(self) -> object:
        """That was all for now: views have what is due, and the timer is set."""

    def call_soon(self, call: Callable[[], object]) -> object:
        """Run it on the loop's thread; from any thread."""
