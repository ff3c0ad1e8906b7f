"""An inbox of any conversations: its rows, figures, traits and chats; that it connects when needed and leaves nothing."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator

import pytest
import traitlets

import ipygenesys as ig
from ipygenesys import inbox as inbox_module
from ipygenesys._core.inbox.rows import Row
from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.state.organisation import PERMISSIONS
from tests.widget.browser import RecordedComm, eventually
from tests.widget.conftest import Bench
from tests.widget.test_inbox_pages import Page


@pytest.fixture
def ids(bench: Bench) -> list[str]:
    return [bench.simulator.conversation_id, *(bench.simulator.open_conversation() for _ in range(2))]


@pytest.fixture
def inbox(bench: Bench, ids: list[str]) -> Iterator[ig.Inbox]:
    made = ig.Inbox([bench.protocol(conversation_id=each) for each in ids])
    yield made
    made.close()


def row(inbox: ig.Inbox, id_: str) -> Row:
    return next(each for each in inbox.rows if each.conversation_id == id_)


def test_rows_tell_what_happens_in_each_conversation(inbox: ig.Inbox, bench: Bench, ids: list[str]) -> None:
    inbox.connect()
    eventually(lambda: inbox.status == "connected")
    heard: list[Row] = []
    inbox.on_row(heard.append)
    bench.simulator.agent_say("Is anybody there?", conversation_id=ids[1])
    eventually(lambda: (said := row(inbox, ids[1]).last) and said.text)
    last = row(inbox, ids[1]).last
    assert last is not None and (last.text, last.role, last.text_state) == (
        "Is anybody there?",
        "agent",
        "here",
    )
    assert row(inbox, ids[1]).state == "agent" and row(inbox, ids[1]).agent == last.sender
    assert {each.conversation_id for each in inbox.rows} == set(ids)
    eventually(lambda: ids[1] in {each.conversation_id for each in heard})

    inbox.open(ids[1]).send("I am").wait(20)
    eventually(lambda: inbox.unanswered == 1 and inbox.unread_count == 1)
    assert row(inbox, ids[1]).unanswered_since_ms is not None
    assert inbox.rows[0].conversation_id == ids[1], "the longest unanswered comes first"
    assert inbox.kpis.unanswered.value == 1 and "no agent has answered" in inbox.kpis.unanswered.definition


def test_who_types_is_told_and_stops(inbox: ig.Inbox, bench: Bench, ids: list[str]) -> None:
    inbox.connect()
    eventually(lambda: inbox.status == "connected")
    bench.simulator.agent_typing(True, conversation_id=ids[0])
    eventually(lambda: row(inbox, ids[0]).typing)
    bench.simulator.agent_typing(False, conversation_id=ids[0])
    eventually(lambda: not row(inbox, ids[0]).typing)


def test_it_connects_when_it_is_first_shown_and_shows_the_selected_one(
    inbox: ig.Inbox, ids: list[str]
) -> None:
    assert inbox.status == "idle" and isinstance(inbox.comm, RecordedComm)
    page = Page(inbox)
    page.look()
    eventually(lambda: inbox.status == "connected")
    eventually(lambda: page.last["total"] == 3)
    page.say("select", id=ids[2])
    eventually(lambda: page.last["chat"])
    assert inbox.selected == ids[2] and page.last["chat"] == inbox.open(ids[2]).model_id
    inbox.select(None)
    eventually(lambda: page.last["selected"] == "" and inbox.selected is None)
    with pytest.raises(ValueError, match="There is no conversation 'x' here"):
        inbox.select("x")


def test_who_observes_the_selection_is_told_where_ipywidgets_tells(inbox: ig.Inbox, ids: list[str]) -> None:
    told: list[tuple[str | None, str]] = []
    inbox.observe(lambda change: told.append((change.new, threading.current_thread().name)), "selected")
    here = threading.current_thread().name
    page = Page(inbox)
    page.look()
    eventually(lambda: page.windows and page.last["total"] == 3)
    page.say("select", id=ids[1])
    page.say("select", id="unknown")
    inbox.select(ids[2])
    inbox.select(None)
    assert told == [(ids[1], here), (ids[2], here), (None, here)]


def test_a_table_has_a_row_for_each(inbox: ig.Inbox, bench: Bench, ids: list[str]) -> None:
    bench.simulator.agent_say("Hello", conversation_id=ids[0])
    inbox.connect()
    eventually(lambda: "Hello" in [each.last.text for each in inbox.rows if each.last])
    frame = inbox.to_pandas()
    assert len(frame) == 3 and set(frame["conversation_id"]) == set(ids)
    said = frame[frame["last_text"] == "Hello"].iloc[0]
    assert said["last_role"] == "agent" and said["last"].tzinfo is not None
    assert frame["unread"].sum() == 0 and math.isnan(frame["sla_due"].isna().sum()) is False


@pytest.mark.parametrize("given", [3, "text", [3]], ids=["a number", "a text", "a list of numbers"])
def test_what_is_no_protocol_is_refused(given: object) -> None:
    with pytest.raises(TypeError):
        ig.Inbox(given)


def test_an_empty_list_and_unknown_arguments_are_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="at least one protocol"):
        ig.Inbox([])
    with pytest.raises(TypeError, match="no argument 'heigth'"):
        ig.Inbox([bench.protocol()], heigth="3px")


def test_its_state_is_read_only(inbox: ig.Inbox) -> None:
    with pytest.raises(traitlets.TraitError):
        inbox.waiting = 3


def test_once_closed_it_says_so(inbox: ig.Inbox, ids: list[str]) -> None:
    chat = inbox.open(ids[0])
    inbox.close()
    assert inbox.status == "closed" and chat.status == "closed"
    with pytest.raises(ig.GenesysError, match="Make a new Inbox"):
        inbox.connect()
    assert "Inbox closed" in repr(inbox)


@pytest.fixture
def demo(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[ig.Inbox]:
    made = ig.Inbox.demo(conversations=12, seed=1)
    yield made
    made.close()


def test_the_demo_is_a_busy_hour_in_some_queues(demo: ig.Inbox) -> None:
    page = Page(demo)
    page.look()
    eventually(lambda: demo.status == "connected" and demo.waiting)
    eventually(lambda: page.windows and page.last["total"] > 5 and page.last["queues"] != [])
    id_ = next(each.conversation_id for each in demo.rows if each.state == "agent")
    demo.select(id_)
    eventually(lambda: page.last["chat"])
    chat = demo.open(id_)
    chat.connect().wait(20)
    assert len(chat.messages) > 0 and not chat.can_send
    eventually(lambda: (last := row(demo, id_).last) is not None and last.text)


def test_a_page_that_was_closed_gives_its_connection_back(
    demo: ig.Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "ALONE_S", 0.05)
    page = Page(demo)
    page.look()
    eventually(lambda: demo.status == "connected")
    first = demo._running_now[0]
    page.say("gone")
    eventually(lambda: demo._running_now[0] is not first)
    eventually(lambda: demo.status == "idle")
    page.look(revision=0)
    eventually(lambda: demo.status == "connected")
    eventually(lambda: page.last["total"] > 5)


def test_who_comes_back_finds_what_was_selected_and_a_late_goodbye_opens_nothing(
    demo: ig.Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "ALONE_S", 0.05)
    page = Page(demo)
    page.look()
    eventually(lambda: page.windows and page.last["total"] > 5)
    chosen = demo.rows[0].conversation_id
    demo.selected = chosen
    eventually(lambda: demo._source.rows[chosen].is_selected)
    page.say("gone")
    eventually(lambda: demo.status == "idle")
    page.say("gone")
    assert not demo._has_begun
    page.look(revision=0)
    eventually(lambda: chosen in demo._source.rows and demo._source.rows[chosen].is_selected)


def test_since_when_an_agent_of_a_chat_is_there_is_not_known(
    inbox: ig.Inbox, bench: Bench, ids: list[str]
) -> None:
    with inbox:
        bench.simulator.customer_say("Hi", conversation_id=ids[0])
        bench.simulator.agent_say("Hello", conversation_id=ids[0])
        eventually(lambda: any(row.state == "agent" and row.last for row in inbox.rows))
        assert inbox.kpis.handover_first_response_s.n == 0


def test_a_view_of_rows_that_fails_stops_no_other(inbox: ig.Inbox, bench: Bench, ids: list[str]) -> None:
    heard: list[str] = []
    changes = inbox._source.changes
    changes.add(lambda id_: [][0])
    changes.add(heard.append)
    with inbox:
        bench.simulator.customer_say("Hi", conversation_id=ids[0])
        eventually(lambda: ids[0] in heard)


def test_what_does_not_work_is_said_while_the_rest_does() -> None:
    held = [each for each in PERMISSIONS if each not in wire.PERMISSIONS_QUEUES]
    with ig.Simulator(scenario="busy_hour", conversations=3, agent_api={"permissions": held}) as simulator:
        credentials = ig.ClientCredentials(simulator.client_id, simulator.client_secret)
        queues = [queue["queue_id"] for queue in simulator.queues()]
        protocol = ig.AgentQueue(base_url=simulator.base_url, queue_id=queues, credentials=credentials)
        with ig.Inbox(protocol) as inbox:
            eventually(lambda: inbox.rows and inbox.problems)
            assert wire.PERMISSIONS_QUEUES[0] in inbox.problems[0]
            assert {row.queue for row in inbox.rows} == {""}


def test_chats_say_their_own_problems(inbox: ig.Inbox) -> None:
    assert inbox.problems == []
