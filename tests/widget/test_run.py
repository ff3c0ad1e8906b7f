"""A run's widget: it fills while the run goes on, opens conversations, stops it, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import functools
import threading
from typing import Any

import pytest

import ipygenesys as ig
from ipygenesys._runs.details import opened
from ipygenesys._runs.run import Run
from ipygenesys._runs.widget import RunWidget
from ipygenesys._runs.wire import OpenedScenario
from ipygenesys._scripts.play.seat import Seat
from ipygenesys._scripts.play.suite import HowToPlay
from ipygenesys._widget.reruns import CellRun
from ipygenesys.chat import Chat
from tests.widget.browser import RecordedComm, View, eventually
from tests.widget.conftest import Bench


@pytest.fixture
def guest(bench: Bench) -> functools.partial[ig.WebMessaging]:
    """Of a simulator where nobody answers unless told."""
    simulator = bench.simulator
    return functools.partial(
        ig.WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id
    )


SAID = ig.Script.scenario("said").say("hello")
HEARD = ig.Script.scenario("heard").say("hi").expect(equals="Hello, this is Ann.", within=0.5)
LONG = ig.Script.scenario("long").say("one").wait(60).say("two")


class Page:
    """Looks at a run, and keeps what it is told."""

    def __init__(self, widget: RunWidget, languages: tuple[str, ...] = ()) -> None:
        assert isinstance(widget.comm, RecordedComm)
        self.comm = widget.comm
        self.rows: dict[int, dict[str, Any]] = {}
        self.opened: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        self.comm.views.append(self)  # type: ignore[arg-type] # it only hears
        self.say("look", revision=0, languages=list(languages))

    def hear(self, content: dict[str, Any]) -> None:
        if content["kind"] == "scenario":
            self.opened.append(content)
        else:
            self.told.append(content)
            self.rows |= {row["number"]: row for row in content["rows"]}

    def say(self, kind: str, **fields: Any) -> None:
        self.comm.from_browser({"kind": kind, **fields})

    def states(self) -> list[str]:
        return [row["state"] for _, row in sorted(self.rows.items())]

    def open(self, number: int) -> dict[str, Any]:
        """A scenario with its conversation."""
        self.say("open", number=number)
        eventually(lambda: bool(self.opened) and bool(self.opened[-1]["chat"]))
        assert self.opened[-1]["number"] == number
        return self.opened[-1]


def said(run: Run) -> bool:
    """The first scenario's customer has said something."""
    return bool(run._suite.seats[0].turns)


def chat_of(widget: RunWidget) -> Chat:
    """The newest that is open beside the table."""
    return list(widget._chats._chats.values())[-1]


def test_it_fills_while_it_is_played_and_ends(guest: Any) -> None:
    run = ig.Script(SAID, HEARD, ig.Script.scenario("later").skipped("not yet"), name="suite").start(guest)
    page = Page(run.widget)
    assert run.wait(30) is run and not run.passed
    eventually(lambda: page.states() == ["passed", "failed", "skipped"])

    assert page.told[0]["isWhole"] and page.told[0]["name"] == "suite" and page.told[0]["words"]["stop"]
    revisions = [each["revision"] for each in page.told]
    assert revisions == list(range(revisions[0], revisions[0] + len(revisions)))
    assert page.told[-1]["isOver"] and not page.told[-1]["isWhole"]
    assert page.rows[2]["words"] == "It did not come within 0.5 s." and page.rows[1]["said"] == 1
    run.widget.close()


def test_what_failed_opens_with_the_difference_and_its_conversation(bench: Bench, guest: Any) -> None:
    scenario = ig.Script.scenario("wrong").say("hi").expect(equals="Hello, this is Ann.", within=3)
    run = ig.Script(scenario.say("bye")).start(guest)
    eventually(lambda: said(run))
    bench.simulator.agent_say("Hello, this is Ben.")
    run.wait(30)
    widget = run.widget
    page = Page(widget)
    opened = page.open(1)
    steps = opened["steps"]

    assert [step["state"] for step in steps] == ["passed", "failed", "not played"]
    (came,) = steps[1]["instead"]
    assert came["difference"] == [
        {"side": "both", "text": "Hello, this is "},
        {"side": "expected", "text": "Ann"},
        {"side": "came", "text": "Ben"},
        {"side": "both", "text": "."},
    ]
    assert opened["messageId"] == came["messageId"] and steps[0]["messageId"]
    chat = chat_of(widget)
    assert chat.model_id == opened["chat"]
    View(bench.comm(chat)).hello()
    eventually(lambda: [message.text for message in chat.messages] == ["hi", "Hello, this is Ben."])
    assert {steps[0]["messageId"], came["messageId"]} == {message.id for message in chat.messages}
    with pytest.raises(ig.GenesysError, match="replay"):
        _ = chat.send("nothing is sent by it")
    widget.close()
    assert chat.comm is None


