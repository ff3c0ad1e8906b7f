"""The pages of one inbox: each with what it looks at, sent as it changes, 16 times a second at most."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

import msgspec

from ipygenesys._core.inbox_view.board import Board
from ipygenesys._core.inbox_view.names import Names
from ipygenesys._core.inbox_view.page import Page
from ipygenesys._core.inbox_view.tiles import SPARK_S, Tiles
from ipygenesys._core.inbox_view.wire import (
    LOOK_S,
    InboxProblem,
    InboxQuery,
    InboxRow,
    InboxWindow,
    LookAtInbox,
    Tile,
)
from ipygenesys._core.view.protocol.locale import SpokenLocale

UPDATE_S = 0.06
"""Chosen: what changes in a flood is painted within 100 ms; the kernel's budget of messages leaves the chat nearly its half."""
TILES_S = 1.0
"""Chosen: figures are read more slowly; Genesys' own come once a second."""
SILENCE_S = 3 * LOOK_S
"""A page that has said nothing for so long is gone."""
MAX_PAGES = 64
"""Chosen: of one inbox; of more, the one that was heard of longest ago is forgotten."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What pages are told besides rows."""

    now_ms: int
    status: str
    selected: str = ""
    chat: str = ""
    said: str = ""
    problems: tuple[InboxProblem, ...] = ()


class Figures(Protocol):
    """Whoever knows the figures."""

    def tiles(self) -> Sequence[Tile]:
        """As they are now."""


