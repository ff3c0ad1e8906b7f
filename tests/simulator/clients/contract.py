"""A client of the tutorial's contract for tests: what it asks, what it got, no more."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

import httpx
import websockets

from ipygenesys.simulator import Simulator
from tests.simulator.clients.sockets import PATIENCE_S, Socket, WireClient, simulated

BASE = "/api/v2/conversations/messaging"
SCOPES = "conversations:messaging conversations:read messaging:write"


class EventSocket(Socket):
    """One open event stream."""

    def of(self, event_type: str) -> list[dict[str, Any]]:
        return [f for f in self.frames if f["event_type"] == event_type]

    async def texts(self, count: int) -> list[str]:
        return [f["payload"]["text"] for f in await self.wait_for("message", count)]


class ContractClient(WireClient[EventSocket]):
    """REST calls and streams of one OAuth client."""

    def __init__(self, sim: Simulator) -> None:
        super().__init__(sim)
        self.token = ""

    async def __aenter__(self) -> Self:
        await self.log_in()
        return self

    @property
    def conversation(self) -> str:
        return f"{BASE}/conversations/{self.sim.conversation_id}"

    async def ask_token(self, secret: str | None = None, **form: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", "scope": SCOPES, **form}
        auth = (self.sim.client_id, secret or self.sim.client_secret)
        return await self.http.post("/oauth/token", data=form, auth=auth)

    async def log_in(self) -> str:
        self.token = (await self.ask_token()).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        return self.token

    async def connect(self, *, authenticate: bool = True, header: bool = True) -> EventSocket:
        headers = {"Authorization": f"Bearer {self.token}"} if header else {}
        socket = await websockets.connect(
            self.sim.stream_url, additional_headers=headers, proxy=None, max_size=2**26, close_timeout=1
        )
        self._sockets.append(events := EventSocket(socket))
        if authenticate:
            await socket.send(json.dumps({"type": "authenticate", "token": self.token}))
            if "presence" in self.sim._settings.extensions:
                await events.wait_for("conversation")
            else:
                await self.logged("connections", "authenticated")
        return events

    async def typing(self, typing: object) -> httpx.Response:
        return await self.http.post(f"{self.conversation}/typing", json={"typing": typing})

    async def read(self, message_id: str, body: object = None) -> httpx.Response:
        return await self.http.put(f"{BASE}/messages/{message_id}/read", json=body or {"read": True})

    async def read_up_to(self, message_id: str) -> httpx.Response:
        return await self.http.put(f"{self.conversation}/read", json={"up_to_message_id": message_id})

    async def send(self, text: str, client_message_id: str | None = None) -> httpx.Response:
        body = {"text": text, "client_message_id": client_message_id or str(uuid.uuid4())}
        return await self.http.post(f"{self.conversation}/messages", json=body)

    async def history(self, **query: str | int) -> httpx.Response:
        return await self.http.get(f"{self.conversation}/messages", params=query)

    async def history_texts(self, **query: str | int) -> tuple[list[str], bool]:
        body = (await self.history(**query)).json()
        return [m["text"] for m in body["messages"]], body["has_more"]

    async def control(self, method: str, path: str, body: object = None) -> httpx.Response:
        return await self.http.request(method, f"{self.sim.control_url}{path}", json=body)

    async def logged(self, part: str, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Waits until the ground truth has that many entries."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                entries = [e for e in self.sim.log()[part] if e["kind"] == kind]
                if len(entries) >= count:
                    return entries
                await asyncio.sleep(0.005)


def running(**options: Any) -> AbstractAsyncContextManager[ContractClient]:
    """A simulator where nobody acts unless told, with a client that has logged in."""
    return simulated(ContractClient, **options)
