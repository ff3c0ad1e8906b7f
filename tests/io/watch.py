"""Waiting for what a client is told, without sleeping."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol, TypeVar

from ipygenesys import Client, MessagingEvents
from ipygenesys._core.model.events import Event, MessageReceived
from ipygenesys._protocols.base import Adapter, IsFed
from ipygenesys.credentials import ClientCredentials, Credentials
from ipygenesys.simulator import Simulator
from tests.io.clocks import QuickClock

PATIENCE_S = 30.0
T = TypeVar("T")


class By(Protocol):
    """What a client is given for a protocol."""

    def __call__(self, protocol: T) -> T: ...


def itself(protocol: T) -> T:
    return protocol


by: By = itself
"""Where the same tests run by a relay, it is one."""


class Watched(Client):
    """A client that keeps what it was told and can be waited for."""

    def __init__(self, protocol: Adapter | IsFed, **options: Any) -> None:
        super().__init__(protocol, **options)
        self._gateway.clock.own = QuickClock()
        self.told: list[Event] = []
        self._changed = asyncio.Event()
        self.on_event(self._note)

    def _note(self, event: Event) -> None:
        self.told.append(event)
        self._changed.set()

    async def until(self, condition: Callable[[], T], timeout: float | None = PATIENCE_S) -> T:
        """Wait until something that the client was told makes this true, whatever becomes of the connection."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := condition()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(
                f"not within {timeout} s; {self!r}, {self.counters}, {self.told[-5:]}"
            ) from None
        return found

    async def until_status(self, status: str, patience_s: float = PATIENCE_S) -> None:
        await self.until(lambda: self.status == status, patience_s)

    async def until_caught_up(self) -> None:
        """Connected, and the conversation as it was is known."""
        await self.until_status("connected")
        await eventually(lambda: self._gateway.session.catch_up.has_completed)

    @property
    def texts(self) -> list[str | None]:
        return [message.text for message in self.messages]

    @property
    def received(self) -> list[str | None]:
        return [event.message.text for event in self.told if isinstance(event, MessageReceived)]


async def eventually(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait for what the other side knows: nothing announces that."""
    try:
        async with asyncio.timeout(patience_s):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise AssertionError(f"not within {patience_s} s") from None


def protocol_for(simulator: Simulator, **changes: Any) -> MessagingEvents:
    options: dict[str, Any] = {
        "base_url": simulator.base_url,
        "conversation_id": simulator.conversation_id,
        "credentials": credentials_for(simulator),
    }
    return by(MessagingEvents(**{**options, **changes}))


def credentials_for(simulator: Simulator) -> Credentials:
    return ClientCredentials(simulator.client_id, simulator.client_secret)


@contextlib.asynccontextmanager
async def connected(simulator: Simulator, **changes: Any) -> AsyncIterator[Watched]:
    """A client that is connected and has caught up."""
    async with Watched(protocol_for(simulator, **changes)) as client:
        await client.until_caught_up()
        yield client


# --- what the server knows --------------------------------------------------------------------------------


def received(simulator: Simulator, kind: str) -> list[dict[str, Any]]:
    """What the client did, as the server carried it out."""
    return [
        entry for entry in simulator.log()["received"] if entry["kind"] == kind and "rejected" not in entry
    ]


def rejected(simulator: Simulator, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in simulator.log()["received"] if entry["kind"] == kind and "rejected" in entry]


def connections(simulator: Simulator, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in simulator.log()["connections"] if entry["kind"] == kind]


def sent_texts(simulator: Simulator) -> list[str]:
    """What the client has sent: each message once, or the test that asks fails."""
    return [entry["text"] for entry in received(simulator, "send") if "repeated" not in entry]


def calls(simulator: Simulator, path_part: str) -> Counter[tuple[str, int]]:
    """Method and status of the calls to a path."""
    return Counter(
        (request["method"], request["status"])
        for request in simulator.requests()
        if path_part in request["path"]
    )
