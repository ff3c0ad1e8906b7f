"""Accepts the tutorial's event stream: handshake, authenticate frame, expiry, closes."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from ipygenesys._wire import messaging_events as wire
from ipygenesys.simulator.hub.stream import Stream
from ipygenesys.simulator.messaging_events.frames import encode_event
from ipygenesys.simulator.messaging_events.rest import PROTOCOL, USE
from ipygenesys.simulator.serving.rest import bearer_token, require_scope
from ipygenesys.simulator.serving.sockets import SocketEndpoint


class EventStream(SocketEndpoint):
    """The WebSocket endpoint of the event stream; the only frame that a client has to send holds one token."""

    protocol = PROTOCOL

    def _check(self, request: web.Request, now: float) -> None:
        if "Authorization" in request.headers:
            require_scope(bearer_token(self._hub, request.headers, now), USE)

    def _stream(self, number: int, request: web.Request, socket: web.WebSocketResponse) -> Stream:
        hub = self._hub
        return Stream(
            number,
            socket,
            request.transport,
            protocol=PROTOCOL,
            clock=hub.clock,
            faults=lambda: hub.faults,
            encode=lambda event: encode_event(hub, event),
        )

    async def _converse(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        if await self._authenticate(stream, socket):
            self._hub.greet(stream)
            self._hub.add_stream(stream)
        # The contract has no further frames from the client: they are read so that pings and closes are seen.
        while await self._next_text(stream, socket) is not None:
            pass

    async def _authenticate(self, stream: Stream, socket: web.WebSocketResponse) -> bool:
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
            reason = "invalid token" if token is None else f"missing scope {USE}"
            stream.close(wire.CLOSE_UNAUTHENTICATED, reason)
            return False
        self._authenticated(stream)
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
