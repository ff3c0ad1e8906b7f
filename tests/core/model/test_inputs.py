"""What a session is told, and when."""

from __future__ import annotations

from ipygenesys._core.model.inputs import soonest


def test_the_soonest_is_the_least_and_none_is_never() -> None:
    assert soonest(3.0, None, 1.0, 2.0) == 1.0
    assert soonest(0.0, None) == 0.0
    assert soonest(None, None) is soonest() is None
