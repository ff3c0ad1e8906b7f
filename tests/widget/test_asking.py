"""Asking in a plain cell and in an async one, and why not in a handler."""

from __future__ import annotations

import threading

import pytest

from ipygenesys import DeliveryFailed, GenesysError
from tests.widget.browser import eventually
from tests.widget.conftest import Bench


def answer_later(bench: Bench, *lines: str) -> None:
    def run() -> None:
        eventually(lambda: bench.received("send"))
        for line in lines:
            bench.simulator.agent_say(line)

    threading.Thread(target=run, daemon=True).start()


def test_a_plain_cell_asks_and_has_all_that_is_said_to_it(bench: Bench) -> None:
    chat = bench.chat()
    answer_later(bench, "Let me see.", "Here it is.")
    assert [reply.text for reply in chat.ask("Where is it?", 0.3)] == ["Let me see.", "Here it is."]
    with pytest.raises(TimeoutError, match=r"Nobody answered within 0\.1 s"):
        chat.ask("Anything else?", timeout=0.1)


async def test_an_async_cell_asks_too(bench: Bench) -> None:
    chat = bench.connected()
    answer_later(bench, "Here it is.")
    assert [reply.text for reply in await chat.aask("Where is it?", quiet=0.2)] == ["Here it is."]


def test_what_is_not_sent_or_is_closed_has_no_answer(bench: Bench) -> None:
    chat = bench.connected()
    bench.simulator.fault("error", status=422, path="/messages", method="POST", count=1)
    with pytest.raises(DeliveryFailed):
        chat.ask("Where is it?")
    threading.Timer(0.2, chat.close).start()
    with pytest.raises(GenesysError, match="closed"):
        chat.ask("Where is it?")
    with pytest.raises(GenesysError, match="closed"):
        chat.ask("Where is it?")


def test_a_handler_that_would_ask_is_told_how(bench: Bench) -> None:
    chat = bench.connected()
    errors: list[str] = []

    def hear(_: object) -> None:
        try:
            chat.ask("Where is it?")
        except RuntimeError as error:
            errors.append(str(error))

    chat.on_message(hear)
    bench.simulator.agent_say("hello")
    eventually(lambda: errors)
    assert "await aask() instead" in errors[0]
    assert bench.received("send") == []
