"""Floods that are too fast for whoever takes them: what does not fit comes from history, and nothing is lost."""

from __future__ import annotations

import time

import pytest

from ipygenesys._core.machines import inbound_queue
from ipygenesys.simulator import Simulator
from tests.chaos.flood import Measured, run
from tests.io.watch import Watched, connections, protocol_for


async def test_messages_that_did_not_fit_come_from_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound_queue, "MAX_FRAMES", 20)
    monkeypatch.setattr(inbound_queue, "PATIENCE_S", 0.0)
    async with Simulator(scenario="manual", rate_limit_per_min=1_000_000) as simulator:
        async with Watched(protocol_for(simulator)) as client:
            await client.until_caught_up()
            simulator.agent_say("before")
            await client.until(lambda: client.texts == ["before"])
            client.on_event(lambda _: time.sleep(0.002))
            simulator.agent_say("m", count=1000)
            await client.until(lambda: len(client.messages) == 1001, 30.0)
            assert client.texts == ["before", *(f"m {number}" for number in range(1, 1001))]
            assert client.counters["overflow"] > 0
        assert len(connections(simulator, "authenticated")) == 1


def test_a_burst_into_a_kernel_whose_front_end_is_frozen_loses_nothing() -> None:
    measured = run(Measured("messages", 5_000, 0.5), freeze_s=1.0, warm_up_s=0.0)

    assert (measured.lost, measured.messages_held, measured.streams_opened) == (0, 2500, 1)


def test_a_burst_of_large_frames_takes_no_more_memory_than_a_few_of_them() -> None:
    measured = run(Measured("messages", 400, 0.5, padding=500_000), freeze_s=1.0, warm_up_s=0.0)

    assert (measured.lost, measured.messages_held, measured.streams_opened) == (0, 200, 1)
    assert measured.rss_extra_mb <= 64
