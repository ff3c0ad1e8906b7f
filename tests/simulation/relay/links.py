"""The ways to a virtual Redis, one for each process, with all that can be wrong with them: in place of redis-py.

The product's own ``Redis`` and ``Channels`` run on them. As redis-py is told to, each command is tried twice.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from redis import exceptions

from ipygenesys._io.relay.redis.client import TIMEOUT_S
from ipygenesys._io.relay.redis.url import Connecting
from tests.simulation.network import Weather
from tests.simulation.relay.processes import Outside
from tests.simulation.relay.server import Argument, VirtualRedis

TRIES = 2
LATE_S = 3.0
"""What was not acknowledged is sent again in growing steps: this long after the line is back at most."""


class _Call:
    """A command on its way."""

    def __init__(self, command: tuple[Argument, ...], answer: asyncio.Future[Any]) -> None:
        self.command, self.answer = command, answer
        self.is_lost = False
        """It does not get there any more."""
        self.is_executed = False

    def settle(self, outcome: Any) -> None:
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class Link:
    """The way of one process.

    Weather: ``silent`` (nothing gets through, and nobody says so), ``refused`` (each connection ends at once),
    ``lose_request``, ``lose_answer`` (connections end before, or after), ``slow`` (seconds).
    """

    def __init__(self, server: VirtualRedis, loop: Outside, dice: random.Random) -> None:
        self.server, self.loop, self.dice = server, loop, dice
        self.weather = Weather(loop.clock)
        self.lines: list[Line] = []
        """That listen to channels."""
        self._calls: set[_Call] = set()
        self._silent_until = 0.0

    @property
    def is_idle(self) -> bool:
        return not (self._calls or self.lines)

    def silence(self, seconds: float) -> None:
        self._silent_until = max(self._silent_until, self.loop.time() + seconds)

    @property
    def all_is_there_at(self) -> float:
        """By then all that was sent has arrived, however late."""
        return self._silent_until + LATE_S

    def latency_s(self) -> float:
        return self.dice.uniform(0.0005, 0.004) + self.dice.random() * self.weather["slow"]

    def strikes(self, kind: str) -> bool:
        chance = self.weather[kind]
        return chance > 0 and self.dice.random() < chance

    def arrival(self) -> float:
        """When something that is sent now is there; it may have to wait until the line is back."""
        if (is_back := self._silent_until) > self.loop.time():
            return is_back + self.dice.random() * LATE_S
        return self.loop.time() + self.latency_s()

    def reset(self, *, is_server_gone: bool = False) -> None:
        """All connections end. What is on its way may get there yet, unless there is nobody."""
        for call in tuple(self._calls):
            call.is_lost |= is_server_gone or self.dice.random() < 0.5
            self.loop.call_later(self.latency_s(), call.settle, exceptions.ConnectionError("reset"))
        for line in tuple(self.lines):
            line.end()

    def kill(self) -> None:
        """Its process is no more; what it has sent is on its way."""
        for line in tuple(self.lines):
            line.forget()
        self._calls.clear()

    def freeze_lines(self) -> None:
        """Something between has forgotten those that listen: they hear nothing more, and nobody says so."""
        for line in self.lines:
            line.is_frozen = True

    # --- as a client of redis-py

    async def execute(self, command: tuple[Argument, ...]) -> Any:
        for number in range(1, TRIES + 1):
            try:
                return await self._once(command, is_new=number > 1 or self.dice.random() < 0.1)
            except (exceptions.ConnectionError, exceptions.TimeoutError):
                if number == TRIES:
                    raise
        raise AssertionError

    async def connected(self) -> None:
        """A new connection."""
        if self._silent_until > self.loop.time():
            await asyncio.sleep(TIMEOUT_S)
            raise exceptions.TimeoutError("Timeout connecting to server")
        await asyncio.sleep(2 * self.latency_s())
        if self.weather["refused"] or not self.server.is_up:
            raise exceptions.ConnectionError("refused")

    async def _once(self, command: tuple[Argument, ...], *, is_new: bool) -> Any:
        if is_new or self.weather["refused"] or not self.server.is_up:
            await self.connected()
        call = _Call(command, self.loop.create_future())
        self._calls.add(call)
        call.is_lost = self.strikes("lose_request")
        if call.is_lost:
            self.loop.call_later(self.latency_s(), call.settle, exceptions.ConnectionError("reset"))
        self.loop.call_at(self.arrival(), self._arrive, call)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await call.answer
        except TimeoutError:
            raise exceptions.TimeoutError("Timeout reading from server") from None
        finally:
            self._calls.discard(call)

    def _arrive(self, call: _Call) -> None:
        if call.is_lost:
            return
        if not self.server.is_up:
            call.settle(exceptions.ConnectionError("reset"))
            return
        call.is_executed = True
        if call.command[0] == "XREAD":
            self._read(call)
            return
        try:
            name, *arguments = call.command
            outcome = self.server.execute(str(name), *arguments)
        except exceptions.ResponseError as error:
            outcome = error
        self._answer(call, outcome)

    def _read(self, call: _Call) -> None:
        _, _, count, _, wait_ms, _, *rest = call.command
        names = [str(each).encode() for each in rest]
        after = dict(zip(names[: len(names) // 2], names[len(names) // 2 :], strict=True))
        if (found := self.server.read(after, int(count))) is not None or call.answer.done():
            self._answer(call, found)
            return

        def resume() -> None:
            self.server.blocked.remove(waiting)
            call.answer.remove_done_callback(left)
            timer.cancel()
            self._answer(call, self.server.read(after, int(count)) if self.server.is_up else None)

        def left(_: asyncio.Future[Any]) -> None:
            """Nobody waits for it any more."""
            if waiting in self.server.blocked:
                self.server.blocked.remove(waiting)
            timer.cancel()

        waiting = (tuple(after), resume)
        self.server.blocked.append(waiting)
        timer = self.loop.call_later(int(wait_ms) / 1000, resume)
        call.answer.add_done_callback(left)

    def _answer(self, call: _Call, outcome: Any) -> None:
        if self.strikes("lose_answer"):
            outcome = exceptions.ConnectionError("reset")
        self.loop.call_at(self.arrival(), call.settle, outcome)


class Line:
    """A connection that listens to channels; in order, both ways."""

    def __init__(self, link: Link, inbox: deque[dict[str, Any]], wake: asyncio.Event) -> None:
        self.is_connected = True
        self.is_frozen = False
        self._link, self._inbox, self._wake = link, inbox, wake
        self._channels: set[bytes] = set()
        self._arrivals = {"up": 0.0, "down": 0.0}
        link.lines.append(self)

    def send(self, name: str, *channels: bytes) -> None:
        for channel in channels:
            self._later("up", self._heard, name, channel)

    def hear(self, channel: bytes, data: bytes) -> None:
        self._later("down", self._deliver, {"type": "message", "channel": channel, "data": data})

    def end(self) -> None:
        """It is lost, and the client sees it."""
        self.forget()
        self._later("down", self._fail)

    def forget(self) -> None:
        """The server has it no more."""
        if self in self._link.lines:
            self._link.lines.remove(self)
        for channel in tuple(self._channels):
            self._leave(channel)

    def _heard(self, name: str, channel: bytes) -> None:
        if self.is_frozen or self not in self._link.lines:
            return
        if name == "UNSUBSCRIBE":
            self._leave(channel)
            return
        self._channels.add(channel)
        listeners = self._link.server.listeners.setdefault(channel, [])
        if self not in listeners:
            listeners.append(self)
        self._later("down", self._deliver, {"type": "subscribe", "channel": channel, "data": 1})

    def _leave(self, channel: bytes) -> None:
        self._channels.discard(channel)
        if self in (listeners := self._link.server.listeners.get(channel, [])):
            listeners.remove(self)

    def _deliver(self, message: dict[str, Any]) -> None:
        if self.is_connected and not self.is_frozen:
            self._inbox.append(message)
            self._wake.set()

    def _fail(self) -> None:
        if not self.is_frozen:
            self.is_connected = False
            self._wake.set()

    def _later(self, way: str, callback: Any, *arguments: Any) -> None:
        at = self._arrivals[way] = max(self._link.arrival(), self._arrivals[way] + 1e-6)
        self._link.loop.call_at(at, callback, *arguments)


class VirtualPubSub:
    """In place of redis-py's, as far as ``Channels`` uses it."""

    def __init__(self, link: Link) -> None:
        self.connection: Line | None = None
        self.channels: dict[bytes, None] = {}
        self._reconnect: Any = None
        self._link = link
        self._inbox: deque[dict[str, Any]] = deque()
        self._news = asyncio.Event()

    async def subscribe(self, name: str) -> None:
        if self.connection is None:
            await self._link.connected()
            self.connection = Line(self._link, self._inbox, self._news)
        self._check(self.connection)
        self.channels[name.encode()] = None
        self.connection.send("SUBSCRIBE", name.encode())

    async def unsubscribe(self, *names: str) -> None:
        if self.connection is not None:
            self._check(self.connection)
            self.connection.send("UNSUBSCRIBE", *(name.encode() for name in names))

    async def get_message(self, timeout: float) -> dict[str, Any] | None:
        if not self._inbox:
            self._news.clear()
            self._check(self.connection)
            try:
                async with asyncio.timeout(timeout):
                    await self._news.wait()
            except TimeoutError:
                return None
        if self._inbox:
            return self._inbox.popleft()
        self._check(self.connection)
        return None

    async def aclose(self) -> None:
        if self.connection is not None:
            self.connection.forget()

    def _check(self, line: Line | None) -> None:
        if line is None or not line.is_connected:
            raise exceptions.ConnectionError("Connection closed by server.")


class VirtualClient:
    """In place of ``redis.asyncio.Redis``, as far as it is used."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def initialize(self) -> None:
        pass

    async def execute_command(self, *command: Argument) -> Any:
        return await self._link.execute(command)

    def pubsub(self, **_: Any) -> VirtualPubSub:
        return VirtualPubSub(self._link)

    async def aclose(self) -> None:
        pass


class Links:
    """All ways to one server, by the hosts that addresses name."""

    def __init__(self, server: VirtualRedis, loop: Outside, dice: random.Random) -> None:
        self._server, self._loop, self._dice = server, loop, dice
        self._links: dict[str, Link] = {}

    def __getitem__(self, host: str) -> Link:
        if host not in self._links:
            self._links[host] = Link(self._server, self._loop, self._dice)
        return self._links[host]

    def all(self) -> list[Link]:
        return list(self._links.values())

    def client_of(self, url: str, **_: Any) -> Connecting:
        """In place of the product's own, which makes clients of redis-py."""
        return Connecting(VirtualClient(self[str(urlsplit(url).hostname)]), None)
