"""Mistakes that are easily made with a Chat are told at once; handlers may be async."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, cast

import pytest
from traitlets import TraitError

from tests.widget.browser import eventually
from tests.widget.conftest import Bench


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("height", r"Did you mean \.layout\.height\?"),
        ("titel", "no attribute 'titel'"),
        ("on_mesage", "'on_message'"),
    ],
)
def test_an_attribute_that_nothing_looks_at_is_refused(name: str, words: str, bench: Bench) -> None:
    chat = bench.chat()
    with pytest.raises(AttributeError, match=words):
        setattr(chat, name, "600px")
    chat.layout.height = "600px"
    chat._mine = 1


def test_a_trait_that_is_none_cannot_be_observed(bench: Bench) -> None:
    chat = bench.chat()
    with pytest.raises(TraitError, match=r"no trait 'statos' to observe\. Did you mean 'status'"):
        chat.observe(print, "statos")
    with pytest.raises(TypeError, match="not async"):
        chat.observe(asyncio.sleep, "status")
    chat.observe(print, ["status", "typing"])
    chat.observe(print)


def test_a_time_to_wait_that_is_none_is_told_in_a_plain_cell_too(bench: Bench) -> None:
    chat = bench.connected()
    for wait in (chat.wait_for_message, lambda given: chat.wait_until(lambda: True, given)):
        with pytest.raises(TypeError, match="timeout must be a number of seconds, or None"):
            wait(cast("Any", "5"))
    with pytest.raises(TypeError, match="timeout must be"):
        chat.ask("hello", timeout=cast("Any", [5]))
    assert bench.received("send") == []


def test_async_handlers_run_in_order_on_the_handlers_own_loop_and_may_wait(bench: Bench) -> None:
    chat = bench.connected()
    heard: list[tuple[str, str]] = []

    async def answer(message: Any) -> None:
        await asyncio.sleep(0.01)
        heard.append((message.text, threading.current_thread().name))
        await chat.send("you said " + message.text)

    chat.on_message(answer)
    bench.simulator.agent_say("m", count=2)
    eventually(lambda: len(bench.received("send")) == 2)
    assert heard == [("m 1", "ipygenesys-handlers"), ("m 2", "ipygenesys-handlers")]


@pytest.mark.parametrize("is_async", [False, True])
def test_what_fails_in_a_handler_is_shown_whole_where_asked(
    is_async: bool, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = bench.connected()
    failed = threading.Event()

    def fail(message: Any) -> None:
        failed.set()
        raise ValueError(f"WORDS {message.text}")

    async def fail_later(message: Any) -> None:
        fail(message)

    chat.on_message(fail_later if is_async else fail, show_errors=True)
    bench.simulator.agent_say("hello")
    assert failed.wait(10)
    chat.close()
    shown = capsys.readouterr().err
    assert "ValueError: WORDS hello" in shown
    assert "A handler of yours failed: ValueError in " in shown
