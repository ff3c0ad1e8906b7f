"""The kernel of the inbox's benchmark: it serves a page that shows the widget, and measures what that costs.

``python -m tests.benchmarks.inbox_kernel``, with the simulator's addresses as JSON on its input; it writes the page's address.
``/begin`` starts to measure, ``/figures`` tells. With ``--naive`` each conversation is a Chat of its own instead.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import threading
import time
import urllib.request
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import comm

import ipygenesys as ig
from ipygenesys._io.stream.link import Link
from tests.benchmarks.page import summary
from tests.benchmarks.served import PageComm, serve_page
from tests.widget.browser import RecordedComm, View

PAGE = Path(__file__).with_name("inbox_page.html")
SAMPLE_S = 5.0
_ID = re.compile(rb'"eventBody":\{"id":"([^"]+)"')


class Meter:
    """What a process does from ``begin`` on: frames, processor, memory."""

    def __init__(self) -> None:
        self.read_at: dict[str, float] = {}
        """Of each conversation, when its last frame was read; seconds since 1970."""
        self.newest_ms: dict[str, int] = {}
        """When its last message was."""
        self.frames = 0
        self._measure_frames()
        self.begin()
        threading.Thread(target=self._sample, daemon=True).start()

    def begin(self) -> None:
        self.began, self.busy, self.frames = time.monotonic(), time.process_time(), 0
        self.memory: list[tuple[float, float]] = []
        self.row_ms = array("d")
        self.said_at: dict[str, float] = {}
        """When the frame was read that told of a message in sight: by conversation and the message's time."""

    def _measure_frames(self) -> None:
        addressed: Callable[[Link, bytes], Any] = Link._addressed

        def timed(link: Link, data: bytes) -> Any:
            self.frames += 1
            if (found := _ID.search(data, 0, 400)) is not None:
                self.read_at[found[1].decode()] = time.time()
            return addressed(link, data)

        Link._addressed = timed  # type: ignore[method-assign, assignment]

    def row_changed(self, id_: str, row: Any, *, is_in_sight: bool) -> None:
        read_at = self.read_at.pop(id_, None)
        if row is None:
            self.newest_ms.pop(id_, None)
        elif read_at is not None and row.last is not None and self.newest_ms.get(id_) != row.last.time_ms:
            self.newest_ms[id_] = row.last.time_ms
            self.row_ms.append((time.time() - read_at) * 1000)
            if is_in_sight:
                self.said_at[f"{id_} {row.last.time_ms}"] = read_at * 1000

    def _sample(self) -> None:
        while True:
            time.sleep(SAMPLE_S)
            self.memory.append((time.monotonic() - self.began, rss_mb()))

    def figures(self) -> dict[str, Any]:
        took = time.monotonic() - self.began
        busy = time.process_time() - self.busy
        late = [each for each in self.memory if each[0] > took / 2]
        slope = statistics.linear_regression(*zip(*late, strict=True)).slope if len(late) > 2 else 0
        return {
            "seconds": round(took, 1),
            "frames_per_s": round(self.frames / took, 1),
            "cpu_share": round(busy / took, 3),
            "cpu_us_per_frame": round(busy / max(self.frames, 1) * 1e6),
            "memory_mb": round(rss_mb(), 1),
            "memory_mb_per_min": round(slope * 60, 2),
        }


def rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Shown:
    """An inbox in a page."""

    def __init__(self, addresses: dict[str, str], meter: Meter) -> None:
        comm.create_comm = PageComm
        with urllib.request.urlopen(f"{addresses['control_url']}/queues", timeout=30) as answer:
            queues = [each["queue_id"] for each in json.load(answer)["queues"]]
        app = ig.ClientCredentials(addresses["client_id"], addresses["client_secret"])
        self.meter = meter
        self.widget = self.inbox = ig.Inbox(
            ig.AgentQueue(base_url=addresses["base_url"], queue_id=queues, credentials=app), connect=True
        )
        source = self.inbox._source
        source.changes.add(
            lambda id_: meter.row_changed(id_, source.rows.get(id_), is_in_sight=id_ in self.inbox._in_sight)
        )

    def figures(self) -> dict[str, Any]:
        meter = self.meter
        return meter.figures() | {
            "conversations": len(self.inbox.rows),
            "status": self.inbox.status,
            "problems": self.inbox.problems,
            "frame_to_row": summary(meter.row_ms),
            "bytes_sent_per_s": round(PageComm.bytes_sent / (time.monotonic() - meter.began)),
            "said_at": meter.said_at,
        }


class ChatEach:
    """The naive way: a chat for each conversation, as a cell each; their pages only say hello and keep what they hear."""

    widget = None

    def __init__(self, addresses: dict[str, str], meter: Meter) -> None:
        comm.create_comm = RecordedComm
        with urllib.request.urlopen(f"{addresses['control_url']}/truth", timeout=30) as answer:
            rows = json.load(answer)["rows"]
        self.meter = meter
        app = ig.ClientCredentials(addresses["client_id"], addresses["client_secret"])
        self.chats = [
            ig.Chat(
                ig.AgentMessaging(
                    conversation_id=row["conversation_id"], base_url=addresses["base_url"], credentials=app
                )
            )
            for row in rows
            if row["state"] != "ended"
        ]
        for chat in self.chats:
            _ = chat.connect()
            assert isinstance(chat.comm, RecordedComm)
            View(chat.comm).hello()

    def figures(self) -> dict[str, Any]:
        return self.meter.figures() | {
            "chats": len(self.chats),
            "connected": sum(chat.status == "connected" for chat in self.chats),
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--naive", action="store_true")
    options = parser.parse_args()
    addresses = json.loads(sys.stdin.readline())
    meter = Meter()
    measured = (ChatEach if options.naive else Shown)(addresses, meter)

    def begin() -> None:
        PageComm.bytes_sent = 0
        meter.begin()

    serve_page(PAGE, lambda: measured.widget, {"begin": begin, "figures": measured.figures})
    return 0


if __name__ == "__main__":
    sys.exit(main())
