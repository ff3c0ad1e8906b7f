"""A widget without a kernel: its comm is recorded, its other side is a simulator on a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import comm
import pytest

from ipygenesys import Chat, ClientCredentials, MessagingEvents, chat
from ipygenesys._core.view.delta_buffer import SendBudget
from ipygenesys._io.conversation import gateway
from ipygenesys.simulator import Simulator
from tests.io import watch
from tests.widget.browser import MovableClock, RecordedComm, View, eventually, threads


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Nobody acts but by the test's word."""
    with Simulator(scenario="manual", speed=20) as running:
        yield running


class Bench:
    """Makes widgets and pages; closes them all."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.chats: list[Chat] = []

    def protocol(self, **changes: Any) -> MessagingEvents:
        simulator = self.simulator
        options: dict[str, Any] = {
            "base_url": simulator.base_url,
            "conversation_id": simulator.conversation_id,
            "credentials": ClientCredentials(simulator.client_id, simulator.client_secret),
        }
        return watch.by(MessagingEvents(**{**options, **changes}))

    def chat(self, *, connect: bool = False, locale: str | None = None, **changes: Any) -> Chat:
        made = Chat(self.protocol(**changes), connect=connect, locale=locale)
        self.chats.append(made)
        return made

    def connected(self, **changes: Any) -> Chat:
        """A widget that is connected by a call and has caught up."""
        made = self.chat(connect=True, **changes)
        eventually(lambda: made._gateway.session.catch_up.has_completed and made.status == "connected")
        return made

    def view(self, chat: Chat, **options: Any) -> View:
        """A page that has its snapshot."""
        made = View(self.comm(chat), **options).hello()
        eventually(lambda: made.status)
        return made

    @staticmethod
    def comm(chat: Chat) -> RecordedComm:
        assert isinstance(chat.comm, RecordedComm)
        return chat.comm

    def received(self, kind: str) -> list[dict[str, Any]]:
        """What the server has carried out."""
        entries = self.simulator.log()["received"]
        return [entry for entry in entries if entry["kind"] == kind and "rejected" not in entry]


@pytest.fixture
def bench(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A recording comm, a budget and a clock of the test's own; no thread of ours is left afterwards."""
    monkeypatch.setattr(comm, "create_comm", RecordedComm)
    monkeypatch.setattr(chat, "_budget", SendBudget())
    monkeypatch.setattr(gateway, "SystemClock", MovableClock)
    made = Bench(simulator)
    yield made
    for one in made.chats:
        one.close()
    eventually(lambda: not list(threads()))
