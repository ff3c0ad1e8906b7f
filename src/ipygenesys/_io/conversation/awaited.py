"""What is waited for that no event tells of: looked at whenever the conversation has settled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress


class Awaited:
    """Conditions, and who waits for them; looked at on the loop's thread, asked for on any."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], bool], Future[bool]]] = []

    def look(self) -> None:
        """They may be so now."""
        for each in list(self._waiting):
            is_so, future = each
            if future.done() or is_so():
                self._waiting.remove(each)
                if future.set_running_or_notify_cancel():
                    future.set_result(True)

    def add(self, is_so: Callable[[], bool]) -> Future[bool]:
        """Done once it is so; whoever asks has it looked at."""
        future = Future[bool]()
        self._waiting.append((is_so, future))
        return future

    async def until(self, is_so: Callable[[], bool], timeout_s: float) -> None:
        """Wait for it, but not for ever; on the loop's thread."""
        future = self.add(is_so)
        self.look()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await asyncio.wrap_future(future)
