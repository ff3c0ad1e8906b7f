"""A cell that blocks the kernel changes nothing on screen."""

from __future__ import annotations

import time

import pytest

from tests.e2e.conftest import OpenChat
from tests.e2e.pages import HOLD_ASYNC, Held
from tests.e2e.sides import AGENT, EVENTS, GUEST, Other, Side
from tests.e2e.simulator_process import SimulatorProcess

BLOCK_BUTTON = """\
import ipywidgets
button = ipywidgets.Button(description="Block")
button.on_click(lambda _: exec({code!r}))
button"""


@pytest.mark.parametrize(
    ("side", "seconds"),
    [(EVENTS, 0), (GUEST, 0), (AGENT, 0), pytest.param(EVENTS, 60, marks=pytest.mark.slow)],
    ids=["events", "guest", "agent", "events-60"],
)
def test_both_directions_work_during_a_blocking_cell_of_jupyterlab(
    side: Side, seconds: int, open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    held = Held()
    notebook = open_chat("jupyterlab", simulator, held.code, side=side)
    other = Other(simulator, side)
    started = time.monotonic()
    notebook.start_cell(1)
    number = 0
    while number < 1 or time.monotonic() - started < seconds:
        number += 1
        other.types()
        notebook.chat.expect_typing(side.typing_line)
        other.says(f"inbound {number}")
        notebook.chat.expect_message(f"inbound {number}", "read")
        notebook.chat.type(f"out{number}")
        simulator.wait_for(lambda log, n=number: log.typing.count(True) == n, "typing during the cell")  # type: ignore[misc]
        notebook.chat.composer.press("Enter")
        simulator.wait_for(lambda log, n=number: len(log.texts) == n, "the message during the cell")  # type: ignore[misc]
    assert notebook.cell_is_running(1)
    held.let_go(notebook.server)
    notebook.finish_cell(1)

    truth = simulator.truth()
    assert len(truth.connections_of("authenticated")) == 1, "the stream must live through it"
    other.expect_read(*(entry["message_id"] for entry in other.said(truth)))
    assert truth.texts == [f"out{n}" for n in range(1, number + 1)]


def test_notebook_7_gets_everything_through_a_blocking_cell_too(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    held = Held()
    notebook = open_chat("notebook", simulator, held.code)
    notebook.start_cell(1)
    [message_id] = simulator.agent_says("inbound")
    notebook.chat.expect_message("inbound", "read")
    notebook.chat.send("outbound")
    truth = simulator.wait_for(lambda log: log.texts == ["outbound"], "the message during the cell")
    assert (truth.typing[:1], truth.read_ids) == ([True], [message_id])
    assert notebook.cell_is_running(1)
    held.let_go(notebook.server)
    notebook.finish_cell(1)


def test_messages_and_typing_arrive_during_a_blocked_kernel_of_voila(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    held = Held()
    notebook = open_chat("voila", simulator, BLOCK_BUTTON.format(code=held.code))
    notebook.page.get_by_role("button", name="Block").click()
    for number in range(1, 4):
        simulator.agent_types()
        notebook.chat.expect_typing("Ann is typing…")
        simulator.agent_says(f"inbound {number}")
        notebook.chat.expect_message(f"inbound {number}")
    notebook.chat.send("held until the kernel is free")
    simulator.agent_says("and after that")
    notebook.chat.expect_message("and after that")
    assert simulator.truth().texts == [], "all of it while the kernel was blocked"
    held.let_go(notebook.server)
    truth = simulator.wait_for(lambda log: log.texts and len(log.read_ids) == 4, "what waited")

    assert truth.texts == ["held until the kernel is free"]
    assert len(truth.connections_of("authenticated")) == 1


def test_an_awaiting_cell_of_jupyterlab_holds_nothing_up(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    held = Held(HOLD_ASYNC)
    notebook = open_chat("jupyterlab", simulator, held.code)
    notebook.start_cell(1)
    notebook.chat.send("while awaiting")
    simulator.wait_for(lambda log: log.texts == ["while awaiting"], "the message")
    simulator.agent_says("answer")
    notebook.chat.expect_message("answer", "read")
    assert notebook.cell_is_running(1)
    held.let_go(notebook.server)
    notebook.finish_cell(1)
