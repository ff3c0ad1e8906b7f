"""What the network and the server do wrong: nothing is lost, nothing is sent twice, everything is said."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.pages import NotebookPage
from tests.e2e.sides import Other, Side
from tests.e2e.simulator_process import SimulatorProcess

BY_EVENTS = pytest.mark.parametrize("setting", ["lab-events", "voila-events"], indirect=True)
BY_GUEST = pytest.mark.parametrize("setting", ["lab-guest"], indirect=True)
BY_AGENT = pytest.mark.parametrize("setting", ["lab-agent"], indirect=True)
IN_LAB = pytest.mark.parametrize("setting", ["lab-events", "lab-guest", "lab-agent"], indirect=True)


def authenticated(simulator: SimulatorProcess) -> int:
    return len(simulator.truth().connections_of("authenticated"))


def test_messages_sent_while_the_socket_is_down_appear_once_and_in_order(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    other.says("before")
    page.chat.expect_message("before", "read")
    simulator.fault("refuse", seconds=2)
    simulator.fault("drop")
    said = ["meanwhile 1", "meanwhile 2", "meanwhile 3"]
    for text in said:
        other.says(text)
    page.chat.send("mine, meanwhile")
    for text in said:
        page.chat.expect_message(text, "read")
    truth = simulator.wait_for(lambda log: log.texts == ["mine, meanwhile"], "the message sent meanwhile")
    other.says("after")
    page.chat.expect_message("after", "read")

    truth = simulator.truth()
    assert page.chat.texts() == [entry["text"] for entry in truth.spoken]
    assert truth.texts == ["mine, meanwhile"]
    other.expect_read(*(entry["message_id"] for entry in other.said(truth)))


def test_a_lost_connection_is_shown_and_the_button_reconnects(
    lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    before = authenticated(simulator)
    simulator.fault("refuse")
    simulator.fault("drop")
    expect(lab.chat.banner).to_contain_text("Reconnecting")
    # Let the waits grow, so that a reconnect at once is the button's doing.
    simulator.wait_for(lambda log: len(log.connections_of("refused")) >= 2, "two refused tries")
    simulator.fault("clear")
    lab.chat.region.get_by_role("button", name="Reconnect now").click()

    simulator.wait_for(lambda log: len(log.connections_of("authenticated")) > before, "a new stream", 5)
    expect(lab.chat.banner).to_have_attribute("data-shown", "false")


def test_a_429_on_typing_waits_and_sends_only_what_is_then_true(
    page: NotebookPage, simulator: SimulatorProcess, side: Side
) -> None:
    simulator.fault("rate_limit", path="/typing", count=1, retry_after=2)
    page.chat.type("Hello")
    truth = simulator.wait_for(lambda log: log.rejected_of("typing"), "the refused call")
    refused_at = truth.rejected_of("typing")[0]["time"]
    text = "Hello"
    while not truth.typing and len(text) < 40:
        page.chat.type("!", delay_ms=200)
        text += "!"
        truth = simulator.truth()
    assert truth.received_of("typing")[0]["time"] - refused_at >= 1.9
    page.chat.composer.press("Enter")
    truth = simulator.wait_for(lambda log: log.texts and log.typing == side.spell, "the end of the typing")

    assert truth.texts == [text]
    assert len(truth.rejected_of("typing")) == 1


@IN_LAB
def test_a_429_on_typing_is_not_made_up_for_when_nobody_types_any_more(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.fault("rate_limit", path="/typing", count=1, retry_after=3)
    page.chat.type("oops")
    simulator.wait_for(lambda log: log.rejected_of("typing"), "the refused call")
    page.chat.composer.fill("")
    page.page.wait_for_timeout(3_500)

    assert True not in simulator.truth().typing


@BY_EVENTS
def test_a_403_on_read_is_said_and_the_message_stays_unread(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.fault("error", status=403, path="/read", count=50)
    simulator.agent_says("Read me")
    page.chat.expect_message("Read me")
    expect(page.chat.error).to_contain_text("messaging:write")

    expect(page.chat.message("Read me")).to_have_attribute("data-status", "unread")
    truth = simulator.truth()
    assert truth.read_ids == []
    assert truth.rejected_of("read")
    # The conversation goes on.
    simulator.agent_says("and on")
    page.chat.expect_message("and on")


@BY_EVENTS
def test_4001_gets_a_new_token_and_the_stream_is_back_with_the_first_try(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    before = authenticated(simulator)
    tokens = sum(call["path"] == "/oauth/token" for call in simulator.requests())
    simulator.fault("drop", code=4001)
    truth = simulator.wait_for(lambda log: len(log.connections_of("authenticated")) > before, "a new stream")
    simulator.agent_says("still here")
    page.chat.expect_message("still here", "read")

    closed = truth.connections_of("closed")[-1]
    assert closed["code"] == 4001
    assert len(truth.connections_of("authenticated")) == before + 1
    assert sum(call["path"] == "/oauth/token" for call in simulator.requests()) == tokens + 1


def test_an_expired_token_is_renewed_and_nothing_is_lost(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    [one] = other.says("one")
    page.chat.expect_message("one", "read")
    # A guest's token is the one for the history, which is what a lost connection asks for.
    simulator.fault("expire_token")
    simulator.fault("drop")
    [two] = other.says("two")
    page.chat.send("three")
    page.chat.expect_message("two", "read")
    simulator.wait_for(lambda log: log.texts == ["three"], "the message")
    expect(page.chat.message("three")).to_have_attribute("data-status", re.compile("sent|delivered"))

    other.expect_read(one, two)
    assert sorted(page.chat.texts()) == ["one", "three", "two"]


@BY_GUEST
def test_an_expired_session_can_be_read_and_begun_anew(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    page.chat.send("in the first")
    page.chat.expect_message("in the first", "sent")
    simulator.fault("session_expired")
    expect(page.chat.composer).to_be_disabled()
    assert page.execute("print(chat.status)") == "read_only\n"
    page.chat.expect_message("in the first")

    page.execute("chat.start_new_conversation()")
    page.chat.expect_usable()
    page.chat.send("in the second")
    simulator.wait_for(lambda log: log.texts == ["in the first", "in the second"], "the message")
    other.says("welcome back")
    page.chat.expect_message("welcome back", "read")


@BY_AGENT
def test_a_channel_that_is_about_to_close_is_left_without_a_gap(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    simulator.fault("socket_closing", seconds=5)
    simulator.wait_for(lambda log: len(log.connections_of("authenticated")) == 2, "the next socket")
    truth = simulator.wait_for(lambda log: log.connections_of("closed"), "the end of the first")
    other.says("still here")
    page.chat.expect_message("still here", "read")

    assert truth.connections_of("authenticated")[1]["time"] < truth.connections_of("closed")[0]["time"]
    assert len(simulator.truth().connections_of("authenticated")) == 2


@IN_LAB
def test_an_answer_lost_on_the_way_sends_nothing_twice(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.fault("lose_answer", path="/messages", count=1)
    page.chat.send("only once")
    expect(page.chat.message("only once")).to_have_attribute("data-status", re.compile("sent|delivered"))

    assert page.chat.texts() == ["only once"]
    assert [entry["text"] for entry in simulator.truth().spoken] == ["only once"]


@IN_LAB
def test_garbage_on_the_stream_changes_nothing(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    other.says("before")
    page.chat.expect_message("before", "read")
    simulator.fault("garbage")
    other.says("after")
    page.chat.expect_message("after", "read")

    assert page.problems == []


@IN_LAB
def test_duplicates_and_wrong_order_are_put_right(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    simulator.fault("duplicate")
    simulator.fault("reorder")
    other.says("line", count=6, rate_per_s=20)
    page.chat.expect_message("line 6", "read")
    page.chat.expect_message("line 5", "read")

    assert page.chat.texts() == [f"line {number}" for number in range(1, 7)]
    other.expect_read(*(entry["message_id"] for entry in other.said(simulator.truth())))


def test_a_wrong_secret_is_said_in_words(open_chat: OpenChat, simulator: SimulatorProcess) -> None:
    wrong = dict(simulator.addresses, client_secret="wrong-secret")
    notebook = open_chat("jupyterlab", simulator, connected=False, addresses=wrong)

    expect(notebook.chat.region).to_contain_text("Verify client_id and client_secret")
    assert "wrong-secret" not in notebook.page.content()


def test_a_server_that_is_not_there_is_said_in_words(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    nowhere = dict(simulator.addresses, base_url="http://127.0.0.1:9")
    notebook = open_chat("jupyterlab", simulator, connected=False, addresses=nowhere)

    expect(notebook.chat.banner).to_contain_text("Next try in")


@pytest.mark.slow
def test_a_stream_that_hangs_is_replaced(lab: NotebookPage, simulator: SimulatorProcess) -> None:
    before = authenticated(simulator)
    simulator.fault("half_open")
    simulator.agent_says("into the void")
    simulator.wait_for(lambda log: len(log.connections_of("opened")) > before, "a second stream", 60)
    simulator.fault("clear")
    lab.chat.expect_message("into the void", "read")
