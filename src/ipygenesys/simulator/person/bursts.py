"""Says many messages at a rate, in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipygenesys.simulator.state.clock import Clock


class Bursts:
    """The bursts that are going on; their tasks end with them or when cancelled."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, texts: Sequence[str], rate_per_s: float, say: Callable[[str], object]) -> None:
        """Says the first one now and each next one on its beat, so that a late one does not delay the rest."""
        task = asyncio.get_running_loop().create_task(self._run(texts, rate_per_s, say))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, texts: Sequence[str], rate_per_s: float, say: Callable[[str], object]) -> None:
        begins = self._clock.now()
        for number, text in enumerate(texts):
            await asyncio.sleep(max(0.0, begins + number / rate_per_s - self._clock.now()))
            say(text)

    def cancel(self) -> None:
        """Stops all of them."""
        for task in self._tasks:
            task.cancel()
