"""The pages of an inbox: what they are sent of its rows, and the chat of the conversation that is selected."""

from __future__ import annotations

import gc
import re
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterator
from typing import Any, get_args

import msgspec
import pytest

import ipygenesys as ig
from ipygenesys._core.inbox.figures import DEFINITIONS, Kpis
from ipygenesys._core.inbox.pools import Answered
from ipygenesys._core.inbox.rows import STATES, Kind, LastMessage, Row
from ipygenesys._core.inbox_view.pages import UPDATE_S
from ipygenesys._core.inbox_view.wire import About
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.view.delta_buffer import SendBudget
from ipygenesys._inboxes import widget
from ipygenesys._inboxes.languages import inbox_words
from ipygenesys._inboxes.widget import InboxWidget
from ipygenesys._io.conversation.views import Views
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._widget.open_chats import MAX_SHOWN
from tests.widget.browser import RecordedComm, eventually
from tests.widget.conftest import Bench

NOW_MS = 1_790_000_000_000


class Heard:
    def __init__(self) -> None:
        self.hearers: list[Callable[[str], object]] = []

    def add(self, hear: Callable[[str], object]) -> None:
        self.hearers.append(hear)

    def remove(self, hear: Callable[[str], object]) -> None:
        self.hearers.remove(hear)


