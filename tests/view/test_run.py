"""A run in a real Chromium: its looks and languages, what it filters and sorts, and a scenario that is opened."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

import ipygenesys
from ipygenesys._runs.wire import Instead, OpenedScenario, Piece, PlayedStep, RunRow, RunRows, encode
from tests.view.conftest import HEAR_KEYS, Host, MakeHost
from tests.view.layout import overflowing
from tests.view.test_inbox import SHOW_A_CHAT
from tests.view.test_states import AXE, LOOKS, PICTURES, violations

WORDS = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in (Path(ipygenesys.__file__).parent / "_runs" / "words").glob("*.json")
}
NOW_MS = 1_780_000_000_000.0
LATE = "It did not come within 3 s."
ROWS = [
    RunRow(1, "order 33480 is returned", "passed", seconds=0.42, said=2, slowest_s=0.21),
    RunRow(2, "order 33481 is returned", "passed", seconds=1.5, said=2, slowest_s=0.33, tries=2),
    RunRow(3, "a person, in one's own words", "failed", LATE, seconds=3.2, said=1, slowest_s=0.05),
    RunRow(4, "where is my parcel?", "error", "GenesysError: no session began.", seconds=30.0),
    RunRow(5, "opening hours", "skipped", "the flow is not published"),
    RunRow(6, "somebody takes over", "playing", began_ms=NOW_MS - 1_300),
    RunRow(7, "a number with letters is asked for again", "waiting"),
]
FAILED = OpenedScenario(
    3,
    [
        PlayedStep("expect a text with 'what'", "passed", 0.12, "parcels.yml:30", message_id="m1"),
        PlayedStep("say 'I want to talk to a human'", "passed", 0.02, "parcels.yml:31", message_id="m2"),
        PlayedStep(
            "expect 'Hello, this is Ann.'",
            "failed",
            3.0,
            "parcels.yml:32",
            words=LATE,
            instead=[
                Instead(
                    "m3",
                    "Hello, this is the bot. [Return a parcel] [Talk to a person]",
                    ["its text is another one"],
                    [
                        Piece("both", "Hello, this is "),
                        Piece("expected", "Ann"),
                        Piece("came", "the bot"),
                        Piece("both", "."),
                    ],
                )
            ],
            more=2,
        ),
        PlayedStep("say 'bye'", "not played", place="parcels.yml:33"),
    ],
    has_chat=True,
    message_id="m3",
    conversation_id="guest-1f2e",
)


class Ran:
    """A run in a page, with its kernel."""

    def __init__(self, host: Host, rows: list[RunRow] = ROWS, *, locale: str = "en", **state: Any) -> None:
        self.host, self.page = host, host.page
        self.revision = 0
        self.page.evaluate("harness.start({bundle: 'runs'})")
        self.page.evaluate(SHOW_A_CHAT)
        self.page.evaluate("harness.open()")
        self.page.wait_for_function("harness.model.sent.length > 0")
        self.tell(rows, is_whole=True, locale=locale, words=WORDS[locale], **state)
        self.table.wait_for()
        host.shown()

    def tell(self, rows: list[RunRow], **state: Any) -> None:
        """The kernel knows this of these scenarios."""
        self.revision += 1
        known = {"is_whole": False, "name": "parcels", "is_over": False, "now_ms": NOW_MS}
        self.deliver(RunRows(**{"revision": self.revision, "rows": rows, **known, **state}))

    def deliver(self, message: Any) -> None:
        self.page.evaluate("content => harness.model.deliver(content)", encode(message))
        self.host.shown()

    def asked(self, kind: str) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = self.page.evaluate("harness.model.sent")
        return [each for each in sent if each["kind"] == kind]

    def open_failed(self) -> None:
        self.row(3).click()
        self.deliver(FAILED)

    @property
    def frame(self) -> Locator:
        return self.page.locator(".ipg-run-frame")

    @property
    def table(self) -> Locator:
        return self.page.get_by_role("table")

    @property
    def details(self) -> Locator:
        return self.page.locator(".ipg-run-details")

    def row(self, number: int) -> Locator:
        return self.page.locator(f"tr[data-number='{number}']")

    def numbers(self) -> list[int]:
        rows = self.page.locator("tr[data-number]").all()
        return [int(each.get_attribute("data-number") or 0) for each in rows]


@pytest.mark.parametrize(
    "look",
    ["light", "dark", "narrow", "plain-dark", "high-contrast", "vscode", "forced", "right-to-left", "wide"],
)
def test_a_run_in_every_look(make_host: MakeHost, look: str) -> None:
    ran = Ran(make_host(**LOOKS[look]), held_back=3)
    ran.open_failed()

    PICTURES.mkdir(parents=True, exist_ok=True)
    ran.frame.screenshot(path=PICTURES / f"run-{look}.png")
    assert violations(ran.host, AXE.read_text("utf-8")) == []
    assert overflowing(ran.host) == []


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_it_speaks_the_pages_language(make_host: MakeHost, locale: str) -> None:
    words = WORDS[locale]
    assert words.keys() == WORDS["en"].keys()
    ran = Ran(make_host(width=480), locale=locale, held_back=3)
    ran.open_failed()
    name = words["run"].replace("{name}", "parcels")
    expect(ran.page.get_by_role("region", name=name, exact=True)).to_be_visible()
    said = ran.frame.inner_text()
    assert "{" not in said
    for key in ("stop", "show.failed", "column.seconds", "came", "opening", "close", "state.skipped"):
        assert words[key] in said
    ran.frame.screenshot(path=PICTURES / f"run-{locale}.png")
    assert overflowing(ran.host) == []


def test_before_the_kernel_has_answered_it_says_so(make_host: MakeHost) -> None:
    host = make_host(locale="fr-FR")
    host.page.evaluate("harness.start({bundle: 'runs'})")
    host.page.evaluate("harness.open()")
    expect(host.page.get_by_text("En attente du noyau…")).to_be_visible()
    assert host.page.evaluate("harness.model.sent")[0] == {
        "kind": "look",
        "revision": 0,
        "languages": ["fr-FR"],
    }


def test_it_fills_while_it_is_played_and_says_when_it_is_over(host: Host) -> None:
    ran = Ran(host)
    expect(ran.frame).to_contain_text("5 of 7 played")
    expect(ran.row(6)).to_contain_text("Playing")
    expect(ran.row(6).locator("td").last).to_have_text(re.compile(r"[\d.]+ s"))
    assert ran.page.get_by_role("status").inner_text() == ""
    ran.tell([RunRow(6, "somebody takes over", "passed", seconds=1.9, said=1)])
    expect(ran.row(6)).to_contain_text("Passed")
    expect(ran.frame).to_contain_text("6 of 7 played")
    ran.tell([RunRow(7, ROWS[6].name, "failed", LATE, seconds=2.0)], is_over=True)
    expect(ran.page.get_by_role("status")).to_have_text("The run is over: 3 Failed, 3 Passed, 1 Skipped")
    expect(ran.page.get_by_role("button", name="Stop")).to_have_count(0)


def test_what_was_missed_is_asked_for(host: Host) -> None:
    ran = Ran(host)
    ran.revision += 1
    ran.tell([RunRow(7, "late", "passed")])
    assert ran.asked("look")[-1]["revision"] == 1
    expect(ran.row(7)).to_contain_text("Waiting")
    ran.tell([RunRow(7, "late", "passed", seconds=1.0)], is_whole=True)
    assert ran.numbers() == [7]


def test_it_shows_what_has_failed_or_has_some_words(host: Host) -> None:
    ran = Ran(host)
    ran.page.get_by_role("button", name="Failed 2").click()
    host.shown()
    assert ran.numbers() == [3, 4]
    ran.page.get_by_role("button", name="Failed 2").click()
    host.shown()
    assert len(ran.numbers()) == 7
    field = ran.page.get_by_role("searchbox", name="Filter by words")
    field.fill("RETURNED")
    host.shown()
    assert ran.numbers() == [1, 2]
    field.fill("nobody says this")
    expect(ran.page.get_by_text("No scenario passes these filters.")).to_be_visible()
    field.press("Escape")
    host.shown()
    assert len(ran.numbers()) == 7


def test_it_is_sorted_by_its_columns_and_back(host: Host) -> None:
    ran = Ran(host)
    column = ran.page.get_by_role("columnheader", name="Duration")
    orders = []
    for _ in range(3):
        column.get_by_role("button").click()
        host.shown()
        orders.append((column.get_attribute("aria-sort"), ran.numbers()))
    assert orders == [
        ("descending", [4, 3, 2, 1, 5, 6, 7]),
        ("ascending", [1, 2, 3, 4, 5, 6, 7]),
        (None, [1, 2, 3, 4, 5, 6, 7]),
    ]
    ran.page.get_by_role("columnheader", name="Outcome").get_by_role("button").click()
    host.shown()
    assert ran.numbers()[:2] == [3, 4]


def test_a_scenario_is_opened_with_its_difference_and_its_conversation_at_the_turn_that_failed(
    make_host: MakeHost,
) -> None:
    host = make_host(width=1200)
    ran = Ran(host)
    host.page.evaluate(
        "document.addEventListener('ipygenesys-show-message', event => { window.wanted = event.detail.id })"
    )
    ran.open_failed()
    assert ran.asked("open") == [{"kind": "open", "number": 3}]
    expect(ran.details.locator("del")).to_have_text("Ann")
    expect(ran.details.locator("ins")).to_have_text("the bot")
    expect(ran.details).to_contain_text("and 2 more")
    expect(ran.details).to_contain_text("Opening the conversation…")
    FAILED_WITH_CHAT = OpenedScenario(3, FAILED.steps, chat="c1", has_chat=True, message_id="m3")
    ran.deliver(FAILED_WITH_CHAT)
    expect(host.page.locator(".shown")).to_have_text("chat c1")
    host.page.locator(".shown").evaluate("shown => { shown.dataset.messageId = 'm3' }")
    host.page.wait_for_function("window.wanted === 'm3'")
    expect(ran.details).not_to_contain_text("Opening")
    ran.details.get_by_role("button", name="say 'I want").click()
    assert host.page.evaluate("window.wanted") == "m2"
    table, details = ran.table.bounding_box(), ran.details.bounding_box()
    assert table is not None and details is not None and details["x"] > table["x"] + table["width"]

    ran.row(1).click()
    expect(host.page.locator(".shown")).to_have_count(0)
    ran.deliver(FAILED_WITH_CHAT)  # What is told of another one comes too late.
    expect(ran.details.locator("li")).to_have_count(0)
    ran.deliver(OpenedScenario(1, [], words="OSError: no line"))
    expect(ran.details).to_contain_text("OSError: no line")
    expect(ran.details).to_contain_text("No conversation began.")


def test_scenarios_are_gone_through_opened_and_left_by_keyboard(host: Host) -> None:
    ran = Ran(host)
    press = ran.page.keyboard.press
    ran.row(1).get_by_role("button").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        press(key)
    ran.deliver(FAILED)
    expect(ran.row(3).get_by_role("button")).to_have_attribute("aria-expanded", "true")
    press("ArrowDown")
    expect(ran.row(4).get_by_role("button")).to_be_focused()
    assert [each["number"] for each in ran.asked("open")] == [3, 4]
    press("End")
    expect(ran.row(7).get_by_role("button")).to_be_focused()
    press("Home")
    press("Escape")
    expect(ran.details).to_have_count(0)
    ran.row(3).get_by_role("button").press("Enter")
    ran.deliver(FAILED)
    ran.details.get_by_role("button", name="Close").press("Enter")
    expect(ran.row(3).get_by_role("button")).to_be_focused()
    assert ran.asked("open")[-1]["number"] == 0


def test_it_is_stopped_from_its_page(host: Host) -> None:
    ran = Ran(host)
    ran.page.get_by_role("button", name="Stop").click()
    assert ran.asked("stop") == [{"kind": "stop"}]


def test_what_goes_leaves_the_focus_in_the_widget(host: Host) -> None:
    ran = Ran(host)
    box = ran.page.locator(".ipg-run-box")
    ran.page.get_by_role("button", name="Stop").press("Enter")
    ran.tell([RunRow(6, "somebody takes over", "passed", seconds=1.9)], is_over=True)
    expect(box).to_be_focused()
    ran.page.get_by_role("button", name="To come").click()
    row = ran.row(7).get_by_role("button")
    row.focus()
    ran.tell([RunRow(7, ROWS[6].name, "passed", seconds=2.0)])
    expect(box).to_be_focused()


def test_the_button_that_opened_a_scenario_closes_it(host: Host) -> None:
    ran = Ran(host)
    button = ran.row(3).get_by_role("button")
    button.press("Enter")
    ran.deliver(FAILED)
    expect(ran.details.locator(".ipg-run-difference")).to_contain_text("Expected")
    button.press("Enter")
    expect(ran.details).to_have_count(0)
    ran.row(3).dblclick()
    expect(button).to_have_attribute("aria-expanded", "true")


def test_keys_in_it_are_not_the_notebooks(host: Host) -> None:
    ran = Ran(host)
    host.page.evaluate(HEAR_KEYS)
    ran.row(1).get_by_role("button").focus()
    for key in ("x", "d", "Control+b"):
        host.page.keyboard.press(key)
    assert host.page.evaluate("heardKeys") == ["b"]


def test_hostile_words_are_text(host: Host) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e"
    ran = Ran(host, [RunRow(1, hostile, "failed", hostile, seconds=1.0)])
    ran.row(1).click()
    instead = [Instead("m", hostile, [hostile], [Piece("came", hostile)]), Instead("n", hostile)]
    ran.deliver(OpenedScenario(1, [PlayedStep(hostile, "failed", words=hostile, instead=instead)], hostile))
    assert ran.page.locator("img").count() == 0
    assert host.foreign_requests == []
    host.page.evaluate("harness.close(0)")
    assert host.page.locator("#host *").count() == 0
