"""Accepts notification sockets: the channel's id is the secret, one socket for each channel."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.bodies import bodies_of
from ipygenesys.simulator.agent_messaging.channels import subscribe, wished
from ipygenesys.simulator.agent_messaging.stream import PROTOCOL, AgentStream, streams_of, watch
from ipygenesys.simulator.agent_messaging.told import Telling
from ipygenesys.simulator.hub.stream import Stream
from ipygenesys.simulator.serving.errors import ApiError
from ipygenesys.simulator.serving.sockets import SocketEndpoint
from ipygenesys.simulator.state.channels import Channel
from ipygenesys.simulator.state.conversation import Event

SOCKET_PATH = "/channels/{channel_id}"


class ChannelSocket(SocketEndpoint):
    """The WebSocket endpoint of the notification service."""

    protocol = PROTOCOL
    _told_last: Telling | None = None

    def _channel(self, request: web.Request) -> Channel | None:
        return self._hub.channels.find(request.match_info["channel_id"], self._hub.clock.now())

    def _check(self, request: web.Request, now: float) -> None:
        if self._channel(request) is None:
            status = wire.Unverified.UNKNOWN_CHANNEL_STATUS
            raise ApiError(status, "not.found", "The channel does not exist.")

    def _stream(self, number: int, request: web.Request, socket: web.WebSocketResponse) -> Stream:
        hub = self._hub
        channel = self._channel(request)
        assert channel is not None
        return AgentStream(
            number,
            socket,
            request.transport,
            channel=channel,
            clock=hub.clock,
            faults=lambda: hub.faults,
            telling=self._telling,
            heartbeat_s=lambda: hub.agent_api.heartbeat_s,
            new_id=hub.new_context_id,
        )

    def _telling(self, event: Event) -> Telling:
        """What there is to tell of an event; the channels are told of one after the other."""
        last = self._told_last
        if last is None or last.event is not event:
            last = self._told_last = Telling(event, bodies_of(self._hub), self._hub.clock.now())
        return last

    async def _converse(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        assert isinstance(stream, AgentStream)
        hub, channel = self._hub, stream.channel
        for other in streams_of(hub, channel):
            if other is not stream:
                other.end("channel connected elsewhere")
        channel.stream = stream.number
        self._authenticated(stream)
        stream.start_heartbeats()
        watch(hub, stream)
        try:
            while (text := await self._next_text(stream, socket)) is not None:
                self._hear(stream, text)
        finally:
            if channel.stream == stream.number:
                channel.stream = None

    def _hear(self, stream: AgentStream, text: str) -> None:
        try:
            frame = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            frame = None
        match frame:
            case {"message": "ping"}:
                stream.notice(wire.METADATA_TOPIC, "pong")
            case {"message": "subscribe", "topics": list(topics)}:
                stream.answer(self._subscribed(stream, topics) | _correlation(frame))
            case _:
                stream.answer({"result": "400", "status": "failure", "message": "Unknown message"})

    def _subscribed(self, stream: AgentStream, topics: list[Any]) -> dict[str, Any]:
        # Source: genesys-notifications only; no official client subscribes on the socket.
        hub, channel = self._hub, stream.channel
        now = hub.clock.now()
        if channel.has_ended or hub.accounts.check(channel.token.value, now) is None:
            return {"result": "404", "message": "The channel or its token has expired."}
        verdicts = wished(hub, channel, [t for t in topics if isinstance(t, str)])
        if any(v.reason is not None for v in verdicts):
            return {"result": "400", "status": "failure", "message": "A topic is not permitted."}
        try:
            subscribe(hub, channel, verdicts, now)
        except ApiError as error:
            return {"result": "400", "status": "failure", "message": error.message}
        return {"result": "200", "status": "subscribed"}


def _correlation(frame: dict[str, Any]) -> dict[str, Any]:
    return {"correlationId": frame["correlationId"]} if "correlationId" in frame else {}
