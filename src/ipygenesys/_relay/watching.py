"""How a relay is, for who watches it: ``/live``, ``/health``, and ``/metrics`` for Prometheus.

They are served on the relay's own loop: what hangs it shows there too. None of it holds content, names or secrets.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from ipygenesys._relay.settings import Listen

PREFIX = "ipygenesys_relay"


class Figure(NamedTuple):
    """One number of a relay."""

    value: float
    help: str
    grows: bool = False
    """It only grows, but for a restart."""


class Watchable(Protocol):
    """What is watched."""

    def figures(self) -> Mapping[str, Figure]:
        """How it is doing, by name."""

    @property
    def is_healthy(self) -> bool:
        """Whether it does what it is for."""


class _Collector:
    def __init__(self, watched: Watchable, begun: float) -> None:
        self._watched = watched
        self._begun = begun

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            f"{PREFIX}_healthy",
            "1: every upstream is led by this relay with a connection, or waited for",
            value=float(self._watched.is_healthy),
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_start_time_seconds", "When this relay began, since the epoch", value=self._begun
        )
        for name, figure in self._watched.figures().items():
            family = CounterMetricFamily if figure.grows else GaugeMetricFamily
            yield family(f"{PREFIX}_{name}", figure.help, value=figure.value)


@asynccontextmanager
async def watched(relay: Watchable, listen: Listen) -> AsyncIterator[int]:
    """Answers on this address while it is entered.

    Returns:
        The port, for an address that left it open.

    Raises:
        OSError: somebody else listens there.
    """
    registry = CollectorRegistry()
    registry.register(_Collector(relay, time.time()))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    async def health(_: web.Request) -> web.Response:
        figures = {name: figure.value for name, figure in relay.figures().items()}
        is_healthy = relay.is_healthy
        status = "ok" if is_healthy else "not connected"
        return web.json_response({"status": status, **figures}, status=200 if is_healthy else 503)

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/health", health), web.get("/live", live)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, listen.host, listen.port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
