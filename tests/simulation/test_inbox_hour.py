"""An inbox's figures are the true ones, whatever comes late, twice or not at all; more of it: ``poe inbox-truth``."""

from __future__ import annotations

import pytest

from tests.simulation.inbox_hour import Hour


@pytest.mark.parametrize("seed", [0, 1])
def test_figures_are_the_true_ones_at_each_second_of_a_busy_hour(seed: int) -> None:
    watched = Hour(seed, seconds=150, conversations=12, losses=2)

    assert list(watched.differences()) == []
    assert watched.compared > 75
    assert watched.losses == 2
