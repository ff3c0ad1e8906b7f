"""Half-open lines and servers that hang, in real time with the real limits: when is it noticed, when does a call end?"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time

from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.rest.client import TOTAL_S, RestClient
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys.simulator import Simulator
from tests.chaos.proxy import chaos_proxy
from tests.chaos.test_hangs import CANCEL_S, PLACES, hanging
from tests.io.watch import Watched, protocol_for
from tests.tools import gates

CLIENTS = 12
SPREAD_S = 15.0
"""The lines die at moments spread over one interval between two pings."""
NOTICED_S = 25.0


async def noticed(simulator: Simulator, delay_s: float) -> float:
    """How long a client believes in a line that is dead."""
    async with (
        chaos_proxy(simulator.base_url) as proxy,
        Watched(protocol_for(simulator, base_url=proxy.base_url)) as client,
    ):
        await client.until_status("connected")
        await asyncio.sleep(delay_s)
        proxy.trouble(is_blackhole=True)
        died = time.monotonic()
        await client.until_status("reconnecting", 2 * NOTICED_S)
        took = time.monotonic() - died
        proxy.reset_all()
        return took


async def ended(place: str) -> float:
    """How long a call takes that hangs there."""
    async with hanging(place) as base_url:
        rest = RestClient(base_url, clock=SystemClock(), decode_error=lambda _: ErrorDetails())
        began = time.monotonic()
        try:
            await rest.call(Request(method="POST", path="/", what="Hanging"), None)
        except CallError:
            return time.monotonic() - began
        finally:
            await rest.aclose()
    raise AssertionError("it was answered")


async def cancelled(place: str) -> float:
    """How long a call that hangs there still takes once it is cancelled."""
    async with hanging(place) as base_url:
        rest = RestClient(base_url, clock=SystemClock(), decode_error=lambda _: ErrorDetails())
        call = rest.call(Request(method="POST", path="/", what="Hanging"), None)
        task: asyncio.Task[bytes] = asyncio.ensure_future(call)
        await asyncio.sleep(0.5)
        began = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        took = time.monotonic() - began
        await rest.aclose()
        return took


async def measure() -> int:
    async with Simulator(scenario="manual", rate_limit_per_min=1_000_000) as simulator:
        delays = [SPREAD_S * number / CLIENTS for number in range(CLIENTS)]
        half_open = await asyncio.gather(*(noticed(simulator, delay) for delay in delays))
    ends = await asyncio.gather(*map(ended, PLACES))
    cancels = [await cancelled(place) for place in PLACES]
    print(dict(zip(PLACES, (round(end, 2) for end in ends), strict=True)), file=sys.stderr)
    command = "uv run poe deadlines"
    codes = (
        gates.report(
            "T3",
            what=f"{CLIENTS} streams go half open, at moments spread between two pings",
            figure=f"noticed within {max(half_open):.1f} s",
            limit=f"≤ {NOTICED_S:g} s",
            passed=max(half_open) <= NOTICED_S,
            command=command,
        ),
        gates.report(
            "T8",
            what=f"calls to servers that hang: {', '.join(PLACES)}",
            figure=f"all ended within {max(ends):.1f} s; cancelled within {max(cancels) * 1000:.0f} ms",
            limit=f"≤ {TOTAL_S:g} s; cancel ≤ {CANCEL_S * 1000:g} ms",
            passed=max(ends) <= TOTAL_S + 0.5 and max(cancels) <= CANCEL_S,
            command=command,
        ),
    )
    return max(codes)


def main(arguments: list[str]) -> int:
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # Connections that we have reset ourselves.
    return asyncio.run(measure())
