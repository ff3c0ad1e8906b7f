"""The life of a widget's gateway on the shared thread: however its close goes, what was not sent is said."""

from __future__ import annotations

import asyncio
import threading
from asyncio import AbstractEventLoop
from queue import SimpleQueue

import pytest

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.conversation import gateway_life
from ipygenesys._io.conversation.gateway_life import GatewayLife


class Gateway:
    """Two messages of it are not sent, and its close goes as it is told."""

    unsent = 2

    def __init__(self) -> None:
        self.may_close = threading.Event()
        self.error: Exception | None = None

    def bind(self, loop: AbstractEventLoop) -> None: ...

    def abandon(self) -> None: ...

    async def close(self, why: Failure | None = None, *, sends_for_s: float = 0.0) -> None:
        await asyncio.to_thread(self.may_close.wait, 30)
        if self.error is not None:
            raise self.error


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> SimpleQueue[int]:
    """What is said on stderr, by number; and no close may take its time."""
    numbers = SimpleQueue[int]()
    monkeypatch.setattr(gateway_life, "say_unsent", numbers.put)
    monkeypatch.setattr(gateway_life, "CLOSE_S", 0.0)
    monkeypatch.setattr(gateway_life, "MARGIN_S", 0.0)
    return numbers


def test_a_close_that_takes_longer_than_it_may_says_what_is_not_sent(said: SimpleQueue[int]) -> None:
    gateway, closed = Gateway(), threading.Event()
    life = GatewayLife(gateway, then=closed.set, sends_for_s=0.0)
    life.begin()

    life.end()

    assert said.get_nowait() == 2, "said while the program has not ended"
    gateway.may_close.set()
    assert closed.wait(30)
    assert said.empty(), "said once"


@pytest.mark.parametrize("waits", [True, False], ids=["waited for", "left alone"])
def test_a_close_that_fails_says_it_too(waits: bool, said: SimpleQueue[int]) -> None:
    gateway, closed = Gateway(), threading.Event()
    gateway.error = RuntimeError("a bug")
    gateway.may_close.set()
    life = GatewayLife(gateway, then=closed.set, sends_for_s=30.0)
    life.begin()

    life.end(wait=waits)

    assert said.get(timeout=30) == 2
    assert closed.wait(30)
    assert said.empty(), "said once"
