"""A few troubles in every test run; `poe relay-chaos` makes five hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.relay import FAILOVER_S, Kind, run


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "redis"])
async def test_whatever_happens_to_a_relay_nothing_is_lost_doubled_or_out_of_order(
    tmp_path: Path, kind: Kind
) -> None:
    outcome = await run(1, 1, tmp_path, (kind,))

    assert outcome.is_good, outcome
    assert outcome.said > 10
    assert max(outcome.recovered_s) <= 2 * FAILOVER_S, "a stuck one, not a slow machine"
