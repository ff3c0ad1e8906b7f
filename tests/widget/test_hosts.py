"""Hosts that are no Jupyter, as far as the widget sees them; the real ones: `uv run poe hosts`."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import ipygenesys as ig
from ipygenesys._widget.hosts.here import host_here
from ipygenesys._widget.hosts.host import Host
from ipygenesys._widget.hosts.shiny import ShinySession
from ipygenesys._widget.reruns import current_run
from tests.widget.browser import eventually, threads

Marimo = list[Any]
"""What has been registered with the cell."""


@pytest.fixture
def marimo(monkeypatch: pytest.MonkeyPatch) -> Marimo:
    of_cell: Marimo = []
    context = SimpleNamespace(cell_lifecycle_registry=SimpleNamespace(add=of_cell.append))
    module = ModuleType("marimo._runtime.context")
    module.safe_get_context = lambda: context  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return of_cell


def is_nothing_left() -> bool:
    return list(threads()) == []


def test_where_there_is_no_other_host_a_comm_is_all_that_is_needed() -> None:
    assert type(host_here(lambda: None)) is Host


def test_a_cell_of_marimo_that_is_run_again_ends_its_conversation_however_it_was_connected(
    marimo: Marimo,
) -> None:
    chat = ig.Chat.demo(seed=1)
    chat.connect().wait(30)
    assert chat.status == "connected"
    assert marimo[0].dispose(SimpleNamespace(), deletion=False)
    eventually(lambda: chat.status == "closed")
    eventually(is_nothing_left)


def test_a_session_of_marimo_ends_its_conversations_with_its_thread_and_those_of_ended_cells_once(
    marimo: Marimo,
) -> None:
    ended: list[str] = []
    is_over = threading.Event()

    def session() -> None:
        host_here(lambda: ended.append("first"))
        host_here(lambda: (ended.append("second"), is_over.set()))  # type: ignore[arg-type, func-returns-value]
        host_here(lambda: ended.append("of a cell that was run again"))
        marimo[2].dispose(SimpleNamespace(), deletion=False)
        assert ended == ["of a cell that was run again"]

    thread = threading.Thread(target=session)
    thread.start()
    thread.join()
    assert is_over.wait(30)
    assert ended == ["of a cell that was run again", "first", "second"]


def test_a_chat_that_is_made_in_a_session_of_marimo_closes_when_the_session_ends(marimo: Marimo) -> None:
    chats: list[ig.Chat] = []

    def session() -> None:
        chats.append(ig.Chat.demo(seed=1))
        chats[0].connect().wait(30)

    thread = threading.Thread(target=session)
    thread.start()
    thread.join()
    eventually(lambda: chats[0].status == "closed")
    eventually(is_nothing_left)


class OfAUser(threading.Thread):
    """As `mo.Thread`, in which marimo's context is there, too."""


def test_what_a_users_own_thread_makes_in_marimo_outlives_it(marimo: Marimo) -> None:
    ended: list[bool] = []
    thread = OfAUser(target=lambda: host_here(lambda: ended.append(True)))
    thread.start()
    thread.join()
    marimo[0].dispose(SimpleNamespace(), deletion=True)
    assert ended == [True]


def test_a_session_of_panel_that_is_destroyed_ends_its_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Callable[[object], None]] = []
    page = SimpleNamespace(session_context=object(), on_session_destroyed=heard.append)
    module = ModuleType("panel.io.state")
    module.state = SimpleNamespace(curdoc=page)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    chat = ig.Chat.demo(seed=1)
    chat.connect().wait(30)
    heard[0](object())
    eventually(lambda: chat.status == "closed")
    eventually(is_nothing_left)


@pytest.mark.parametrize("kind", ["inbox", "inspector", "picture"])
def test_what_stands_beside_a_chat_ends_with_its_cell_of_marimo_too(marimo: Marimo, kind: str) -> None:
    chat = ig.Chat.demo(seed=1)
    make: dict[str, Callable[[], Any]] = {
        "inbox": lambda: ig.Inbox.demo(conversations=3, seed=1),
        "inspector": lambda: ig.Inspector(chat),
        "picture": lambda: ig.timeline(chat),
    }
    made = make[kind]()
    if kind == "inbox":
        made.connect()
    assert marimo[-1].dispose(SimpleNamespace(), deletion=False)
    eventually(lambda: made.comm is None)
    chat.close()
    eventually(is_nothing_left)


class Shiny:
    """A session that sends what its comm was given when somebody makes it flush, as Shiny's does."""

    def __init__(self) -> None:
        self.current: object | None = None
        self.waiting: list[object] = []
        self.sent: list[object] = []
        self.flushes = 0
        self.lock = asyncio.Lock()
        self.flushed = asyncio.Event()

    def root_scope(self) -> Shiny:
        return self

    def get_current_session(self) -> Shiny:
        return self

    @contextmanager
    def session_context(self, session: object) -> Iterator[None]:
        self.current = session
        yield
        self.current = None

    def send(self, data: object) -> None:
        """The comm's."""
        assert self.current is self
        self.waiting.append(data)

    async def flush(self) -> None:
        assert self.lock.locked()
        self.flushes += 1
        self.sent += self.waiting
        self.waiting = []
        self.flushed.set()

    def put_into(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session, reactive, shiny = (
            ModuleType("shiny.session"),
            ModuleType("shiny.reactive"),
            ModuleType("shiny"),
        )
        vars(session).update(
            get_current_session=self.get_current_session, session_context=self.session_context
        )
        vars(reactive).update(lock=lambda: self.lock, flush=self.flush)
        vars(shiny).update(session=session, reactive=reactive)
        for module in (shiny, session, reactive):
            monkeypatch.setitem(sys.modules, module.__name__, module)


async def test_what_a_thread_sends_in_shiny_goes_out_with_one_flush_and_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shiny = Shiny()
    shiny.put_into(monkeypatch)
    host = host_here(lambda: None)
    assert isinstance(host, ShinySession)

    def send() -> None:
        for number in range(5):
            host.send(shiny, number)

    thread = threading.Thread(target=send)
    thread.start()
    thread.join()  # This loop has not had its turn yet.
    assert shiny.sent == []
    await asyncio.wait_for(shiny.flushed.wait(), 30)
    assert [each["content"] for each in shiny.sent] == [0, 1, 2, 3, 4]  # type: ignore[index]
    assert shiny.flushes == 1
    shiny.flushed.clear()
    host.send(shiny, 5)
    await asyncio.wait_for(shiny.flushed.wait(), 30)
    assert (shiny.flushes, len(shiny.sent)) == (2, 6)


def test_a_shiny_app_that_is_not_served_is_like_any_other_host(monkeypatch: pytest.MonkeyPatch) -> None:
    Shiny().put_into(monkeypatch)
    assert type(host_here(lambda: None)) is Host


def test_a_shell_that_does_not_say_what_it_runs_is_known_by_the_cell_that_it_began_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As xeus-python's."""
    history = SimpleNamespace(input_hist_raw=[""])
    shell = SimpleNamespace(kernel=None, execution_count=1, history_manager=history)
    monkeypatch.setattr("ipygenesys._widget.reruns.get_ipython", lambda: shell)
    runs = []
    for code in ("chat = one()", "chat = other()", "chat = one()"):
        history.input_hist_raw.append(code)
        shell.execution_count += 1
        runs.append(current_run())
    first, between, again = runs
    assert first and between and again
    assert first.cell == again.cell != between.cell
    assert (first.id != again.id, again.number) == (True, 4)
    del shell.kernel  # A terminal, which shows nothing again.
    assert current_run() is None
