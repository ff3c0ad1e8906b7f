"""The network between client and server, with everything that can go wrong in it; sockets and HTTP on virtual time.

The client's own shells run on it unchanged: this stands where ``websockets`` and ``httpx`` stand. What the network does
not do by itself, because TCP does not (drop, repeat and reorder single frames), Genesys' notification services do.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import msgspec
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response as HandshakeResponse

from ipygenesys._io import flow_runner, platform, rest, stream
from tests.simulation.virtual_time import VirtualClock, VirtualLoop

BASE_URL = "http://127.0.0.1:1"
PING_INTERVAL_S, PING_TIMEOUT_S = stream.PING_INTERVAL_S, stream.PING_TIMEOUT_S
CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 10.0
KEEPALIVE_CODE = 1011


@dataclass
class Reply:
    """An HTTP answer."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Server(Protocol):
    """One platform."""

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Reply: ...

    def refuses(self, url: str, headers: dict[str, str]) -> int | None: ...

    def opened(self, connection: Connection) -> None: ...

    def heard(self, connection: Connection, frame: str) -> None: ...

    def gone(self, connection: Connection) -> None: ...


class Weather:
    """What is wrong at the moment."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._until: dict[str, tuple[float, float]] = {}

    def turn(self, kind: str, value: float, seconds: float) -> None:
        self._until[kind] = (value, self._clock.elapsed_s + seconds)

    def clear(self) -> None:
        self._until.clear()

    def __getitem__(self, kind: str) -> float:
        value, until = self._until.get(kind, (0.0, 0.0))
        return value if self._clock.elapsed_s < until else 0.0


class Network:
    """Everything between one client process and one server."""

    def __init__(self, loop: VirtualLoop, server: Server, dice: random.Random) -> None:
        self.loop = loop
        self.server = server
        self.dice = dice
        self.weather = Weather(loop.clock)
        self.connections: list[Connection] = []
        """Those that the server takes for open."""
        self.typing_heard_at = 0.0
        """When the client last got a frame that says that somebody types."""
        self.connects = 0
        self.requests = 0

    def latency_s(self) -> float:
        return self.dice.uniform(0.01, 0.08) + self.dice.random() * self.weather["delay"]

    def strikes(self, kind: str) -> bool:
        chance = self.weather[kind]
        return chance > 0 and self.dice.random() < chance

    async def connect(self, url: str, *, additional_headers: dict[str, str], **_: Any) -> Connection:
        """In place of ``websockets.connect``."""
        self.connects += 1
        if self.weather["blackhole"]:
            await asyncio.sleep(60.0)
        await asyncio.sleep(2 * self.latency_s())
        if self.weather["refuse"] or self.weather["blackhole"]:
            raise ConnectionRefusedError
        if self.strikes("503"):
            raise _refusal(503, {"Retry-After": "1"})
        if self.strikes("429"):
            raise _refusal(429, {"Retry-After": str(self.dice.choice((0, 1, 3)))})
        if (status := self.server.refuses(url, additional_headers)) is not None:
            raise _refusal(status, {})
        connection = Connection(self, url, additional_headers)
        self.connections.append(connection)
        self.server.opened(connection)
        return connection

    def sever(self, code: int | None = None) -> None:
        """All sockets at once: reset, or closed by the server."""
        for connection in list(self.connections):
            connection.end(code)

    def freeze(self) -> None:
        """All sockets are half open from now on: nothing comes through, and nobody says so."""
        for connection in self.connections:
            connection.is_frozen = True


class Connection:
    """A WebSocket, both of its ends; the client's is the part of ``websockets``' interface that is used."""

    def __init__(self, network: Network, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self.headers = headers
        self.is_frozen = False
        self.session: Any = None
        """What the server has bound to it."""
        self._network = network
        self._loop = network.loop
        self._opened_at = self._loop.time()
        self._inbox: deque[bytes] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._error: ConnectionClosed | None = None
        self._arrivals = {"up": 0.0, "down": 0.0}
        self._beat()

    # --- the server's end

    @property
    def is_open(self) -> bool:
        return self in self._network.connections

    def say(self, frame: Any, *, is_answer: bool = False) -> None:
        """To the client. What is no answer to anything may be dropped, repeated and reordered."""
        data = frame if isinstance(frame, bytes) else msgspec.json.encode(frame)
        network = self._network
        if is_answer:
            if not network.strikes("lose_answer"):
                self._loop.call_at(self._arrival("down"), self._deliver, data)
            return
        if network.strikes("drop"):
            return
        for _ in range(2 if network.strikes("duplicate") else 1):
            at = self._arrival("down")
            if spread_s := network.weather["reorder"]:
                at = self._loop.time() + network.latency_s() + network.dice.random() * spread_s
            self._loop.call_at(at, self._deliver, data)

    def end(self, code: int | None = None) -> None:
        """Close it with a code, or reset it."""
        if not self.is_open:
            return
        self._network.connections.remove(self)
        self._network.server.gone(self)
        close = None if code is None else Close(code, "")
        self._loop.call_at(self._arrival("down"), self._fail, ConnectionClosedError(close, None))

    # --- the client's end

    async def send(self, frame: str) -> None:
        if self._error is not None:
            raise self._error
        self._loop.call_at(self._arrival("up"), self._hear, frame)

    async def recv(self, decode: bool | None = None) -> bytes:
        while not self._inbox:
            if self._error is not None:
                raise self._error
            self._reader = self._loop.create_future()
            await self._reader
        data = self._inbox.popleft()
        if b"yping" in data and (b"true" in data or b'"On"' in data):
            self._network.typing_heard_at = self._loop.time()
        return data

    async def ping(self) -> asyncio.Future[float]:
        answer: asyncio.Future[float] = self._loop.create_future()

        def pong() -> None:
            if not (self.is_frozen or answer.done()):
                if self._error is not None:
                    answer.set_exception(self._error)
                else:
                    answer.set_result(0.0)

        self._loop.call_at(self._arrival("up") + self._network.latency_s(), pong)
        return answer

    async def close(self, code: int = 1000) -> None:
        self._leave(ConnectionClosedError(None, Close(code, "")))

    @property
    def transport(self) -> Connection:
        return self

    def abort(self) -> None:
        self._leave(ConnectionClosedError(None, None))

    def _leave(self, error: ConnectionClosed) -> None:
        self._fail(error)
        self._loop.call_at(self._arrival("up"), self._left)

    def _left(self) -> None:
        if self.is_open:
            self._network.connections.remove(self)
            self._network.server.gone(self)

    # --- on the way

    def _arrival(self, way: str) -> float:
        """In order, as in TCP."""
        at = max(self._loop.time() + self._network.latency_s(), self._arrivals[way] + 1e-6)
        self._arrivals[way] = at
        return at

    def _hear(self, frame: str) -> None:
        if self.is_open and not self.is_frozen and not self._network.weather["blackhole"]:
            self._network.server.heard(self, frame)

    def _deliver(self, data: bytes) -> None:
        if self._error is None and not self.is_frozen and not self._network.weather["blackhole"]:
            self._inbox.append(data)
            self._wake()

    def _fail(self, error: ConnectionClosed) -> None:
        if self._error is None and not (self.is_frozen and error.sent is None and error.rcvd is not None):
            self._error = error
            self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _beat(self) -> None:
        """The library's keepalive: a ping every 15 s that has to be answered within 10 s."""
        if self._error is not None:
            return
        if self.is_frozen or self._network.weather["blackhole"]:
            error = ConnectionClosedError(None, Close(KEEPALIVE_CODE, ""))
            self._loop.call_later(PING_TIMEOUT_S, self._leave, error)
        else:
            self._loop.call_later(PING_INTERVAL_S, self._beat)


