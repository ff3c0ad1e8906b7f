"""Reload, restart, close: what stays, what comes back, what ends."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.pages import NotebookPage
from tests.e2e.simulator_process import SimulatorProcess


def test_a_reloaded_page_shows_the_whole_conversation_again(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.agent_says("first")
    page.chat.expect_message("first", "read")
    page.chat.send("second")
    simulator.wait_for(lambda log: log.texts, "the message")
    if page.server.application == "jupyterlab":
        page.save()
    page.reload()
    page.chat.expect_message("first", "read")
    page.chat.expect_message("second")
    simulator.agent_says("third")
    page.chat.expect_message("third", "read")

    assert page.chat.texts() == ["first", "second", "third"]
    truth = simulator.truth()
    assert truth.texts == ["second"]
    assert len(truth.read_ids) == 2
    assert not truth.received_of("read_repeated")


def test_closing_the_chat_ends_the_stream_and_the_typing(
    lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    lab.chat.type("half a sen")
    simulator.wait_for(lambda log: log.typing == [True], "typing on")
    lab.execute("chat.close()")
    truth = simulator.wait_for(
        lambda log: log.typing == [True, False] and log.connections_of("closed"),
        "typing off and the stream closed",
    )

    assert truth.connections_of("closed")[-1]["code"] == 1000
    assert lab.execute("print(chat.status)") == "closed\n"
    threads = lab.execute("import threading; print([t.name for t in threading.enumerate()])")
    assert "genesys" not in threads


def test_a_restarted_kernel_leaves_a_view_that_says_so(
    lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.agent_says("remembered")
    lab.chat.expect_message("remembered", "read")
    lab.restart_kernel()
    simulator.wait_for(lambda log: log.connections_of("closed"), "the end of the stream")
    expect(lab.chat.banner).to_contain_text("run the cell again", timeout=30_000)

    lab.run_cell(0)
    lab.chat.expect_message("remembered", "read")
    lab.chat.send("and we go on")
    simulator.wait_for(lambda log: log.texts == ["and we go on"], "the message")


def test_a_closed_voila_page_ends_its_stream(open_chat: OpenChat, simulator: SimulatorProcess) -> None:
    notebook = open_chat("voila", simulator)
    notebook.chat.type("going")
    simulator.wait_for(lambda log: log.typing == [True], "typing on")
    notebook.page.close(run_before_unload=True)

    simulator.wait_for(lambda log: log.connections_of("closed"), "the end of the stream", 20)


def test_nothing_connects_before_a_view_or_a_call_asks_for_it(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    notebook = open_chat("jupyterlab", simulator)
    before = len(simulator.truth().connections_of("opened"))
    notebook.execute(
        "other = ig.Chat(ig.MessagingEvents(environment='us-east-1', base_url=at['base_url'], "
        "conversation_id=at['conversation_id'], "
        "credentials=ig.ClientCredentials(client_id=at['client_id'], client_secret=at['client_secret'])))"
    )
    notebook.page.wait_for_timeout(1_000)

    assert len(simulator.truth().connections_of("opened")) == before
    assert notebook.execute("print(other.status)") == "idle\n"
