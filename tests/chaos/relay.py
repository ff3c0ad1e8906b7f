"""Relays that are killed, cut off and bereft of Redis while viewers write: nothing is lost, doubled or out of order."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from ipygenesys import Client, Delivery, Relay
from ipygenesys.simulator import EXTENSIONS, Simulator
from tests.chaos.proxy import ChaosProxy, chaos_proxy
from tests.io.watch import protocol_for
from tests.tools.redis import RedisServer

Kind = Literal["kill", "pause", "cut", "redis"]
KINDS: tuple[Kind, ...] = ("kill", "redis", "cut", "pause")
VIEWERS = 3
FAILOVER_S = 10.0
"""What is promised."""
PATIENCE_S = 60.0
WRITE_S = (0.7, 2.5)
"""Between two messages of a viewer: all of them stay below the three a second that the platform's budget allows."""
SINCE_S = 0.3
QUIET_S = 7.0
"""How long a leader is cut off or paused: longer than its lease."""


@dataclass
class Outcome:
    """Of one campaign."""

    rounds: int = 0
    said: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: int = 0
    """Viewers whose conversation is not the server's."""
    undecided: int = 0
    """Sends that failed, or of which nobody knows."""
    recovered_s: list[float] = field(default_factory=list)
    """From the trouble until each viewer has seen what was said after it."""

    @property
    def p99_s(self) -> float:
        ordered = sorted(self.recovered_s)
        return ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.disordered or self.undecided)


