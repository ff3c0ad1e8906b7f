"""A few kills in every test run; `poe kills` makes a thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.kills import run


@pytest.mark.parametrize("is_agent", [False, True])
def test_a_killed_client_loses_nothing_and_sends_nothing_twice(tmp_path: Path, is_agent: bool) -> None:
    outcome = run(5, seed=1, directory=tmp_path, is_agent=is_agent)

    assert outcome.is_good, outcome
