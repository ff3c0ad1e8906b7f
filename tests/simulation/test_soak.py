"""Nothing grows in a client that runs on and on, and the measurement would notice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._io.platform.streams import Streams
from tests.simulation.schedule import PROTOCOLS
from tests.simulation.soak import Soak, soak

HOURS = 6.0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_six_hours_leave_everything_flat(protocol: str) -> None:
    found, words = soak(protocol, 1, HOURS)
    assert not found, f"{words}: {found}"


def test_it_looks_into_every_corner_of_the_client() -> None:
    run = Soak("guest", 2, 0.3)
    assert not run.run()
    paths = set(run.measured[-1].sizes)
    for path in (
        "gateway.session.conversation.timeline._placed._where",
        "gateway.session.outbox._drafts",
        "gateway.session.conversation._parked._waiting",
        "gateway._tasks._running",
        "gateway._protocol._session.typing_ids",
        "browser.hub._deltas._waiting",
    ):
        assert path in paths


def test_a_container_that_grows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    noticed = Conversation.typing_noticed

    def hoards(self: Any, event: Any, now: float) -> None:
        self.__dict__.setdefault("hoard", []).extend([event] * 10)
        noticed(self, event, now)

    monkeypatch.setattr(Conversation, "typing_noticed", hoards)
    found, _ = soak("tutorial", 3, 20.0)
    assert any("gateway.session.conversation.hoard grew" in each for each in found)


def test_a_task_that_is_left_behind_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    run_stream = Streams._run

    async def forgets(self: Any, *arguments: Any, **options: Any) -> None:
        self._conversation.spawn(asyncio.sleep(1e9))
        await run_stream(self, *arguments, **options)

    monkeypatch.setattr(Streams, "_run", forgets)
    found, _ = soak("tutorial", 3, 24.0)
    assert any("tasks grew" in each for each in found)
