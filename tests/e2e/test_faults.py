"""What the network and the server do wrong: nothing is lost, nothing is sent twice, everything is said."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.pages import NotebookPage
from tests.e2e.simulator_process import SimulatorProcess


def authenticated(simulator: SimulatorProcess) -> int:
    return len(simulator.truth().connections_of("authenticated"))


def test_messages_sent_while_the_socket_is_down_appear_once_and_in_order(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.agent_says("before")
    page.chat.expect_message("before", "read")
    simulator.fault("refuse", seconds=2)
    simulator.fault("drop")
    said = ["meanwhile 1", "meanwhile 2", "meanwhile 3"]
    for text in said:
        simulator.agent_says(text)
    page.chat.send("mine, meanwhile")
    for text in said:
        page.chat.expect_message(text, "read", 20_000)
    simulator.agent_says("after")
    page.chat.expect_message("after", "read")

    truth = simulator.wait_for(lambda log: log.texts == ["mine, meanwhile"], "the message sent meanwhile")
    order = [entry["text"] for entry in truth.sent if entry["kind"] in ("message", "echo")]
    assert page.chat.texts() == order
    assert sorted(truth.read_ids) == sorted(entry["message_id"] for entry in truth.sent_of("message"))
    assert not truth.received_of("read_repeated")


def test_a_lost_connection_is_shown_and_the_button_reconnects(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    before = authenticated(simulator)
    simulator.fault("refuse")
    simulator.fault("drop")
    expect(page.chat.banner).to_contain_text("Reconnecting", timeout=10_000)
    # Let the waits grow, so that a reconnect at once is the button's doing.
    simulator.wait_for(lambda log: len(log.connections_of("refused")) >= 2, "two refused tries", 20)
    simulator.fault("clear")
    page.chat.region.get_by_role("button", name="Reconnect now").click()

    simulator.wait_for(lambda log: len(log.connections_of("authenticated")) > before, "a new stream", 5)
    expect(page.chat.banner).to_have_attribute("data-shown", "false")


def test_a_429_on_typing_waits_and_sends_only_what_is_then_true(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.fault("rate_limit", path="/typing", count=1, retry_after=2)
    page.chat.type("Hel")
    truth = simulator.wait_for(lambda log: log.rejected_of("typing"), "the refused call")
    refused_at = truth.rejected_of("typing")[0]["time"]
    page.chat.type("lo there", delay_ms=250)
    truth = simulator.wait_for(lambda log: log.typing == [True], "typing after the wait", 6)
    assert truth.received_of("typing")[0]["time"] - refused_at >= 1.9
    page.chat.composer.press("Enter")
    truth = simulator.wait_for(lambda log: log.typing == [True, False], "typing off")

    assert truth.texts == ["Hello there"]


def test_a_429_on_typing_is_not_made_up_for_when_nobody_types_any_more(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.fault("rate_limit", path="/typing", count=1, retry_after=2)
    page.chat.type("oops")
    simulator.wait_for(lambda log: log.rejected_of("typing"), "the refused call")
    page.chat.composer.fill("")
    page.page.wait_for_timeout(4_000)

    assert True not in simulator.truth().typing


def test_a_403_on_read_is_said_and_the_message_stays_unread(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.fault("error", status=403, path="/read", count=50)
    simulator.agent_says("Read me")
    page.chat.expect_message("Read me")
    expect(page.chat.error).to_contain_text("messaging:write", timeout=10_000)

    expect(page.chat.message("Read me")).to_have_attribute("data-status", "unread")
    truth = simulator.truth()
    assert truth.read_ids == []
    assert truth.rejected_of("read")
    # The conversation goes on.
    simulator.agent_says("and on")
    page.chat.expect_message("and on")


def test_4001_gets_a_new_token_and_the_stream_is_back_at_once(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    before = authenticated(simulator)
    tokens = sum(call["path"] == "/oauth/token" for call in simulator.requests())
    simulator.fault("drop", code=4001)
    truth = simulator.wait_for(
        lambda log: len(log.connections_of("authenticated")) > before, "a new stream", 5
    )
    simulator.agent_says("still here")
    page.chat.expect_message("still here", "read")

    closed = truth.connections_of("closed")[-1]
    opened = truth.connections_of("authenticated")[-1]
    assert closed["code"] == 4001
    assert opened["time"] - closed["time"] < 2
    assert sum(call["path"] == "/oauth/token" for call in simulator.requests()) == tokens + 1


def test_an_expired_token_is_renewed_and_nothing_is_lost(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.agent_says("one")
    page.chat.expect_message("one", "read")
    simulator.fault("expire_token")
    simulator.agent_says("two")
    page.chat.send("three")
    page.chat.expect_message("two", "read")
    simulator.wait_for(lambda log: log.texts == ["three"], "the message")
    expect(page.chat.message("three")).to_have_attribute("data-status", re.compile("sent|delivered"))

    truth = simulator.truth()
    assert len(truth.read_ids) == 2
    assert sorted(page.chat.texts()) == ["one", "three", "two"]


def test_an_answer_lost_on_the_way_sends_nothing_twice(
    page: NotebookPage, simulator: SimulatorProcess
) -> None:
    simulator.fault("lose_answer", path="/messages", count=1)
    page.chat.send("only once")
    expect(page.chat.message("only once")).to_have_attribute(
        "data-status", re.compile("sent|delivered"), timeout=20_000
    )

    assert page.chat.texts() == ["only once"]
    assert len(simulator.truth().sent_of("echo")) == 1


def test_garbage_on_the_stream_changes_nothing(page: NotebookPage, simulator: SimulatorProcess) -> None:
    simulator.agent_says("before")
    page.chat.expect_message("before", "read")
    simulator.fault("garbage")
    simulator.agent_says("after")
    page.chat.expect_message("after", "read", 20_000)

    assert page.problems == []


def test_duplicates_and_wrong_order_are_put_right(page: NotebookPage, simulator: SimulatorProcess) -> None:
    simulator.fault("duplicate")
    simulator.fault("reorder")
    simulator.agent_says("line", count=6, rate_per_s=20)
    page.chat.expect_message("line 6", "read")
    page.chat.expect_message("line 5", "read")

    assert page.chat.texts() == [f"line {number}" for number in range(1, 7)]
    read_ids = simulator.truth().read_ids
    assert len(set(read_ids)) == len(read_ids) == 6


def test_a_wrong_secret_is_said_in_words(open_chat: OpenChat, simulator: SimulatorProcess) -> None:
    wrong = dict(simulator.addresses, client_secret="wrong-secret")
    notebook = open_chat("jupyterlab", simulator, connected=False, addresses=wrong)

    expect(notebook.chat.region).to_contain_text("Verify client_id and client_secret", timeout=15_000)
    assert "wrong-secret" not in notebook.page.content()


def test_a_server_that_is_not_there_is_said_in_words(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    nowhere = dict(simulator.addresses, base_url="http://127.0.0.1:9")
    notebook = open_chat("jupyterlab", simulator, connected=False, addresses=nowhere)

    expect(notebook.chat.banner).to_contain_text("Next try in", timeout=15_000)


@pytest.mark.slow
def test_a_stream_that_hangs_is_replaced(lab: NotebookPage, simulator: SimulatorProcess) -> None:
    before = authenticated(simulator)
    simulator.fault("half_open")
    simulator.agent_says("into the void")
    simulator.wait_for(lambda log: len(log.connections_of("opened")) > before, "a second stream", 60)
    simulator.fault("clear")
    lab.chat.expect_message("into the void", "read", 30_000)
