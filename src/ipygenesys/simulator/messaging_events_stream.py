"""Accepts the tutorial's event stream: handshake, authenticate frame, expiry, closes."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from aiohttp import WSMsgType, web

from ipygenesys._wire import messaging_events as wire
from ipygenesys.simulator.hub import Hub
from ipygenesys.simulator.messaging_events import USE, encode_event
from ipygenesys.simulator.rest import ApiError, bearer_token, error_response, fault_error, require_scope
from ipygenesys.simulator.stream import Stream

MAX_FRAME_BYTES = 64 * 1024
"""Chosen: the only frame that a client has to send holds one token."""

CLOSING_TIMEOUT_S = 1.0
FROZEN_POLL_S = 0.05

_ENDS = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


class EventStream:
    """The WebSocket endpoint of the event stream."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Serves one stream from its handshake to its end."""
        hub, number = self._hub, self._hub.next_stream_number()
        now = hub.clock.now()
        try:
            self._admit(request, now)
        except ApiError as error:
            hub.truth.connection(now, "refused", number, status=error.status)
            return error_response(hub, error)
        except ConnectionRefusedError:
            hub.truth.connection(now, "refused", number, status=0)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        socket = web.WebSocketResponse(
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=MAX_FRAME_BYTES,
            timeout=CLOSING_TIMEOUT_S,
        )
        await socket.prepare(request)
        hub.truth.connection(hub.clock.now(), "opened", number)
        await self._serve(number, socket, request.transport)
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
        if "Authorization" in request.headers:
            require_scope(bearer_token(hub, request.headers, now), USE)
        if not web.WebSocketResponse().can_prepare(request):
            raise ApiError(400, "bad.request", "This path takes WebSocket connections only.")

    async def _serve(
        self, number: int, socket: web.WebSocketResponse, transport: asyncio.Transport | None
    ) -> None:
        hub = self._hub
        stream = Stream(
            number,
            socket,
            transport,
            clock=hub.clock,
            faults=lambda: hub.faults,
            encode=lambda event: encode_event(hub, event),
        )
        hub.open_streams.append(stream)
        writer = asyncio.create_task(stream.write(), name=f"ipygenesys-simulator-stream-{number}")
        try:
            if await self._authenticated(stream, socket):
                hub.add_stream(stream)
            await self._read(stream, socket)
        finally:
            hub.remove_stream(stream)
            await _finish(stream, writer)
            by = stream.closed_by or "client"
            code = socket.close_code if stream.close_code is None else stream.close_code
            hub.truth.connection(hub.clock.now(), "closed", number, code=code, by=by)

    async def _authenticated(self, stream: Stream, socket: web.WebSocketResponse) -> bool:
        hub = self._hub
        try:
            async with asyncio.timeout(hub.settings.auth_timeout_s):
                frame = await self._first_frame(stream, socket)
        except TimeoutError:
            stream.close(wire.CLOSE_UNAUTHENTICATED, "no authenticate frame")
            return False
        if frame is None:
            return False
        token = hub.accounts.check(frame.token, hub.clock.now())
        if token is None or USE not in token.scopes:
            stream.close(
                wire.CLOSE_UNAUTHENTICATED, "invalid token" if token is None else f"missing scope {USE}"
            )
            return False
        hub.truth.connection(hub.clock.now(), "authenticated", stream.number)
        stream.expire_at(token.expires_at)
        return True

    async def _first_frame(self, stream: Stream, socket: web.WebSocketResponse) -> wire.Authenticate | None:
        text = await self._next_text(stream, socket)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=wire.Authenticate)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return wire.Authenticate(token="")

    async def _read(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        # The contract has no further frames from the client: they are read so that pings and closes are seen.
        while await self._next_text(stream, socket) is not None:
            pass

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
