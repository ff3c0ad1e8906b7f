"""A cell that blocks the kernel changes nothing on screen."""

from __future__ import annotations

import time

import pytest

from ipygenesys import demo
from tests.e2e.conftest import OpenChat
from tests.e2e.sides import AGENT, EVENTS, GUEST, Other, Side
from tests.e2e.simulator_process import SimulatorProcess

BLOCK_BUTTON = """\
import ipywidgets
button = ipywidgets.Button(description="Block")
button.on_click(lambda _: time.sleep({seconds}))
button"""


@pytest.mark.parametrize(
    ("side", "seconds"),
    [(EVENTS, 6), (GUEST, 6), (AGENT, 6), pytest.param(EVENTS, 60, marks=pytest.mark.slow)],
    ids=["events", "guest", "agent", "events-60"],
)
def test_both_directions_work_during_a_blocking_cell_of_jupyterlab(
    side: Side, seconds: int, open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    notebook = open_chat("jupyterlab", simulator, f"time.sleep({seconds})", side=side)
    other = Other(simulator, side)
    started = time.monotonic()
    notebook.start_cell(1)
    number = 0
    while number < 1 or time.monotonic() - started < seconds - 5:
        number += 1
        other.types()
        notebook.chat.expect_typing(side.typing_line, 2_000)
        other.says(f"inbound {number}")
        notebook.chat.expect_message(f"inbound {number}", "read", 4_000)
        notebook.chat.type(f"out{number}")
        simulator.wait_for(lambda log, n=number: log.typing.count(True) == n, "typing during the cell", 2)  # type: ignore[misc]
        notebook.chat.composer.press("Enter")
        simulator.wait_for(lambda log, n=number: len(log.texts) == n, "the message during the cell", 2)  # type: ignore[misc]
    assert notebook.cell_is_running(1)
    notebook.finish_cell(1)

    truth = simulator.truth()
    assert len(truth.connections_of("authenticated")) == 1, "the stream must live through it"
    other.expect_read(*(entry["message_id"] for entry in other.said(truth)))
    assert truth.texts == [f"out{n}" for n in range(1, number + 1)]


def test_messages_and_typing_arrive_during_a_blocked_kernel_of_voila(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    seconds = 6
    notebook = open_chat("voila", simulator, BLOCK_BUTTON.format(seconds=seconds))
    started = time.monotonic()
    notebook.page.get_by_role("button", name="Block").click()
    for number in range(1, 4):
        simulator.agent_types()
        notebook.chat.expect_typing("Ann is typing…", 2_000)
        simulator.agent_says(f"inbound {number}")
        notebook.chat.expect_message(f"inbound {number}", timeout_ms=2_000)
    assert time.monotonic() - started < seconds, "all of it while the kernel was blocked"
    notebook.chat.send("held until the kernel is free")
    truth = simulator.wait_for(lambda log: log.texts and len(log.read_ids) == 3, "what waited", seconds + 5)

    assert truth.texts == ["held until the kernel is free"]
    assert len(truth.connections_of("authenticated")) == 1


def test_an_awaiting_cell_of_jupyterlab_holds_nothing_up(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    application: demo.Application = "jupyterlab"
    notebook = open_chat(application, simulator, "import asyncio; await asyncio.sleep(4)")
    notebook.start_cell(1)
    notebook.chat.send("while awaiting")
    simulator.wait_for(lambda log: log.texts == ["while awaiting"], "the message", 3)
    simulator.agent_says("answer")
    notebook.chat.expect_message("answer", "read", 3_000)
    assert notebook.cell_is_running(1)
    notebook.finish_cell(1)
