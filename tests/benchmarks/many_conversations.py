"""A thousand conversations in one inbox at a busy hour: what it costs the kernel, and how soon a page has what changed.

``python -m tests.benchmarks.many_conversations [--minutes 10] [--conversations 1000] [--speed 9]``; the simulator runs in a
process of its own. The page is one that looks and answers as a browser's does, without drawing: what drawing costs is in
tests/view.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import urllib.request
from typing import Any

import comm
import msgspec

import ipygenesys as ig
from tests.tools.paths import ARTIFACTS
from tests.widget.browser import RecordedComm
from tests.widget.test_inbox_pages import Page

WARM_UP_S = 20.0


class Looking(Page):
    """A page that counts what it is sent, and keeps the last."""

    def __init__(self, inbox: Any) -> None:
        super().__init__(inbox)
        self.windows_heard = self.rows_heard = self.bytes_heard = 0

    def hear(self, content: dict[str, Any]) -> None:
        self.windows = [content]
        self.windows_heard += 1
        self.rows_heard += len(content["rows"])
        self.bytes_heard += len(msgspec.json.encode(content))
        self.comm.sent.clear()


def figures(conversations: int, speed: float, minutes: float) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "ipygenesys", "simulate", "--scenario", "busy_hour"),
        *("--conversations", str(conversations), "--speed", str(speed)),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            assert simulator.stdout is not None
            return measured(json.loads(simulator.stdout.readline()), minutes)
        finally:
            simulator.terminate()


def measured(addresses: dict[str, str], minutes: float) -> dict[str, Any]:
    comm.create_comm = RecordedComm
    with urllib.request.urlopen(f"{addresses['control_url']}/queues", timeout=30) as answer:
        queues = [each["queue_id"] for each in json.load(answer)["queues"]]
    app = ig.ClientCredentials(addresses["client_id"], addresses["client_secret"])
    protocol = ig.AgentQueue(base_url=addresses["base_url"], queue_id=queues, credentials=app)
    changed: list[float] = []
    with ig.Inbox(protocol) as inbox:
        page = Looking(inbox)
        page.look(count=24)
        time.sleep(WARM_UP_S)
        inbox._source.changes.add(lambda _: changed.append(time.monotonic()))
        busy, began, before = time.process_time(), time.monotonic(), page.windows_heard
        rows_before, bytes_before = page.rows_heard, page.bytes_heard
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        while time.monotonic() < began + 60 * minutes:
            time.sleep(10)
            page.look(count=24)
        took = time.monotonic() - began
        return {
            "conversations": len(inbox.rows),
            "row_changes_per_s": round(len(changed) / took, 1),
            "cpu_share": round((time.process_time() - busy) / took, 3),
            "windows_per_s": round((page.windows_heard - before) / took, 2),
            "rows_sent_per_s": round((page.rows_heard - rows_before) / took, 1),
            "bytes_sent_per_s": round((page.bytes_heard - bytes_before) / took),
            "memory_grown_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024, 1),
            "status": inbox.status,
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--conversations", type=int, default=1_000)
    parser.add_argument("--speed", type=float, default=9.0)
    options = parser.parse_args()
    found = figures(options.conversations, options.speed, options.minutes)
    for name, value in found.items():
        print(f"{name:20} {value}")
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    (ARTIFACTS / "many-conversations.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
