"""A guest of web messaging for tests: what it asks, what it got, no more."""

from __future__ import annotations

import json
import uuid
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import websockets

from ipygenesys.simulator import Simulator
from tests.simulator.clients.sockets import Socket, WireClient, simulated


class GuestSocket(Socket):
    """One open socket of a guest."""

    def __init__(self, socket: websockets.ClientConnection, guest: GuestClient, token: str) -> None:
        super().__init__(socket)
        self.token = token
        self._guest = guest
        self._numbers = 0

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [f for f in self.frames if f["class"] == kind]

    def messages(self, direction: str | None = None) -> list[dict[str, Any]]:
        """The bodies of texts, in the order of their arrival."""
        bodies = [f["body"] for f in self.of("StructuredMessage")]
        return [b for b in bodies if b["type"] != "Event" and direction in (None, b["direction"])]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The bodies that carry events of a kind, such as Typing."""
        bodies = [f["body"] for f in self.of("StructuredMessage")]
        return [b for b in bodies if b["type"] == "Event" and b["events"][0]["eventType"] == kind]

    async def texts(self, count: int, direction: str | None = None) -> list[str]:
        await self.until(lambda: len(self.messages(direction)) >= count)
        return [m.get("text", "") for m in self.messages(direction)]

    async def send(self, action: str, **fields: Any) -> str:
        """Sends a request without waiting; returns its tracing id."""
        self._numbers += 1
        tracing_id = fields.pop("tracingId", f"t{self._numbers}")
        frame = {"action": action, "token": self.token, "tracingId": tracing_id, **fields}
        await self.socket.send(json.dumps({k: v for k, v in frame.items() if v is not None}))
        return str(tracing_id)

    async def ask(self, action: str, **fields: Any) -> dict[str, Any]:
        """Sends a request and returns the first frame with its tracing id."""
        tracing_id = await self.send(action, **fields)
        await self.until(lambda: any(f.get("tracingId") == tracing_id for f in self.frames))
        return next(f for f in self.frames if f.get("tracingId") == tracing_id)

    async def configure(self, *, authenticated: str | None = None, **fields: Any) -> dict[str, Any]:
        deployment_id = fields.pop("deploymentId", self._guest.sim.deployment_id)
        if authenticated is None:
            return await self.ask("configureSession", deploymentId=deployment_id, **fields)
        data = {"code": authenticated}
        return await self.ask(
            "configureAuthenticatedSession", deploymentId=deployment_id, data=data, **fields
        )

    async def text(self, text: str, **parts: Any) -> dict[str, Any]:
        return await self.ask("onMessage", message={"type": "Text", "text": text, **parts})

    async def event(self, kind: str, name: str) -> str:
        event = {"eventType": kind, kind.lower(): {"type": name}}
        return await self.send("onMessage", message={"type": "Event", "events": [event]})

    async def typing(self) -> str:
        return await self.event("Typing", "On")

    async def settled(self) -> None:
        """Everything that was sent until now has been answered."""
        await self.ask("getConfiguration", tracingId=f"settled-{uuid.uuid4()}")


class GuestClient(WireClient[GuestSocket]):
    """Sockets and HTTP calls of one guest."""

    def __init__(self, sim: Simulator) -> None:
        super().__init__(sim)
        self.token = str(uuid.uuid4())

    async def open(
        self, *, token: str | None = None, query: str | None = None, origin: str | None = None
    ) -> GuestSocket:
        """A socket on which no session is configured yet."""
        query = f"deploymentId={self.sim.deployment_id}" if query is None else query
        headers = {} if origin is None else {"Origin": origin}
        socket = await websockets.connect(
            f"{self.sim.guest_url}?{query}",
            additional_headers=headers,
            proxy=None,
            max_size=2**26,
            close_timeout=1,
        )
        self._sockets.append(guest := GuestSocket(socket, self, token or self.token))
        return guest

    async def connect(self, *, token: str | None = None, **fields: Any) -> GuestSocket:
        """A socket with a session."""
        guest = await self.open(token=token)
        answer = await guest.configure(**fields)
        assert answer["class"] == "SessionResponse", answer
        return guest

    async def jwt(self, guest: GuestSocket) -> str:
        return str((await guest.ask("getJwt"))["body"]["jwt"])

    async def history(self, jwt: str, **query: int) -> httpx.Response:
        headers = {"Authorization": f"bearer {jwt}"}
        return await self.http.get("/api/v2/webmessaging/messages", params=query, headers=headers)


def visiting(**options: Any) -> AbstractAsyncContextManager[GuestClient]:
    """A simulator where nobody acts unless told, with a guest."""
    return simulated(GuestClient, **options)
