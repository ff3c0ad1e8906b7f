"""`poe relay-bench`: how late a thousand viewers by a relay see a message, and bare readers of the same bytes.

Source, relay, Redis and viewers are processes of their own, on the same machine. The source's clock and the viewers' are the
machine's, so that a delay is from the source's send to the viewer's handler; a bare reader's is from XADD to what has come.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import re
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from ipygenesys._core.machines.catch_up import RECONCILE_S
from ipygenesys._core.relay.keys import Keys
from tests.benchmarks.machine import about, load
from tests.benchmarks.relay.report import RESULTS_NAME, table
from tests.benchmarks.relay.viewers import STAMP, Late
from tests.benchmarks.report import RESULTS, replace
from tests.chaos import flood
from tests.chaos.source import CONVERSATION
from tests.tools.paths import ARTIFACTS
from tests.tools.redis import RedisServer

PROCESSES = 2
STALLED_SHARE = 0.01
QUIET_S = 3.0
"""Between two phases."""
LINE_LIMIT = 1 << 26
BARE = "bench:events"
_STAMP_TEXT = re.compile(STAMP.pattern.replace(rb" ", b""))
Row = dict[str, Any]


class Viewers:
    """A process of them."""

    def __init__(self, process: Process, count: int) -> None:
        self.process, self.count = process, count

    async def late(self) -> Late:
        """How late what came since the last time was."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(b"\n")
        return Counter(dict(json.loads(await self.process.stdout.readline())))


@asynccontextmanager
async def python(*command: str, **environment: str) -> AsyncIterator[Process]:
    """A module that runs until the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        env={**os.environ, **environment},
        stdin=PIPE,
        stdout=PIPE,
        limit=LINE_LIMIT,
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def viewers(kind: str, url: str, what: str, counts: Sequence[int]) -> AsyncIterator[list[Viewers]]:
    """So many in each of so many processes, connected."""
    async with AsyncExitStack() as stack:
        found = []
        for count in counts:
            command = ("tests.benchmarks.relay.viewers", kind, url, what, str(count))
            found.append(Viewers(await stack.enter_async_context(python(*command)), count))
        for each in found:
            assert each.process.stdout is not None
            assert await each.process.stdout.readline() == b"ready\n"
        yield found


def memory(process: Process) -> int:
    """Bytes of it in memory."""
    pages = Path(f"/proc/{process.pid}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def cpu_s(process: Process) -> float:
    """Seconds of a processor that it has had."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def summary(late: Late) -> Row:
    """Of delays in tenths of a millisecond."""
    total, seen = late.total(), 0
    found: Row = {}
    wanted = {"p50_ms": 0.50, "p99_ms": 0.99, "max_ms": 1.0}
    for tenths, count in sorted(late.items()):
        seen += count
        found |= {
            name: tenths / 10 for name, share in wanted.items() if name not in found and seen >= share * total
        }
    return {"count": total, **found}


async def arrived(seen_by: Sequence[Viewers], wanted: int, patience_s: float) -> Late:
    """How late what came was, once all is there, or too long for that has passed."""
    late: Late = Counter()
    deadline = time.monotonic() + patience_s
    while True:
        await asyncio.sleep(QUIET_S)
        late += sum(await asyncio.gather(*(each.late() for each in seen_by)), Counter[int]())
        if late.total() >= wanted or time.monotonic() > deadline:
            return late


async def flooded(base_url: str, seen_by: Sequence[Viewers], rate: int, seconds: float) -> Row:
    """What the source sends, as those see it."""
    await asyncio.gather(*(each.late() for each in seen_by))
    before = sum(map(cpu_s, (each.process for each in seen_by)))
    order = {"mix": "messages", "rate": rate, "seconds": seconds, "padding": 0}
    told = await asyncio.to_thread(flood.post, f"{base_url}/flood", order, seconds * 10 + 60)
    wanted = round(rate * seconds) * sum(each.count for each in seen_by)
    late = await arrived(seen_by, wanted, 3 * seconds)
    used = sum(map(cpu_s, (each.process for each in seen_by))) - before
    return {
        **summary(late),
        "missing": wanted - late.total(),
        "source_late_p99_ms": round(told["late_p99_s"] * 1000, 1),
        "cpu_us_per_delivery": round(used / max(late.total(), 1) * 1e6),
    }


