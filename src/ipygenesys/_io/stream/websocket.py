"""The event stream: one WebSocket, from handshake to loss. The only module that imports websockets.

A stream is never reused: the core numbers them and asks for a new one. The library answers the server's pings by
itself; ours are sent here (``keep_alive``).
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import cast

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.frames import DATA_OPCODES, Frame
from websockets.protocol import Event

from ipygenesys._core.machines.backoff import parse_retry_after
from ipygenesys._core.machines.silence import LOOK_AGAIN_S
from ipygenesys._core.model.effects import NORMAL_CLOSURE
from ipygenesys._core.model.failures import ErrorDetails, Failure, failure_of_status, permissions_in
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._io.host import proxies

OPEN_S = 10.0
PING_INTERVAL_S = 13.0
PING_TIMEOUT_S = 9.5
"""A dead connection is noticed within the sum of these and ``LOOK_AGAIN_S``; required are 25 s.
Source: reference/realtime.md 4.4, T3."""
CLOSE_S = 2.0
MAX_FRAME_BYTES = 10 << 20
"""What the socket lets through; the protocol reads 1 MiB and counts the rest, so that no frame ends the stream."""
MAX_UNREAD_FRAMES = 1
"""Taken by the library while nobody reads; then the server is slowed down. They may be as large as any."""
MAX_EARLY_FRAMES, MAX_EARLY_BYTES = 2000, 8 << 20
"""Read before the answer to our first ping, which comes behind them. Source: reference/realtime.md 4.4."""
MAX_UNSENT_BYTES = 1 << 20
"""Many times what we ever say at once: a server asks for pongs, and does not take them."""
_YIELD_EVERY = 512
"""Some milliseconds: a reader that gets less of the loop than a slow consumer falls behind the pongs."""

_log = logging.getLogger("ipygenesys.stream")

# The library's own log lines show frames, hence tokens and texts: they go nowhere.
_silent = logging.Logger("ipygenesys.websockets", level=logging.CRITICAL + 1)


class StreamError(Exception):
    """The stream has ended, or could not be opened."""

    def __init__(self, loss: StreamLoss, reason: str = "") -> None:
        super().__init__("The event stream was lost.")
        self.loss = loss
        self.reason = reason
        """The server's words in its close frame: they may quote anything, and are for recordings alone."""


