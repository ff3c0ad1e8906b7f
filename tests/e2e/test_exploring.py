"""An inspector and pictures beside their chat, in JupyterLab and Voilà: live, by keyboard, in light, dark and narrow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from ipygenesys.commands import demo
from tests.e2e.conftest import OpenChat
from tests.e2e.pages import NotebookPage
from tests.e2e.sides import EVENTS, Other
from tests.e2e.simulator_process import SimulatorProcess
from tests.view.test_states import AXE, FIND_VIOLATIONS, PICTURES
from tests.view.themes import THEMES

HOSTS = ("jupyterlab", "voila")
LAB_THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
LAB_IS_DARK = """isDark => document.body.dataset.jpThemeLight === String(!isDark) && !document.querySelector('#jupyterlab-splash')"""
VOILA_THEME = """theme => { for (const [name, value] of Object.entries(theme)) document.body.style.setProperty(name, value);
  document.body.style.background = theme['--jp-layout-color0']; }"""
NARROW: ViewportSize = {"width": 420, "height": 900}


def shown(
    open_chat: OpenChat, simulator: SimulatorProcess, application: demo.Application, *cells: str
) -> NotebookPage:
    """A chat, and each of these in a cell below it."""
    notebook = open_chat(application, simulator, *cells)
    if application != "voila":
        for number in range(1, len(cells) + 1):
            notebook.run_cell(number)
    return notebook


def looked_at(notebook: NotebookPage, name: str, *regions: Locator) -> None:
    """Pictures of it in the host's looks, for people; axe has nothing to complain of in any of them."""
    page, application = notebook.page, notebook.server.application
    PICTURES.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    assert size is not None
    if application != "voila":
        notebook.collapse_side_bars()
    found = []
    for look in ("light", "dark", "narrow"):
        is_dark = look == "dark"
        if application == "voila":
            page.evaluate(VOILA_THEME, THEMES["dark" if is_dark else "light"])
        else:
            page.evaluate(LAB_THEME, "JupyterLab Dark" if is_dark else "JupyterLab Light")
            page.wait_for_function(LAB_IS_DARK, arg=is_dark)
        if look == "narrow":
            page.set_viewport_size(NARROW)
        for number, region in enumerate(regions):
            region.screenshot(path=PICTURES / f"{application}-{name}-{number}-{look}.png")
        found += complaints(page)
    page.set_viewport_size(size)
    assert found == []


def complaints(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(FIND_VIOLATIONS)
    return found


@pytest.mark.parametrize("application", HOSTS)
def test_what_goes_over_the_wire_is_gone_through_by_keyboard_to_the_message_in_the_chat(
    open_chat: OpenChat, simulator: SimulatorProcess, application: demo.Application
) -> None:
    notebook = shown(open_chat, simulator, application, "ig.Inspector(chat)")
    page, other = notebook.page, Other(simulator, EVENTS)
    region = page.get_by_role("region", name="Inspector", exact=True)
    entries = region.get_by_role("listbox", name="Entries")
    region.get_by_role("searchbox", name="Filter by words").focus()
    page.keyboard.type("MessageArrived")
    expect(region).to_contain_text("Nothing yet, or nothing that these filters let through.")
    other.says("Where is it?")
    expect(entries.get_by_role("option")).to_have_count(1)  # As it comes.
    other.says("Hello?")
    expect(entries.get_by_role("option")).to_have_count(2)

    entries.focus()
    page.keyboard.press("Home")
    details = region.get_by_role("region", name=re.compile(r"^Entry \d+: MessageArrived$"))
    expect(details).to_contain_text("Became: MessageArrived")
    expect(details).to_contain_text(re.compile(r"Changed: new message .+ at place 0"))
    page.keyboard.press("Enter")
    article = notebook.chat.message("Where is it?")
    expect(article).to_be_focused()
    expect(article).to_be_in_viewport()
    looked_at(notebook, "inspector", region)
    assert notebook.problems == []


@pytest.mark.parametrize("application", HOSTS)
def test_pictures_follow_their_chat_and_are_gone_through_by_keyboard(
    open_chat: OpenChat, simulator: SimulatorProcess, application: demo.Application
) -> None:
    notebook = shown(open_chat, simulator, application, "ig.timeline(chat)", "ig.response_times(chat)")
    page, other = notebook.page, Other(simulator, EVENTS)
    timeline = page.get_by_role("region", name="Timeline", exact=True)
    times = page.get_by_role("region", name="Response times", exact=True)
    expect(times).to_contain_text("No answers yet")
    notebook.chat.send("Where is it?")
    notebook.chat.expect_message("Where is it?")
    other.types()
    expect(timeline.get_by_role("listitem").filter(has_text="Typing")).to_be_visible()
    other.says("On its way.")
    expect(timeline).to_contain_text("messages: 2")
    expect(times).to_contain_text("Answers of agents: 1.")

    bars = times.get_by_role("application")
    bars.focus()
    page.keyboard.press("ArrowRight")
    expect(bars.locator("xpath=following-sibling::p[@role='status']")).to_have_text(
        re.compile("^All agents: .+, answers: 1$")
    )
    plot = timeline.get_by_role("application")
    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(plot.locator("xpath=following-sibling::p[@role='status']")).to_contain_text("Where is it?")
    page.keyboard.press("Enter")
    article = notebook.chat.message("Where is it?")
    expect(article).to_be_focused()
    expect(article).to_be_in_viewport()
    looked_at(notebook, "pictures", timeline, times)
    assert notebook.problems == []
