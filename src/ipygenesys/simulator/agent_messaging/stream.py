"""Sends to one notification channel's socket: heartbeats, system notices, and events by topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.told import Telling
from ipygenesys.simulator.faults.kinds import Fault, NoLongerSubscribed, SocketClosing
from ipygenesys.simulator.hub.stream import Frame, Stream
from ipygenesys.simulator.state.conversation import Event

if TYPE_CHECKING:
    import asyncio

    from aiohttp import web

    from ipygenesys.simulator.faults.active import Faults
    from ipygenesys.simulator.hub.hub import Hub
    from ipygenesys.simulator.state.channels import Channel
    from ipygenesys.simulator.state.clock import Clock

PROTOCOL = "agent-messaging"
CLOSING_NOTICE_S = 60.0
"""Source: about a minute, CLI listenchannel.go."""


class AgentStream(Stream):
    """A channel's connection."""

    def __init__(
        self,
        number: int,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        channel: Channel,
        clock: Clock,
        faults: Callable[[], Faults],
        telling: Callable[[Event], Telling],
        heartbeat_s: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        super().__init__(
            number,
            socket,
            transport,
            protocol=PROTOCOL,
            clock=clock,
            faults=faults,
            encode=lambda event: list(self._frames(event)),
            side="agent",
        )
        self.channel = channel
        self._telling = telling
        self._heartbeat_s = heartbeat_s
        self._new_id = new_id

    # --- what the service says by itself

    def start_heartbeats(self) -> None:
        """From now on, as long as the socket lives."""
        self._later("heartbeat", self._heartbeat_s(), self._beat)

    def _beat(self) -> None:
        self.notice(wire.METADATA_TOPIC, "WebSocket Heartbeat")
        self.start_heartbeats()

    def notice(self, topic: str, message: str) -> None:
        """A frame about the channel itself."""
        body = {"topicName": topic, "eventBody": {"message": message}}
        self.send_raw(msgspec.json.encode(body).decode())

    def answer(self, body: dict[str, Any]) -> None:
        """Answers what the client said on the socket."""
        self.send_raw(msgspec.json.encode(body).decode())

    def announce_closing(self, seconds: float | None) -> None:
        """The server wants to be rid of this socket; the channel lives on."""
        self.notice(wire.SOCKET_CLOSING_TOPIC, "The socket is about to close; please reconnect.")
        wait_s = CLOSING_NOTICE_S if seconds is None else seconds
        code = wire.Unverified.CLOSING_CLOSE_CODE
        self._later("closing", wait_s, lambda: self.close(code, "socket closing"))

    def end(self, reason: str) -> None:
        """The channel has ended, or is connected elsewhere."""
        self.close(wire.Unverified.ENDED_CLOSE_CODE, reason)

    def no_longer_subscribed(self) -> None:
        """The service has ended the channel's subscriptions."""
        self.notice(f"{wire.NO_LONGER_SUBSCRIBED_TOPIC}.{self.channel.token.user_id}", "No longer subscribed")

    def expire_session(self) -> None:
        """The token's life is over, or it was revoked."""
        self.notice(f"{wire.TOKEN_REVOKED_TOPIC}.{self.channel.token.user_id}", "Token revoked")
        self.end("token revoked")

    def is_for(self, owner: object) -> bool:
        return self.channel is owner

    def lapse(self) -> None:
        self.end("channel expired")

    def strike(self, fault: Fault) -> None:
        match fault:
            case SocketClosing(seconds=seconds):
                self.announce_closing(seconds)
            case NoLongerSubscribed():
                self.channel.set_topics(())
                self.no_longer_subscribed()
            case _:
                super().strike(fault)

    # --- events

    def _frames(self, event: Event) -> Iterator[Frame]:
        if not self.channel.names:
            return
        for topic, kind, body in self._telling(event).to(self.channel.names):
            frame = {
                "topicName": topic,
                "version": "2",
                "eventBody": msgspec.Raw(body),
                "metadata": {"CorrelationId": self._new_id()},
            }
            yield kind, msgspec.json.encode(frame)


def streams_of(hub: Hub, channel: Channel) -> list[AgentStream]:
    """The open sockets of a channel; a second one ends the first."""
    return [s for s in hub.audience.open if isinstance(s, AgentStream) and s.channel is channel]


def watch(hub: Hub, stream: AgentStream) -> None:
    """A channel that has topics gets the events."""
    if stream not in hub.audience.listening and stream.channel.topics:
        hub.add_stream(stream)
