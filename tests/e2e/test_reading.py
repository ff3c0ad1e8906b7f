"""Read means seen: in view, visible, focused, and once; told to the server where it wants to know."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.pages import NotebookPage
from tests.e2e.sides import Other
from tests.e2e.simulator_process import SimulatorProcess

LONGER_THAN_A_LOOK_MS = 1_600
"""The dwell of 800 ms, the batch of 150 ms, a round trip, and half as much again."""

BY_EVENTS = pytest.mark.parametrize("setting", ["lab-events", "voila-events"], indirect=True)


WATCH = """region => {
  const seen = region.seen = [];
  const look = () => {
    const status = region.querySelector('article')?.dataset.status;
    if (status !== undefined && status !== seen.at(-1)) seen.push(status);
  };
  new MutationObserver(look).observe(region, {childList: true, subtree: true, attributes: true}); }"""
"""What became of the first message, one after the other."""


def assert_not_read(page: NotebookPage, simulator: SimulatorProcess, text: str, message_id: str) -> None:
    page.page.wait_for_timeout(LONGER_THAN_A_LOOK_MS)
    expect(page.chat.message(text)).to_have_attribute("data-status", "unread")
    assert message_id not in simulator.truth().read_ids


def assert_nothing_unread(page: NotebookPage) -> None:
    """As Python sees it; a page of Voilà has no cell to ask in."""
    if page.server.application != "voila":
        assert page.execute("print(chat.unread_count)") == "0\n"


def test_a_message_in_view_is_read_once(page: NotebookPage, other: Other) -> None:
    page.chat.region.evaluate(WATCH)
    [message_id] = other.says("Look here")
    page.chat.expect_message("Look here", "read")
    assert page.chat.region.evaluate("region => region.seen") == ["unread", "read"]
    page.page.wait_for_timeout(500)

    other.expect_read(message_id)
    assert_nothing_unread(page)
    truth = other.simulator.truth()
    said = other.said(truth)[0]["time"]
    assert all(entry["time"] - said >= 0.8 for entry in truth.received_of("read"))


def test_a_message_below_the_fold_is_read_when_scrolled_to(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    # A guest's messages have no other order than their times.
    other.says("line", count=22, rate_per_s=200)
    page.chat.expect_message("line 22", "read")
    page.chat.feed.evaluate(
        "feed => { feed.closest('[data-scroller]')?.scrollTo(0, 0); feed.scrollTo(0, 0); }"
    )
    page.chat.expect_message("line 1", "read")
    [message_id] = other.says("unseen")
    page.chat.expect_message("unseen", "unread")
    assert_not_read(page, simulator, "unseen", message_id)

    page.chat.jump.click()
    page.chat.expect_message("unseen", "read")
    assert (message_id in simulator.truth().read_ids) is other.side.sends_read


def test_nothing_is_read_in_a_hidden_page(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    page.set_hidden(True)
    [message_id] = other.says("psst")
    page.chat.expect_message("psst", "unread")
    assert_not_read(page, simulator, "psst", message_id)

    page.set_hidden(False)
    page.chat.expect_message("psst", "read")
    other.expect_read(message_id)
    assert_nothing_unread(page)


@pytest.mark.window
@BY_EVENTS
def test_nothing_is_read_while_another_window_has_the_focus(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    page.set_focus_emulation(False)
    another = page.page.context.new_page()
    another.bring_to_front()
    assert page.page.evaluate("document.hasFocus()") is False
    [message_id] = simulator.agent_says("behind your back")
    page.chat.expect_message("behind your back", "unread")
    assert_not_read(page, simulator, "behind your back", message_id)

    another.close()
    page.page.bring_to_front()
    page.chat.expect_message("behind your back", "read")
    assert simulator.truth().read_ids == [message_id]
    page.set_focus_emulation(True)


def test_nothing_is_read_behind_another_tab_of_jupyterlab(
    lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    lab.page.evaluate("() => window.jupyterapp.commands.execute('launcher:create').then(() => undefined)")
    expect(lab.chat.region).to_be_hidden()
    [message_id] = simulator.agent_says("in the tab behind")
    lab.page.wait_for_timeout(LONGER_THAN_A_LOOK_MS)
    assert simulator.truth().read_ids == []

    lab.activate()
    lab.chat.expect_message("in the tab behind", "read")
    assert simulator.truth().read_ids == [message_id]


def test_nothing_is_read_in_an_output_scrolled_off_the_page(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    notebook = open_chat("jupyterlab", simulator, "for i in range(60): print(i)")
    notebook.run_cell(1)
    notebook.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.node.querySelector('.jp-WindowedPanel-outer')?.scrollTo(0, 1e6)"
    )
    expect(notebook.chat.region).not_to_be_in_viewport()
    [message_id] = simulator.agent_says("above the fold")
    assert_not_read(notebook, simulator, "above the fold", message_id)

    notebook.chat.region.scroll_into_view_if_needed()
    notebook.chat.expect_message("above the fold", "read")
