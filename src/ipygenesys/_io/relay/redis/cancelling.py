"""Ends what waits for Redis, though redis-py may overlook that it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")
AGAIN_S = 0.05
"""Chosen: whoever was not looking the first time is, a moment later."""


async def heeding(command: Awaitable[T]) -> T:
    """Its result; or, if whoever waits for it was cancelled meanwhile, that.

    Before a command redis-py looks into a pooled connection with no time to wait (``asyncio.timeout(0)``), and takes a
    cancellation that comes just then for the end of that time: 8.1.0 on CPython 3.11, not on 3.12.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    result = await command
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
    return result


async def end(*tasks: asyncio.Future[Any]) -> None:
    """Cancel them until they are over, whatever they come to."""
    left = {each for each in tasks if not each.done()}
    while left:
        for each in left:
            each.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_S)
    for each in tasks:
        _ = each.cancelled() or each.exception()  # It is known now.
