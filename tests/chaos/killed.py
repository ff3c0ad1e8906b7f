"""A client with durable state, in a process of its own: what a user would do, until somebody pulls the plug."""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass

from ipygenesys import AccessToken, AgentMessaging, Client, ClientCredentials, MessagingEvents
from ipygenesys._core.model.events import MessageReceived
from ipygenesys._io.disk.write_ahead import WriteAhead
from ipygenesys._io.rest.http_client import trusted

SAME_WORDS = "yes"

trusted()  # Before the fork, and not in each process again.


@dataclass(frozen=True)
class Round:
    """Where it connects, and what it does there."""

    number: int
    directory: str
    base_url: str
    conversation_id: str
    client_id: str
    client_secret: str
    agent_token: str | None = None
    """None: the customer, on the tutorial's contract; else the agent, where no draft ids come back."""

    def client(self) -> Client:
        return Client(self._protocol(), durable=self.directory)

    def _protocol(self) -> MessagingEvents | AgentMessaging:
        if self.agent_token is not None:
            return AgentMessaging(
                base_url=self.base_url,
                conversation_id=self.conversation_id,
                credentials=AccessToken(self.agent_token),
            )
        return MessagingEvents(
            base_url=self.base_url,
            conversation_id=self.conversation_id,
            credentials=ClientCredentials(self.client_id, self.client_secret),
        )


def live(plan: Round, told: str) -> None:
    """Until it is killed; what it has promised stands in the file ``told``, which outlives it."""
    pipe = os.open(told, os.O_WRONLY | os.O_APPEND)
    asyncio.run(_live(plan, pipe))


async def _live(plan: Round, told: int) -> None:
    dice = random.Random(plan.number)
    async with plan.client() as client:
        store = client._gateway._store
        assert store is not None
        os.write(told, f"restored {len(store.state.drafts)}\n".encode())
        client.on_event(lambda event: client.mark_read() if isinstance(event, MessageReceived) else None)
        await asyncio.sleep(dice.uniform(0, 0.1))
        for count in range(1000):
            text = SAME_WORDS if dice.random() < 0.2 else f"message {plan.number}.{count}"
            os.write(told, f"called {text}\n".encode())
            delivery = client.send(text)
            await _written(client)
            os.write(told, f"kept {text}\n".encode())
            del delivery
            await asyncio.sleep(dice.uniform(0, 0.05))


async def _written(client: Client) -> None:
    """Until what was just sent is on disk."""
    await asyncio.sleep(0)
    ahead = client._gateway._write_ahead
    assert isinstance(ahead, WriteAhead)
    while (written := ahead.written) is None:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    await asyncio.shield(written)
