"""Calls that several conversations make at the same time: one is made, and its answer is everybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ipygenesys._protocols.flow import CallError, Request


class SharedCalls:
    """Those of the same credentials on one loop; for what reads alike whenever it is read."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, str, bytes | None], asyncio.Future[bytes]] = {}

    async def answer(self, request: Request, call: Callable[[], Awaitable[bytes]]) -> bytes:
        """What the call, or the same one of somebody else, is answered with.

        Raises:
            CallError: it failed.
        """
        key = (request.method, request.path, request.body)
        while (others := self._under_way.get(key)) is not None:
            await asyncio.wait([others])
            with suppress(asyncio.CancelledError):  # Whoever made it has gone.
                return others.result()
        ours = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            body = await call()
        except CallError as error:
            ours.set_exception(error)
            ours.exception()  # Seen, also where nobody waits.
            raise
        else:
            ours.set_result(body)
            return body
        finally:
            ours.cancel()
            del self._under_way[key]
