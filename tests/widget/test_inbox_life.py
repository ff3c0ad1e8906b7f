"""What an inbox holds on to, and that whoever observes it stops nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

import ipygenesys as ig
from ipygenesys._widget.open_chats import MAX_SHOWN
from tests.widget.browser import eventually
from tests.widget.conftest import Bench
from tests.widget.test_inbox_pages import Page


@pytest.fixture
def inbox(bench: Bench) -> Iterator[ig.Inbox]:
    made = ig.Inbox([bench.protocol()])
    yield made
    made.close()


def test_a_list_s_own_conversations_stay_open_however_many_were_looked_at(bench: Bench) -> None:
    ids = [bench.simulator.open_conversation() for _ in range(MAX_SHOWN + 2)]
    with ig.Inbox([bench.protocol(conversation_id=each) for each in ids]) as inbox:
        page = Page(inbox)

        def shows(id_: str) -> bool:
            return bool(page.last["chat"] == inbox._running_now[0].chat(id_).model_id)

        page.look()
        eventually(lambda: page.windows and page.last["total"] == len(ids))
        for id_ in ids:
            page.say("select", id=id_)
            eventually(partial(shows, id_))
        eventually(lambda: all(inbox.open(id_).status == "connected" for id_ in ids))


def test_that_it_has_failed_is_said_without_a_page() -> None:
    with ig.Simulator(scenario="busy_hour", conversations=3) as simulator:
        wrong = ig.ClientCredentials(simulator.client_id, "wrong")
        queue = simulator.queues()[0]["queue_id"]
        with ig.Inbox(ig.AgentQueue(base_url=simulator.base_url, queue_id=queue, credentials=wrong)) as inbox:
            eventually(lambda: inbox.status == "failed")


def test_an_observer_may_ask_for_the_figures_and_one_that_fails_stops_no_other(
    inbox: ig.Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Any] = []
    threads: set[str] = set()

    def fails(change: Any) -> None:
        threads.add(threading.current_thread().name)
        raise RuntimeError

    inbox.observe(fails, "status")
    inbox.observe(lambda change: heard.append((change.new, inbox.kpis.waiting.value)), "waiting")
    inbox.connect()
    eventually(lambda: inbox.status == "connected")
    inbox._source.call_soon(lambda: inbox.set_trait("waiting", 7))
    eventually(lambda: heard)
    assert heard[0] == (7, 0) and threads == {"ipygenesys-observers"}
    assert "observer failed" in caplog.text


def test_the_figures_are_told_on_the_loop_s_own_thread_too(inbox: ig.Inbox) -> None:
    inbox.connect()
    heard: list[Any] = []
    inbox._source.call_soon(lambda: heard.append(inbox.kpis))
    eventually(lambda: heard)


def test_why_there_are_no_figures_is_said_at_once(inbox: ig.Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.connect()
    eventually(lambda: inbox.status == "connected")

    def broken() -> None:
        raise ArithmeticError("no figures")

    monkeypatch.setattr(inbox._source, "kpis", broken)
    with pytest.raises(ArithmeticError):
        _ = inbox.kpis
    monkeypatch.undo()


def test_that_it_is_closed_is_told_to_observers(inbox: ig.Inbox) -> None:
    heard: list[str] = []
    inbox.observe(lambda change: heard.append(change.new), "status")
    inbox.close()
    assert heard == ["closed"]
