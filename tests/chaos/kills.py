"""Kills a client with durable state at random points, again and again; the simulator's log is the truth.

Each round is a process of its own that opens the same durable state, sends messages and marks others read, while the
simulator loses answers, cuts streams and fails. It is killed (SIGKILL) at a random moment. What it has promised it has
told by then; a message counts as kept once it is written down. In the end one more run brings to an end what was left
behind, and what was promised is compared with what the simulator saw.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ipygenesys import AgentMessaging, Client, UserLogin
from ipygenesys._io.platform.source import PlatformSource
from ipygenesys.simulator import Simulator
from tests.chaos.killed import Round, live
from tests.tools import gates

MAX_PROGRESS, MAX_MORE_S = 10, 0.06
"""A round is killed within this time after it has told of so many steps, at most: at any point, on a slow machine too."""
MAX_LIFE_S = 5.0
PATIENCE_S = 900.0
"""On a slow machine hundreds of messages and receipts are left, and four calls a second are all that the budget has."""
QUIET_S = 1.5
NO_LIMIT = 10_000_000


@dataclass
class Outcome:
    """What the simulator saw, compared with what the rounds had promised; texts that stand for messages."""

    kills: int
    kept: int = 0
    interrupted: int = 0
    """Drafts that a kill had left behind, all rounds together."""
    lost: Counter[str] = field(default_factory=Counter)
    sent_twice: Counter[str] = field(default_factory=Counter)
    left_to_the_user: Counter[str] = field(default_factory=Counter)
    """Shown as unknown or failed, with Retry and Discard."""
    reads: int = 0
    repeated_receipts: int = 0
    lost_receipts: int = 0
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        nothing_lost = not (self.lost or self.sent_twice or self.lost_receipts)
        return nothing_lost and self.repeated_receipts <= self.kills and self.kept > 0


def run(kills: int, seed: int, directory: Path, *, is_agent: bool = False) -> Outcome:
    """Kill that many clients, then let one finish."""
    dice, outcome, began = random.Random(seed), Outcome(kills), time.perf_counter()
    told = directory / "told"
    told.touch()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.killed"])
    with Simulator(scenario="manual", seed=seed, speed=50, rate_limit_per_min=NO_LIMIT) as simulator:
        plan = plan_for(simulator, directory, is_agent=is_agent)
        for number in range(kills):
            disturb(simulator, dice)
            if dice.random() < 0.5:
                simulator.agent_say(f"agent {number}")
            child = context.Process(target=live, args=(replace(plan, number=number), str(told)))
            child.start()
            _wait_for_progress(told, dice.randint(0, MAX_PROGRESS))
            child.join(dice.uniform(0, MAX_MORE_S))
            child.kill()
            child.join()
            child.close()
            if (number + 1) % 100 == 0:
                print(f"{number + 1} kills", file=sys.stderr, flush=True)
        simulator.fault("clear")
        asyncio.run(_finish(plan, outcome))
        _judge(outcome, simulator.log(), told.read_text().splitlines(), is_agent=is_agent)
    outcome.seconds = time.perf_counter() - began
    return outcome


def _wait_for_progress(told: Path, steps: int) -> None:
    """Until the round has told of so many steps, or seems to be stuck."""
    begin, deadline = told.stat().st_size, time.monotonic() + MAX_LIFE_S
    while steps and time.monotonic() < deadline:
        with told.open("rb") as file:
            file.seek(begin)
            if file.read().count(b"\n") >= steps:
                return
        time.sleep(0.003)


def plan_for(simulator: Simulator, directory: Path, *, is_agent: bool) -> Round:
    plan = Round(
        0,
        str(directory),
        simulator.base_url,
        simulator.conversation_id,
        simulator.client_id,
        simulator.client_secret,
    )
    return replace(plan, agent_token=asyncio.run(_token(simulator))) if is_agent else plan


async def _token(simulator: Simulator) -> str:
    """An agent's, who has logged in once for all rounds."""

    def browser(address: str) -> bool:
        urllib.request.urlopen(address, timeout=5).read()
        return True

    login = UserLogin(simulator.client_id, redirect_port=0, redirect_host="127.0.0.1", open_browser=browser)
    protocol = AgentMessaging(
        base_url=simulator.base_url, conversation_id=simulator.conversation_id, credentials=login
    )
    async with Client(protocol) as client:
        while (source := client._gateway._source) is None:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
        assert isinstance(source, PlatformSource)
        assert source._platform.tokens is not None
        return await source._platform.tokens.get()


