"""Schedules of a relay violate nothing, and the checker would notice if they did."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from tests.simulation.campaign import invariants
from tests.simulation.relay import campaign, world
from tests.simulation.relay.schedule import schedule_of
from tests.simulation.relay.server import VirtualRedis
from tests.simulation.relay.world import World

RUNS = 120
PIECES = 4
DEPOSED = (4, 21)
"""Seeds of which each has two that believe to lead, and a viewer who writes to both."""


@pytest.mark.parametrize("piece", range(PIECES))
def test_no_schedule_of_a_relay_violates_anything(piece: int) -> None:
    size = RUNS // PIECES
    findings = campaign.run(range(piece * size, (piece + 1) * size))
    explained = [campaign.explain(seed) for seed in list(findings.failed)[:1]]
    assert not findings.failed, "\n\n".join([str(findings.failed), *explained])
    assert findings.counts["gaps noticed"] > 0


def test_a_run_follows_from_its_seed() -> None:
    for seed in (3, 4):
        first, second = World(schedule_of(seed)), World(schedule_of(seed))
        first.run()
        second.run()
        assert first.log == second.log
        assert first.redis.added == second.redis.added


def test_a_leader_that_was_deposed_and_is_not_refused_is_noticed() -> None:
    class Unfenced(VirtualRedis):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.fences = False

    with patch.object(world, "VirtualRedis", Unfenced):
        found = campaign.run(DEPOSED).failed
    assert found.keys() == set(DEPOSED)
    assert all("I6" in invariants(words) for words in found.values())
