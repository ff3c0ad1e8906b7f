"""Schedules of a relay violate nothing, and the checker would notice if they did."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from ipygenesys._core.relay.positions import Cursor, Position, Verdict
from tests.simulation.campaign import invariants
from tests.simulation.relay import campaign, world
from tests.simulation.relay.schedule import Schedule, schedule_of
from tests.simulation.relay.server import VirtualRedis
from tests.simulation.relay.world import World
from tests.simulation.schedule import Action

RUNS = 120
PIECES = 4
DEPOSED = (4, 21)
"""Seeds of which each has two that believe to lead, and a viewer who writes to both."""
TRIMMED = 20
"""A seed of which a viewer misses an entry and gets later ones."""
CUT_OFF = tuple(
    Schedule(
        seed=seed,
        protocol="tutorial",
        actions=(
            Action(20.0, "viewer is silent", seconds=5.0),
            Action(22.0, "other says", 1),
            Action(23.0, "stream is trimmed", 0),
        ),
        relays=1,
        viewers=1,
    )
    for seed in (5, 6)
)
"""Of each a viewer misses the last entry of all."""


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


def test_a_viewer_who_does_not_notice_a_gap_is_noticed() -> None:
    def whatever_comes_is_next(self: Cursor, at: Position) -> Verdict:
        if at <= self.at:
            return "repeat"
        self.at = at
        return "next"

    with patch.object(Cursor, "take", whatever_comes_is_next):
        found = campaign.run([TRIMMED]).failed
    assert "I1" in invariants(found[TRIMMED])


def test_a_viewer_who_does_not_heed_how_far_the_entries_go_is_noticed() -> None:
    with patch.object(Cursor, "is_overdue", return_value=False):
        found = [campaign.violations(schedule) for schedule in CUT_OFF]
    assert ["I1" in invariants(words) for words in found] == [True, True]


def test_none_of_these_is_found_with_viewers_as_they_are() -> None:
    assert not campaign.run([*DEPOSED, TRIMMED]).failed
    assert [campaign.violations(schedule) for schedule in CUT_OFF] == [[], []]