def test_a_conversation_is_followed_while_it_is_played(bench: Bench, guest: Any) -> None:
    run = ig.Script(LONG).start(guest)
    widget = run.widget
    page = Page(widget)
    eventually(lambda: page.states() == ["playing"])
    eventually(lambda: said(run))
    opened = page.open(1)
    assert [step["state"] for step in opened["steps"]] == ["passed", "playing", "not played"]
    chat = chat_of(widget)
    View(bench.comm(chat)).hello()
    eventually(lambda: len(chat.messages) == 1)
    bench.simulator.agent_say("still there?")
    eventually(lambda: [message.text for message in chat.messages] == ["one", "still there?"])

    page.say("stop")
    assert not run.wait(30).passed
    (result,) = run.scenarios
    assert (result.outcome, result.words) == ("error", "The run was stopped before the end of this scenario.")
    assert [message.text for message in result.messages] == ["one", "still there?"]
    eventually(lambda: page.states() == ["error"] and page.told[-1]["isOver"])
    widget.close()


def test_only_a_page_that_looks_is_told_and_one_that_missed_something_is_told_all(guest: Any) -> None:
    run = ig.Script(SAID).start(guest)
    widget = run.widget
    run.wait(30)
    assert isinstance(widget.comm, RecordedComm) and widget.comm.customs() == []
    page = Page(widget, ("de-AT",))
    assert page.told[0]["locale"] == "de-AT" and page.told[0]["words"]["stop"] == "Beenden"
    page.say("look", revision=page.told[-1]["revision"])
    assert len(page.told) == 1
    page.say("look", revision=99)
    assert page.told[-1]["isWhole"] and page.told[-1]["words"] == {}
    widget.close()


def test_what_never_began_has_no_conversation(guest: Any) -> None:
    def nowhere() -> ig.WebMessaging:
        raise OSError("no line")

    run = ig.Script(SAID).run(nowhere)
    page = Page(run.widget)
    page.say("open", number=1)
    eventually(lambda: bool(page.opened))
    assert page.opened[-1]["words"] == "OSError: no line" and not page.opened[-1]["hasChat"]
    run.widget.close()


@pytest.mark.parametrize("content", [None, {}, {"kind": "look"}, {"kind": "open", "number": "1"}])
def test_what_no_page_says_is_ignored(guest: Any, content: object) -> None:
    run = ig.Script().run(guest)
    page = Page(run.widget)
    page.comm.from_browser(content)
    page.say("open", number=99)
    page.say("open", number=0)
    assert page.opened == []
    run.widget.close()


def test_nothing_that_was_said_is_kept_in_a_notebook(bench: Bench, guest: Any) -> None:
    run = ig.Script(ig.Script.scenario("quiet").say("secret words").expect("more", within=0.2)).run(guest)
    data, _ = run._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "| quiet | failed |" in data["text/markdown"]
    assert "secret words" not in f"{data}{run.widget.get_state()}{run!r}"
    again, _ = run._repr_mimebundle_()
    key = "application/vnd.jupyter.widget-view+json"
    assert again[key]["model_id"] == data[key]["model_id"]
    run.widget.close()
    assert run.widget.comm is not None
    run.widget.close()


