"""A relay between the simulator and viewers, on a real Redis: what viewers see, and what they can do."""

from __future__ import annotations

import asyncio

from ipygenesys import Client, Relay
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.io.watch import eventually, protocol_for
from tests.tools.redis import RedisServer


async def test_a_viewer_sees_what_is_said_and_says_something(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    simulator.agent_say("before")
    name = simulator.conversation_id
    async with Service(redis_server.url, {name: protocol_for(simulator)}):
        async with Client(Relay(redis_server.url, conversation_id=name)) as client:
            await eventually(lambda: client.status == "connected")
            await eventually(lambda: [m.text for m in client.messages] == ["before"])
            simulator.agent_say("live")
            await eventually(lambda: [m.text for m in client.messages] == ["before", "live"])
            simulator.agent_typing(True)
            await eventually(lambda: client.typing == ("Ann",))
            delivery = client.send("hello")
            await asyncio.wait_for(delivery, 5)
            await eventually(lambda: [m.text for m in client.messages] == ["before", "live", "hello"])
            assert client.messages[-1].is_own
