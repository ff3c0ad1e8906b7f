"""An agent's client for tests: REST calls and notification sockets of one user."""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import websockets

from ipygenesys.simulator import Simulator
from tests.simulator.clients.sockets import Socket, WireClient, simulated

CHANNELS = "/api/v2/notifications/channels"
CONVERSATIONS = "/api/v2/conversations"


class ChannelSocket(Socket):
    """One open notification socket."""

    def __init__(self, socket: websockets.ClientConnection, user_id: str) -> None:
        super().__init__(socket)
        self._user_id = user_id

    def of(self, topic: str) -> list[Any]:
        """The event bodies of a topic; of a user's topic its last part will do."""
        names = (topic, f"v2.users.{self._user_id}.{topic}", f"{topic}.{self._user_id}")
        return [f["eventBody"] for f in self.frames if f.get("topicName") in names]

    def statuses(self, message_id: str) -> list[str]:
        """How a message went on, without repetitions."""
        seen: list[str] = []
        for body in self.of("conversations.messages"):
            for participant in body["participants"]:
                for message in participant["messages"]:
                    if message["message"]["id"] == message_id and message["messageStatus"] not in seen[-1:]:
                        seen.append(message["messageStatus"])
        return seen

    def named(self) -> list[str]:
        """The ids of all messages that events have named, once each."""
        bodies = self.of("conversations.messages")
        parts = [m for b in bodies for p in b["participants"] for m in p["messages"]]
        return list(dict.fromkeys(m["message"]["id"] for m in parts))

    def heard(self) -> list[str]:
        """The ids of the customer's messages."""
        return [i for i in self.named() if self.statuses(i) == ["received"]]

    async def wait_named(self, count: int) -> list[str]:
        await self.until(lambda: len(self.named()) >= count)
        return self.named()

    async def wait_heard(self, count: int) -> list[str]:
        await self.until(lambda: len(self.heard()) >= count)
        return self.heard()

    async def say(self, frame: object) -> None:
        await self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def settled(self) -> None:
        """Everything that was sent until now has arrived."""
        before = len([b for b in self.of("channel.metadata") if b["message"] == "pong"])
        await self.say({"message": "ping"})
        await self.until(
            lambda: len([b for b in self.of("channel.metadata") if b["message"] == "pong"]) > before
        )


class AgentClient(WireClient[ChannelSocket]):
    """The user of the simulated organisation."""

    def __init__(self, sim: Simulator) -> None:
        super().__init__(sim)
        self.use(sim.agent_access_token())

    def use(self, token: str) -> None:
        self.http.headers["Authorization"] = f"bearer {token}"

    async def client_credentials(self) -> str:
        answer = await self.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(self.sim.client_id, self.sim.client_secret),
        )
        return str(answer.json()["access_token"])

    # --- conversations

    @property
    def messages(self) -> str:
        return f"{CONVERSATIONS}/messages/{self.sim.conversation_id}"

    async def conversation(self) -> dict[str, Any]:
        answer = await self.http.get(f"{CONVERSATIONS}/{self.sim.conversation_id}")
        body: dict[str, Any] = answer.json()
        return body

    async def part(self, purpose: str = "agent") -> dict[str, Any]:
        """The participant with that purpose, in the generic form."""
        participants: list[dict[str, Any]] = (await self.conversation())["participants"]
        return next(p for p in participants if p["purpose"] == purpose)

    async def communication(self) -> str:
        """The path of the agent's own communication."""
        [communication] = (await self.part())["messages"]
        return f"{self.messages}/communications/{communication['id']}"

    async def send(self, text: str | None = None, **fields: Any) -> httpx.Response:
        body = {**({} if text is None else {"textBody": text}), **fields}
        return await self.http.post(f"{await self.communication()}/messages", json=body)

    async def typing(self, body: object = None) -> httpx.Response:
        typing = body or {"typing": {"type": "On"}}
        return await self.http.post(f"{await self.communication()}/typing", json=typing)

    async def bulk(self, *message_ids: str) -> list[dict[str, Any]]:
        answer = await self.http.post(f"{self.messages}/messages/bulk", json=list(message_ids))
        entities: list[dict[str, Any]] = answer.json()["entities"]
        return entities

    async def texts(self, *message_ids: str) -> list[str]:
        return [m["normalizedMessage"]["text"] for m in await self.bulk(*message_ids)]

    async def patch(self, state: str, *, communication: bool = False) -> httpx.Response:
        part = await self.part()
        path = f"{self.messages}/participants/{part['id']}"
        if communication:
            path += f"/communications/{part['messages'][0]['id']}"
        return await self.http.patch(path, json={"state": state})

    # --- channels

    def topic(self, name: str) -> str:
        return f"v2.users.{self.sim.user_id}.{name}"

    async def channel(self) -> dict[str, Any]:
        body: dict[str, Any] = (await self.http.post(CHANNELS)).json()
        return body

    async def subscribe(
        self, channel_id: str, *topics: str, method: str = "POST", **query: str
    ) -> httpx.Response:
        body = [{"id": topic} for topic in topics]
        return await self.http.request(
            method, f"{CHANNELS}/{channel_id}/subscriptions", json=body, params=query
        )

    async def open(self, uri: str) -> ChannelSocket:
        socket = await websockets.connect(uri, proxy=None, max_size=2**26, close_timeout=1)
        self._sockets.append(opened := ChannelSocket(socket, self.sim.user_id))
        return opened

    async def watch(self, *names: str) -> ChannelSocket:
        """A channel with the user's topics, and its open socket."""
        channel = await self.channel()
        names = names or ("conversations.messages", "conversations.inbound.typing.event")
        answer = await self.subscribe(channel["id"], *[self.topic(n) for n in names])
        assert answer.status_code == 200, answer.text
        opened = await self.open(channel["connectUri"])
        await opened.settled()
        return opened


def working(**options: Any) -> AbstractAsyncContextManager[AgentClient]:
    """A simulator where nobody acts unless told, with an agent."""
    return simulated(AgentClient, **options)