def disturb(simulator: Simulator, dice: random.Random) -> None:
    """What a bad day brings, for one round."""
    faults: list[Callable[[], object]] = [
        lambda: simulator.fault("lose_answer", path="/messages", method="POST", count=dice.randint(1, 3)),
        lambda: simulator.fault("lose_answer", path="/read", count=1),
        lambda: simulator.fault("error", status=503, path="/messages", method="POST", count=1),
        lambda: simulator.fault("error", status=500, path="/messages", method="POST", count=1),
        lambda: simulator.fault("rate_limit", path="/messages", method="POST", count=1, retry_after=0.05),
        lambda: simulator.fault("drop"),
        lambda: simulator.fault("duplicate"),
        lambda: simulator.fault("delay", ms=dice.uniform(5, 60)),
        lambda: simulator.fault("half_open", seconds=0.2),
    ]
    simulator.fault("clear")
    for fault in dice.sample(faults, dice.randint(0, 3)):
        fault()


async def _finish(plan: Round, outcome: Outcome) -> None:
    """The last run: nobody disturbs it, and it stays until nothing changes any more."""
    async with plan.client() as client:
        session = client._gateway.session
        deadline = time.monotonic() + PATIENCE_S
        quiet_since = time.monotonic()
        while time.monotonic() < deadline and time.monotonic() - quiet_since < QUIET_S:
            _ = client.load_older()
            client.mark_read()
            await asyncio.sleep(0.05)
            is_busy = not session.is_settled or session.outbox.is_checking or session.catch_up.has_older
            if is_busy or client.status != "connected":
                quiet_since = time.monotonic()
        outcome.left_to_the_user = Counter(m.text or "" for m in client.messages if m.is_draft)


def _judge(outcome: Outcome, log: dict[str, Any], told: list[str], *, is_agent: bool) -> None:
    called, kept = (
        Counter(line.removeprefix(word) for line in told if line.startswith(word))
        for word in ("called ", "kept ")
    )
    received = [entry for entry in log["received"] if "rejected" not in entry]
    sent = Counter(e["text"] for e in received if e["kind"] == "send" and "repeated" not in e)
    outcome.kept = kept.total()
    outcome.interrupted = sum(int(line.split()[1]) for line in told if line.startswith("restored "))
    outcome.lost = kept - sent - outcome.left_to_the_user
    outcome.sent_twice = sent - called
    outcome.reads = sum(entry["kind"] == "read" for entry in received)
    outcome.repeated_receipts = sum(entry["kind"] == "read_repeated" for entry in received)
    if not is_agent:  # An agent's platform takes none.
        outcome.lost_receipts = sum(entry["kind"] == "message" for entry in log["sent"]) - outcome.reads


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="half of them on each side")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    outcomes = []
    for is_agent in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            outcome = run(options.kills // 2, options.seed, Path(directory), is_agent=is_agent)
        print(outcome, file=sys.stderr, flush=True)
        outcomes.append(outcome)
    figure = "; ".join(
        f"{side}: {outcome.lost.total()} lost, {outcome.sent_twice.total()} sent twice of {outcome.kept} "
        f"({outcome.left_to_the_user.total()} left to the user)"
        for side, outcome in zip(("draft ids", "no draft ids"), outcomes, strict=True)
    )
    receipts = f"{outcomes[0].repeated_receipts} of {outcomes[0].reads} receipts repeated"
    return gates.report(
        "T5",
        what=f"{options.kills} × kill -9 of a client with durable state at random points, with lost answers",
        figure=f"{figure}; {receipts}",
        limit="0 lost, 0 sent twice, ≤ 1 receipt repeated a kill",
        passed=all(outcome.is_good for outcome in outcomes),
        command="uv run poe kills",
    )
