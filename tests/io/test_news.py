"""What is news to whom: said while the stream opens, and before somebody listens; on every wire."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ipygenesys import AgentMessaging, Client, WebMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys.simulator import Simulator
from tests.io import watch
from tests.io.test_agent_client import login
from tests.io.watch import eventually, protocol_for

SESSION = "11111111-2222-4333-8444-555555555555"


def protocol(name: str, simulator: Simulator) -> Adapter:
    at: dict[str, Any] = {"base_url": simulator.base_url}
    if name == "guest":
        return watch.by(WebMessaging(**at, deployment_id=simulator.deployment_id, session_token=SESSION))
    at["conversation_id"] = simulator.conversation_id
    if name == "agent":
        return watch.by(AgentMessaging(**at, credentials=login(simulator)))
    return protocol_for(simulator)


@pytest.mark.parametrize("name", ["tutorial", "guest", "agent"])
async def test_what_is_said_while_the_stream_opens_is_heard_once_and_nothing_from_before(
    name: str, simulator: Simulator
) -> None:
    async with Client(protocol(name, simulator)) as client:  # A guest's history begins with the session.
        await client.connect()
    say = simulator.customer_say if name == "agent" else simulator.agent_say
    say("before")
    await asyncio.sleep(0.01)
    simulator.fault("delay", ms=150)
    heard: list[str | None] = []
    later: list[str | None] = []
    async with Client(protocol(name, simulator)) as client:
        client.on_message(lambda message: heard.append(message.text))
        for number in range(6):
            await asyncio.sleep(0.05)
            say(f"line {number}")
            if number == 2:
                await asyncio.sleep(0.01)
                assert client.status == "connecting", "the lines were to be said while it opens"
                client.on_message(lambda message: later.append(message.text))
        await eventually(lambda: len(heard) >= 6)
        assert heard == [f"line {number}" for number in range(6)]
        assert later == ["line 3", "line 4", "line 5"]
        assert client.messages[0].text == "before"
