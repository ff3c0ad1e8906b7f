"""Runs a relay until it is told to end, and then lets it finish what it has begun."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import Any

from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.rights import Everybody
from ipygenesys._io.relay.leading import Options
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.service import Service
from ipygenesys._relay.address import Address, address_of, variable
from ipygenesys._relay.hub import JupyterHub
from ipygenesys._relay.rights import Identities, Rights
from ipygenesys._relay.settings import Settings
from ipygenesys._relay.tokens import SignedTokens
from ipygenesys._relay.upstreams import protocols_of
from ipygenesys._relay.watching import Figure, watched

LOOK_S = 2.0
"""How often Redis is asked whether it is there."""
DRAIN_S = 25.0
"""Chosen: what orchestrators wait before they kill is 30 s."""
HELP = {
    "upstreams": "That this relay owns or waits for",
    "leading": "Of them, those that it owns",
    "connected": "Of those, those with a connection to the platform",
    "takeovers": "How often it has taken the lead",
    "entries": "Written to Redis",
    "unreadable_commands": "Of viewers: too large, of another version, or of nobody",
}
GROW = {"takeovers", "entries", "unreadable_commands"}

_log = logging.getLogger("ipygenesys.relay")


class Watch:
    """A running relay, as those see it who watch it."""

    def __init__(self, service: Service, url: str) -> None:
        self._service = service
        self._redis = Redis(url)
        self._has_redis = True
        self._led: dict[str, str] = {}

    @property
    def is_healthy(self) -> bool:
        """It reaches Redis, and each upstream is led by it with a connection, or waited for."""
        return self._has_redis and self._service.is_healthy

    def figures(self) -> Mapping[str, Figure]:
        """How it is doing, by name."""
        told = self._service.metrics._asdict()
        figures = {name: Figure(value, HELP[name], name in GROW) for name, value in told.items()}
        return {**figures, "redis_reachable": Figure(self._has_redis, "1: Redis has answered just now")}

    async def look(self) -> None:
        """Goes on asking, and says in the log what has changed; never ends by itself."""
        while True:
            try:
                await self._redis.get(Keys("relay").lease)
                failure = ""
            except RedisError as error:
                failure = error.failure.message
            if bool(failure) == self._has_redis:
                _log.log(
                    logging.WARNING if failure else logging.INFO, "%s", failure or "Redis answers again."
                )
            self._has_redis = not failure
            for name, upstream in self._service.upstreams.items():
                now = "leads" if upstream.is_leading else "waits for"
                if self._led.get(name) != now:
                    _log.info("This relay %s %s.", now, name)
                self._led[name] = now
            await asyncio.sleep(LOOK_S)

    async def aclose(self) -> None:
        """Leave no connection."""
        await self._redis.aclose()


async def serve(settings: Settings, environment: Mapping[str, str]) -> None:
    """Runs until SIGTERM or SIGINT; the first line on stdout is one JSON object that says where it is watched.

    Raises:
        SettingsError: it cannot begin.
        OSError: somebody else listens where it is to be watched.
    """
    address = address_of(settings.redis, environment)
    protocols = protocols_of(settings.upstreams, environment)
    async with AsyncExitStack() as stack:
        rights = (
            Rights(settings, identities_of(settings, environment, stack), address.user)
            if settings.teams
            else Everybody(address.user)
        )
        options = Options(settings.streams.max_entries, int(settings.streams.max_age_s))
        service = Service(address.url, protocols, rights, options)
        watch = Watch(service, address.url)
        stack.push_async_callback(watch.aclose)
        listen = settings.metrics.address
        port = await stack.enter_async_context(watched(watch, listen)) if listen else None
        ended = stack.enter_context(_told_to_end())
        await service.__aenter__()
        looking = asyncio.create_task(watch.look())
        try:
            _say(address, protocols, f"http://{listen.shown_host}:{port}" if listen else None)
            await ended.wait()
            _log.info("Ends: what is being sent is finished, and the lead is given back.")
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            try:
                async with asyncio.timeout(DRAIN_S):
                    await service.drain()
            except TimeoutError:
                _log.warning(
                    "Not all could be finished in %.0f s; whoever leads next goes on with it.", DRAIN_S
                )


def identities_of(
    settings: Settings, environment: Mapping[str, str], stack: AsyncExitStack
) -> list[Identities]:
    """Who can tell whose a token is.

    Raises:
        SettingsError: one of them cannot.
    """
    found: list[Identities] = []
    if signed := settings.identities.signed:
        secret = variable("identities.signed.secret_env", signed.secret_env, environment)
        found.append(SignedTokens.of(signed, secret))
    if settings.identities.jupyterhub:
        hub = JupyterHub.of(settings.identities.jupyterhub, environment)
        stack.push_async_callback(hub.aclose)
        found.append(hub)
    return found


def _say(address: Address, protocols: Mapping[str, Any], url: str | None) -> None:
    sys.stdout.write(
        json.dumps({"redis": address.shown, "upstreams": list(protocols), "watched_url": url}) + "\n"
    )
    sys.stdout.flush()


@contextmanager
def _told_to_end() -> Iterator[asyncio.Event]:
    """Set by the first signal; the second one ends the process as it does without us."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    signals = (signal.SIGTERM, signal.SIGINT)

    def told() -> None:
        event.set()
        release()

    def release() -> None:
        for each in signals:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(each)

    for each in signals:
        with suppress(NotImplementedError):  # Windows: Ctrl-C cancels the task instead, which drains too.
            loop.add_signal_handler(each, told)
    try:
        yield event
    finally:
        release()
