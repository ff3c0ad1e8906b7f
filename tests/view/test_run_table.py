"""The table of a run of thousands in a real Chromium: what of it is in the page, and its keys, sums and focus all the same."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from ipygenesys._runs.wire import RunRow
from tests.view.conftest import MakeHost
from tests.view.test_run import LATE, Ran
from tests.view.test_states import AXE, violations

MANY = 2_000
MAX_NODES = 1_000
MAX_ROWS = 30
LONG = (
    "a name that goes on and on, for whoever wrote it wanted to say all of what the customer does in it " * 3
)


def rows(count: int = MANY) -> list[RunRow]:
    """Every tenth has failed, the others take longer and longer."""
    return [
        RunRow(number, f"order {number}", "failed", LATE, seconds=3.0, said=1)
        if number % 10 == 0
        else RunRow(number, f"order {number}", "passed", seconds=number / 10, said=2, slowest_s=0.1)
        for number in range(1, count + 1)
    ]


def scrolled(ran: Ran, top: int) -> None:
    ran.page.locator(".ipg-run-box").evaluate("(box, top) => { box.scrollTop = top; }", top)
    ran.host.shown()


def in_sight(ran: Ran) -> list[int]:
    """The scenarios of the rows that can be seen whole."""
    found: list[int] = ran.page.evaluate("""() => {
      const box = document.querySelector('.ipg-run-box');
      const top = box.querySelector('thead th').getBoundingClientRect().bottom - 1;
      const bottom = box.getBoundingClientRect().bottom + 1;
      const found = [...box.querySelectorAll('tr[data-number]')].filter(tr => {
        const its = tr.getBoundingClientRect();
        return its.top >= top && its.bottom <= bottom; }).map(tr => Number(tr.dataset.number));
      return found; }""")
    return found


def nodes(ran: Ran) -> int:
    return int(ran.page.evaluate("document.querySelectorAll('#host *').length"))


def columns(ran: Ran) -> list[list[float]]:
    found: list[list[float]] = ran.page.locator("thead th").evaluate_all(
        "all => all.map(th => { const { left, width } = th.getBoundingClientRect(); return [left, width]; })"
    )
    return found


def focused(ran: Ran) -> str | None:
    number: str | None = ran.page.evaluate("document.activeElement.closest('tr')?.dataset.number ?? null")
    return number


@pytest.fixture
def ran(make_host: MakeHost) -> Ran:
    return Ran(make_host(width=700, height=800), rows())


def test_the_page_holds_what_is_in_sight_however_many_there_are(ran: Ran) -> None:
    wide = columns(ran)
    for top in (0, 9_000, 50_000, 87_000, 44_000, 0):
        scrolled(ran, top)
        assert len(ran.numbers()) <= MAX_ROWS
        assert nodes(ran) < MAX_NODES
        seen = in_sight(ran)
        assert seen == list(range(seen[0], seen[0] + len(seen)))
        assert len(seen) >= 11
        assert columns(ran) == wide
    scrolled(ran, 10**9)
    assert in_sight(ran)[-1] == MANY


def test_assistive_technology_is_told_how_many_there_are_and_which_these_are(ran: Ran) -> None:
    expect(ran.table).to_have_attribute("aria-rowcount", str(MANY + 1))
    assert violations(ran.host, AXE.read_text("utf-8")) == []
    scrolled(ran, 44_000)
    told = ran.page.locator("tr[data-number]").evaluate_all(
        "all => all.map(tr => [Number(tr.dataset.number), Number(tr.ariaRowIndex ?? tr.getAttribute('aria-rowindex'))])"
    )
    assert all(index == number + 1 for number, index in told)

    ran.page.get_by_role("button", name="Failed 200").click()
    ran.host.shown()
    expect(ran.table).to_have_attribute("aria-rowcount", "201")
    expect(ran.row(20)).to_have_attribute("aria-rowindex", "3")


def test_filters_and_orders_begin_at_the_top(ran: Ran) -> None:
    scrolled(ran, 60_000)
    ran.page.get_by_role("button", name="Failed 200").click()
    ran.host.shown()
    assert in_sight(ran)[:3] == [10, 20, 30]
    assert len(ran.numbers()) <= MAX_ROWS
    scrolled(ran, 10**9)
    assert in_sight(ran)[-1] == MANY
    ran.page.get_by_role("searchbox").fill("order 199")
    ran.host.shown()
    assert ran.numbers() == [1990]
    ran.page.get_by_role("searchbox").fill("")
    ran.page.get_by_role("button", name="Failed 200").click()
    ran.page.get_by_role("columnheader", name="Duration").get_by_role("button").click()
    ran.host.shown()
    assert in_sight(ran)[:2] == [1999, 1998]


def test_keys_go_to_rows_that_are_not_in_the_page(ran: Ran) -> None:
    press = ran.page.keyboard.press
    ran.row(1).get_by_role("button").focus()
    expected = [
        ("End", "2000"),
        ("ArrowUp", "1999"),
        ("Home", "1"),
        ("PageDown", "12"),
        ("PageUp", "1"),
        ("ArrowUp", "1"),
    ]
    for key, number in expected:
        press(key)
        ran.host.shown()
        assert focused(ran) == number
        assert int(number) in in_sight(ran)
    press("End")
    press("ArrowDown")
    assert focused(ran) == "2000"


def test_the_row_with_the_focus_stays_in_the_page(ran: Ran) -> None:
    ran.row(3).get_by_role("button").focus()
    scrolled(ran, 50_000)
    assert focused(ran) == "3"
    assert 3 not in in_sight(ran)
    assert len(ran.numbers()) <= MAX_ROWS + 1
    ran.page.keyboard.press("ArrowDown")
    ran.host.shown()
    assert focused(ran) == "4"
    assert 4 in in_sight(ran)
    scrolled(ran, 10**9)
    assert focused(ran) == "4"
    ran.page.keyboard.press("Enter")
    assert ran.asked("open")[-1]["number"] == 4


def test_a_scenario_that_is_closed_gives_the_focus_back_to_its_row_wherever_that_is(ran: Ran) -> None:
    ran.row(3).click()
    scrolled(ran, 50_000)
    ran.details.get_by_role("button", name="Close").press("Enter")
    expect(ran.details).to_have_count(0)
    assert focused(ran) == "3"
    assert 3 in in_sight(ran)

    ran.row(3).click()
    ran.page.get_by_role("button", name="Failed 200").click()
    ran.details.get_by_role("button", name="Close").press("Enter")
    expect(ran.details).to_have_count(0)
    assert ran.page.evaluate("document.activeElement.closest('.ipg-run-list') !== null")


def test_what_changes_is_drawn_where_it_is(ran: Ran) -> None:
    scrolled(ran, 44_000)
    ran.tell([RunRow(1001, "order 1001", "failed", LATE, seconds=1.0, tries=2)])
    expect(ran.row(1001)).to_contain_text(f"try 2 · {LATE}")
    assert 1001 in in_sight(ran)


@pytest.mark.parametrize("width", [320, 700, 1200])
def test_rows_are_equally_high_whatever_they_say(make_host: MakeHost, width: int) -> None:
    wordy: list[Any] = [
        RunRow(1, LONG, "passed", seconds=1.0),
        RunRow(2, LONG, "failed", LONG, seconds=1.0, tries=3),
        RunRow(3, "x" * 300, "error", "y" * 300),
        RunRow(4, "short", "waiting"),
    ]
    ran = Ran(make_host(width=width), wordy)
    ran.page.add_style_tag(
        content="body * { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
    )
    highs = ran.page.locator("tr[data-number]").evaluate_all(
        "all => all.map(tr => tr.getBoundingClientRect().height)"
    )
    assert highs == [44, 44, 44, 44]