class RelayProcess:
    """One relay, behind a proxy of its own."""

    def __init__(self, simulator: Simulator, proxy: ChaosProxy) -> None:
        self.proxy = proxy
        self.leads = False
        self._simulator = simulator
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        simulator = self._simulator
        told = {
            "REDIS": f"redis://127.0.0.1:{self.proxy.own_port}/0",
            "BASE_URL": simulator.base_url,
            "CONVERSATION": simulator.conversation_id,
            "CLIENT_ID": simulator.client_id,
            "CLIENT_SECRET": simulator.client_secret,
        }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.chaos.relay_process", env={**os.environ, **told}, stdout=PIPE
        )
        assert self._process.stdout is not None
        assert (await self._process.stdout.readline()).strip() == b"up"
        self._listening = asyncio.create_task(self._listen(self._process))

    async def _listen(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self.leads = line.strip() == b"leads"
        self.leads = False

    def send(self, what: signal.Signals) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(what)

    async def kill(self) -> None:
        if self._process is not None:
            self.send(signal.SIGKILL)
            await self._process.wait()
            self.leads = False


class Campaign:
    """Two relays, some viewers, and trouble."""

    def __init__(self, redis: RedisServer, simulator: Simulator, dice: random.Random) -> None:
        self.outcome = Outcome()
        self._redis, self._simulator, self._dice = redis, simulator, dice
        self._relays: list[RelayProcess] = []
        self._viewers: list[Client] = []
        self._deliveries: list[tuple[str, Delivery]] = []
        self._is_over = False

    async def run(self, kinds: list[Kind]) -> Outcome:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._end)
            for _ in range(2):
                proxy = await stack.enter_async_context(chaos_proxy(self._redis.url))
                relay = RelayProcess(self._simulator, proxy)
                self._relays.append(relay)
                await relay.start()
            for _ in range(VIEWERS):
                protocol = Relay(self._redis.url, conversation_id=self._simulator.conversation_id)
                self._viewers.append(await stack.enter_async_context(Client(protocol)))
            await self._all_have(self._simulator.agent_say("begin"))
            talking = [asyncio.create_task(self._write(each)) for each in range(VIEWERS)]
            talking.append(asyncio.create_task(self._say()))
            for kind in kinds:
                await asyncio.sleep(self._dice.uniform(0.1, 1.5))
                await self._round(kind)
            self._is_over = True
            await asyncio.gather(*talking)
            await self._check()
        return self.outcome

    async def _round(self, kind: Kind) -> None:
        leader = next((relay for relay in self._relays if relay.leads), self._relays[0])
        began = time.monotonic()
        match kind:
            case "kill":
                await leader.kill()
            case "redis":
                await asyncio.to_thread(self._redis.restart)
            case "cut":
                leader.proxy.trouble(is_unread=True)  # What it says then arrives late, not never.
            case "pause":
                leader.send(signal.SIGSTOP)
        await asyncio.sleep(SINCE_S)  # What was on its way is through.
        await self._all_have(self._simulator.agent_say(f"after {kind} {self.outcome.rounds}"))
        self.outcome.recovered_s.append(time.monotonic() - began)
        self.outcome.rounds += 1
        if kind == "kill":
            await leader.start()
        elif kind != "redis":
            await asyncio.sleep(max(began + QUIET_S - time.monotonic(), 0.0))
            leader.proxy.clear()
            leader.send(signal.SIGCONT)
        await self._until(lambda: any(relay.leads for relay in self._relays))

    async def _write(self, viewer: int) -> None:
        number = 0
        while not self._is_over:
            await asyncio.sleep(self._dice.uniform(*WRITE_S))
            number += 1
            text = f"viewer {viewer} {number}"
            self._deliveries.append((text, self._viewers[viewer].send(text)))

    async def _say(self) -> None:
        number = 0
        while not self._is_over:
            await asyncio.sleep(self._dice.uniform(0.02, 0.2))
            number += 1
            self._simulator.agent_say(f"agent {number}")

    async def _check(self) -> None:
        for _, delivery in self._deliveries:
            with suppress(Exception):
                await asyncio.wait_for(delivery, PATIENCE_S)
        self.outcome.undecided = sum(
            delivery.status not in ("sent", "delivered", "read") for _, delivery in self._deliveries
        )
        await self._all_have(self._simulator.agent_say("end"))
        truth = [entry["text"] for entry in self._simulator.log()["sent"] if "text" in entry]
        taken = [
            entry["text"]
            for entry in self._simulator.log()["received"]
            if entry["kind"] == "send" and "rejected" not in entry and "repeated" not in entry
        ]
        sent = [text for text, _ in self._deliveries]
        self.outcome.said = len(truth) + len(taken)
        self.outcome.lost = [text for text in sent if text not in taken]
        self.outcome.doubled = [text for text in set(taken) if taken.count(text) > 1]
        async with Client(protocol_for(self._simulator)) as direct:
            await direct.load_all()
            whole = [message.id for message in direct.messages]
        for viewer in self._viewers:
            await viewer.load_all()
            with suppress(AssertionError):
                await self._until(partial(_shows, viewer, whole))
            self.outcome.disordered += [message.id for message in viewer.messages] != whole

    async def _all_have(self, message_ids: list[str]) -> None:
        (message_id,) = message_ids
        await self._until(
            lambda: all(any(m.id == message_id for m in each.messages[-400:]) for each in self._viewers)
        )

    async def _until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, (self.outcome, self._viewers)
            await asyncio.sleep(0.01)

    async def _end(self) -> None:
        self._is_over = True
        for relay in self._relays:
            relay.send(signal.SIGCONT)
            await relay.kill()


def _shows(viewer: Client, ids: list[str]) -> bool:
    return [message.id for message in viewer.messages] == ids


async def run(times: int, seed: int, folder: Path, kinds: tuple[Kind, ...] = KINDS) -> Outcome:
    """So many troubles, one after the other."""
    dice = random.Random(seed)
    redis = RedisServer(folder)
    await asyncio.to_thread(redis.start)
    try:
        async with Simulator(scenario="manual", speed=20, extensions=EXTENSIONS) as simulator:
            campaign = Campaign(redis, simulator, dice)
            return await campaign.run([kinds[number % len(kinds)] for number in range(times)])
    finally:
        await asyncio.to_thread(redis.kill)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe relay-chaos", description=__doc__)
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(run(options.times, options.seed, Path(folder)))
    print(
        f"{outcome.rounds} troubles, {outcome.said} messages: {len(outcome.lost)} lost, {len(outcome.doubled)} doubled,"
    )
    print(f"{outcome.disordered} viewers out of order, {outcome.undecided} sends undecided;")
    print(
        f"back after {max(outcome.recovered_s):.1f} s at most, p99 {outcome.p99_s:.1f} s (promised: {FAILOVER_S} s)"
    )
    return 0 if outcome.is_good and outcome.p99_s <= FAILOVER_S else 1
