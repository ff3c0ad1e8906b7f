"""A server that fails or throttles: what it sees stays within the budget, and messages get through."""

from __future__ import annotations

import pytest

from tests.core.retry_after import CALLS, HEADERS, problems
from tests.core.storm import is_within, storm

pytestmark = pytest.mark.no_cover


def test_a_storm_of_failures_is_answered_within_the_budget_and_nothing_is_sent_twice() -> None:
    figures = storm(8, seed=1, seconds=90.0)
    assert is_within(figures), figures
    assert figures.repeats > 10


@pytest.mark.parametrize("name", sorted(CALLS))
def test_no_form_of_retry_after_is_undercut_or_overdone(name: str) -> None:
    headers = sorted(HEADERS) if name == "send" else ["0", "1.5", "1e12", "2, 6"]
    assert [problem for header in headers for problem in problems(name, header, seed=1)] == []
