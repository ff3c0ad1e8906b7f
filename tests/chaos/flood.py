"""Floods one kernel with events: a steady stream, or a burst while its front end is frozen.

The source is a process of its own (``source.py``); this process is the kernel: a Chat on its gateway thread, with a
view that has said hello, and a main thread that works like one that runs cells. A message carries the time at which it
was made; the latency is until handlers hear of it, after it was placed in the store.

What the machine adds is told beside it: how late the source was, and for how long the gateway's thread was ready to run
and had no core. Neither is the product's, and a p99 near them is not either.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from ipygenesys import Chat, ClientCredentials, MessagingEvents
from ipygenesys._core.model.events import Event, MessageReceived
from ipygenesys._io.host.loop_thread import THREAD_NAME
from tests.chaos.source import CONVERSATION
from tests.tools import gates

WARM_UP_S = 10.0
CELL_S = 0.02
"""What the main thread does again and again: computing for about a millisecond, then waiting."""
MEBIBYTE = 1 << 20
UPDATES_PER_S = 10.5
"""Ten, and what goes out at once when the flood begins."""


@dataclass
class Measured:
    """What one flood has shown."""

    mix: str
    rate: int
    seconds: float
    padding: int = 0
    """Bytes that are in each frame of a message besides."""
    sent: int = 0
    messages_sent: int = 0
    messages_held: int = 0
    lost: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    rss_growth_mb: float = 0.0
    rss_extra_mb: float = 0.0
    """At the most, while it went on."""
    bytes_of_messages_mb: float = 0.0
    """What the messages that are held take of that, as far as their number explains it."""
    cell_p99_ms: float = 0.0
    cell_idle_p99_ms: float = 0.0
    comm_messages_per_s: float = 0.0
    streams_opened: int = 0
    cpu_us_per_event: float = 0.0
    """Of the gateway's thread: does not depend on what else the machine does."""
    no_core_s: float = 0.0
    """For so long that thread was ready to run and had no core."""
    source_late_p99_ms: float = 0.0
    source_late_max_ms: float = 0.0
    counters: dict[str, int] = field(default_factory=dict)