async def by_relay(redis: RedisServer, options: argparse.Namespace) -> Row:
    """The relay, one viewer, all of them, and all of them while some stand still."""
    found: Row = {}
    stalled = max(round(options.viewers * STALLED_SHARE), 1)
    with flood.source() as base_url:

        async def state() -> Row:
            return await asyncio.to_thread(flood.get, f"{base_url}/state")

        told = {
            "REDIS": redis.url,
            "BASE_URL": base_url,
            "CONVERSATION": CONVERSATION,
            "CLIENT_ID": "c",
            "CLIENT_SECRET": "s",
        }
        async with python("tests.chaos.relay_process", **told) as relay:
            async with viewers("page", redis.url, CONVERSATION, [1]) as one:
                found["one"] = await flooded(base_url, one, options.rate, options.seconds)
                found["calls_of_one"] = (await state())["calls"]
            before = memory(relay)
            async with viewers(
                "page", redis.url, CONVERSATION, [*_shared(options.viewers - stalled), stalled]
            ) as all_:
                found["memory_kb_a_viewer"] = round((memory(relay) - before) / options.viewers / 1000, 2)
                calls, since = (await state())["calls"], time.monotonic()
                used = cpu_s(relay)
                found["all"] = await flooded(base_url, all_[:-1], options.rate, options.seconds)
                found["relay_cpu_share"] = round((cpu_s(relay) - used) / (options.seconds + QUIET_S), 3)
                all_[-1].process.send_signal(signal.SIGSTOP)
                found["beside_stalled"] = await flooded(base_url, all_[:-1], options.rate, options.seconds)
                found["memory_kb_a_viewer_at_the_end"] = round(
                    (memory(relay) - before) / options.viewers / 1000, 2
                )
                all_[-1].process.send_signal(signal.SIGCONT)
                found |= {
                    "calls_of_all": (await state())["calls"] - calls,
                    "calls_by_itself": math.ceil((time.monotonic() - since) / RECONCILE_S),
                    "sockets": (await state())["opened"],
                }
            async with viewers("kernels", redis.url, CONVERSATION, _shared(options.kernels)) as kernels:
                found["kernels"] = await flooded(base_url, kernels, options.rate, options.seconds)
    return found


def _shared(count: int) -> list[int]:
    return [count // PROCESSES + (number < count % PROCESSES) for number in range(PROCESSES)]


async def by_themselves(redis: RedisServer, options: argparse.Namespace, kind: str, number: int) -> Row:
    """The relay's own entries once more, read by bare readers."""
    client: Any = Redis.from_url(redis.url)
    async with client:
        entries = [fields[b"e"] for _, fields in await client.xrevrange(Keys(CONVERSATION).events, count=500)]
        bodies = [body for body in entries if STAMP.search(body)]
        async with viewers(kind, redis.url, BARE, _shared(number)) as readers:
            before, begun = sum(cpu_s(each.process) for each in readers), time.perf_counter()
            count = round(options.rate * options.seconds)
            for place in range(count):
                await asyncio.sleep(max(begun + place / options.rate - time.perf_counter(), 0.0))
                stamp = f'"text":"{time.time()!r}'.encode()
                await client.xadd(BARE, {"e": _STAMP_TEXT.sub(stamp, bodies[place % len(bodies)], count=1)})
            late = await arrived(readers, count * number, 3 * options.seconds)
            used = sum(cpu_s(each.process) for each in readers) - before
    missing = count * number - late.total()
    return {
        **summary(late),
        "missing": missing,
        "cpu_us_per_delivery": round(used / max(late.total(), 1) * 1e6),
    }


async def measured(options: argparse.Namespace) -> Row:
    results: Row = {
        "about": about(),
        "viewers": options.viewers,
        "kernels": options.kernels,
        "rate": options.rate,
        "seconds": options.seconds,
    }
    with tempfile.TemporaryDirectory() as folder:
        redis = RedisServer(Path(folder))
        await asyncio.to_thread(redis.start)
        try:
            results["relay"] = await by_relay(redis, options)
            results["bare"] = await by_themselves(redis, options, "bare", options.viewers)
            results["bare_kernels"] = await by_themselves(redis, options, "bare", options.kernels)
            results["fanned"] = await by_themselves(redis, options, "fanned", options.viewers)
        finally:
            await asyncio.to_thread(redis.kill)
    return results | {"load_after": load()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="poe relay-bench", description=__doc__)
    parser.add_argument("--viewers", type=int, default=1_000)
    parser.add_argument("--kernels", type=int, default=100, help="viewers with connections of their own")
    parser.add_argument("--rate", type=int, default=20, help="messages a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each phase")
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    options = parser.parse_args()
    results = asyncio.run(measured(options))
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    (ARTIFACTS / "relay-bench.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    print(table(results))
    if options.write:
        replace(RESULTS, RESULTS_NAME, table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