class Rows:
    """A source that is told its rows, on the thread of the test."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.changes = Heard()
        self.clock = SystemClock()
        self.status = "connected"
        self.views: list[Views] = []
        self.seen: set[str] = set()
        self._lock = threading.RLock()

    def put(self, id_: str, **fields: Any) -> None:
        self.rows[id_] = Row(conversation_id=id_, customer=id_.title(), **fields)
        self._tell(id_)

    def remove(self, id_: str) -> None:
        del self.rows[id_]
        self._tell(id_)

    def _tell(self, id_: str) -> None:
        for hear in self.changes.hearers:
            hear(id_)

    def settle(self) -> None:
        for views in self.views:
            views.flush()

    def flush(self) -> None:
        time.sleep(UPDATE_S)
        with self._lock:
            for views in self.views:
                views.flush()

    @property
    def problems(self) -> dict[str, Failure]:
        return {}

    def kpis(self) -> Kpis:
        figures = {
            name: {"name": name, "definition": words, "unit": "count", "value": len(self.rows), "n": 1}
            for name, words in DEFINITIONS.items()
        }
        return msgspec.convert({"time_ms": NOW_MS, **figures}, Kpis)

    def answered(self) -> Answered:
        return Answered([], {}, [], 0)

    def server_now_ms(self) -> int:
        return NOW_MS

    def in_sight(self, ids: Collection[str]) -> None:
        self.seen = set(ids)

    def selected(self, conversation_id: str | None) -> None:
        """Nobody asks for texts here."""

    def add_views(self, views: Views) -> Callable[[], object]:
        self.views.append(views)
        return lambda: self.views.remove(views)

    def call_soon(self, call: Callable[[], object]) -> None:
        with self._lock:
            call()

    def until(self, condition: Callable[[], object]) -> None:
        """As its timer would."""

        def is_so() -> object:
            self.flush()
            return condition()

        eventually(is_so)


class Inbox(InboxWidget):
    """The other half, as simple as can be."""

    def __init__(self, source: Rows, make: Callable[[], ig.Chat], **traits: Any) -> None:
        self.made: list[str] = []
        self._new = make
        super().__init__(source, **traits)
        self._listen()

    def _wake(self) -> None:
        """It is awake."""

    def select(self, conversation_id: str | None) -> None:
        self.selected = conversation_id

    def _make_chat(self, conversation_id: str) -> ig.Chat:
        self.made.append(conversation_id)
        if conversation_id == "broken":
            raise ig.NotFound("There is no such conversation.")
        return self._new()


class Page:
    """Looks at an inbox, and keeps what it is sent."""

    def __init__(self, inbox: Inbox, name: str = "p") -> None:
        assert isinstance(inbox.comm, RecordedComm)
        self.comm, self.name = inbox.comm, name
        self.windows: list[dict[str, Any]] = []
        self.comm.views.append(self)  # type: ignore[arg-type] # it only hears

    def hear(self, content: dict[str, Any]) -> None:
        if content["page"] == self.name:
            self.windows.append(content)

    @property
    def last(self) -> dict[str, Any]:
        return self.windows[-1]

    def look(self, **fields: Any) -> None:
        revision = self.last["revision"] if self.windows else 0
        self.say("look", **{"revision": revision, "query": {}, "first": 0, "count": 10, **fields})

    def say(self, kind: str, **fields: Any) -> None:
        self.comm.from_browser({"kind": kind, "page": self.name, **fields})


@pytest.fixture
def source() -> Rows:
    return Rows()


@pytest.fixture
def inbox(bench: Bench, source: Rows, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setattr(widget, "budget", SendBudget())
    for number in range(30):
        source.put(f"c{number:02}", queue="Sales", since_ms=NOW_MS - number)
    made = Inbox(source, bench.chat)
    yield made
    made.close()


def test_a_page_is_sent_what_is_in_sight_and_what_changes_in_it(inbox: Inbox, source: Rows) -> None:
    page = Page(inbox)
    page.look(languages=["fr"])
    assert page.last["slots"] == [f"c{number:02}" for number in range(10)]
    assert page.last["locale"] == "fr" and page.last["words"]["inbox"]
    assert page.last["tiles"][0]["value"] == 30 and page.last["status"] == "connected"
    assert source.seen == {f"c{number:02}" for number in range(10)}

    source.put("c03", queue="Sales", since_ms=NOW_MS - 3, unread=2)
    source.remove("c00")
    source.flush()
    assert page.last["slots"][0] == "c01" and {row["id"] for row in page.last["rows"]} == {"c03", "c10"}


def test_nobody_looks_and_nothing_is_sent_nor_due(inbox: Inbox, source: Rows) -> None:
    page = Page(inbox)
    source.put("new")
    source.flush()
    assert page.windows == [] and all(views.next_deadline() is None for views in source.views)
    page.look()
    page.say("gone")
    source.put("newer")
    source.flush()
    assert len(page.windows) == 1


def test_what_is_no_message_of_a_page_is_ignored(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    page = Page(inbox)
    page.say("look", revision="none of your words")
    assert page.windows == [] and "none of your words" not in caplog.text
    assert "was not understood" in caplog.text


def test_the_selected_conversation_is_shown_as_a_chat_of_its_own(inbox: Inbox, source: Rows) -> None:
    page = Page(inbox)
    page.look()
    page.say("select", id="c04")
    source.until(lambda: page.last["chat"])
    assert inbox.selected == "c04" and page.last["selected"] == "c04"
    assert page.last["chat"] == inbox.open("c04").model_id
    page.say("select", id="nobody has told of this")
    assert inbox.selected == "c04"
    page.say("select", id="")
    source.until(lambda: page.last["selected"] == "")
    assert page.last["chat"] == "" and inbox.selected is None


def test_a_conversation_that_was_selected_before_anybody_looked_is_opened_then(
    inbox: Inbox, source: Rows
) -> None:
    inbox.select("c04")
    assert inbox.made == []
    page = Page(inbox)
    page.look()
    source.until(lambda: page.last["chat"])
    assert inbox.made == ["c04"]


def test_why_one_cannot_be_shown_is_said(inbox: Inbox, source: Rows) -> None:
    source.put("broken")
    page = Page(inbox)
    page.look()
    page.say("select", id="broken")
    source.until(lambda: page.last["said"])
    assert page.last["said"] == "There is no such conversation." and page.last["chat"] == ""


def test_of_chats_that_only_a_page_wanted_the_last_few_stay_open(inbox: Inbox, source: Rows) -> None:
    page = Page(inbox)
    page.look()
    mine = inbox.open("c00")
    for number in range(MAX_SHOWN + 2):
        page.say("select", id=f"c{number:02}")
        source.until(lambda: page.last["chat"] and page.last["selected"] == inbox.made[-1])
    closed = [id_ for id_ in inbox.made if id_ not in inbox._chats._chats]
    assert closed == ["c01"] and mine.comm is not None
    page.say("select", id="c05")
    source.until(lambda: page.last["selected"] == "c05")
    assert inbox.made.count("c05") == 1, "it is there as it was"
    inbox.open("c05").close()
    assert inbox.open("c05").comm is not None and inbox.made.count("c05") == 2


def test_an_inbox_that_is_closed_hears_nothing_and_its_chats_are_closed(inbox: Inbox, source: Rows) -> None:
    chat = inbox.open("c01")
    inbox.close()
    inbox.close()
    assert source.changes.hearers == [] and source.views == []
    assert chat.comm is None


def test_an_inbox_that_nobody_holds_goes(bench: Bench, source: Rows) -> None:
    source.put(
        "c01",
        last=LastMessage(id="m", time_ms=NOW_MS, role="customer", text="secret words", text_state="here"),
    )
    made = Inbox(source, bench.chat)
    assert "secret" not in repr(made)
    gone = weakref.ref(made)
    made.close()
    del made
    gc.collect()
    assert gone() is None


def test_it_speaks_five_languages_and_no_others(bench: Bench, source: Rows) -> None:
    made = Inbox(source, bench.chat, locale="de")
    page = Page(made)
    page.look(languages=["en"])
    assert page.last["locale"] == "de"
    made.close()
    with pytest.raises(ValueError, match="locale='nl' is not known"):
        Inbox(source, bench.chat, locale="nl")


@pytest.mark.parametrize("language", ["de", "es", "fr", "ja"])
def test_every_language_says_all_that_english_does_with_the_same_values(language: str) -> None:
    english, other = inbox_words()["en"], inbox_words()[language]
    assert other.keys() == english.keys()
    for key, words in english.items():
        assert set(re.findall(r"\{\w+\}", other[key])) == set(re.findall(r"\{\w+\}", words)), key


def test_every_figure_and_state_has_its_words() -> None:
    words = inbox_words()["en"]
    assert {f"{kind}.{name}" for name in DEFINITIONS for kind in ("kpi", "def")} <= words.keys()
    assert {f"state.{state}" for state in STATES} <= words.keys()
    assert {f"kind.{kind}" for kind in get_args(Kind)} <= words.keys()
    assert {f"problem.{about}" for about in get_args(About)} <= words.keys()
