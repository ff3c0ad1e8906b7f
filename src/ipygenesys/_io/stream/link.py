"""An open stream with its reader, which hands each frame to all who are fed by it.

One conversation on a socket of its own is the simple case. A stream may have several sockets: it is lost with the first of
them. Of several, each hears what is for it or for all; whoever
leaves as the last one closes the socket. Who is fed by a newer link, too, hears what is for it on both, does not hold this
one open, and is not lost with it. A bug in the reading of one ends that one's part only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream, StreamError


class Link:
    """Reads from the moment it is made, until the stream is lost or nobody is fed any more.

    Args:
        stream: open.
        addressee: whom a frame is for; None: all. Asked only if there are several.
    """

    def __init__(self, stream: Stream, *, addressee: Callable[[bytes], str | None] = lambda _: None) -> None:
        self.close_code: int | None = None
        """With which the other side has ended it."""
        self._streams = [stream]
        self._addressee = addressee
        self._fed: list[Subscription] = []
        self._said: str | None = None
        """The last words, until something is heard."""
        self._rest_s = 0.0
        """Between what is read together: as whoever is fed lets it."""
        self._is_closing = False
        self._readings = [self._begin(stream)]

    @property
    def is_alive(self) -> bool:
        """It is read, and for somebody."""
        return bool(self.fed) and not self._is_closing

    @property
    def fed(self) -> tuple[Subscription, ...]:
        """Who is fed by this link, and not by a newer one."""
        return tuple(each for each in self._fed if each.carrier is self)

    def feed(self, subscription: Subscription) -> Subscription:
        """Hand it each frame from now on."""
        subscription.carrier = self
        self._fed.append(subscription)
        self._rest_s = max(self._rest_s, subscription.read_every_s)
        return subscription

    def add(self, stream: Stream) -> None:
        """One more socket; dropped at once if those that there were have been lost meanwhile."""
        if not self.is_alive:
            stream.abort()
            return
        self._streams.append(stream)
        self._readings.append(self._begin(stream))

    async def send(self, frame: str) -> None:
        """Say something on every socket; what several say at once, such as a ping, is said once.

        Raises:
            StreamError: the stream is lost.
        """
        if len(self._fed) > 1 and frame == self._said:
            return
        self._said = frame
        for stream in tuple(self._streams):
            await stream.send(frame)

    async def leave(self, subscription: Subscription, *, says_goodbye: bool) -> None:
        """Feed it no more; if nobody else is fed, close the stream. Doing it twice is fine."""
        self._forget(subscription)
        if self.fed:
            return
        self._is_closing = True
        if says_goodbye:
            closing = (stream.close() for stream in self._streams)
            await asyncio.gather(*closing, return_exceptions=True)
        for stream, reading in zip(self._streams, self._readings, strict=True):
            stream.abort()
            reading.cancel()
        await asyncio.gather(*self._readings, return_exceptions=True)

    def _begin(self, stream: Stream) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(self._read(stream))

    async def _read(self, stream: Stream) -> None:
        keeping = asyncio.get_running_loop().create_task(stream.keep_alive(self._ponged))
        try:
            async for data in stream.frames():
                self._said = None
                for each in self._addressed(data):
                    try:
                        await each.hear(data)
                    except Exception as bug:
                        self._forget(each)
                        each.end(bug)
                if self._rest_s and stream.is_drained:
                    await asyncio.sleep(self._rest_s)
        except Exception as error:  # A StreamError, but for a bug.
            if not self._is_closing:
                self._lost(stream, error)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    def _lost(self, lost: Stream, error: Exception) -> None:
        self._is_closing = True
        if isinstance(error, StreamError):
            self.close_code = error.loss.close_code
        for each in self.fed:
            each.end(error)
        for stream in self._streams:
            if stream is not lost:
                stream.abort()

    def _ponged(self, latency_s: float) -> None:
        for each in self.fed:
            each.on_pong(latency_s)

    def _addressed(self, data: bytes) -> tuple[Subscription, ...]:
        address = self._addressee(data) if len(self._fed) > 1 else None
        if address is None:
            return self.fed
        return tuple(each for each in self._fed if each.address in (None, address))

    def _forget(self, subscription: Subscription) -> None:
        with suppress(ValueError):
            self._fed.remove(subscription)
