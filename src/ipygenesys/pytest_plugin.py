"""Gives pytest the fixture ``genesys_simulator``: a simulator of its own for each test.

Outside the simulator's package: pytest imports this in every run, also where the simulator cannot be imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ipygenesys.simulator import Simulator


@pytest.fixture
def genesys_simulator() -> Iterator[Simulator]:
    """A fast simulator in its own thread, where nobody acts unless told."""
    from ipygenesys.simulator import Simulator

    with Simulator(scenario="manual", speed=20) as simulator:
        yield simulator
