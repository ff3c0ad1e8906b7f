"""Runs the simulator alone, as ``ipygenesys simulate`` does."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

from ipygenesys.simulator.service import Simulator


def simulate(
    port: int = 0,
    scenario: str = "greeting",
    seed: int = 0,
    dialogue: str | None = None,
    bot: str | None = None,
    speed: float = 1.0,
    **options: Any,
) -> int:
    """Serves until SIGINT or SIGTERM; the first line on stdout is one JSON object with addresses and credentials.

    Returns:
        The exit code: 0 after a signal, 2 for a wrong argument, 1 if the port is taken.
    """
    try:
        simulator = Simulator(
            port=port, scenario=scenario, seed=seed, dialogue=dialogue, bot=bot, speed=speed, **options
        )
    except ValueError as error:
        print(f"ipygenesys simulate: {error}", file=sys.stderr)
        return 2
    try:
        asyncio.run(run_forever(simulator))
    except OSError as error:
        print(f"ipygenesys simulate: port {port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


async def run_forever(simulator: Simulator) -> None:
    """Prints the description and serves until a signal."""
    stop = asyncio.Event()
    _on_signals(stop)
    async with simulator:
        sys.stdout.write(json.dumps(simulator.describe()) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows' loops have no signal handlers
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