class _Connect(connect):
    """No redirects: the token would follow them."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _Connection(ClientConnection):
    """Pongs are not waited for, hence not bounded. Messages that have come are counted."""

    come = 0

    def process_event(self, event: Event) -> None:
        super().process_event(event)
        if isinstance(event, Frame) and event.fin and event.opcode in DATA_OPCODES:
            self.come += 1

    def pause_writing(self) -> None:
        super().pause_writing()
        self.transport.abort()


class Stream:
    """An open event stream."""

    def __init__(self, socket: _Connection) -> None:
        self._socket = socket
        self._heard = 0
        """Frames so far."""
        self._early: deque[bytes] = deque()
        self._reading: asyncio.Task[bytes] | None = None
        """A frame that was begun with when the stream was opened."""

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        headers: dict[str, str],
        first_frames: tuple[str, ...],
        now_epoch: float,
        needs: tuple[str, ...] = (),
        refusals: Mapping[int, str] = MappingProxyType({}),
    ) -> Stream:
        """Open a stream and see the server let its first frames pass.

        The server confirms nothing in this protocol; the answer to a ping sent after the first frames shows that it
        has read them, and a refusal would have closed the stream by then.

        Compression is not offered: a few kilobytes may unpack to gigabytes, and the library bounds that per frame
        only. A conversation's frames have some hundred bytes, some a minute; deflate would save two thirds of them.

        Raises:
            StreamError: it could not be opened.
        """
        stream: Stream | None = None
        try:
            async with asyncio.timeout(OPEN_S):
                socket = await _Connect(
                    url,
                    create_connection=_Connection,
                    additional_headers=headers,
                    open_timeout=None,
                    close_timeout=CLOSE_S,
                    ping_interval=None,
                    max_size=MAX_FRAME_BYTES,
                    max_queue=MAX_UNREAD_FRAMES,
                    write_limit=MAX_UNSENT_BYTES,
                    compression=None,
                    logger=_silent,
                    proxy=proxies.proxy_of(url),
                )
                stream = cls(cast("_Connection", socket))
                for frame in first_frames:
                    await socket.send(frame)
                await stream._until_answered()
        except BaseException as error:
            if stream is not None:
                stream.abort()
            if isinstance(error, Exception):
                raise StreamError(_explained(_loss_of(error, now_epoch, needs), refusals)) from None
            raise
        _log.debug("> the stream is open")
        return stream

    async def _until_answered(self) -> None:
        """Ping, and keep what the server says before its answer, within bounds."""
        answer = asyncio.ensure_future(await self._socket.ping())
        early_bytes = 0
        while not answer.done() and len(self._early) < MAX_EARLY_FRAMES and early_bytes < MAX_EARLY_BYTES:
            if self._reading is None:
                self._reading = asyncio.ensure_future(self._whole())
                # Whoever has stopped reading needs no word of its end.
                self._reading.add_done_callback(lambda done: done.cancelled() or done.exception())
            await asyncio.wait({answer, self._reading}, return_when=asyncio.FIRST_COMPLETED)
            if self._reading.done():
                self._early.append(await self._reading)
                early_bytes += len(self._early[-1])
                self._reading = None
        await answer

    @property
    def is_drained(self) -> bool:
        """All that has come was read."""
        return self._heard == self._socket.come

    async def frames(self) -> AsyncIterator[bytes]:
        """Everything that the server says, until the stream is lost.

        Undecoded: text that is not UTF-8 would make the library end the stream.

        Raises:
            StreamError: always, in the end.
        """
        try:
            while True:
                data = await self._next()
                self._heard += 1
                yield data
                if self._heard % _YIELD_EVERY == 0:
                    await asyncio.sleep(0)  # A flood is answered from the buffer, without ever giving way.
        except ConnectionClosed as error:
            reason = error.rcvd.reason if error.rcvd else ""
            raise StreamError(_loss_of(error, 0.0), reason) from None

    async def _next(self) -> bytes:
        if self._early:
            return self._early.popleft()
        reading, self._reading = self._reading, None
        return await (reading or self._whole())

    async def _whole(self) -> bytes:
        """A frame in pieces is put together as it comes: each piece that waits takes hundreds of bytes."""
        whole = bytearray()
        async for piece in self._socket.recv_streaming(decode=False):
            whole += piece
        return bytes(whole)

    async def keep_alive(self, on_pong: Callable[[float], object] = lambda _: None) -> None:
        """Ping, and drop a connection from which nothing comes any more; until it is dropped or this is cancelled.

        Args:
            on_pong: hears how many seconds the answer took.

        The library's own keepalive looks at the time alone. After the loop has stood still for long, behind a slow
        function or a call that holds the interpreter, that costs a sound stream whose pong lies in the socket's buffer.
        This one first has read what came meanwhile, and takes every frame for a sign of life.
        """
        while True:
            await asyncio.sleep(PING_INTERVAL_S)
            heard, answer = self._heard, asyncio.ensure_future(self._answer(on_pong))
            try:
                for patience_s in (PING_TIMEOUT_S, LOOK_AGAIN_S):
                    await asyncio.wait({answer}, timeout=patience_s)
                    if answer.done() or self._heard > heard:
                        break
                else:
                    _log.debug("< nothing, not even a pong")
                    self.abort()
                    return
            finally:
                answer.cancel()

    async def _answer(self, on_pong: Callable[[float], object]) -> None:
        with suppress(ConnectionClosed):  # Whoever reads hears of it.
            on_pong(await (await self._socket.ping()))

    async def send(self, frame: str) -> None:
        """Say something.

        Raises:
            StreamError: the stream is lost.
        """
        try:
            await self._socket.send(frame)
        except ConnectionClosed as error:
            raise StreamError(_loss_of(error, 0.0)) from None

    async def close(self, code: int = NORMAL_CLOSURE) -> None:
        """Say goodbye, for at most CLOSE_S."""
        await self._socket.close(code)

    def abort(self) -> None:
        """Drop the connection without a word."""
        self._socket.transport.abort()


def _explained(loss: StreamLoss, refusals: Mapping[int, str]) -> StreamLoss:
    """The loss in the words of the protocol, which knows what a refusing status means there."""
    words = refusals.get((loss.failure and loss.failure.status) or 0)
    if words is None or loss.failure is None:
        return loss
    return StreamLoss(failure=msgspec.structs.replace(loss.failure, message=words))


def _loss_of(error: Exception, now_epoch: float, needs: tuple[str, ...] = ()) -> StreamLoss:
    if isinstance(error, ConnectionClosed):
        code = error.rcvd.code if error.rcvd else error.sent.code if error.sent else 1006
        _log.debug("< the stream was closed (%d)", code)
        return StreamLoss(close_code=code)
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        header = error.response.headers.get("Retry-After")
        body = error.response.body or b""
        details = ErrorDetails(
            correlation_id=error.response.headers.get("ININ-Correlation-Id"),
            permissions=permissions_in(body[:4096].decode("utf-8", "replace")),
        )
        retry_after_s = parse_retry_after(header, now_epoch=now_epoch) if header or status == 429 else None
        failure = failure_of_status(
            status, what="Opening the event stream", details=details, needs=needs, retry_after_s=retry_after_s
        )
        return StreamLoss(failure=failure)
    if isinstance(error, ssl.SSLCertVerificationError):
        words = "Opening the event stream: the server's TLS certificate was not accepted."
        return StreamLoss(failure=Failure(kind="protocol", message=words), is_tls=True)
    if isinstance(
        error, ProxyError | InvalidProxy | ImportError
    ):  # The last: a package for SOCKS is not there.
        words = f"Opening the event stream: the proxy does not let it through. {proxies.CURE}"
        if isinstance(error, ImportError):
            words = (
                "Opening the event stream: by a SOCKS proxy that takes a package: pip install python-socks"
            )
        return StreamLoss(failure=Failure(kind="unreachable", message=words))
    if isinstance(error, InvalidURI | InvalidHandshake) and not isinstance(error, EOFError):
        words = "Opening the event stream: the server does not speak WebSocket there. Check the base URL."
        return StreamLoss(failure=Failure(kind="unavailable", message=words))
    words = "Opening the event stream: the server cannot be reached. Check the network and the host name."
    return StreamLoss(failure=Failure(kind="unreachable", message=words))
