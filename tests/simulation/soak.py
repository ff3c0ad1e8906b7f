"""`poe soak`: 72 virtual hours of one client for each seed; nothing in it may grow that does not hold messages.

People talk in the first third. From then on only what happens by itself and to the network does: heartbeats, typing, renewed
tokens, rotated channels, lost and closed streams. Every container of the client is measured at the end of each third.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ipygenesys._core.measures.event_log import MAX_EVENTS, EventLog
from tests.simulation.agent_server import AgentServer
from tests.simulation.checker import check
from tests.simulation.guest_server import GuestServer
from tests.simulation.processes import in_fresh_processes
from tests.simulation.schedule import DAY_S, PROTOCOLS, Action, Schedule
from tests.simulation.witness import RENEWAL_FAILED
from tests.simulation.world import World
from tests.tools import gates

HOURS, SEEDS = 72.0, 20
TOKEN_LIFE_S = 3600.0
SLACK = 8
"""Entries that a container may have more at one time than at another without growing: what is under way."""
_TALK = ("other says", "we send", "we see", "other reads", "we send the same again", "load older")
_NOISE: dict[str, tuple[float, float]] = {
    "other types": (0, 0),
    "other stops typing": (0, 0),
    "we type": (3, 0),
    "we stop typing": (0, 0),
    "reset": (0, 0),
    "half open": (0, 0),
    "socket is closed": (1001, 0),
    "tokens expire": (0, 0),
    "view reloads": (0, 0),
    "view misses": (0, 5),
    "garbage": (3, 0),
    "refuse": (1, 30),
    "503": (0.5, 30),
    "429": (0.5, 30),
    "lose_answer": (0.5, 20),
    "drop": (0.5, 30),
    "duplicate": (0.5, 30),
    "socket closing": (1, 0),
    "no longer subscribed": (0, 0),
    "clock jumps": (60, 0),
    "we mark all read": (0, 0),
}


@dataclass
class Measured:
    """What a client consists of at one moment."""

    sizes: dict[str, int]
    tasks: int
    timers: int
    sockets: int
    objects: int
    """That the garbage collector knows, in the whole process."""


class Soak(World):
    """One long run."""

    def __init__(self, protocol: str, seed: int, hours: float) -> None:
        super().__init__(
            Schedule(
                seed=seed,
                protocol=protocol,
                actions=(),
                before=5,
                token_life_s=TOKEN_LIFE_S,
                channel_life_s=min(DAY_S, hours * 1200.0),
            )
        )
        self.hours = hours
        self.measured: list[Measured] = []

    async def _play(self) -> None:
        await self.boot()
        await asyncio.sleep(1.0)
        third_s = self.hours * 1200.0
        for third in range(3):
            end = self.loop.time() + third_s
            while (left_s := end - self.loop.time()) > 0:
                await asyncio.sleep(min(self.dice.expovariate(1 / 90.0 if third == 0 else 1 / 400.0), left_s))
                names = (*_TALK, *_NOISE) if third == 0 else tuple(_NOISE)
                name = self.dice.choice(names)
                value, seconds = _NOISE.get(name, (2, 0))
                await self._act(Action(0.0, name, value, seconds))
                self._forget_what_only_the_harness_keeps()
            self.network.weather.clear()
            await asyncio.sleep(180.0)
            self.measured.append(self._measure())
        await self._calm()
        check(self)
        await self._close()
        await asyncio.sleep(5.0)
        self._check_nothing_is_left()
        self._check_growth()

    def _forget_what_only_the_harness_keeps(self) -> None:
        self.log[:] = [line for line in self.log if line.startswith(RENEWAL_FAILED)]
        self.users[0].truth.typing.clear()
        self.server.typed.clear()
        del self.server.secrets[:-50]
        now = self.clock.elapsed_s
        for token in [token for token, end in self.server.tokens.items() if end < now]:
            del self.server.tokens[token]
            self.server.account_of.pop(token, None)
        if isinstance(self.server, AgentServer):
            kept = self.server.channels
            self.server.channels = {id_: each for id_, each in kept.items() if each.ends_at >= now}
        if isinstance(self.server, GuestServer):
            for guest in self.server.guests.values():
                guest.jwts = {jwt: end for jwt, end in guest.jwts.items() if end >= now}

    def _measure(self) -> Measured:
        gc.collect()
        return Measured(
            sizes=dict(_containers(self.users[0].client)),
            tasks=len(asyncio.all_tasks(self.loop)),
            timers=len(self.loop.timers),
            sockets=len(self.network.connections),
            objects=len(gc.get_objects()),
        )

    def _check_growth(self) -> None:
        middle, last = self.measured[1], self.measured[2]
        for name in ("tasks", "timers", "sockets"):
            before, after = getattr(middle, name), getattr(last, name)
            if after > before + SLACK:
                self.report("I8", f"{name} grew from {before} to {after}")
        for path, size in last.sizes.items():
            if size > middle.sizes.get(path, 0) + SLACK:
                self.report("I8", f"{path} grew from {middle.sizes.get(path, 0)} to {size}")


_OURS = ("ipygenesys.", "tests.simulation.browser")
_DEEPEST = 8


def _containers(client: Any) -> Iterator[tuple[str, int]]:
    """The size of everything that holds something, by its path through the client's own objects."""
    seen: set[int] = set()
    todo = deque[tuple[str, Any, int]]([("gateway", client.gateway, 0), ("browser", client.browser, 0)])
    while todo:
        path, value, depth = todo.popleft()
        if id(value) in seen or depth > _DEEPEST:
            continue
        seen.add(id(value))
        if isinstance(value, list | dict | set | tuple) or type(value).__name__ in ("deque", "Counter"):
            yield path, len(value)
            inner = value.values() if isinstance(value, dict) else value
            todo += [(f"{path}[]", each, depth + 1) for each in list(inner)[:50]]
        elif isinstance(value, EventLog):
            # A ring grows up to its bound: what is above that counts.
            yield path, max(0, len(list(value)) - MAX_EVENTS)
        elif type(value).__module__.startswith(_OURS):
            names: Any = getattr(value, "__struct_fields__", None) or getattr(value, "__dict__", ())
            todo += [(f"{path}.{name}", getattr(value, name, None), depth + 1) for name in names]


