"""A Chat and an Inbox whose conversations come by a relay."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ipygenesys import Chat, ClientCredentials, Inbox, MessagingEvents, Relay, Simulator
from ipygenesys._io.relay.service import Service
from tests.io.watch import eventually
from tests.tools.redis import RedisServer


@contextmanager
def relayed(redis: RedisServer) -> Iterator[tuple[Simulator, Relay]]:
    """A relay of a simulator's conversation, on a thread of its own."""
    with Simulator(scenario="manual", speed=20) as simulator:
        name = simulator.conversation_id
        upstream = MessagingEvents(
            base_url=simulator.base_url,
            conversation_id=name,
            credentials=ClientCredentials(simulator.client_id, simulator.client_secret),
        )
        loop, over, is_connected = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

        async def serve() -> None:
            async with Service(redis.url, {name: upstream}) as service:
                await eventually(lambda: service.metrics.connected)
                is_connected.set()
                await over.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        try:
            assert is_connected.wait(60)
            yield simulator, Relay(redis.url, conversation_id=name)
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join()
            loop.close()


def until(condition: Callable[[], object], patience_s: float = 30.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_chat_by_a_relay_is_a_chat(redis_server: RedisServer) -> None:
    with relayed(redis_server) as (simulator, protocol), Chat(protocol) as chat:
        chat.send("hello").wait(30)
        simulator.agent_say("answer")
        assert chat.wait_for_message(timeout=30).text == "answer"
        until(lambda: chat.status == "connected")
        assert [message.text for message in chat.messages] == ["hello", "answer"]


def test_conversations_by_a_relay_make_an_inbox(redis_server: RedisServer) -> None:
    with relayed(redis_server) as (simulator, protocol):
        simulator.agent_say("hello")
        with Inbox([protocol]) as inbox:
            until(lambda: [row.last is not None for row in inbox.rows] == [True])
            assert inbox.rows[0].conversation_id == simulator.conversation_id
            chat = inbox.open(simulator.conversation_id)
            until(lambda: [message.text for message in chat.messages] == ["hello"])
