"""Jobs in processes: all are done, and no process does more than its share."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.simulation.processes import in_fresh_processes


def square(number: int) -> tuple[int, int]:
    if number == 3:
        raise AssertionError("three")
    return number * number, os.getpid()


def test_all_jobs_are_done_by_processes_that_are_replaced() -> None:
    done = list(in_fresh_processes(square, [(number,) for number in range(11)], processes=2, jobs_each=2))
    failed = [future for future in done if future.exception()]
    results = [future.result() for future in done if future not in failed]
    assert sorted(value for value, _ in results) == sorted(number**2 for number in range(11) if number != 3)
    assert len({process for _, process in results}) >= 3
    assert max(Counter(process for _, process in results).values()) <= 4
    assert len(failed) == 1
    with pytest.raises(AssertionError, match="three"):
        failed[0].result()
