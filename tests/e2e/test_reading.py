"""Read means seen: in view, visible, focused, and once."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.pages import NotebookPage
from tests.e2e.simulator_process import SimulatorProcess

LONGER_THAN_A_LOOK_MS = 2_500
"""The dwell of 800 ms, the batch of 150 ms, a round trip, and as much again."""


def assert_not_read(page: NotebookPage, simulator: SimulatorProcess, before: int = 0) -> None:
    page.page.wait_for_timeout(LONGER_THAN_A_LOOK_MS)
    assert len(simulator.truth().read_ids) == before


def test_a_message_in_view_is_read_once(page: NotebookPage, simulator: SimulatorProcess) -> None:
    [message_id] = simulator.agent_says("Look here")
    page.chat.expect_message("Look here", "read")
    page.page.wait_for_timeout(1_000)

    truth = simulator.truth()
    assert truth.read_ids == [message_id]
    assert not truth.received_of("read_repeated")
    said = truth.sent_of("message")[0]["time"]
    assert truth.received_of("read")[0]["time"] - said >= 0.8


def test_a_message_below_the_fold_is_read_when_scrolled_to(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.agent_says("line", count=40)
    page.chat.expect_message("line 40", "read")
    page.chat.feed.evaluate(
        "feed => { feed.closest('[data-scroller]')?.scrollTo(0, 0); feed.scrollTo(0, 0); }"
    )
    expect(page.chat.message("line 1")).to_be_in_viewport()
    simulator.wait_for(lambda log: len(log.read_ids) >= 1, "the first reads")
    page.page.wait_for_timeout(LONGER_THAN_A_LOOK_MS)
    before = len(simulator.truth().read_ids)
    [message_id] = simulator.agent_says("unseen")
    page.chat.expect_message("unseen", "unread")
    assert_not_read(page, simulator, before)

    page.chat.jump.click()
    page.chat.expect_message("unseen", "read")
    assert message_id in simulator.truth().read_ids


def test_nothing_is_read_in_a_hidden_page(page: NotebookPage, simulator: SimulatorProcess) -> None:
    page.set_hidden(True)
    [message_id] = simulator.agent_says("psst")
    page.chat.expect_message("psst", "unread")
    assert_not_read(page, simulator)

    page.set_hidden(False)
    page.chat.expect_message("psst", "read")
    assert simulator.truth().read_ids == [message_id]


def test_nothing_is_read_while_another_window_has_the_focus(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    page.set_focus_emulation(False)
    other = page.page.context.new_page()
    other.bring_to_front()
    assert page.page.evaluate("document.hasFocus()") is False
    [message_id] = simulator.agent_says("behind your back")
    page.chat.expect_message("behind your back", "unread")
    assert_not_read(page, simulator)

    other.close()
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
    assert_not_read(lab, simulator)

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
    simulator.agent_says("above the fold")
    assert_not_read(notebook, simulator)

    notebook.chat.region.scroll_into_view_if_needed()
    notebook.chat.expect_message("above the fold", "read")
