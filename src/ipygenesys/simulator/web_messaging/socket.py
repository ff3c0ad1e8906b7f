"""Accepts guests' sockets: ``/v1?deploymentId=…``, no token, but the origin may be refused."""

from __future__ import annotations

from aiohttp import web

from ipygenesys._wire import web_messaging as wire
from ipygenesys.simulator.hub.stream import Stream
from ipygenesys.simulator.serving.errors import ApiError
from ipygenesys.simulator.serving.sockets import SocketEndpoint
from ipygenesys.simulator.web_messaging.actions import receive
from ipygenesys.simulator.web_messaging.stream import PROTOCOL, GuestStream


class GuestSocket(SocketEndpoint):
    """The WebSocket endpoint of web messaging."""

    protocol = PROTOCOL

    def _check(self, request: web.Request, now: float) -> None:
        hub = self._hub
        deployment_id = request.query.get("deploymentId")
        if not deployment_id:
            raise ApiError(400, "bad.request", "The query parameter deploymentId is missing.")
        if deployment_id != hub.identity.deployment_id:
            status = wire.Unverified.UNKNOWN_DEPLOYMENT_STATUS
            raise ApiError(status, "not.found", "The deployment does not exist.")
        if hub.deployment.status != "Active":
            raise ApiError(
                wire.Unverified.INACTIVE_DEPLOYMENT_STATUS, "forbidden", "The deployment is inactive."
            )
        allowed = hub.deployment.allowed_origins
        if allowed and request.headers.get("Origin") not in allowed:
            raise ApiError(403, "forbidden.origin", "The deployment does not allow this origin.")

    def _stream(self, number: int, request: web.Request, socket: web.WebSocketResponse) -> Stream:
        hub = self._hub
        return GuestStream(
            number,
            socket,
            request.transport,
            base_url=f"{request.scheme}://{request.host}",
            clock=hub.clock,
            faults=lambda: hub.faults,
            deployment=lambda: hub.deployment,
            new_id=hub.new_context_id,
            echo_typing=hub.settings.echo_typing,
        )

    async def _converse(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        assert isinstance(stream, GuestStream)
        while (text := await self._next_text(stream, socket)) is not None:
            receive(self._hub, stream, text)
