"""The network between clients and server, with everything that can go wrong in it, and its sockets on virtual time.

The client's own shells run on it unchanged: a ``Connection`` stands where one of ``websockets`` stands. What the network
does not do by itself, because TCP does not (drop, repeat and reorder single frames), Genesys' notification services do.
"""

from __future__ import annotations

import asyncio
import email.utils
import random
from collections import deque
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import msgspec
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response as HandshakeResponse

from tests.simulation.odd_fields import with_odd_field
from tests.simulation.virtual_time import VirtualClock, VirtualLoop
from tests.simulation.witness import OWNER

BASE_URL = "http://127.0.0.1:1"


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

    def __init__(
        self, loop: VirtualLoop, server: Server, dice: random.Random, *, tells_time: bool = True
    ) -> None:
        self.loop = loop
        self.tells_time = tells_time
        self.server = server
        self.dice = dice
        self.weather = Weather(loop.clock)
        self.connections: list[Connection] = []
        """Those that the server takes for open."""
        self.connects = 0
        self.requests = 0

    def dated(self, reply: Reply) -> Reply:
        """As it leaves the server, or a cache that has kept it for a while: with the second in which it was made."""
        if not self.tells_time:
            return reply
        made_at = self.loop.clock.true_epoch() - int(reply.headers.get("Age", "0"))
        return replace(reply, headers={**reply.headers, "Date": email.utils.formatdate(made_at, usegmt=True)})

    def latency_s(self) -> float:
        return self.dice.uniform(0.01, 0.08) + self.dice.random() * self.weather["delay"]

    def strikes(self, kind: str) -> bool:
        chance = self.weather[kind]
        return chance > 0 and self.dice.random() < chance

    def spoken(self, body: Any) -> Any:
        """As the server writes it at the moment."""
        return with_odd_field(body, self.dice) if self.strikes("odd fields") else body

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

    def sever(self, code: int | None = None, owners: Collection[object] | None = None) -> None:
        """All sockets at once, or those of some clients: reset, or closed by the server."""
        for connection in self._of(owners):
            connection.end(code)

    def freeze(self, owners: Collection[object] | None = None) -> None:
        """Sockets are half open from now on: nothing comes through, and nobody says so."""
        for connection in self._of(owners):
            connection.is_frozen = True

    def _of(self, owners: Collection[object] | None) -> list[Connection]:
        return [each for each in self.connections if owners is None or each.owner in owners]


class Connection:
    """A WebSocket, both of its ends; the client's is the part of ``websockets``' interface that is used."""

    def __init__(self, network: Network, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self.headers = headers
        self.is_frozen = False
        self.session: Any = None
        """What the server has bound to it."""
        self.guest: Any = None
        """Whose it is, where its address says so."""
        self.owner = OWNER.get()
        """The client that has opened it."""
        self._network = network
        self._loop = network.loop
        self._opened_at = self._loop.time()
        self._inbox: deque[bytes] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._error: ConnectionClosed | None = None
        self._arrivals = {"up": 0.0, "down": 0.0}

    # --- the server's end

    @property
    def is_open(self) -> bool:
        return self in self._network.connections

    def say(self, frame: Any, *, is_answer: bool = False) -> None:
        """To the client. What is no answer to anything may be dropped, repeated and reordered."""
        network = self._network
        data = frame if isinstance(frame, bytes) else msgspec.json.encode(network.spoken(frame))
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

    async def recv_streaming(self, decode: bool | None = None) -> AsyncIterator[bytes]:
        while not self._inbox:
            if self._error is not None:
                raise self._error
            self._reader = self._loop.create_future()
            await self._reader
        yield self._inbox.popleft()

    async def ping(self) -> asyncio.Future[float]:
        answer: asyncio.Future[float] = self._loop.create_future()

        def pong() -> None:
            if not (self.is_frozen or self._network.weather["blackhole"] or answer.done()):
                if self._error is not None:
                    answer.set_exception(self._error)
                    answer.exception()  # Nobody has to ask, as in ``websockets``.
                else:
                    answer.set_result(0.0)

        self._loop.call_at(self._arrival("up") + self._network.latency_s(), pong)
        return answer

    async def close(self, code: int = 1000) -> None:
        self._leave(ConnectionClosedError(None, Close(code, "")), is_own=True)

    @property
    def transport(self) -> Connection:
        return self

    def abort(self) -> None:
        self._leave(ConnectionClosedError(None, None), is_own=True)

    def _leave(self, error: ConnectionClosed, *, is_own: bool = False) -> None:
        self._fail(error, is_own=is_own)
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

    def _fail(self, error: ConnectionClosed, *, is_own: bool = False) -> None:
        if self._error is None and not (self.is_frozen and error.sent is None and error.rcvd is not None):
            self._error = error
            self._wake()
            if not is_own and self.owner is not None:
                self.owner.stream_ended()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


def _refusal(status: int, headers: dict[str, str]) -> InvalidStatus:
    return InvalidStatus(HandshakeResponse(status, "", Headers(headers), b""))