class InboxPages:
    """What happens to rows goes in by ``put`` and ``remove``, what pages ask for by ``hear``; ``outgoing`` is what is due."""

    def __init__(self, spoken: SpokenLocale, figures: Figures) -> None:
        self.rows: dict[str, InboxRow] = {}
        self._spoken = spoken
        self._figures = figures
        self._tiles = Tiles()
        self._names = Names()
        self._next_tiles_at = 0.0
        self._boards: dict[InboxQuery, Board] = {}
        self._pages: dict[str, Page] = {}
        self._told: dict[str, Told] = {}
        self._next_at = 0.0
        self._facts: Facts | None = None

    # --- rows -------------------------------------------------------------------------------------------------

    def put(self, row: InboxRow) -> None:
        """A row is new, or has changed."""
        before = self.rows.get(row.id)
        if row == before:
            return
        self.rows[row.id] = row
        self._names.change(before, row)
        moved = {query for query, board in self._boards.items() if board.put(row)}
        waits_now = row.state == "waiting" and (before is None or before.state != "waiting")
        for page in self._pages.values():
            page.note(row.id, has_moved=page.board.query in moved)
            page.is_stale |= self._facts is not None and row.id == self._facts.selected
            if waits_now and page.board.lets_through(row):
                page.announce(row)

    def remove(self, row_id: str) -> None:
        """A row is there no more."""
        if (before := self.rows.pop(row_id, None)) is None:
            return
        self._names.change(before, None)
        moved = {query for query, board in self._boards.items() if board.remove(row_id)}
        for page in self._pages.values():
            page.note(row_id, has_moved=page.board.query in moved)

    # --- pages ------------------------------------------------------------------------------------------------

    @property
    def is_looked_at(self) -> bool:
        """Somebody may be looking."""
        return bool(self._pages)

    @property
    def in_sight(self) -> Set[str]:
        """Rows that some page shows."""
        return {row_id for page in self._pages.values() for row_id in page.in_sight}

    def hear(self, look: LookAtInbox, now: float) -> None:
        """A page says what it wants."""
        board = self._boards.get(look.query)
        if board is None:
            board = self._boards[look.query] = Board(look.query, self.rows.values())
        if (page := self._pages.get(look.page)) is not None:
            page.hear(look, board, now)
        else:
            if len(self._pages) >= MAX_PAGES:
                self.forget(min(self._pages, key=lambda name: self._pages[name].last_heard))
            page = self._pages[look.page] = Page(look, board, now)
            self._told[look.page] = Told()
        if page.is_new:
            self._told[look.page] = Told()
        if page.is_stale:
            self._next_at = min(self._next_at, now)
        self._drop_boards()

    def forget(self, page: str) -> None:
        """A page has gone."""
        self._pages.pop(page, None)
        self._told.pop(page, None)
        self._drop_boards()

    def tick(self, now: float) -> None:
        """Pages that are silent are gone."""
        for name in [name for name, page in self._pages.items() if now >= page.last_heard + SILENCE_S]:
            self.forget(name)

    def _drop_boards(self) -> None:
        wanted = {page.board.query for page in self._pages.values()}
        for query in self._boards.keys() - wanted:
            del self._boards[query]

    # --- what is due ------------------------------------------------------------------------------------------

    def outgoing(self, facts: Facts, now: float) -> list[InboxWindow]:
        """What each page has to be sent now."""
        if self._facts is None or _said(facts) != _said(self._facts):
            self._facts = facts
            for page in self._pages.values():
                page.is_stale = True
        if not self._pages or now < self._next_at:
            return []
        if now >= self._next_tiles_at:
            self._next_tiles_at = now + TILES_S
            self._tiles.take(self._figures.tiles(), now, facts.now_ms)
        figures = self._tiles.revision, self._tiles.spark_revision
        due = [
            (name, page)
            for name, page in self._pages.items()
            if page.is_stale or (self._told[name].tiles, self._told[name].sparks) != figures
        ]
        if due:
            self._next_at = now + UPDATE_S
        return [self._window(name, page, facts, now) for name, page in due]

    def _window(self, name: str, page: Page, facts: Facts, now: float) -> InboxWindow:
        told, tiles, is_new = self._told[name], self._tiles, page.is_new
        part = page.part(self.rows)
        arrived, arrived_count = page.take_arrived()
        page.sent(now)
        window = InboxWindow(
            page=name,
            revision=page.revision,
            is_whole=is_new,
            now_ms=facts.now_ms,
            status=facts.status,
            first=part.first,
            total=part.total,
            counts={tab: page.board.counts[tab] for tab in ("waiting", "unanswered", "all", "ended")},
            pending=page.pending,
            selected=facts.selected,
            selected_row=self._selected(facts.selected, told),
            chat=facts.chat,
            said=facts.said,
            slots=part.slots,
            rows=part.rows,
            arrived=arrived,
            arrived_count=arrived_count,
        )
        if told.tiles != tiles.revision:
            told.tiles, window.tiles = tiles.revision, tiles.tiles
        if told.sparks != tiles.spark_revision:
            told.sparks, window.sparks, window.spark_s = tiles.spark_revision, tiles.sparks(), SPARK_S
        if told.problems != facts.problems:
            told.problems, window.problems = facts.problems, list(facts.problems)
        if told.names != self._names.revision:
            told.names = self._names.revision
            window.queues, window.agents = self._names.queues, self._names.agents
        window.locale = told.locale or self._spoken.choose(page.look.languages)
        if not told.locale:
            told.locale = window.locale
            window.words = dict(self._spoken.words(window.locale) or {})
        return window

    def _selected(self, row_id: str, told: Told) -> InboxRow | None:
        row = self.rows.get(row_id)
        if row == told.selected:
            return None
        told.selected = row
        return row

    def next_deadline(self, now: float) -> float | None:
        """When something is due, in monotonic seconds."""
        if not self._pages:
            return None
        silent_at = min(page.last_heard for page in self._pages.values()) + SILENCE_S
        is_stale = any(page.is_stale for page in self._pages.values())
        return min(silent_at, self._next_at if is_stale else max(self._next_tiles_at, self._next_at))


class Told(msgspec.Struct):
    """What a page was told besides its rows."""

    tiles: int = -1
    sparks: int = -1
    names: int = -1
    problems: tuple[InboxProblem, ...] = ()
    selected: InboxRow | None = None
    locale: str = ""


def _said(facts: Facts) -> tuple[object, ...]:
    return facts.status, facts.selected, facts.chat, facts.said, facts.problems
