"""What a delivery costs the viewers of one program, counted: calls, of Python's and C's functions."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from typing import Any

import pytest

from ipygenesys import Message
from ipygenesys._core.machines.inbound_queue import MAX_TOGETHER
from ipygenesys._core.model.platform_events import MessageArrived
from tests.io.relay.in_memory import InMemory, looking_on

VIEWERS = 50
_numbers = count(1)


def said() -> tuple[MessageArrived]:
    number = next(_numbers)
    return (
        MessageArrived(
            id=f"m{number}", text="Hello", participant_id="p1", sender="Ann", role="agent", time_ms=number
        ),
    )


class Heard:
    """What all viewers together were told."""

    def __init__(self) -> None:
        self.count = self._wanted = 0
        self._there = asyncio.Event()

    def __call__(self, message: Message) -> None:
        self.count += 1
        if self.count == self._wanted:
            self._there.set()

    async def more(self, number: int) -> None:
        """Until so many more have come."""
        self._wanted = self.count + number
        self._there.clear()
        await asyncio.wait_for(self._there.wait(), 30)


async def calls_a_delivery(redis: InMemory, heard: Heard, together: int = 1, reads: int = 10) -> float:
    calls = 0

    def counted(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        for _ in range(reads):
            redis.say(*(said() for _ in range(together)))
            await heard.more(together * VIEWERS)
    finally:
        sys.setprofile(None)
    return calls / (reads * together * VIEWERS)


async def test_a_message_costs_each_viewer_few_calls_and_fewer_where_several_are_read_together() -> None:
    heard = Heard()
    async with looking_on(VIEWERS, heard) as (redis, _):
        await calls_a_delivery(redis, heard)  # The first time, caches are filled.
        assert await calls_a_delivery(redis, heard) <= 250
        assert await calls_a_delivery(redis, heard, together=MAX_TOGETHER, reads=2) <= 130


async def test_what_each_message_puts_off_sets_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    heard, timers = Heard(), list[float]()
    async with looking_on(VIEWERS, heard) as (redis, _):
        loop = asyncio.get_running_loop()
        call_at = loop.call_at

        def counted(when: float, *arguments: Any, **options: Any) -> asyncio.TimerHandle:
            timers.append(when)
            return call_at(when, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(loop, "call_at", counted)
            await calls_a_delivery(redis, heard)
    assert len(timers) < VIEWERS, "of 10 times as many deliveries"
