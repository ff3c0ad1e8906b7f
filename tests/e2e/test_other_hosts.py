"""Three hosts that are no Jupyter, each in an environment of its own; all of them: `uv run poe hosts`."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.hosts.catalogue import HOSTS
from tests.hosts.environments import environment, wheel
from tests.hosts.tour import visit


@pytest.mark.slow
@pytest.mark.parametrize("name", ["marimo run", "Shiny", "Panel"])
def test_a_chat_lives_in_another_host_and_ends_with_its_session(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    host = next(each for each in HOSTS if each.name == name)
    python = environment(host.name, host.packages, wheel(tmp_path))
    outcome = visit(browser, host, python)
    assert outcome.missing == {}
    assert not outcome.is_same_again
