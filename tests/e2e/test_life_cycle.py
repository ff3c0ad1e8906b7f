"""Reload, restart, close: what stays, what comes back, what ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ipygenesys._io.disk.read_positions import ReadPositions
from tests.e2e.conftest import OpenChat
from tests.e2e.pages import NotebookPage
from tests.e2e.sides import AGENT, EVENTS, Other, Side
from tests.e2e.simulator_process import SimulatorProcess


def test_a_reloaded_page_shows_the_whole_conversation_again(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    [first] = other.says("first")
    page.chat.expect_message("first", "read")
    page.chat.send("second")
    simulator.wait_for(lambda log: log.texts, "the message")
    if page.server.application == "jupyterlab":
        page.save()
    page.reload()
    is_remembered = page.server.application == "jupyterlab" or other.side.sends_read
    page.chat.expect_message("first", "read" if is_remembered else None)
    page.chat.expect_message("second")
    [third] = other.says("third")
    page.chat.expect_message("third", "read")

    assert page.chat.texts() == ["first", "second", "third"]
    assert simulator.truth().texts == ["second"]
    other.expect_read(first, third)


@pytest.mark.parametrize("setting", ["lab-events", "lab-guest", "lab-agent"], indirect=True)
def test_closing_the_chat_ends_the_stream_and_the_typing(
    page: NotebookPage, simulator: SimulatorProcess, side: Side
) -> None:
    page.chat.type("half a sen")
    simulator.wait_for(lambda log: log.typing == [True], "typing on")
    page.execute("chat.close()")
    truth = simulator.wait_for(
        lambda log: log.typing == side.spell and log.connections_of("closed"),
        "the end of the typing and the stream closed",
    )

    assert truth.connections_of("closed")[-1]["code"] == 1000
    assert page.execute("print(chat.status)") == "closed\n"
    threads = page.execute("import threading; print([t.name for t in threading.enumerate()])")
    assert "genesys" not in threads


def kept_positions() -> str:
    file = ReadPositions().path
    return file.read_text("utf-8") if file.is_file() else ""


def test_what_was_read_stays_read_where_the_server_takes_no_receipts(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    other = Other(simulator, AGENT)
    notebook = open_chat("jupyterlab", simulator, side=AGENT)
    before = kept_positions()
    other.says("already seen")
    notebook.chat.expect_message("already seen", "read")
    # It is written a moment later.
    simulator.wait_for(lambda _: kept_positions() != before, "the read position on disk")
    notebook.restart_kernel()
    simulator.wait_for(lambda log: not log.open_streams, "the end of the stream")
    other.says("said meanwhile")
    # Without a view: nobody sees the new one.
    notebook.execute(AGENT.connect(notebook.addresses))
    notebook.execute("chat.connect()\nwhile len(chat.messages) < 2: time.sleep(0.02)")

    assert notebook.execute("print(chat.unread_count)") == "1\n"


def test_a_restarted_kernel_leaves_a_view_that_says_so(
    lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.agent_says("remembered")
    lab.chat.expect_message("remembered", "read")
    lab.restart_kernel()
    simulator.wait_for(lambda log: log.connections_of("closed"), "the end of the stream")
    expect(lab.chat.banner).to_contain_text("run the cell again")

    lab.run_cell(0)
    lab.chat.expect_message("remembered", "read")
    lab.chat.send("and we go on")
    simulator.wait_for(lambda log: log.texts == ["and we go on"], "the message")


@pytest.mark.parametrize("setting", ["lab-events", "lab-guest", "lab-agent"], indirect=True)
def test_a_cell_that_is_run_again_leaves_one_stream(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    for runs in range(2, 6):
        page.run_cell(0)
        simulator.wait_for(
            lambda log, runs=runs: len(log.connections_of("opened")) == runs,  # type: ignore[misc]
            "a stream for each run",
        )
    simulator.wait_for(lambda log: log.open_streams == 1, "the end of all streams but the last")
    other.says("hello")

    page.chat.expect_message("hello")


def test_a_closed_voila_page_ends_its_stream(open_chat: OpenChat, simulator: SimulatorProcess) -> None:
    notebook = open_chat("voila", simulator)
    notebook.chat.type("going")
    simulator.wait_for(lambda log: log.typing == [True], "typing on")
    with notebook.page.expect_event("close"):
        notebook.page.close(run_before_unload=True)

    simulator.wait_for(lambda log: log.connections_of("closed"), "the end of the stream")


def test_nothing_connects_before_a_view_or_a_call_asks_for_it(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    notebook = open_chat("jupyterlab", simulator)
    before = len(simulator.truth().connections_of("opened"))
    notebook.execute(f"other = ig.Chat({EVENTS.code})")
    notebook.page.wait_for_timeout(1_000)

    assert len(simulator.truth().connections_of("opened")) == before
    assert notebook.execute("print(other.status)") == "idle\n"
