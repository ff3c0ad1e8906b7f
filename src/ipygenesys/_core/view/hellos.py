"""Pages that have said hello and wait for their snapshot: so many a second, the newest hello of each."""

from __future__ import annotations

from ipygenesys._core.view.delta_buffer import SendBudget
from ipygenesys._core.view.protocol import Hello

SNAPSHOTS_PER_S = 4.0
BURST = 8.0
"""Chosen: of 100 messages each has about 100 kB, and Jupyter Server drops what exceeds 1 MB/s."""


class ViewHellos:
    """Of all pages of one widget."""

    def __init__(self) -> None:
        self._waiting: dict[str, Hello] = {}
        self._last: dict[str, Hello] = {}
        self._budget = SendBudget(SNAPSHOTS_PER_S, BURST)

    def said(self, hello: Hello) -> None:
        """A page wants a snapshot; what it said before counts no more."""
        self._waiting[hello.client] = self._last[hello.client] = hello

    def renew(self) -> None:
        """Every page wants another snapshot: what it has is of another conversation."""
        self._waiting = dict(self._last)

    def due(self, now: float) -> list[Hello]:
        """Who is to be answered now."""
        due = []
        while self._waiting and self._budget.take(now):
            due.append(self._waiting.pop(next(iter(self._waiting))))
        return due

    def forget(self, client: str) -> None:
        """A page of the browser has gone."""
        self._waiting.pop(client, None)
        self._last.pop(client, None)

    def next_deadline(self, now: float) -> float | None:
        """When ``due`` has something."""
        return self._budget.available_at(now) if self._waiting else None
