"""A server of Genesys' Platform API: a model of the agent's side and its notification channels on virtual time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ipygenesys._wire import agent_messaging as wire
from tests.simulation.agent_bodies import (
    account_of,
    conversation,
    event,
    message_data,
    queue_id,
    typing_event,
    user_id,
)
from tests.simulation.network import BASE_URL, Connection, Reply
from tests.simulation.servers import NOT_FOUND, UNAUTHORISED, BaseServer, Json, bearer_of
from tests.simulation.truth import Said, Truth

PREFIX = "a9e27000-0000-4000-8000-"
CONVERSATION = f"{PREFIX}{1:012x}"
CHANNELS = 20
"""Of a user and app: another one takes the oldest one's place."""
NEWEST = 10
SCAN_S = 1.5
"""How long a file is looked at."""


@dataclass
class Channel:
    """A notification channel."""

    id: str
    account: str
    ends_at: float
    topics: list[str] = field(default_factory=list)


@dataclass
class Media:
    """A file on its way."""

    name: str
    arrived_at: float | None = None


class AgentServer(BaseServer):
    """We are some agents, or watch them."""

    prefix = PREFIX
    channel_life_s = wire.CHANNEL_LIFE_S
    credentials = "token"
    """How clients show who they are: a user's token, the user's login, or an app that only watches."""
    names_creators = True
    """What is got in bulk says whose it is."""
    shares_logins = False
    """The conversations of one agent are opened with the same credentials object, hence by one stream."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logins: dict[str, Any] = {}
        """By account: what a process holds, if it is shared."""
        self.channels: dict[str, Channel] = {}
        self._media: dict[str, Media] = {}
        self._legs = dict.fromkeys((truth.id for truth in self.truths), 0)
        """Of each conversation: how often our part in it has begun again."""

    def token_for_good(self, account: str) -> str:
        known = (token for token, holder in self.account_of.items() if holder == account)
        return next(known, None) or self.new_token(account, float("inf"))

    # --- the other side

    def publish(self, truth: Truth, said: Said, form: str = "full") -> None:
        newest = truth.messages[-NEWEST:]
        self._notify(truth, event(truth, newest if said in newest else [said, *newest]))

    def other_types(self, truth: Truth, is_typing: bool) -> None:
        if is_typing:
            topic = wire.USER_TYPING_TOPIC.format(user_id=user_id(account_of(truth.number)))
            self._tell(topic, typing_event(truth))

    def other_reads(self, truth: Truth) -> None:
        changed = [said for said in truth.messages if said.is_ours and said.status != "read"]
        for said in changed:
            said.status = "read"
        if changed:
            self.publish(truth, changed[0])

    def end(self, truth: Truth) -> None:
        truth.is_over = True
        self._notify(truth, event(truth, truth.messages[-NEWEST:]))

    def go_on(self, truth: Truth) -> None:
        if truth.is_over:
            truth.is_over = False
            self._legs[truth.id] += 1
            self._notify(truth, event(truth, truth.messages[-NEWEST:]))

    def _notify(self, truth: Truth, body: Json) -> None:
        account = account_of(truth.number)
        self._tell(wire.USER_MESSAGES_TOPIC.format(user_id=user_id(account)), body)
        self._tell(wire.QUEUE_MESSAGES_TOPIC.format(queue_id=queue_id(account)), body)

    def _tell(self, topic: str, body: Json) -> None:
        for connection in self.listeners():
            channel = self.channels.get(connection.session)
            if channel is not None and topic in channel.topics:
                connection.say({"topicName": topic, "version": "2", "eventBody": body})

    # --- streams

    def refuses(self, url: str, headers: dict[str, str]) -> int | None:
        return None if self._channel(url.rpartition("/")[2]) is not None else 404

    def _channel(self, id_: str) -> Channel | None:
        channel = self.channels.get(id_)
        return channel if channel is not None and channel.ends_at > self.clock.elapsed_s else None

    def opened(self, connection: Connection) -> None:
        channel = connection.url.rpartition("/")[2]
        for other in self.listeners():
            if other.session == channel:
                other.end(1000)
        connection.session = channel
        self._beat(connection)

    def heard(self, connection: Connection, frame: str) -> None:
        self._notice(connection, wire.METADATA_TOPIC, "pong")

    def _beat(self, connection: Connection) -> None:
        if connection.is_open:
            if self._channel(connection.session or "") is None:
                connection.end(1000)
                return
            self._notice(connection, wire.METADATA_TOPIC, "WebSocket Heartbeat")
            self.network.loop.call_later(wire.HEARTBEAT_S, self._beat, connection)

    def _notice(self, connection: Connection, topic: str, message: str) -> None:
        connection.say({"topicName": topic, "eventBody": {"message": message}}, is_answer=True)

    def announce_closing(self, in_s: float) -> None:
        """The sockets are about to be closed; their channels live on."""
        for connection in self.listeners():
            self._notice(connection, wire.SOCKET_CLOSING_TOPIC, "")
            self.network.loop.call_later(in_s, connection.end, 1001)

    def end_subscriptions(self) -> None:
        """The channels deliver no more."""
        for connection in self.listeners():
            self._notice(connection, f"{wire.NO_LONGER_SUBSCRIBED_TOPIC}.u", "")
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
        if path.startswith("/uploads/"):
            return self._put(path.rpartition("/")[2])
        sent: Any = json.loads(body) if body else None
        if path == "/oauth/token":
            return self.oauth(sent)
        if not self.is_known(headers):
            return UNAUTHORISED
        account = self.account_of[bearer_of(headers)]
        match method, path.removeprefix("/api/v2").split("/")[1:]:
            case "GET", ["users", "me"]:
                return Reply(200, {"id": user_id(account), "name": "Agent Ann"})
            case "POST", ["notifications", "channels"]:
                return self._new_channel(account)
            case "PUT", ["notifications", "channels", id_, "subscriptions"]:
                return self._subscribe(id_, [topic["id"] for topic in sent])
            case "POST", ["notifications", "channels", id_, "subscriptions"]:
                former = self.channels[id_].topics if id_ in self.channels else []
                return self._subscribe(id_, [*former, *(topic["id"] for topic in sent)])
            case "GET", ["conversations", id_] if id_ in self._conversations:
                return Reply(200, conversation(self._conversations[id_], self._legs[id_]))
            case _, ["conversations", "messages", id_, *rest] if id_ in self._conversations:
                return self._about(self._conversations[id_], method, rest, sent)
        return NOT_FOUND

    def _new_channel(self, account: str) -> Reply:
        mine = [each for each in self.channels.values() if each.account == account]
        if len(mine) >= CHANNELS:
            connected = {connection.session for connection in self.listeners()}
            oldest = next((each for each in mine if each.id not in connected), mine[0])
            del self.channels[oldest.id]
        channel = Channel(self.new_secret(), account, self.clock.elapsed_s + self.channel_life_s)
        self.channels[channel.id] = channel
        return Reply(200, {"id": channel.id, "connectUri": f"ws{BASE_URL[4:]}/channels/{channel.id}"})

    def _subscribe(self, id_: str, topics: list[str]) -> Reply:
        if (channel := self._channel(id_)) is None:
            return NOT_FOUND
        channel.topics, channel.ends_at = topics, self.clock.elapsed_s + self.channel_life_s
        return Reply(200, {"entities": [{"id": topic, "state": "Permitted"} for topic in topics]})

    def _about(self, truth: Truth, method: str, rest: list[str], sent: Any) -> Reply:
        match method, rest:
            case "GET", []:
                return Reply(200, event(truth, truth.messages))
            case "POST", ["messages", "bulk"]:
                known = [said for id_ in sent if (said := truth.by_id.get(id_))]
                return Reply(200, {"entities": [self._in_bulk(truth, said) for said in known]})
            case _, ["communications", _, *_] if truth.is_over:
                return NOT_FOUND
            case "POST", ["communications", _, "typing"]:
                truth.typing.append((self.clock.elapsed_s, True))
                return Reply(204)
            case "POST", ["communications", _, "messages", "media", "uploads"]:
                media = self.new_id()
                self._media[media] = Media(sent["fileName"])
                return Reply(200, {"id": media, "uploadUrl": f"{BASE_URL}/uploads/{media}"})
            case "GET", ["communications", _, "messages", "media", id_] if id_ in self._media:
                return Reply(200, {"id": id_, "status": self._state(self._media[id_])})
            case "POST", ["communications", _, "messages"]:
                return self._send(truth, sent)
            case _:
                return NOT_FOUND

    def _in_bulk(self, truth: Truth, said: Said) -> Json:
        data = message_data(truth, said)
        if not self.names_creators:
            data.pop("createdBy", None)
        return data

    def _put(self, id_: str) -> Reply:
        if self.dice.random() < 0.1:
            return Reply(403)  # The address has expired.
        self._media[id_].arrived_at = self.clock.elapsed_s
        return Reply(200)

    def _state(self, media: Media) -> str:
        is_seen = media.arrived_at is not None and self.clock.elapsed_s > media.arrived_at + SCAN_S
        return "valid" if is_seen else "uploading"

    def _send(self, truth: Truth, sent: Json) -> Reply:
        media = [self._media[id_] for id_ in sent.get("mediaIds") or ()]
        if any(self._state(each) != "valid" for each in media):
            return Reply(400, {"message": "", "code": "media.not.ready", "status": 400})
        file = media[0].name if media else None
        said = self.say(truth, sent.get("textBody") or "", is_ours=True, file=file)
        self.publish(truth, said)
        return Reply(200, message_data(truth, said))
