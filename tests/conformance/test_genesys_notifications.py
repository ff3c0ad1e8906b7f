"""The package genesys-notifications, a client of notification channels that others wrote, against the simulator."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest

from ipygenesys.simulator import Simulator

genesys_notifications: Any = pytest.importorskip(
    "genesys_notifications", reason="the package is in the dev group"
)

QUIET = logging.getLogger("tests.genesys_notifications")


class Connection:
    """Its socket, whose ``recv`` gives a task: the package hands coroutines to ``asyncio.wait``, as Python 3.10 took them."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def recv(self) -> asyncio.Task[str]:
        return asyncio.ensure_future(self._socket.recv())


async def opened(sim: Simulator, *topics: str) -> Any:
    async with httpx.AsyncClient(base_url=sim.base_url, trust_env=False) as http:
        answer = await http.post(
            "/api/v2/notifications/channels",
            headers={"Authorization": f"Bearer {sim.agent_access_token()}"},
        )
    names = [f"v2.users.{sim.user_id}.{topic}" for topic in topics]
    channel = genesys_notifications.Channel(answer.json()["connectUri"], names, logger=QUIET)
    await channel
    channel._connection = Connection(channel._connection)
    return channel


async def test_it_subscribes_by_its_socket_and_hears_what_the_customer_says() -> None:
    subscribed = asyncio.Event()
    with Simulator(scenario="manual") as sim:
        channel = await opened(sim, "conversations.messages")
        read = channel.process

        def process(frame: Any) -> Any:
            if frame.get("status") == "subscribed":
                subscribed.set()
            return read(frame)

        channel.process = process
        async with asyncio.timeout(20):
            first = asyncio.ensure_future(anext(channel))
            await subscribed.wait()
            (message_id,) = sim.customer_say("hello")
            notification = await first
        await channel.close()

    assert notification["topicName"] == f"v2.users.{sim.user_id}.conversations.messages"
    assert message_id in str(notification["eventBody"])


async def test_it_is_told_of_a_topic_that_nobody_may_have() -> None:
    with Simulator(scenario="manual") as sim:
        channel = await opened(sim, "no.such.topic")
        async with asyncio.timeout(20):
            with pytest.raises(genesys_notifications.exceptions.SubscriptionFailure):
                await anext(channel)
        await channel.close()


async def test_it_is_told_that_its_socket_is_about_to_be_closed() -> None:
    with Simulator(scenario="manual") as sim:
        channel = await opened(sim, "conversations.messages")
        sim.fault("socket_closing")
        async with asyncio.timeout(20):
            with pytest.raises(genesys_notifications.exceptions.ChannelExpiring):
                await anext(channel)
        await channel.close()
