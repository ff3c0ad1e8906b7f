"""Sends to one notification channel's socket: heartbeats, system notices, and events by topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.bodies import Bodies
from ipygenesys.simulator.agent_messaging.topics import CONVERSATIONS
from ipygenesys.simulator.faults.kinds import Fault, NoLongerSubscribed, SocketClosing
from ipygenesys.simulator.hub.stream import Frame, Stream
from ipygenesys.simulator.state.conversation import (
    Conversation,
    ConversationChanged,
    Event,
    LegChanged,
    Message,
    MessagePosted,
    MessageWithdrawn,
    PresenceChanged,
    ReceiptIssued,
    TypingChanged,
)

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
        bodies: Callable[[], Bodies],
        conversation: Callable[[str], Conversation],
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
        self._bodies = bodies
        self._conversation = conversation
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
        match event:
            case TypingChanged(conversation_id, who, True) if who.role == "customer":
                body = self._bodies().typing_event(conversation_id, who, self._clock.now())
                yield from self._on((wire.USER_TYPING_TOPIC.format(user_id=self._user_id),), "typing", body)
            case MessagePosted(m) | MessageWithdrawn(m):
                yield from self._conversation_frames(m.conversation_id, m)
            case ReceiptIssued(m) if not m.is_inbound:
                yield from self._conversation_frames(m.conversation_id, m)
            case ConversationChanged(conversation_id) | LegChanged(conversation_id):
                yield from self._conversation_frames(conversation_id, None)
            case PresenceChanged(conversation_id):
                yield from self._conversation_frames(conversation_id, None)
            case _:
                pass

    @property
    def _user_id(self) -> str:
        return self._bodies().identity.user_id

    def _conversation_frames(self, conversation_id: str, changed: Message | None) -> Iterator[Frame]:
        bodies, conversation = self._bodies(), self._conversation(conversation_id)
        messages = _named(conversation, changed)
        user_id, queue_id = bodies.identity.user_id, bodies.identity.queue_id
        by_media = (
            wire.USER_MESSAGES_TOPIC.format(user_id=user_id),
            wire.QUEUE_MESSAGES_TOPIC.format(queue_id=queue_id),
        )
        generic = CONVERSATIONS.format(id=user_id)
        if self.channel.names.isdisjoint((*by_media, generic)):
            return
        yield from self._on(by_media, "message", bodies.message_event(conversation, messages))
        yield from self._on((generic,), "message", bodies.generic_event(conversation, messages))

    def _on(self, topics: tuple[str, ...], kind: str, body: dict[str, Any]) -> Iterator[Frame]:
        for topic in topics:
            if topic in self.channel.names:
                frame = {
                    "topicName": topic,
                    "version": "2",
                    "eventBody": body,
                    "metadata": {"CorrelationId": self._new_id()},
                }
                yield kind, msgspec.json.encode(frame)


def _named(c: Conversation, changed: Message | None) -> list[Message]:
    """The messages that an event names: the newest, and the one that it is about."""
    messages = c.messages[-wire.Unverified.MESSAGES_IN_EVENT :]
    if changed is not None and changed.sequence < messages[0].sequence:
        return [changed, *messages]
    return messages


def streams_of(hub: Hub, channel: Channel) -> list[AgentStream]:
    """The open sockets of a channel; a second one ends the first."""
    return [s for s in hub.audience.open if isinstance(s, AgentStream) and s.channel is channel]


def watch(hub: Hub, stream: AgentStream) -> None:
    """A channel that has topics gets the events."""
    if stream not in hub.audience.listening and stream.channel.topics:
        hub.add_stream(stream)
