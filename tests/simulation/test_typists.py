"""Random typists: what is told, how often, and what the other side sees. `poe typing` takes a million steps."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.profile import TypingRules
from tests.simulation.typists import RULES, Walk, walk


def test_thirty_thousand_steps_by_the_rules_of_every_protocol() -> None:
    seen = walk(30_000, seed=1)
    assert seen.problems == []
    assert seen.steps >= 30_000 and seen.spells > 1000 and seen.steady_s > 5000


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        (TypingRules(refresh_s=3.0), "refreshed after 3"),
        (TypingRules(refresh_s=7.0, has_off=False), "steady typists were hidden"),
        (TypingRules(spacing_s=0.2), "two calls within 0.2"),
    ],
)
def test_rules_that_are_not_good_enough_are_noticed(rules: TypingRules, problem: str) -> None:
    assert any(each.startswith(problem) for each in Walk(rules, seed=2).run(20_000).problems)


def test_a_walk_follows_from_its_seed() -> None:
    for rules in RULES.values():
        assert Walk(rules, 5).run(2000) == Walk(rules, 5).run(2000)
