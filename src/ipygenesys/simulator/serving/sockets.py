"""Serves WebSockets: handshake, reading, closing; what is said on them is each wire's own."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from typing import ClassVar

from aiohttp import WSMsgType, web

from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.hub.stream import Stream
from ipygenesys.simulator.serving.errors import ApiError, fault_error
from ipygenesys.simulator.serving.rest import error_response

CLOSING_TIMEOUT_S = 1.0
FROZEN_POLL_S = 0.05

_ENDS = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


class SocketEndpoint(ABC):
    """One WebSocket endpoint; a subclass says who may come in and what the frames mean."""

    protocol: ClassVar[str]
    max_frame_bytes: ClassVar[int] = 64 * 1024

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    @abstractmethod
    def _check(self, request: web.Request, now: float) -> None:
        """Raises: ApiError, if this handshake is refused."""

    @abstractmethod
    def _stream(self, number: int, request: web.Request, socket: web.WebSocketResponse) -> Stream:
        """The stream for a handshake that was accepted."""

    @abstractmethod
    async def _converse(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        """Reads until the stream has ended."""

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Serves one stream from its handshake to its end."""
        hub, number = self._hub, self._hub.next_stream_number()
        now = hub.clock.now()
        try:
            self._admit(request, now)
        except ApiError as error:
            hub.truth.connection(now, "refused", number, protocol=self.protocol, status=error.status)
            return error_response(hub, error)
        except ConnectionRefusedError:
            hub.truth.connection(now, "refused", number, protocol=self.protocol, status=0)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        socket = web.WebSocketResponse(
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=self.max_frame_bytes,
            timeout=CLOSING_TIMEOUT_S,
        )
        await socket.prepare(request)
        hub.truth.connection(hub.clock.now(), "opened", number, protocol=self.protocol)
        await self._serve(self._stream(number, request, socket), socket)
        return socket

    def _admit(self, request: web.Request, now: float) -> None:
        hub = self._hub
        status = hub.faults.refusal(now)
        if status == 0:
            raise ConnectionRefusedError
        if status is not None:
            raise ApiError(status, "service.unavailable", "The simulator was told to refuse new streams.")
        if fault := hub.faults.before(request.method, request.path):
            raise fault_error(fault, now)
        self._check(request, now)
        if not web.WebSocketResponse().can_prepare(request):
            raise ApiError(400, "bad.request", "This path takes WebSocket connections only.")

    async def _serve(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        hub, number = self._hub, stream.number
        hub.audience.open[stream] = None
        writer = asyncio.create_task(stream.write(), name=f"ipygenesys-simulator-stream-{number}")
        try:
            await self._converse(stream, socket)
        finally:
            hub.audience.remove(stream)
            await _finish(stream, writer)
            by = stream.closed_by or "client"
            code = socket.close_code if stream.close_code is None else stream.close_code
            hub.truth.connection(hub.clock.now(), "closed", number, protocol=self.protocol, code=code, by=by)

    def _authenticated(self, stream: Stream) -> None:
        """Logs that the stream's client is known now."""
        hub = self._hub
        hub.truth.connection(hub.clock.now(), "authenticated", stream.number, protocol=self.protocol)

    async def _next_text(self, stream: Stream, socket: web.WebSocketResponse) -> str | None:
        """The next data frame (binary counts as empty text), None when the stream has ended."""
        while True:
            message = await socket.receive()
            if message.type is WSMsgType.PING:
                stream.pong(message.data)
            elif message.type is WSMsgType.CLOSE:
                await self._answer_close(stream, socket, message.data or 1000)
                return None
            elif message.type in _ENDS:
                return None
            elif message.type is WSMsgType.TEXT:
                return str(message.data)
            elif message.type is WSMsgType.BINARY:
                return ""

    async def _answer_close(self, stream: Stream, socket: web.WebSocketResponse, code: int) -> None:
        # A half-open stream answers nothing: the client's own timeout has to end it.
        # It is polled because nothing announces that the client has gone once its close frame was read.
        while stream.is_frozen and stream.is_connected:  # noqa: ASYNC110
            await asyncio.sleep(FROZEN_POLL_S)
        with contextlib.suppress(ConnectionError):
            await socket.close(code=code)


async def _finish(stream: Stream, writer: asyncio.Task[None]) -> None:
    if stream.close_code is not None and stream.is_connected:
        # The close frame is on its way; cancelling now would turn it into a cut.
        await asyncio.wait({writer}, timeout=2 * CLOSING_TIMEOUT_S)
    writer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writer
