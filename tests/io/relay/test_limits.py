"""What the platform allows an app: 20 channels, by its own and through a relay."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from ipygenesys import AgentMessaging, ClientCredentials, Relay
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.io.watch import Watched, calls, connections, eventually, received
from tests.tools.redis import RedisServer

KERNELS = 25
CHANNELS = "/api/v2/notifications/channels"
PATIENCE_S = 60.0


def direct(simulator: Simulator) -> AgentMessaging:
    """As a kernel of its own has it: the same app, a login of its own."""
    credentials = ClientCredentials(simulator.client_id, simulator.client_secret)
    return AgentMessaging(
        base_url=simulator.base_url, conversation_id=simulator.conversation_id, credentials=credentials
    )


def evictions(simulator: Simulator) -> int:
    return sum(entry["evicted"] for entry in received(simulator, "channel_created"))


async def shows(client: Watched, text: str) -> None:
    await client.until(lambda: client.texts == [text], PATIENCE_S)


async def test_the_21st_kernel_evicts_the_first_and_through_a_relay_none_does(
    redis_server: RedisServer,
) -> None:
    async with Simulator(scenario="manual") as simulator, AsyncExitStack() as stack:
        kernels: list[Watched] = []
        for number in range(1, 22):
            kernel = await stack.enter_async_context(Watched(direct(simulator)))
            await kernel.until_status("connected", PATIENCE_S)
            kernels.append(kernel)
            assert bool(evictions(simulator)) == (number == 21)
        await eventually(lambda: kernels[0].status != "connected")

    async with Simulator(scenario="manual") as simulator, AsyncExitStack() as stack:
        url, name = redis_server.url, simulator.conversation_id
        await stack.enter_async_context(Service(url, {name: direct(simulator)}))
        viewers = [
            await stack.enter_async_context(Watched(Relay(url, conversation_id=name))) for _ in range(KERNELS)
        ]
        await asyncio.gather(*(viewer.until_status("connected", PATIENCE_S) for viewer in viewers))
        simulator.customer_say("Can all of you see this?")
        await asyncio.gather(*(shows(viewer, "Can all of you see this?") for viewer in viewers))
        assert {viewer.status for viewer in viewers} == {"connected"}
        assert evictions(simulator) == 0
        assert calls(simulator, CHANNELS)["POST", 200] == 1
        assert len(connections(simulator, "opened")) == 1
        assert sum(calls(simulator, "/api/").values()) < KERNELS, "calls do not grow with viewers"
