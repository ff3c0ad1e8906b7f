"""Turns among those who need the same: one at a time, and a failure is that of all who wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ipygenesys._io.stream.websocket import StreamError
from ipygenesys._protocols.flow import CallError


class Turns:
    """Given out in the order in which they are asked for."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._failures = 0
        self._last: CallError | StreamError | None = None
        """The last failure, unless another one could have more luck."""

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A turn.

        Raises:
            CallError: of somebody who had it while we waited.
            StreamError: the same.
        """
        failures = self._failures
        async with self._lock:
            if self._last is not None and self._failures > failures:
                raise self._last
            try:
                yield
            except (CallError, StreamError) as error:
                concerns_all = isinstance(error, StreamError) or error.failure.is_transient
                self._last, self._failures = error if concerns_all else None, self._failures + 1
                raise