def test_a_run_that_is_waited_for_too_shortly_goes_on_and_an_interrupt_stops_it(
    guest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ig.Script(LONG, LONG).start(guest)
    assert repr(run) == "<Run 2 waiting>" or "playing" in repr(run)
    with pytest.raises(TimeoutError, match="not over"):
        run.wait(0.01)
    assert not run.scenarios

    def interrupted(*_: object) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr("ipygenesys._runs.run.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.wait()
    assert run.is_over and [one.outcome for one in run.scenarios] == ["error", "error"]


def test_what_fails_in_a_function_that_hears_results_is_raised_by_wait(guest: Any) -> None:
    def hear(_result: object) -> None:
        raise LookupError("no dashboard")

    run = ig.Script(SAID).start(guest, on_result=hear)
    with pytest.raises(ExceptionGroup) as raised:
        run.wait(30)
    assert raised.group_contains(LookupError, match="no dashboard")
    assert run.is_over and run.scenarios[0].outcome == "passed"


def run_of_a_cell(monkeypatch: pytest.MonkeyPatch, cell: str, number: int) -> None:
    run = CellRun(cell, f"{cell}-{number}", number)
    monkeypatch.setattr("ipygenesys._runs.reruns.current_run", lambda: run)


def test_a_cell_that_is_run_again_stops_its_earlier_run(guest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run_of_a_cell(monkeypatch, "one", 1)
    earlier, beside = ig.Script(LONG).start(guest), ig.Script(LONG).start(guest)
    widget = earlier.widget
    run_of_a_cell(monkeypatch, "two", 2)
    elsewhere = ig.Script(LONG).start(guest)
    eventually(lambda: said(earlier) and said(beside))
    assert widget.comm is not None
    run_of_a_cell(monkeypatch, "one", 3)
    later = ig.Script(LONG).start(guest)
    for run in (earlier, beside):
        (result,) = run.wait(30).scenarios
        assert result.words.endswith("its cell was run again.")
        assert result.began is not None and result.conversation_id
    assert widget.comm is None
    assert not elsewhere.is_over and not later.is_over
    for run in (elsewhere, later):
        run.stop()
        run.wait(30)


def test_whoever_comes_back_is_told_what_became_of_the_scenario_that_is_open(guest: Any) -> None:
    run = ig.Script(LONG).start(guest)
    widget = run.widget
    page = Page(widget)
    eventually(lambda: said(run))
    assert page.open(1)["steps"][1]["state"] == "playing"
    revision = page.told[-1]["revision"]
    widget._looked_at = float("-inf")
    run.stop()
    run.wait(30)
    page.say("look", revision=revision)
    assert page.told[-1]["isWhole"]
    eventually(lambda: page.opened[-1]["steps"][1]["state"] == "not played")
    widget.close()


def test_pages_open_scenarios_of_their_own(guest: Any) -> None:
    run = ig.Script(SAID, LONG).start(guest, parallel=2)
    widget = run.widget
    one, other = Page(widget), Page(widget)
    eventually(lambda: one.states() == ["passed", "playing"] and bool(run._suite.seats[1].turns))
    one.open(2)
    other.say("open", number=1)
    other.say("open", number=0)
    eventually(lambda: bool(one.opened[-1]["chat"]) and one.opened[-1]["number"] == 1)
    again = len(one.opened)
    other.say("open", number=2)
    eventually(lambda: len(one.opened) > again)
    assert all(each["chat"] for each in one.opened[again:])  # Nothing takes away the chat that is there.
    run.stop()
    run.wait(30)
    eventually(lambda: (one.opened[-1]["number"], one.opened[-1]["steps"][1]["state"]) == (2, "not played"))
    widget.close()


def test_a_difference_is_made_where_nobody_waits_for_it(guest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ig.Script(SAID).run(guest)
    widget = run.widget
    page = Page(widget)
    is_free: list[bool] = []

    def opened_without_lock(seat: Seat, chat: str) -> OpenedScenario:
        def look() -> None:
            is_free.append(widget._lock.acquire(timeout=1))
            if is_free[-1]:
                widget._lock.release()

        asking = threading.Thread(target=look)
        asking.start()
        asking.join()
        return opened(seat, chat)

    monkeypatch.setattr("ipygenesys._runs.widget.opened", opened_without_lock)
    page.open(1)
    assert is_free and all(is_free)
    widget.close()


def test_who_looks_on_does_not_disturb(guest: Any, caplog: pytest.LogCaptureFixture) -> None:
    heard, words = [], "its loop has ended"

    def fail(seat: object) -> None:
        heard.append(seat)
        raise RuntimeError(words)

    run, play = ig.Script(SAID, SAID)._begin(guest, HowToPlay())
    run._suite.listeners += (fail,)
    asyncio.run(play())
    assert run.passed and len(heard) == 1
    assert "RuntimeError" in caplog.text and words not in caplog.text
