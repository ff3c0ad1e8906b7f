"""The kernel of the inspector's benchmark: a chat of a source that only sends, and the page of its inspector.

``python -m tests.benchmarks.inspector_kernel``, with the source's address on its input; it writes the page's address.
``/begin`` starts to measure, ``/figures`` tells.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import comm

import ipygenesys as ig
from tests.benchmarks.inbox_kernel import rss_mb
from tests.benchmarks.served import PageComm, serve_page
from tests.chaos.source import CONVERSATION

PAGE = Path(__file__).with_name("inspector_page.html")


class Inspected:
    """An inspector of a chat that nobody shows."""

    def __init__(self, base_url: str) -> None:
        comm.create_comm = PageComm
        app = ig.ClientCredentials("c", "s")
        protocol = ig.MessagingEvents(base_url=base_url, conversation_id=CONVERSATION, credentials=app)
        self.chat = ig.Chat(protocol)
        self.widget = ig.Inspector(self.chat)
        self.chat.connect().wait(30)
        self.begin()

    def begin(self) -> None:
        PageComm.bytes_sent = 0
        self.began, self.busy = time.monotonic(), time.process_time()
        self.before = self.widget._notes.total

    def figures(self) -> dict[str, Any]:
        took, busy = time.monotonic() - self.began, time.process_time() - self.busy
        entries = self.widget._notes.total - self.before
        return {
            "seconds": round(took, 1),
            "entries": entries,
            "entries_per_s": round(entries / took, 1),
            "held": len(self.widget._notes),
            "cpu_share": round(busy / took, 3),
            "bytes_sent_per_s": round(PageComm.bytes_sent / took),
            "memory_mb": round(rss_mb(), 1),
        }


def main() -> int:
    inspected = Inspected(sys.stdin.readline().strip())
    serve_page(PAGE, lambda: inspected.widget, {"begin": inspected.begin, "figures": inspected.figures})
    return 0


if __name__ == "__main__":
    sys.exit(main())
