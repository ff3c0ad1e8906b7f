"""Puts all wires and the control plane on one loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ipygenesys._wire import messaging_events as wire
from ipygenesys._wire import web_messaging as guest_wire
from ipygenesys.simulator.agent_messaging.channels import ROUTES as CHANNELS
from ipygenesys.simulator.agent_messaging.media import ROUTES as MEDIA
from ipygenesys.simulator.agent_messaging.queues import ROUTES as QUEUES
from ipygenesys.simulator.agent_messaging.rest import ROUTES as AGENT
from ipygenesys.simulator.agent_messaging.socket import SOCKET_PATH as CHANNEL_PATH
from ipygenesys.simulator.agent_messaging.socket import ChannelSocket
from ipygenesys.simulator.agent_messaging.users import ROUTES as USERS
from ipygenesys.simulator.control.calls import PREFIX, add_control
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.messaging_events.rest import ROUTES
from ipygenesys.simulator.messaging_events.socket import EventStream
from ipygenesys.simulator.serving.errors import ApiError
from ipygenesys.simulator.serving.oauth import ROUTES as OAUTH
from ipygenesys.simulator.serving.redirects import LOOPBACK, host_name
from ipygenesys.simulator.serving.rest import MAX_BODY_BYTES, add_routes, error_response
from ipygenesys.simulator.state.clock import Clock
from ipygenesys.simulator.state.settings import Settings
from ipygenesys.simulator.web_messaging.rest import ROUTES as GUEST
from ipygenesys.simulator.web_messaging.socket import GuestSocket
from ipygenesys.simulator.web_messaging.uploads import add_files

HOST = "127.0.0.1"
MAX_HEADER_BYTES = 16 * 1024
SHUTDOWN_S = 0.5

log = logging.getLogger("ipygenesys.simulator")


class Server:
    """The running server; all methods belong to the loop that started it."""

    def __init__(self, settings: Settings) -> None:
        self.hub = Hub(settings, Clock(settings.clock_ahead_s))
        self.port = 0
        self._control_secret = secrets.token_urlsafe(24)
        self._runner: web.AppRunner | None = None
        self._agent: asyncio.Task[None] | None = None

    @property
    def control_path(self) -> str:
        """Of the control plane; a secret, not drawn from the seed, which others may know."""
        return f"{PREFIX}/{self._control_secret}"

    async def start(self, port: int = 0) -> None:
        """Binds the port (0: any free one) and brings the agent to life."""
        runner = web.AppRunner(
            _application(self.hub, self._control_secret),
            access_log=None,
            shutdown_timeout=SHUTDOWN_S,
            max_field_size=MAX_HEADER_BYTES,
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, port)
            await site.start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        self.port = runner.addresses[0][1]
        self._agent = asyncio.create_task(self.hub.run(), name="ipygenesys-simulator-agent")
        log.debug("simulator listens on %s:%d", HOST, self.port)

    async def stop(self) -> None:
        """Closes all streams and stops; a second call does nothing."""
        if self._agent is not None:
            self._agent.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._agent
            self._agent = None
        if self._runner is not None:
            runner, self._runner = self._runner, None
            self.hub.close()
            await runner.cleanup()


def _application(hub: Hub, control_secret: str) -> web.Application:
    app = web.Application(
        client_max_size=MAX_BODY_BYTES, middlewares=[_loopback_only(hub), _error_shape(hub)]
    )
    add_control(app, hub, control_secret)
    add_routes(app, hub, ROUTES)
    app.router.add_get(wire.STREAM_PATH, EventStream(hub).__call__)
    for routes in (OAUTH, GUEST, USERS, CHANNELS, MEDIA, QUEUES, AGENT):
        add_routes(app, hub, routes)
    app.router.add_get(CHANNEL_PATH, ChannelSocket(hub).__call__)
    add_files(app, hub)
    app.router.add_get(guest_wire.SOCKET_PATH, GuestSocket(hub).__call__)
    return app


def _loopback_only(hub: Hub) -> Middleware:
    # A web page that somebody has open can reach loopback ports too, by a name that it controls or across origins.
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        names = [f"//{request.host}", *([origin] if origin else [])]
        if any(host_name(name) not in LOOPBACK for name in names):
            return error_response(
                hub, ApiError(403, "forbidden.origin", "The simulator serves this machine only.")
            )
        return await handler(request)

    return middleware


def _error_shape(hub: Hub) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if request.path.startswith(PREFIX):
                raise
            codes = {404: "not.found", 405: "method.not.allowed"}
            code = codes.get(error.status, "bad.request")
            return error_response(hub, ApiError(error.status, code, error.reason))

    return middleware
