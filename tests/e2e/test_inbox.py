"""An inbox in JupyterLab: its rows live, and a real chat beside them, opened by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import OpenNotebook

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
