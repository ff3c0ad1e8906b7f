"""An open stream with its reader, which hands each frame to all who are fed by it.

One conversation on a socket of its own is the simple case; conversations that share a socket are each fed by it, and
whoever leaves as the last one closes it. A bug in the reading of one ends that one's part only.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream


class Link:
    """Reads from the moment it is made, until the stream is lost or nobody is fed any more.

    Args:
        stream: open.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._fed: list[Subscription] = []
        self._reading = asyncio.get_running_loop().create_task(self._read())

    @property
    def is_lost(self) -> bool:
        """No frame will come any more."""
        return self._reading.done()

    def feed(self, subscription: Subscription) -> Subscription:
        """Hand it each frame from now on."""
        subscription.carrier = self
        self._fed.append(subscription)
        return subscription

    async def send(self, frame: str) -> None:
        """Say something.

        Raises:
            StreamError: the stream is lost.
        """
        await self._stream.send(frame)

    async def leave(self, subscription: Subscription, *, says_goodbye: bool) -> None:
        """Feed it no more; if nobody else is fed, close the stream. Doing it twice is fine."""
        self._forget(subscription)
        if self._fed:
            return
        if says_goodbye:
            with suppress(Exception):
                await self._stream.close()
        self._stream.abort()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        keeping = asyncio.get_running_loop().create_task(self._stream.keep_alive())
        try:
            async for data in self._stream.frames():
                for each in tuple(self._fed):
                    try:
                        await each.hear(data)
                    except Exception as bug:
                        self._forget(each)
                        each.end(bug)
        except Exception as error:  # A StreamError, but for a bug.
            for each in self._fed:
                each.end(error)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    def _forget(self, subscription: Subscription) -> None:
        with suppress(ValueError):
            self._fed.remove(subscription)