@contextmanager
def source() -> Iterator[str]:
    """The base URL of a source in another process."""
    command = [sys.executable, "-m", "tests.chaos.source"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


class Kernel:
    """A Chat with a view, and a main thread that works."""

    def __init__(self, base_url: str) -> None:
        protocol = MessagingEvents(
            base_url=base_url, conversation_id=CONVERSATION, credentials=ClientCredentials("c", "s")
        )
        self.chat = Chat(protocol)
        self.latencies: list[float] = []
        self.comm_messages = 0
        self.frozen = threading.Event()
        self.chat._gateway.add_listener(self._hear)
        send = self.chat.comm.send

        def counted(*arguments: Any, **options: Any) -> None:
            self.comm_messages += 1
            send(*arguments, **options)

        self.chat.comm.send = counted
        self.seq = 0
        self.say("hello", protocolVersion=1, revision=None, pageSize=100)

    def say(self, kind: str, **fields: object) -> None:
        """What the page would say."""
        self.seq += 1
        self.chat._on_page_message(None, {"kind": kind, "client": "page", "seq": self.seq, **fields}, None)

    def _hear(self, event: Event) -> None:
        if isinstance(event, MessageReceived):
            stamp = (event.message.text or "0").split(" ", 1)[0]
            self.latencies.append(time.time() - float(stamp))

    def work(self, seconds: float, peak: list[int]) -> list[float]:
        """Run cells for that long; how late each one was, in milliseconds."""
        late, end, beat = [], time.perf_counter() + seconds, time.perf_counter() + 10.0
        while time.perf_counter() < end:
            due = time.perf_counter() + CELL_S
            time.sleep(CELL_S)
            sum(range(20_000))
            late.append((time.perf_counter() - due) * 1000)
            peak[0] = max(peak[0], rss())
            if time.perf_counter() > beat and not self.frozen.is_set():
                beat += 10.0
                self.say("view-heartbeat")
        return late


def core_time() -> tuple[float, float]:
    """Seconds for which the gateway's thread has run, and for which it was ready and had no core. Source: Linux."""
    (thread,) = (each for each in threading.enumerate() if each.name == THREAD_NAME)
    with open(f"/proc/self/task/{thread.native_id}/schedstat", encoding="ascii") as file:
        ran_ns, waited_ns, _ = file.read().split()
    return int(ran_ns) / 1e9, int(waited_ns) / 1e9


def rss() -> int:
    """Bytes of this process in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=60) as answer:
        state: dict[str, Any] = json.load(answer)
        return state


def post(url: str, body: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:
        reply: dict[str, Any] = json.load(answer)
        return reply


def flood(base_url: str, measured: Measured, *, freeze_s: float = 0.0, warm_up_s: float = WARM_UP_S) -> None:
    """One flood into a new kernel."""
    kernel = Kernel(base_url)
    chat = kernel.chat
    while chat.status != "connected":
        time.sleep(0.01)
    idle = kernel.work(2.0, [0])
    if warm_up_s:
        post(
            f"{base_url}/flood",
            {"mix": measured.mix, "rate": measured.rate, "seconds": warm_up_s, "padding": 0},
            120,
        )
    if freeze_s:
        kernel.frozen.set()
    gc.collect()
    before, peak, comm_before = rss(), [0], kernel.comm_messages
    held_before, (ran, waited) = len(chat.messages), core_time()
    sent_before = get(f"{base_url}/state")["sent"]
    kernel.latencies.clear()
    reply: dict[str, Any] = {}
    order = {
        "mix": measured.mix,
        "rate": measured.rate,
        "seconds": measured.seconds,
        "padding": measured.padding,
    }
    flooding = threading.Thread(
        target=lambda: reply.update(post(f"{base_url}/flood", order, measured.seconds * 3 + 60))
    )
    flooding.start()
    late = kernel.work(max(measured.seconds, freeze_s), peak)
    flooding.join()
    measured.comm_messages_per_s = (kernel.comm_messages - comm_before) / max(measured.seconds, freeze_s)
    state = get(f"{base_url}/state")
    deadline = time.monotonic() + 60
    while len(chat.messages) < state["messages"] and time.monotonic() < deadline:
        time.sleep(0.01)
    ran, waited = (after - before for after, before in zip(core_time(), (ran, waited), strict=True))
    measured.cpu_us_per_event, measured.no_core_s = ran / (state["sent"] - sent_before) * 1e6, waited
    gc.collect()
    held = {message.id for message in chat.messages}
    measured.sent, measured.messages_sent = state["sent"], state["messages"]
    measured.messages_held = len(held)
    measured.lost = state["messages"] - len(held)
    latencies = sorted(kernel.latencies)
    if latencies:
        measured.p50_ms = statistics.median(latencies) * 1000
        measured.p99_ms = latencies[int(len(latencies) * 0.99)] * 1000
        measured.max_ms = latencies[-1] * 1000
    measured.rss_growth_mb = (rss() - before) / MEBIBYTE
    measured.rss_extra_mb = (max(peak[0], rss()) - before) / MEBIBYTE
    measured.bytes_of_messages_mb = (len(held) - held_before) * 700 / MEBIBYTE
    measured.cell_p99_ms = sorted(late)[int(len(late) * 0.99)]
    measured.cell_idle_p99_ms = sorted(idle)[int(len(idle) * 0.99)]
    measured.streams_opened = state["opened"]
    measured.source_late_p99_ms = reply.get("late_p99_s", 0.0) * 1000
    measured.source_late_max_ms = reply.get("late_max_s", 0.0) * 1000
    measured.counters = chat.counters
    chat.close()


def run(measured: Measured, *, freeze_s: float = 0.0, warm_up_s: float = WARM_UP_S) -> Measured:
    with source() as base_url:
        flood(base_url, measured, freeze_s=freeze_s, warm_up_s=warm_up_s)
    print(json.dumps(asdict(measured)), flush=True)
    return measured


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=["steady", "burst", "large"])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=int, default=5000)
    options = parser.parse_args(arguments)
    if options.which == "steady":
        m = run(Measured("busy", options.rate, options.minutes * 60))
        cell_ms = m.cell_p99_ms - m.cell_idle_p99_ms
        return gates.report(
            "T11",
            what=f"{options.rate:,} events/s for {options.minutes:g} min through one kernel "
            "(70 % typing, 22 % receipts, 8 % repeats, 10 new messages/s)",
            figure=f"event to store p50 {m.p50_ms:.1f}, p99 {m.p99_ms:.1f} ms; RSS {m.rss_growth_mb:+.1f} MB with "
            f"{m.messages_held:,} messages held; cells p99 {cell_ms:+.1f} ms; view {m.comm_messages_per_s:.1f} "
            f"updates/s; {m.cpu_us_per_event:.0f} µs of a core an event; {m.lost} lost (source late p99 "
            f"{m.source_late_p99_ms:.1f} ms, no core for {m.no_core_s:.1f} s)",
            limit="p99 ≤ 50 ms, RSS ≤ +10 MB, cells ≤ +20 ms, view ≤ 10 updates/s, 0 lost",
            passed=m.p99_ms <= 50
            and m.rss_growth_mb <= 10
            and cell_ms <= 20
            and m.comm_messages_per_s <= UPDATES_PER_S
            and m.lost == 0,
            command="uv run poe flood",
        )
    if options.which == "large":
        m, what = Measured("messages", 2000, 1.0, padding=500_000), "2,000 messages in frames of 500 kB"
    else:
        m, what = Measured("messages", 50_000, 1.0), "50,000 messages"
    run(m, freeze_s=30.0, warm_up_s=0.0)
    return gates.report(
        "T12b" if options.which == "large" else "T12",
        what=f"burst of {what} in 1 s, the front end frozen for 30 s",
        figure=f"{m.lost} lost, {m.rss_extra_mb:.0f} MB extra, {m.streams_opened} stream, "
        f"the last one held after {m.max_ms / 1000:.1f} s",
        limit="0 lost, ≤ 64 MB extra, the stream stays",
        passed=m.lost == 0 and m.rss_extra_mb <= 64 and m.streams_opened == 1,
        command=f"uv run poe burst{'-large' if options.which == 'large' else ''}",
    )
