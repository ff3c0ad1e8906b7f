"""Relays and viewers for tests: a simulator upstream, a real Redis in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from ipygenesys import Relay
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.io.watch import Watched, protocol_for
from tests.tools.redis import RedisServer


def service(redis: RedisServer, simulator: Simulator, **options: Any) -> Service:
    """A relay of the simulator's conversation."""
    return Service(redis.url, {simulator.conversation_id: protocol_for(simulator)}, **options)


def viewer(redis: RedisServer, simulator: Simulator, **options: Any) -> Watched:
    """Somebody who looks on by it."""
    return Watched(Relay(redis.url, conversation_id=simulator.conversation_id, **options))


@asynccontextmanager
async def relayed(
    redis: RedisServer, simulator: Simulator, number: int = 1, **options: Any
) -> AsyncIterator[tuple[Watched, ...]]:
    """A relay and so many viewers, connected."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(service(redis, simulator, **options))
        viewers = [await stack.enter_async_context(viewer(redis, simulator)) for _ in range(number)]
        for each in viewers:
            await each.until_caught_up()
        yield tuple(viewers)
