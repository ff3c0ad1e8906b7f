"""What the clients of all three wires share: a socket that keeps its frames, and a life with the simulator's."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, Self, TypeVar

import httpx
import websockets

from ipygenesys.simulator import Simulator

PATIENCE_S = 30.0


class Socket:
    """One open socket; all its frames are kept, in order."""

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

    def of(self, kind: str) -> list[dict[str, Any]]:
        """All of one kind, as the wire tells kinds apart."""
        raise NotImplementedError

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._arrived:
            await self._arrived.wait_for(lambda: condition() or self._reader.done())
        assert condition(), f"the socket ended first, or other frames came: {self.raw!r}"

    async def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    async def closed(self) -> int | None:
        async with asyncio.timeout(PATIENCE_S):
            await self.socket.wait_closed()
            await self._reader
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()
        await self._reader


AnySocket = TypeVar("AnySocket", bound=Socket)


class WireClient(Generic[AnySocket]):
    """REST calls and sockets of somebody; what was opened is closed at the end."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.http = httpx.AsyncClient(base_url=sim.base_url, timeout=PATIENCE_S, trust_env=False)
        self._sockets: list[AnySocket] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self._sockets:
            await socket.close()
        await self.http.aclose()

    def received(self, kind: str) -> list[dict[str, Any]]:
        return [e for e in self.sim.log()["received"] if e["kind"] == kind]

    def sent(self, kind: str) -> list[dict[str, Any]]:
        return [e for e in self.sim.log()["sent"] if e["kind"] == kind]


AnyClient = TypeVar("AnyClient", bound=WireClient[Any])


@contextlib.asynccontextmanager
async def simulated(client: Callable[[Simulator], AnyClient], **options: Any) -> AsyncIterator[AnyClient]:
    """A simulator where nobody acts unless told, with a client of it."""
    settings = {"scenario": "manual", "speed": 50.0, **options}
    async with Simulator(**settings) as sim, client(sim) as opened:
        yield opened
