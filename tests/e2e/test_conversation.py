"""Typing and messages both ways: in JupyterLab by each protocol, and in Voilà."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.pages import Held, NotebookPage
from tests.e2e.sides import Other, Side
from tests.e2e.simulator_process import SimulatorProcess

IN_LAB = pytest.mark.parametrize("setting", ["lab-events", "lab-guest", "lab-agent"], indirect=True)


def test_the_other_side_types_and_the_message_appears_once(page: NotebookPage, other: Other) -> None:
    other.types()
    page.chat.expect_typing(other.side.typing_line)
    [message_id] = other.says("How can I help?")

    article = page.chat.expect_message("How can I help?")
    expect(article).to_have_attribute("data-message-id", message_id)
    expect(article).to_have_attribute("data-own", "false")
    page.chat.expect_typing("")


def test_who_stops_typing_leaves_no_indicator(page: NotebookPage, other: Other) -> None:
    other.types()
    page.chat.expect_typing(other.side.typing_line)
    # Where the protocol does not tell the end, the indicator runs out.
    other.types(False)
    page.chat.expect_typing("")


def test_a_sent_message_is_delivered_and_read(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    page.chat.type("Where is my order?")
    page.chat.composer.press("Enter")
    article = page.chat.expect_message("Where is my order?")
    truth = simulator.wait_for(lambda log: log.texts, "the message")
    assert truth.texts == ["Where is my order?"]
    expect(page.chat.composer).to_have_value("")
    other.reads()
    status = "read" if other.side.hears_read else "sent"
    expect(article).to_have_attribute("data-status", status)
    assert [shown.text for shown in page.chat.messages()] == ["Where is my order?"]


def test_shift_enter_breaks_the_line_and_the_button_sends(
    lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    lab.chat.type("one")
    lab.chat.composer.press("Shift+Enter")
    lab.chat.type("two")
    lab.chat.send_button.click()

    assert simulator.wait_for(lambda log: log.texts, "the message").texts == ["one\ntwo"]


def test_typing_is_told_at_the_first_key_and_ends_once_when_sent(
    page: NotebookPage, simulator: SimulatorProcess, side: Side
) -> None:
    page.chat.type("H")
    simulator.wait_for(lambda log: log.typing == [True], "typing after the first key")
    page.chat.type("ello")
    page.chat.composer.press("Enter")
    simulator.wait_for(lambda log: log.texts == ["Hello"], "the message")
    simulator.wait_for(lambda log: log.typing == side.spell, "the end of the typing")


def test_typing_is_refreshed_while_keys_keep_coming_and_ends_once_when_idle(
    lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    keys = 0
    while simulator.truth().typing != [True, True]:
        lab.chat.type("x", delay_ms=0)
        lab.page.wait_for_timeout(200)
        keys += 1
        assert keys < 200, "no refresh"
    truth = simulator.wait_for(lambda log: len(log.typing) == 3, "the end")

    assert truth.typing == [True, True, False]
    first, refresh, end = (call["time"] for call in truth.received_of("typing"))
    assert min(refresh - first, end - refresh) > 2, "4 s and 5 s, less what the first of two was late"


def test_clearing_the_box_takes_typing_back(lab: NotebookPage, simulator: SimulatorProcess) -> None:
    lab.chat.type("never mind")
    simulator.wait_for(lambda log: log.typing == [True], "typing on")
    lab.chat.composer.fill("")
    simulator.wait_for(lambda log: log.typing == [True, False], "typing off")


@IN_LAB
def test_python_and_the_view_are_one_conversation(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    page.execute("chat.send('from Python')")
    page.chat.expect_message("from Python")
    page.chat.send("from the view")
    simulator.wait_for(lambda log: log.texts == ["from Python", "from the view"], "both")
    other.says("to both")
    page.chat.expect_message("to both")

    assert (
        page.execute("print([m.text for m in chat.messages])")
        == "['from Python', 'from the view', 'to both']\n"
    )
    assert page.execute("print(chat.status, chat.typing)") == "connected ()\n"


def test_an_async_cell_and_a_plain_cell_get_the_next_message(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    notebook = open_chat(
        "jupyterlab",
        simulator,
        "print('wait' + 'ing', flush=True)\n(await chat.next_message(timeout=30)).text",
        "print('wait' + 'ing', flush=True)\nchat.wait_for_message(timeout=30).text",
    )
    for index, text in ((1, "first"), (2, "second")):
        notebook.start_cell(index)
        expect(notebook.cell(index)).to_contain_text("waiting")
        simulator.agent_says(text)
        outputs = notebook.finish_cell(index)
        assert outputs[-1]["data"]["text/plain"] == repr(text)


def test_two_views_show_the_same(open_chat: OpenChat, simulator: SimulatorProcess) -> None:
    notebook = open_chat("jupyterlab", simulator, "chat")
    notebook.run_cell(1)
    views = notebook.page.get_by_role("region", name="Conversation")
    expect(views).to_have_count(2)
    first, second = notebook.view(0), notebook.view(1)
    first.send("said in the first")
    second.expect_message("said in the first")
    [message_id] = simulator.agent_says("seen in both")
    first.expect_message("seen in both", "read")
    second.expect_message("seen in both", "read")

    truth = simulator.truth()
    assert truth.read_ids == [message_id]
    assert not truth.received_of("read_repeated")


def test_a_second_view_goes_on_while_a_cell_runs_and_when_the_first_one_is_cleared(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    held = Held()
    notebook = open_chat("jupyterlab", simulator, "chat", f"print('begun')\n{held.code}")
    notebook.run_cell(1)
    notebook.start_cell(2)
    simulator.agent_says("while a cell runs")
    notebook.view(0).expect_message("while a cell runs")
    notebook.view(1).expect_message("while a cell runs")
    assert notebook.cell_is_running(2)
    held.let_go(notebook.server)
    assert [output["output_type"] for output in notebook.finish_cell(2)] == ["stream"]
    notebook.clear_cell(0)
    expect(notebook.page.get_by_role("region", name="Conversation")).to_have_count(1)
    simulator.agent_says("after the first was cleared")
    notebook.chat.expect_message("after the first was cleared")
    notebook.chat.send("still here")
    simulator.wait_for(lambda log: log.texts == ["still here"], "the message")


@IN_LAB
def test_markup_is_text(page: NotebookPage, other: Other) -> None:
    text = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>"
    other.says(text)
    page.chat.expect_message(text)

    assert page.chat.texts() == [text]
    assert page.chat.region.locator("img, b").count() == 0
    assert page.page.title() != "owned"


def test_notebook_7_shows_the_conversation(open_chat: OpenChat, simulator: SimulatorProcess) -> None:
    notebook = open_chat("notebook", simulator)
    [message_id] = simulator.agent_says("Hello from Ann")
    notebook.chat.expect_message("Hello from Ann", "read")
    notebook.chat.type("Hi")
    notebook.chat.composer.press("Enter")

    truth = simulator.wait_for(lambda log: log.texts == ["Hi"] and len(log.typing) == 2, "send and typing")
    assert truth.read_ids == [message_id]
    assert truth.typing == [True, False]
