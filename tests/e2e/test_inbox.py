"""An inbox in JupyterLab and the supervisor's dashboard in Voilà: rows live, and a real chat beside them."""

from __future__ import annotations

import nbformat
from playwright.sync_api import expect

from tests.e2e.conftest import OpenNotebook
from tests.tools.paths import NOTEBOOKS

BUSY = "import ipygenesys as ig\ninbox = ig.Inbox.demo(conversations=10, seed=1)\ninbox"


def test_a_busy_hour_is_gone_through_by_keyboard_and_conversations_open_beside_the_list(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook("jupyterlab", [BUSY])
    notebook.run_cell(0)
    page = notebook.page
    region = page.get_by_role("region", name="Inbox", exact=True)
    rows = region.get_by_role("listbox", name="Conversations")
    expect(rows.get_by_role("option").nth(2)).to_be_visible()
    expect(region.locator("[data-figure=waiting] b")).not_to_have_text("–")

    rows.focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.locator("[data-active=true]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(rows.get_by_role("option", selected=True)).to_have_count(1)
    chat = region.locator(".ipg-inbox-chat")
    expect(chat.get_by_role("feed", name="Messages")).to_be_visible()
    expect(chat.get_by_role("article").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.get_by_role("feed")).to_have_count(0)
    assert notebook.problems == []


def test_the_supervisors_dashboard_stands_in_voila(open_notebook: OpenNotebook) -> None:
    dashboard = nbformat.read(NOTEBOOKS / "dashboards" / "supervisor.ipynb", as_version=4)
    cells = [cell.source for cell in dashboard.cells if cell.cell_type == "code"]
    assert "conversations=200" in cells[0]
    cells[0] = cells[0].replace("conversations=200", "conversations=12, seed=1")
    notebook = open_notebook("voila", cells)
    page = notebook.page
    region = page.get_by_role("region", name="Inbox", exact=True)
    rows = region.get_by_role("listbox", name="Conversations")
    expect(rows.get_by_role("option").nth(2)).to_be_visible()
    expect(region.locator("[data-figure=waiting] b")).not_to_have_text("–")
    expect(page.get_by_role("img", name="Waiting and unanswered over time")).to_be_visible()
    expect(page.get_by_text("Open conversations by agent")).to_be_visible()
    rows.get_by_role("option").first.click()
    expect(region.locator(".ipg-inbox-chat").get_by_role("article").first).to_be_visible()
    assert notebook.problems == []
