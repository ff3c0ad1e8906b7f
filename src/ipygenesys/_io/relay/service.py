"""A relay: its upstreams, each led or waited for, on one Redis."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from ipygenesys._core.relay.rights import Everybody, Rights
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.platform import source  # noqa: F401 - who takes over has no time to import it
from ipygenesys._io.relay.leading import Options, Upstream
from ipygenesys._io.relay.reader import Reader
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.taking import AT_ONCE

_log = logging.getLogger("ipygenesys.relay")


class Metrics(NamedTuple):
    """How a relay is doing, in numbers; never what is said."""

    upstreams: int
    """That it owns or waits for."""
    leading: int
    """Of them, those that it owns."""
    connected: int
    """Of those, those with a connection to the platform."""
    takeovers: int
    entries: int
    """That were written."""
    unreadable_commands: int


class Service:
    """Runs on the loop that enters it: ``async with Service(url, upstreams)``.

    Args:
        url: of Redis.
        upstreams: a protocol for each, by the name that viewers use.
        rights: who may do what.
        options: how much is kept.
        clock: the time and the dice.
    """

    def __init__(
        self,
        url: str,
        upstreams: Mapping[str, Any],
        rights: Rights | None = None,
        options: Options | None = None,
        *,
        clock: SystemClock | None = None,
    ) -> None:
        self._url, self._protocols = url, dict(upstreams)
        self._rights = rights or Everybody()
        self._options = options or Options()
        self._clock = clock or SystemClock()
        self._tasks = Tasks(self._failed)
        self.upstreams: dict[str, Upstream] = {}
        self._opened: dict[str, Upstream] = {}
        """Those that viewers of an inbox want."""
        self.bugs = 0

    async def __aenter__(self) -> Self:
        self._redis = Redis(self._url)
        self._reader = Reader(self._redis, self._tasks, AT_ONCE)
        for name, protocol in self._protocols.items():
            self.upstreams[name] = self._started(name, protocol)
        return self

    def _started(self, name: str, protocol: Any) -> Upstream:
        upstream = Upstream(
            name,
            protocol,
            self._redis,
            self._reader,
            self._rights,
            self._tasks,
            self._clock,
            self._options,
            self,
        )
        upstream.start()
        return upstream

    def open(self, name: str, protocol: Any) -> None:
        """Relay a conversation that viewers of an inbox want; doing it twice is fine."""
        if name not in self._opened:
            self._opened[name] = self._started(name, protocol)

    def close(self, name: str) -> None:
        """Nobody wants it any more."""
        if (upstream := self._opened.pop(name, None)) is not None:
            _ = self._tasks.start(upstream.aclose())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.drain()

    async def drain(self) -> None:
        """Finish what is being sent, let others lead, leave no task and no connection. Doing it twice is fine."""
        upstreams = [*self._opened.values(), *self.upstreams.values()]
        self.upstreams, self._opened = {}, {}
        await asyncio.gather(*(upstream.aclose() for upstream in upstreams))
        await self._tasks.cancel()
        await self._reader.aclose()
        await self._redis.aclose()

    @property
    def metrics(self) -> Metrics:
        """As things are now."""
        all_ = [*self.upstreams.values(), *self._opened.values()]
        owned = [each.owner for each in all_ if each.owner is not None]
        return Metrics(
            upstreams=len(all_),
            leading=sum(each.is_leading for each in all_),
            connected=sum(owner.gateway.session.connection.is_open for owner in owned),
            takeovers=sum(each.takeovers for each in all_),
            entries=sum(each.writer.written for each in all_ if each.writer is not None),
            unreadable_commands=sum(owner.taking.unreadable for owner in owned),
        )

    @property
    def is_healthy(self) -> bool:
        """Each upstream is led by us with a connection, or waited for."""
        return self.bugs == 0 and all(
            not each.is_leading if each.owner is None else each.owner.gateway.session.connection.is_open
            for each in self.upstreams.values()
        )

    def _failed(self, where: str, error: BaseException) -> None:
        self.bugs += 1
        _log.error("Internal error in %s: %s", where, place_of(error))
