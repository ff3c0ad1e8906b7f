"""What only a notebook does to a view: its shortcuts, its rules for what is in it, its cells that are moved about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.pages import NotebookPage
from tests.e2e.sides import Other

CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
IS_DIRTY = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
MOVE_DOWN = """() => { const {content} = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = 0; return window.jupyterapp.commands.execute('notebook:move-cell-down'); }"""
ADD_CELL = """() => window.jupyterapp.commands.execute('notebook:insert-cell-below')"""
FIRST_IN_SIGHT = """() => { const list = document.querySelector('.ipg-scroller');
  const top = list.getBoundingClientRect().top;
  const tops = [...list.querySelectorAll('article')].map(each => [each.dataset.messageId, each.getBoundingClientRect().top - top]);
  return tops.find(([, place]) => place > 0); }"""
FIRST_IS = f"([id, top]) => {{ const [first, place] = ({FIRST_IN_SIGHT})(); return first === id && Math.abs(place - top) <= 2; }}"


def test_who_types_anywhere_in_the_view_writes_in_it_and_cuts_no_cell(lab: NotebookPage) -> None:
    page = lab.page
    cells = page.evaluate(CELLS)
    places = (".ipg-header", ".ipg-foot", ".ipg-composer", ".ipg-scroller", ".ipg-title")
    for place in places:
        lab.chat.composer.fill("")
        page.locator(place).first.click(position={"x": 60, "y": 3})
        page.keyboard.type("exit")
        expect(lab.chat.composer).to_have_value("exit")
        expect(lab.chat.composer).to_be_focused()
    page.get_by_role("button", name="Search").click()
    page.keyboard.press("Escape")
    assert page.evaluate(CELLS) == cells


def test_the_notebook_is_saved_by_its_shortcut_from_within_the_view(lab: NotebookPage) -> None:
    page = lab.page
    for place in (lab.chat.composer, page.locator(".ipg-title")):
        page.evaluate("() => { window.jupyterapp.shell.currentWidget.context.model.dirty = true }")
        place.click()
        page.keyboard.press("Control+s")
        page.wait_for_function(f"() => !({IS_DIRTY})()")


@pytest.mark.parametrize("setting", ["lab-events"], indirect=True)
def test_a_link_in_a_message_looks_like_one(page: NotebookPage, other: Other) -> None:
    other.says("See https://example.com/a")
    link = page.page.get_by_role("link", name="https://example.com/a")
    looks: list[Callable[[], object]] = [link.wait_for, link.hover]
    for look in looks:
        look()
        expect(link).to_have_css("text-decoration-line", "underline")
        colours = [each.evaluate("e => getComputedStyle(e).color") for each in (link, link.locator(".."))]
        assert colours[0] != colours[1]


@pytest.mark.parametrize("setting", ["lab-events"], indirect=True)
def test_a_cell_that_is_moved_keeps_the_place_of_its_reader(page: NotebookPage, other: Other) -> None:
    for number in range(60):
        other.says(f"message {number}")
    page.chat.expect_message("message 59")
    page.page.evaluate(ADD_CELL)
    page.page.evaluate("() => { document.querySelector('.ipg-scroller').scrollTop -= 1200 }")
    expect(page.chat.jump).to_be_visible()
    read, before = page.page.evaluate(FIRST_IN_SIGHT)
    page.page.evaluate(
        f"async () => {{ window.former = document.querySelector('.ipg-scroller'); await ({MOVE_DOWN})(); }}"
    )
    page.page.wait_for_function("() => !window.former.isConnected && document.querySelector('.ipg-scroller')")
    page.page.wait_for_function(FIRST_IS, arg=[read, before])
