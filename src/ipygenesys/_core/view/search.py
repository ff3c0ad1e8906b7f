"""The searches of a widget's views, a step at a time; older messages are fetched when asked for."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.conversation.search import Search
from ipygenesys._core.model.events import (
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageRemoved,
    OlderHistoryFailed,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import LoadOlder
from ipygenesys._core.session.session import Session
from ipygenesys._core.view.encoding import error_delta
from ipygenesys._core.view.pages import MAX_PAGE
from ipygenesys._core.view.protocol import SearchFound, SearchRequested

STEP_MESSAGES = 1_000
"""Looked at without a pause: a few milliseconds."""
PAUSE_S = 0.002
TELL_EVERY_S = 0.1
MAX_SEARCHES = 8
"""Of all views together; of more the oldest is forgotten."""
MAX_LOADS = 25
"""Pages of the server's history fetched for one request."""


class _Running(msgspec.Struct):
    search: Search
    client: str
    told: SearchFound | None = None
    told_at: float = float("-inf")
    loads_left: int = 0
    failure: Failure | None = None


class ViewSearches:
    """What the views of one widget search for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._running: dict[str, _Running] = {}
        self._next_at: float | None = None
        self._load_due = False

    def requested(self, request: SearchRequested, now: float) -> None:
        """Begin a search, end it (an empty query), or go further back in one."""
        running = self._running.get(request.search_id)
        if running is not None and request.loads_older:
            running.loads_left, running.failure, self._load_due = MAX_LOADS, None, True
        else:
            self._running.pop(request.search_id, None)
            if request.query.strip():
                search = Search(self._session.conversation.timeline, request.query)
                self._running[request.search_id] = _Running(search, request.client)
        while len(self._running) > MAX_SEARCHES:
            del self._running[next(iter(self._running))]
        self._next_at = now

    def hit(self, search_id: str | None, ordinal: int | None) -> str | None:
        """The message that this hit is."""
        running = self._running.get(search_id or "")
        return None if running is None else running.search.hit(ordinal or 0)

    def forget(self, client: str) -> None:
        """A page of the browser has gone."""
        self._running = {id_: each for id_, each in self._running.items() if each.client != client}

    def note(self, event: Event) -> None:
        """What has happened may be found, or be another find."""
        match event:
            case MessagePlaced(message=message, former_id=former_id):
                for each in self._running.values():
                    each.search.placed(message, former_id)
            case MessageRemoved(message=message):
                for each in self._running.values():
                    each.search.removed(message.id)
            case HistoryPrepended():
                self._load_due = any(each.loads_left for each in self._running.values())
            case OlderHistoryFailed(failure):
                for each in self._running.values():
                    each.failure = failure if each.loads_left else each.failure
                    each.loads_left = 0
            case _:
                return
        if self._running:
            self._next_at = self._next_at or 0.0

    def tick(self, now: float) -> tuple[list[SearchFound], list[LoadOlder]]:
        """Another step of each search, what is to be told of them, and what is to be fetched for them."""
        if self._next_at is None or now < self._next_at:
            return [], []
        loads = self._loads()
        told = []
        self._next_at = None
        for search_id, each in self._running.items():
            each.search.step(STEP_MESSAGES)
            found = self._found(search_id, each)
            if found != each.told and (found.is_complete or now >= each.told_at + TELL_EVERY_S):
                each.told, each.told_at = found, now
                told.append(found)
            if not found.is_complete:
                self._next_at = now + PAUSE_S
        return told, loads

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return self._next_at

    def _loads(self) -> list[LoadOlder]:
        if not self._load_due:
            return []
        self._load_due = False
        has_older = self._session.catch_up.has_older
        for each in self._running.values():
            each.loads_left = max(each.loads_left - 1, 0) if has_older else 0
        return [LoadOlder(MAX_PAGE)] if any(each.loads_left for each in self._running.values()) else []

    def _found(self, search_id: str, running: _Running) -> SearchFound:
        search = running.search
        return SearchFound(
            to=running.client,
            search_id=search_id,
            count=search.count,
            searched=search.searched,
            is_complete=search.is_complete,
            has_older=self._session.catch_up.has_older,
            is_loading=running.loads_left > 0,
            error=error_delta(running.failure) if running.failure else None,
        )
