"""What a delivery costs the viewers of one program, with nothing else around: ``python -m tests.benchmarks.relay.deliveries``.

Viewers are fed from memory, each message by itself, with no Redis and no sockets. ``--beside CHECKOUT`` does the same with
the sources of another checkout, in turns, each time in a process of its own: the ratio means something on a busy machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.io.relay.in_memory import looking_on
from tests.io.relay.test_costs import Heard, said

WARM_UP = 20
TURNS = 3
ROOT = Path(__file__).parents[3]


async def microseconds(viewers: int, messages: int) -> float:
    """Of a processor, a delivery."""
    heard = Heard()
    async with looking_on(viewers, heard) as (redis, _):

        async def deliver(number: int) -> float:
            begun = time.process_time()
            for _ in range(number):
                redis.say(said())
                await heard.more(viewers)
            return time.process_time() - begun

        await deliver(WARM_UP)
        return await deliver(messages) / (messages * viewers) * 1e6


def measured(source: Path, options: argparse.Namespace) -> float:
    """In a process of its own, with these sources."""
    command = ["-m", "tests.benchmarks.relay.deliveries", "--viewers", str(options.viewers)]
    found = subprocess.run(
        [sys.executable, *command, "--messages", str(options.messages), "--here"],
        env={**os.environ, "PYTHONPATH": f"{source}:{ROOT}"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(found.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.relay.deliveries", description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--messages", type=int, default=100)
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument("--here", action="store_true", help="in this process, the figure alone")
    options = parser.parse_args()
    if options.here:
        print(asyncio.run(microseconds(options.viewers, options.messages)))
        return 0
    sources = [ROOT / "src"] + ([] if options.beside is None else [options.beside / "src"])
    turns = [[measured(each, options) for each in sources] for _ in range(TURNS)]
    best = [min(of_one) for of_one in zip(*turns, strict=True)]
    print(f"{best[0]:.1f} µs of a processor a delivery, {options.viewers} viewers in one process")
    if options.beside is not None:
        print(f"{best[1]:.1f} µs in {options.beside.name}: {best[0] / best[1]:.2f} times as much here")
    return 0


if __name__ == "__main__":
    sys.exit(main())
