"""Many viewers of one dashboard, a kernel each, as processes: what becomes of those that have no channel, then all by a relay.

``python -m tests.benchmarks.many_viewers [--viewers 25] [--conversations 40] [--seconds 60]``; Genesys takes 20 channels of a
user and app. Each viewer is a process with the first cell of ``supervisor.ipynb``, as Voilà would start it, and a page that looks.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import comm
import nbformat

import ipygenesys as ig
from ipygenesys._wire.agent_messaging import MAX_CHANNELS
from tests.relay.running import running
from tests.tools.paths import NOTEBOOKS
from tests.tools.redis import RedisServer
from tests.widget.browser import RecordedComm

NAME = "tests.benchmarks.many_viewers"

BEGIN_S = 600.0
"""Patience with so many interpreters that begin on a few cores."""
END_S = 60.0
Row = dict[str, Any]


def view() -> None:
    """One viewer: a line each second that somebody asks for one."""
    comm.create_comm = RecordedComm
    dashboard = nbformat.read(NOTEBOOKS / "dashboards" / "supervisor.ipynb", as_version=4)
    cell = next(cell.source for cell in dashboard.cells if cell.cell_type == "code")
    names: Row = {}
    exec(compile(cell, "supervisor.ipynb", "exec"), names)
    inbox: ig.Inbox = names["inbox"]
    inbox.connect()  # As a page that looks on does.
    for _ in sys.stdin:
        print(
            json.dumps({"status": inbox.status, "rows": len(inbox.rows), "problems": inbox.problems}),
            flush=True,
        )
    inbox.close()


class Viewers:
    """Processes that look on."""

    def __init__(self, count: int, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", NAME, "--view"]
        pipe = subprocess.PIPE
        every = {**os.environ, **environment}
        self._running = [
            subprocess.Popen(command, env=every, stdin=pipe, stdout=pipe, text=True) for _ in range(count)
        ]

    def seen(self) -> list[Row]:
        """What each of them has now."""
        for each in self._running:
            assert each.stdin is not None
            each.stdin.write("\n")
            each.stdin.flush()
        return [json.loads(each.stdout.readline()) for each in self._running if each.stdout is not None]

    def end(self) -> None:
        for each in self._running:
            assert each.stdin is not None
            each.stdin.close()
        for each in self._running:
            try:
                each.wait(END_S)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


@contextmanager
def looking_on(count: int, environment: dict[str, str]) -> Iterator[Viewers]:
    viewers = Viewers(count, environment)
    try:
        yield viewers
    finally:
        viewers.end()


def watched(viewers: Viewers, enough: int, seconds: float) -> Iterator[list[Row]]:
    """What all have, every few seconds: until so many are connected, and for a while after that."""
    until = time.monotonic() + BEGIN_S
    has_begun = False
    while time.monotonic() < until:
        yield (seen := viewers.seen())
        if not has_begun and sum(each["status"] == "connected" for each in seen) >= enough:
            has_begun, until = True, time.monotonic() + seconds
        time.sleep(2)


def summary(seen: list[Row]) -> str:
    live = [each for each in seen if each["status"] == "connected"]
    statuses = ", ".join(f"{count} {status}" for status, count in Counter(e["status"] for e in seen).items())
    rows = [each["rows"] for each in live]
    return f"{statuses}; rows {min(rows, default=0)} to {max(rows, default=0)}"


def directly(simulator: ig.Simulator, place: dict[str, str], options: argparse.Namespace) -> None:
    print(f"{options.viewers} viewers of one app, without a relay:")
    said: Counter[str] = Counter()
    with looking_on(options.viewers, place) as viewers:
        viewers.seen()
        for seen in watched(viewers, min(options.viewers, MAX_CHANNELS) // 2, options.seconds):
            print(f"  {summary(seen)}", flush=True)
            said.update(words for each in seen for words in each["problems"])
    for words, _ in said.most_common():
        print(f"  said: {words}")


def by_a_relay(simulator: ig.Simulator, queues: str, options: argparse.Namespace) -> None:
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        redis = RedisServer(folder)
        redis.start()
        ends.callback(redis.stop)
        config = folder / "relay.toml"
        ids = json.dumps(queues.split())
        config.write_text(
            f'[redis]\nurl = "redis://127.0.0.1:{redis.port}/0"\n[metrics]\nlisten = "127.0.0.1:0"\n'
            f'[[upstreams]]\nname = "support"\nprotocol = "agent-queue"\nbase_url = "{simulator.base_url}"\n'
            f'queue_ids = {ids}\nclient_id_env = "GENESYS_CLIENT_ID"\nclient_secret_env = "GENESYS_CLIENT_SECRET"\n',
            "utf-8",
        )
        ends.enter_context(running(config, simulator))
        print(f"{options.viewers} viewers by a relay:")
        place = {"GENESYS_RELAY_URL": f"redis://127.0.0.1:{redis.port}/0", "GENESYS_RELAY_INBOX": "support"}
        with looking_on(options.viewers, place) as viewers:
            viewers.seen()
            for seen in watched(viewers, options.viewers, options.seconds / 2):
                print(f"  {summary(seen)}", flush=True)
            assert all(each["status"] == "connected" and not each["problems"] for each in seen), seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=25)
    parser.add_argument("--conversations", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--view", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.view:
        view()
        return 0
    with ig.Simulator(scenario="busy_hour", conversations=options.conversations) as simulator:
        queues = " ".join(simulator.queue_ids)
        place = {
            "GENESYS_QUEUE_IDS": queues,
            "GENESYS_BASE_URL": simulator.base_url,
            "GENESYS_CLIENT_ID": simulator.client_id,
            "GENESYS_CLIENT_SECRET": simulator.client_secret,
        }
        directly(simulator, place, options)
        by_a_relay(simulator, queues, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
