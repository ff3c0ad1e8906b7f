"""A client of the tutorial's contract for tests: what it asks, what it got, no more."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import httpx
import websockets

from ipygenesys.simulator import Simulator

BASE = "/api/v2/conversations/messaging"
SCOPES = "conversations:messaging conversations:read messaging:write"
PATIENCE_S = 30.0


class EventSocket:
    """One open event stream; all its frames are kept, in order."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.raw: list[str | bytes] = []
        self._arrived = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                frame = await self.socket.recv()
                async with self._arrived:
                    self.raw.append(frame)
                    self._arrived.notify_all()
        async with self._arrived:
            self._arrived.notify_all()

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(f) for f in self.raw]

    def of(self, event_type: str) -> list[dict[str, Any]]:
        return [f for f in self.frames if f["event_type"] == event_type]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._arrived:
            await self._arrived.wait_for(lambda: condition() or self._reader.done())
        assert condition(), f"the stream ended first, or other frames came: {self.raw!r}"

    async def wait_for(self, event_type: str, count: int = 1) -> list[dict[str, Any]]:
        await self.until(lambda: len(self.of(event_type)) >= count)
        return self.of(event_type)

    async def texts(self, count: int) -> list[str]:
        return [f["payload"]["text"] for f in await self.wait_for("message", count)]

    async def closed(self) -> int | None:
        async with asyncio.timeout(PATIENCE_S):
            await self.socket.wait_closed()
            await self._reader
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()
        await self._reader


class ContractClient:
    """REST calls and streams of one OAuth client."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.http = httpx.AsyncClient(base_url=sim.base_url, timeout=PATIENCE_S, trust_env=False)
        self.token = ""
        self._sockets: list[EventSocket] = []

    async def __aenter__(self) -> Self:
        await self.log_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self._sockets:
            await socket.close()
        await self.http.aclose()

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


@contextlib.asynccontextmanager
async def running(**options: Any) -> AsyncIterator[ContractClient]:
    """A simulator where nobody acts unless told, with a client that has logged in."""
    async with (
        Simulator(**{"scenario": "manual", "speed": 50.0, **options}) as sim,
        ContractClient(sim) as client,
    ):
        yield client