def _refusal(status: int, headers: dict[str, str]) -> InvalidStatus:
    return InvalidStatus(HandshakeResponse(status, "", Headers(headers), b""))


# --- HTTP


class _HttpResponse:
    def __init__(self, reply: Reply) -> None:
        self.status_code = reply.status
        self.headers = httpx.Headers(reply.headers) if reply.headers else {}
        self.is_success = 200 <= reply.status < 300
        self._body = (
            reply.body
            if isinstance(reply.body, bytes)
            else b""
            if reply.body is None
            else msgspec.json.encode(reply.body)
        )

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        yield self._body

    async def aclose(self) -> None:
        pass


class VirtualHttp:
    """In place of ``httpx.AsyncClient``: what ``RestClient`` uses of it. httpx itself takes 0.5 ms for a call."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def build_request(self, method: str, url: str, **parts: Any) -> tuple[str, str, dict[str, Any]]:
        return method, url, parts

    async def aclose(self) -> None:
        pass

    async def send(
        self, request: tuple[str, str, dict[str, Any]], *, stream: bool, auth: Any = None
    ) -> _HttpResponse:
        network, (method, url, parts) = self._network, request
        network.requests += 1
        if network.weather["refuse"]:
            await asyncio.sleep(network.latency_s())
            raise httpx.ConnectError("refused")
        if network.weather["blackhole"]:
            await asyncio.sleep(CONNECT_TIMEOUT_S)
            raise httpx.ConnectTimeout("no route")
        outcome: asyncio.Future[Reply] = network.loop.create_future()
        outcome.add_done_callback(lambda done: done.cancelled() or done.exception())
        network.loop.call_later(network.latency_s(), self._arrive, outcome, method, url, parts)
        # What has been sent arrives even if nobody waits for its answer any more.
        return _HttpResponse(await asyncio.shield(outcome))

    def _arrive(self, outcome: asyncio.Future[Reply], method: str, url: str, parts: dict[str, Any]) -> None:
        network = self._network
        if network.strikes("lose_request"):
            self._settle(outcome, network.latency_s(), httpx.ReadError("reset"))
            return
        if (refusal := self._refusal()) is not None:
            self._settle(outcome, network.latency_s(), refusal)
            return
        body = parts.get("content") or b""
        if parts.get("data"):
            body = msgspec.json.encode(parts["data"])
        reply = network.server.answer(
            method,
            urlsplit(url).path,
            dict(parts.get("params") or {}),
            dict(parts.get("headers") or {}),
            body,
        )
        if network.strikes("lose_answer"):
            in_time = network.dice.random() < 0.5
            error = httpx.ReadError("reset") if in_time else httpx.ReadTimeout("silence")
            self._settle(outcome, network.latency_s() if in_time else READ_TIMEOUT_S, error)
        elif network.weather["blackhole"]:
            self._settle(outcome, READ_TIMEOUT_S, httpx.ReadTimeout("silence"))
        elif network.strikes("502"):
            self._settle(outcome, network.latency_s(), Reply(502, {}))
        else:
            self._settle(outcome, network.latency_s(), reply)

    def _refusal(self) -> Reply | None:
        """An answer of something in front of the server, which has not heard of the call."""
        network = self._network
        if network.strikes("503"):
            return Reply(503, {"message": "", "code": "service.unavailable", "status": 503})
        if network.strikes("429"):
            wait = network.dice.choice(("0", "1", "3", "1.5", "soon", "Fri, 15 Jan 2027 08:20:00 GMT"))
            return Reply(429, {"code": "too.many.requests"}, {"Retry-After": wait})
        return None

    def _settle(self, outcome: asyncio.Future[Reply], wait_s: float, result: Reply | Exception) -> None:
        def settle() -> None:
            if outcome.done():
                return
            if isinstance(result, Exception):
                outcome.set_exception(result)
            else:
                outcome.set_result(result)

        self._network.loop.call_later(wait_s, settle)


@contextmanager
def installed(network: Network, ids: random.Random) -> Iterator[None]:
    """The shells use this network, and ids that follow from the seed."""

    class Uuid:
        @staticmethod
        def uuid4() -> str:
            digits = f"{ids.getrandbits(128):032x}"
            return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def rest_client(*arguments: Any, **options: Any) -> rest.RestClient:
        client = rest.RestClient(*arguments, **options, transport=_NO_TRANSPORT)
        client._http = VirtualHttp(network)  # type: ignore[assignment]
        return client

    with (
        patch.object(stream, "_Connect", network.connect),
        patch.object(flow_runner, "uuid", Uuid),
        patch.object(platform, "RestClient", rest_client),
    ):
        yield


_NO_TRANSPORT = httpx.MockTransport(lambda _: httpx.Response(500))
