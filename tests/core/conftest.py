"""A session for each test; Hypothesis profiles: a quick, repeatable one, ``--hypothesis-profile=deep`` searches on."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.core.desk import Desk
from tests.core.driver import Driver

_SLOW_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "core",
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=_SLOW_CHECKS,
)
settings.register_profile(
    "deep", max_examples=1000, stateful_step_count=80, deadline=None, suppress_health_check=_SLOW_CHECKS
)
if settings.get_current_profile_name() in ("default", "ci"):
    settings.load_profile("core")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage is counted where a test names its case: a search for one shows no more of it, three times slower."""
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture
def driver() -> Driver:
    return Driver()


@pytest.fixture
def live(driver: Driver) -> Driver:
    """Connected and caught up with an empty conversation."""
    driver.connect()
    return driver


@pytest.fixture
def desk() -> Desk:
    """The same with a view hub on top."""
    desk = Desk()
    desk.connect()
    return desk