def soak(protocol: str, seed: int, hours: float) -> tuple[list[str], str]:
    """One seed; the violations, and what it was like."""
    run = Soak(protocol, seed, hours)
    found = run.run()
    middle, last = run.measured[1], run.measured[2]
    words = (
        f"{protocol} {seed}: {len(run.users[0].truth.messages)} messages, {run.network.connects} connects, "
        f"{run.network.requests} requests; tasks {middle.tasks}→{last.tasks}, timers {middle.timers}→{last.timers}, "
        f"objects {middle.objects}→{last.objects}"
    )
    return found, words


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=HOURS)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="for each protocol")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    started, failed = time.perf_counter(), 0
    jobs = [(protocol, seed, chosen.hours) for seed in range(chosen.seeds) for protocol in PROTOCOLS]
    for run in in_fresh_processes(soak, jobs, processes=chosen.processes, jobs_each=3):
        found, words = run.result()
        failed += bool(found)
        print(f"{'FAILED ' if found else ''}{words}", *sorted(set(found)), sep="\n    ", flush=True)
    print(f"{time.perf_counter() - started:.0f} s")
    return gates.report(
        "T18",
        what="one client for days of virtual time, three protocols: renewals, rotations, lost streams",
        figure=f"{chosen.hours:.0f} h × {chosen.seeds} seeds × 3, {failed} with something that grew or a violation",
        limit="72 h × 20 seeds, all flat",
        passed=failed == 0,
        command=f"uv run poe soak --hours {chosen.hours:.0f} --seeds {chosen.seeds}",
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
