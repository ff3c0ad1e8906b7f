"""All pages of an inbox: each what it looks at, as often as one can follow, and nothing for nobody."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from ipygenesys._core.inbox_view.pages import MAX_PAGES, SILENCE_S, TILES_S, UPDATE_S, Facts, InboxPages
from ipygenesys._core.inbox_view.tiles import SPARK_S
from ipygenesys._core.inbox_view.wire import InboxProblem, InboxWindow, Tile
from ipygenesys._core.view.protocol.locale import SpokenLocale
from tests.core.inbox_view.rows import START_MS, look, row

WORDS = {"en": {"waiting": "Waiting"}, "de": {"waiting": "Wartend"}}


class Inbox:
    """With a clock that is turned by hand."""

    def __init__(self) -> None:
        self.pages = InboxPages(SpokenLocale(None, WORDS), self)
        self.now = 100.0
        self.facts = Facts(now_ms=START_MS, status="connected")
        self.asked = 0
        self.waiting = 0.0

    def tiles(self) -> Sequence[Tile]:
        self.asked += 1
        return [Tile("waiting", "count", self.waiting)]

    def out(self, after_s: float = UPDATE_S) -> list[InboxWindow]:
        self.now += after_s
        return self.pages.outgoing(self.facts, self.now)

    def only(self, after_s: float = UPDATE_S) -> InboxWindow:
        [window] = self.out(after_s)
        return window


@pytest.fixture
def inbox() -> Inbox:
    made = Inbox()
    for number in range(30):
        made.pages.put(row(f"c{number:02}", at_s=-number, queue="Sales", agent="Ann"))
    return made


def test_nobody_is_sent_nothing_and_costs_no_timer(inbox: Inbox) -> None:
    assert not inbox.pages.is_looked_at
    assert inbox.out() == [] and inbox.asked == 0
    assert inbox.pages.next_deadline(inbox.now) is None


def test_a_page_is_told_all_then_what_changes(inbox: Inbox) -> None:
    inbox.pages.hear(look(count=5, languages=["de-AT", "en"]), inbox.now)
    first = inbox.only(0)
    assert (first.page, first.revision, first.is_whole, first.total, first.first) == ("p", 1, True, 30, 0)
    assert first.slots == ["c00", "c01", "c02", "c03", "c04"] and len(first.rows) == 5
    assert first.counts == {"waiting": 0, "unanswered": 0, "all": 30, "ended": 0}
    assert (first.locale, first.words) == ("de-AT", WORDS["de"])
    assert (first.queues, first.agents) == (["Sales"], ["Ann"])
    assert first.tiles == [Tile("waiting", "count", 0.0)] and first.sparks == {"waiting": [0.0]}
    assert first.spark_s == SPARK_S and inbox.pages.in_sight == {"c00", "c01", "c02", "c03", "c04"}

    assert inbox.out() == []
    inbox.pages.put(row("c03", at_s=-3, queue="Sales", agent="Ann", unread=1))
    inbox.pages.put(row("c20", at_s=-20, queue="Sales", agent="Ann", unread=1))
    second = inbox.only()
    assert (second.revision, second.is_whole, second.slots) == (2, False, None)
    assert [each.id for each in second.rows] == ["c03"]
    assert (second.tiles, second.sparks, second.words, second.queues) == (None,) * 4


def test_it_is_told_at_most_16_times_a_second(inbox: Inbox) -> None:
    inbox.pages.hear(look(), inbox.now)
    inbox.only(0)
    told = 0
    for number in range(1_000):
        inbox.pages.put(row("c00", at_s=number))
        at = inbox.pages.next_deadline(inbox.now)
        assert at is not None and at <= inbox.now + UPDATE_S
        told += len(inbox.out(0.001))
    assert told == 16


def test_the_same_row_again_is_no_news(inbox: Inbox) -> None:
    inbox.pages.hear(look(), inbox.now)
    inbox.only(0)
    inbox.pages.put(inbox.pages.rows["c00"])
    assert inbox.out() == []


def test_a_page_that_says_again_that_it_is_there_is_told_nothing(inbox: Inbox) -> None:
    inbox.pages.hear(look(), inbox.now)
    inbox.only(0)
    inbox.pages.hear(look(revision=1), inbox.now)
    assert inbox.out() == []


def test_a_click_is_answered_at_once(inbox: Inbox) -> None:
    inbox.pages.hear(look(), inbox.now)
    inbox.only(0)
    inbox.pages.hear(look(revision=1, first=10), inbox.now + 0.01)
    assert inbox.only(0.01).first == 10


def test_pages_that_want_the_same_share_a_board_and_it_goes_with_them(inbox: Inbox) -> None:
    inbox.pages.hear(look("p"), inbox.now)
    inbox.pages.hear(look("q"), inbox.now)
    inbox.pages.hear(look("r", tab="ended"), inbox.now)
    assert len(inbox.pages._boards) == 2
    assert {window.page: window.total for window in inbox.out(0)} == {"p": 30, "q": 30, "r": 0}
    inbox.pages.remove("c00")
    inbox.pages.remove("c00")
    assert [window.page for window in inbox.out()] == ["p", "q"]
    inbox.pages.forget("r")
    inbox.pages.forget("r")
    assert len(inbox.pages._boards) == 1


def test_who_waits_since_now_is_announced_once_where_the_filters_let_it_through(inbox: Inbox) -> None:
    inbox.pages.put(row("old", "waiting"))
    inbox.pages.hear(look("p"), inbox.now)
    inbox.pages.hear(look("q", queue="Service"), inbox.now)
    assert all(window.arrived_count == 0 for window in inbox.out(0)), "it waited before anybody looked"
    inbox.pages.put(row("new", "waiting", queue="Sales"))
    inbox.pages.put(row("new", "waiting", queue="Sales", unread=1))
    [told] = inbox.out()
    assert (told.page, told.arrived_count, [each.id for each in told.arrived]) == ("p", 1, ["new"])
    inbox.pages.put(row("new", "agent", queue="Sales"))
    assert inbox.only().arrived_count == 0
    inbox.pages.put(row("new", "waiting", queue="Sales"))
    assert inbox.only().arrived_count == 1, "another spell"


def test_the_selected_row_is_told_also_out_of_sight(inbox: Inbox) -> None:
    inbox.pages.hear(look(count=2), inbox.now)
    inbox.only(0)
    inbox.facts = Facts(now_ms=START_MS, status="connected", selected="c20", chat="model", said="")
    told = inbox.only()
    assert (told.selected, told.chat) == ("c20", "model")
    assert told.selected_row is not None and told.selected_row.id == "c20"
    assert inbox.out() == []
    inbox.pages.put(row("c20", at_s=-20, unread=4))
    assert (changed := inbox.only().selected_row) is not None and changed.unread == 4
    inbox.pages.put(row("c01", at_s=-1, unread=4))
    assert inbox.only().selected_row is None, "as before"


def test_figures_are_asked_for_once_a_second_and_told_where_they_changed(inbox: Inbox) -> None:
    inbox.pages.hear(look(), inbox.now)
    inbox.only(0)
    assert inbox.pages.next_deadline(inbox.now) == inbox.now + TILES_S
    for _ in range(5):
        assert inbox.out(TILES_S) == []
    assert inbox.asked == 6
    inbox.waiting = 2.0
    told = inbox.only(TILES_S)
    assert told.tiles == [Tile("waiting", "count", 2.0)] and told.sparks is None
    assert inbox.out(TILES_S) == []
    for _ in range(3):
        windows = inbox.out(TILES_S)
    assert [window.sparks for window in windows] == [{"waiting": [0.0, 2.0]}], "ten seconds"


def test_a_page_that_has_lost_something_is_told_all_again(inbox: Inbox) -> None:
    inbox.pages.hear(look(count=3), inbox.now)
    inbox.only(0)
    inbox.pages.hear(look(count=3), inbox.now)
    again = inbox.only()
    assert again.is_whole and again.words is not None and again.tiles is not None and len(again.rows) == 3


def test_silent_pages_are_gone(inbox: Inbox) -> None:
    inbox.pages.hear(look("p"), inbox.now)
    inbox.pages.hear(look("q"), inbox.now + 30)
    inbox.out()
    inbox.pages.tick(inbox.now + SILENCE_S)
    assert [window.page for window in inbox.out(TILES_S * 0)] == []
    inbox.pages.put(row("new"))
    assert [window.page for window in inbox.out()] == ["q"]


def test_there_is_an_end_to_pages(inbox: Inbox) -> None:
    for number in range(MAX_PAGES + 1):
        inbox.pages.hear(look(f"p{number}"), inbox.now + number / 100)
    assert len(inbox.pages._pages) == MAX_PAGES and "p0" not in inbox.pages._pages


def test_what_does_not_work_is_told_once_and_again_when_it_changes(inbox: Inbox) -> None:
    inbox.pages.hear(look(), inbox.now)
    assert inbox.only(0).problems is None
    typing, texts = InboxProblem("typing", "No typing."), InboxProblem("texts", "No texts.")
    for found in ((typing,), (typing, texts), ()):
        inbox.facts = msgspec.structs.replace(inbox.facts, problems=found)
        assert inbox.only().problems == list(found)
        inbox.pages.put(row("c00", at_s=0, unread=len(found) + 1))
        assert inbox.only().problems is None

    inbox.facts = msgspec.structs.replace(inbox.facts, problems=(texts,))
    inbox.only()
    inbox.pages.hear(look(page="other"), inbox.now)
    [window] = inbox.out()
    assert (window.page, window.problems) == ("other", [texts])
