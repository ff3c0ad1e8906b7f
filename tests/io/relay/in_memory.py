"""Viewers in one program, fed without a Redis: what a delivery costs them, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from ipygenesys import Client, Message, Relay
from ipygenesys._core.model.platform_events import CapabilitiesLearned, MessageArrived, PresenceChanged
from ipygenesys._core.relay import commands, entries
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.rights import ALL_RIGHTS
from ipygenesys._io.relay import hub
from ipygenesys._io.relay.redis.channels import Heard, Said
from ipygenesys._io.relay.redis.client import Entry

NAME = "c"
STATE = entries.RelayState(
    run="run",
    own=entries.own_part(("us-here",), "customer"),
    able=CapabilitiesLearned(frozenset({"send", "send_typing", "send_read", "receive_typing", "history"})),
    upstream=entries.UpstreamTold("connected"),
    people=(PresenceChanged(participant_id="p1", has_joined=True, name="Ann", role="agent"),),
)


class InMemory:
    """In place of a Redis, with a relay behind it that greets and says what it is told to say."""

    user = "default"

    def __init__(self, *_: object, **__: object) -> None:
        self.at = Position(1, 1)
        self._said: asyncio.Queue[Heard | Said] = asyncio.Queue()
        self._entries: asyncio.Queue[list[Entry]] = asyncio.Queue()

    def say(self, *messages: Iterable[MessageArrived]) -> None:
        """Each is what one entry says; all are read at once."""
        new = []
        for each in messages:
            self.at = self.at.next
            new.append(Entry(str(self.at), entries.encoded(tuple(each))))
        self._entries.put_nowait(new)

    # --- as a Redis

    async def newest(self, stream: str) -> Position | None:
        return self.at

    async def get(self, *keys: str) -> list[bytes | None]:
        held: list[bytes | None] = [entries.encoded(STATE), b"leads"]
        return held[: len(keys)]

    async def page(self, keys: Keys, **_: object) -> list[str]:
        return []

    async def messages(self, keys: Keys, ids: Iterable[str]) -> list[bytes]:
        return []

    async def read(self, after: Mapping[str, str], count: int) -> dict[str, list[Entry]]:
        return dict.fromkeys(after, await self._entries.get())

    async def ask(self, keys: Keys, data: bytes) -> None:
        command = commands.command_of(data)
        answer = commands.Answer(number=command.number, rights=ALL_RIGHTS)
        self._said.put_nowait(Said(keys.answers(self.user, command.viewer), commands.encoded(answer)))

    def channels(self) -> InMemory:
        return self

    async def subscribe(self, *names: str) -> None:
        for name in names:
            self._said.put_nowait(Heard(name))

    async def unsubscribe(self, *names: str) -> None:
        pass

    async def said(self) -> AsyncIterator[Heard | Said]:
        while True:
            yield await self._said.get()

    async def aclose(self) -> None:
        pass


@asynccontextmanager
async def looking_on(
    number: int, hear: Callable[[Message], object]
) -> AsyncIterator[tuple[InMemory, list[Client]]]:
    """So many viewers of one conversation, connected; ``hear`` hears what each of them is told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub, "Redis", InMemory)
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(
                    Client(Relay("redis://nowhere", conversation_id=NAME), remember_read=False)
                )
                for _ in range(number)
            ]
            for each in clients:
                _ = each.on_message(hear)
                await each.until(lambda each=each: each.status == "connected")  # type: ignore[misc]
            for _ in range(20):
                await asyncio.sleep(0.005)
            redis: Any = hub.hub_of("redis://nowhere").redis
            yield redis, clients
