"""A server of Genesys' Platform API: a model of the agent's side and its notification channels on virtual time."""

from __future__ import annotations

import json
from typing import Any

from ipygenesys._wire import agent_messaging as wire
from tests.simulation.network import BASE_URL, Connection, Reply
from tests.simulation.servers import NOT_FOUND, UNAUTHORISED, BaseServer, Json, rfc3339
from tests.simulation.truth import Said

CONVERSATION = "a9e27000-0000-4000-8000-000000000001"
USER, AGENT, CUSTOMER = "u-1", "p-agent", "p-customer"
COMMUNICATION = {AGENT: "k-agent", CUSTOMER: "k-customer"}
MESSAGES_TOPIC = f"v2.users.{USER}.conversations.messages"
TYPING_TOPIC = f"v2.users.{USER}.conversations.inbound.typing.event"
NEWEST = 10
_STATUS = {"sent": "sent", "delivered": "delivery-success", "read": "read"}


class AgentServer(BaseServer):
    """We are the agent, and have the user's token for good."""

    channel_life_s = wire.CHANNEL_LIFE_S

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.token = self.new_secret()
        self.tokens[self.token] = float("inf")
        self.channels: dict[str, float] = {}
        """When each one ends."""

    # --- the other side

    def other_says(self, text: str, *, form: str = "full") -> Said:
        said = self.say(text, is_ours=False)
        self._publish(said)
        return said

    def other_types(self, is_typing: bool) -> None:
        if not is_typing:
            return
        event = {"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}
        normalized = {"type": "Event", "direction": "Inbound", "events": [event]}
        self._notify(TYPING_TOPIC, {"conversationId": CONVERSATION, "normalizedMessage": normalized})

    def other_reads(self) -> None:
        changed = [said for said in self.truth.messages if said.is_ours and said.status != "read"]
        for said in changed:
            said.status = "read"
        if changed:
            self._publish(changed[0])

    def _publish(self, said: Said) -> None:
        newest = self.truth.messages[-NEWEST:]
        self._notify(MESSAGES_TOPIC, self._event(newest if said in newest else [said, *newest]))

    def _notify(self, topic: str, body: Json) -> None:
        for connection in self._listeners():
            connection.say({"topicName": topic, "version": "2", "eventBody": body})

    # --- bodies

    def _participants(self) -> list[Json]:
        agent = {"id": AGENT, "name": "Agent Ann", "purpose": "agent"}
        return [{"id": CUSTOMER, "name": "Customer Jo", "purpose": "customer"}, agent]

    def _event(self, messages: list[Said]) -> Json:
        return {"id": CONVERSATION, "participants": [self._media(p, messages) for p in self._participants()]}

    def _media(self, participant: Json, messages: list[Said]) -> Json:
        is_agent = participant["id"] == AGENT
        named = [
            {
                "messageId": said.id,
                "message": {"id": said.id},
                "messageTime": rfc3339(said.time_ms),
                "messageStatus": _STATUS[said.status] if said.is_ours else "received",
            }
            for said in messages
            if said.is_ours == is_agent
        ]
        extra: Json = {"user": {"id": USER}, "queue": {"id": "q-1"}} if is_agent else {}
        return {**participant, "state": "connected", "messages": named, **extra}

    def _generic(self) -> Json:
        parts = []
        for participant in self._participants():
            leg = {"id": COMMUNICATION[participant["id"]], "state": "connected", "type": "webmessaging"}
            extra: Json = {"userId": USER, "queueId": "q-1"} if participant["id"] == AGENT else {}
            parts.append({**participant, **extra, "messages": [leg]})
        return {"id": CONVERSATION, "participants": parts}

    def _data(self, said: Said) -> Json:
        return {
            "id": said.id,
            "conversationId": CONVERSATION,
            "direction": "outbound" if said.is_ours else "inbound",
            "status": _STATUS[said.status] if said.is_ours else "received",
            "timestamp": rfc3339(said.time_ms),
            "normalizedMessage": {
                "id": said.id,
                "type": "Text",
                "text": said.text,
                "direction": "Outbound" if said.is_ours else "Inbound",
                "channel": {"time": rfc3339(said.time_ms), "from": {"nickname": "Customer Jo"}},
            },
            **({"createdBy": {"id": USER}} if said.is_ours else {}),
        }

    # --- streams

    def refuses(self, url: str, headers: dict[str, str]) -> int | None:
        ends_at = self.channels.get(url.rpartition("/")[2], 0.0)
        return None if ends_at > self.clock.elapsed_s else 404

    def opened(self, connection: Connection) -> None:
        channel = connection.url.rpartition("/")[2]
        for other in self._listeners():
            if other.session == channel:
                other.end(1000)
        connection.session = channel
        self._beat(connection)

    def heard(self, connection: Connection, frame: str) -> None:
        self._notice(connection, wire.METADATA_TOPIC, "pong")

    def _beat(self, connection: Connection) -> None:
        if connection.is_open:
            if self.channels.get(connection.session, 0.0) <= self.clock.elapsed_s:
                connection.end(1000)
                return
            self._notice(connection, wire.METADATA_TOPIC, "WebSocket Heartbeat")
            self.network.loop.call_later(wire.HEARTBEAT_S, self._beat, connection)

    def _notice(self, connection: Connection, topic: str, message: str) -> None:
        connection.say({"topicName": topic, "eventBody": {"message": message}}, is_answer=True)

    def announce_closing(self, in_s: float) -> None:
        """The sockets are about to be closed; their channels live on."""
        for connection in self._listeners():
            self._notice(connection, wire.SOCKET_CLOSING_TOPIC, "")
            self.network.loop.call_later(in_s, connection.end, 1001)

    def end_subscriptions(self) -> None:
        """The channels deliver no more."""
        for connection in self._listeners():
            self._notice(connection, f"{wire.NO_LONGER_SUBSCRIBED_TOPIC}.{USER}", "")
            self.channels.pop(connection.session, None)
            connection.session = None

    def take_channels(self) -> None:
        """Somebody else of this user and app has connected them."""
        self.channels.clear()
        self.network.sever(1000)

    # --- REST

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Reply:
        if not self.is_known(headers):
            return UNAUTHORISED
        sent: Any = json.loads(body) if body else None
        match method, path.removeprefix("/api/v2").split("/")[1:]:
            case "GET", ["users", "me"]:
                return Reply(200, {"id": USER, "name": "Agent Ann"})
            case "POST", ["notifications", "channels"]:
                channel = self.new_secret()
                self.channels[channel] = self.clock.elapsed_s + self.channel_life_s
                return Reply(200, {"id": channel, "connectUri": f"ws{BASE_URL[4:]}/channels/{channel}"})
            case "PUT", ["notifications", "channels", channel, "subscriptions"] if channel in self.channels:
                self.channels[channel] = self.clock.elapsed_s + self.channel_life_s
                return Reply(200, {"entities": [{"id": t["id"], "state": "Permitted"} for t in sent]})
            case "GET", ["conversations", _]:
                return Reply(200, self._generic())
            case "GET", ["conversations", "messages", _]:
                return Reply(200, self._event(self.truth.messages))
            case "POST", ["conversations", "messages", _, "messages", "bulk"]:
                known = (self.truth.by_id.get(id_) for id_ in sent)
                return Reply(200, {"entities": [self._data(said) for said in known if said]})
            case "POST", ["conversations", "messages", _, "communications", _, "typing"]:
                self.truth.typing.append((self.clock.elapsed_s, True))
                return Reply(204)
            case "POST", ["conversations", "messages", _, "communications", _, "messages"]:
                said = self.say(sent["textBody"], is_ours=True)
                self._publish(said)
                return Reply(200, self._data(said))
            case _:
                return NOT_FOUND
