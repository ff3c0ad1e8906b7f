"""Fixtures of the shells' tests: a simulator on the test's own loop, and a guard against blocking calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from blockbuster import blockbuster_ctx

from ipygenesys._io.platform import source  # noqa: F401 - as a Client does before its loop runs
from ipygenesys.simulator import Simulator
from tests.io.clocks import QuickClock


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """A shell that blocks its loop fails its test."""
    with blockbuster_ctx("ipygenesys") as guard:
        # Making an HTTP client reads the certificates, once, when a conversation begins.
        for function in ("io.TextIOWrapper.read", "io.BufferedReader.read", "os.stat"):
            if function in guard.functions:
                guard.functions[function].deactivate()
        # So does opening a store.
        for blocking in guard.functions.values():
            blocking.can_block_in("ipygenesys/_io/disk/durable_store.py", {"_opened", "_put_aside"})
            # And a recording, and waiting for the end of one where that was asked for.
            blocking.can_block_in("ipygenesys/_io/recordings/recorder.py", {"_opened", "give_up", "join"})
            blocking.can_block_in(
                "ipygenesys/_io/recordings/reading.py", {"__init__", "is_ours", "last_at_s", "close"}
            )
            # A file that was converted goes with its replay, wherever that is collected.
            blocking.can_block_in("ipygenesys/_io/recordings/replay.py", {"_converted", "_remove"})
        yield


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """Nobody acts but by the test's word."""
    async with Simulator(scenario="manual", speed=20) as running:
        yield running


@pytest.fixture
def quick_clock() -> QuickClock:
    """The real time, and dice that make every backoff short."""
    return QuickClock()
