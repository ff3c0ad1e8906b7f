"""A Chromium with the probe in every page, and what it measures there: times, bytes, nodes, heap, frames."""

from __future__ import annotations

import contextlib
import json
import statistics
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.tools import chromium

PROBE = Path(__file__).with_name("probe.js")
PAUSE_MS = 50
"""Between two lone messages."""


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # No page may load anything from elsewhere: neither the network's speed nor its absence counts here.
        alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        arguments = [*chromium.LAUNCH_ARGS, "--enable-precise-memory-info", alone]
        launched = playwright.chromium.launch(executable_path=chromium.ensure(), args=arguments)
        yield launched
        launched.close()


def new_context(browser: Browser) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/Berlin"
    )
    context.add_init_script(path=PROBE)
    return context


class Control:
    """The process under measurement, as the driver asks it."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def append(self, count: int = 1, limit_s: float = 300) -> list[tuple[str, float, float]]:
        """Have it append messages; (id, ms before the call, ms after it) of each."""
        request = urllib.request.Request(f"{self.address}/?count={count}", data=b"")
        with urllib.request.urlopen(request, timeout=limit_s) as answer:
            done: list[tuple[str, float, float]] = json.load(answer)
        return done

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.address, timeout=5) as answer:
            state: dict[str, Any] = json.load(answer)
        return state


class Probe:
    """The page's own measurements."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable")

    def wait(self, name: str, limit_s: float) -> float | None:
        """When a message has been painted, in ms since the epoch; None after the limit."""
        painted: float | None = self.page.evaluate(
            "([name, limit]) => probe.wait(name, limit)", [name, limit_s * 1000]
        )
        return painted

    def received(self) -> int:
        """Bytes that came over sockets and streams, uncompressed."""
        count: int = self.page.evaluate("probe.counts.received")
        return count

    def heap_mb(self) -> float:
        for _ in range(2):
            self._cdp.send("HeapProfiler.collectGarbage")
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "JSHeapUsedSize") / 1e6

    def nodes(self, selector: str | None = None) -> dict[str, int]:
        counted: dict[str, int] = self.page.evaluate("selector => probe.count(selector)", selector)
        return counted

    def scroll(self, frames: int, pixels: int) -> dict[str, float]:
        """Frames a second, and the 95th percentile of the frames' times."""
        result = self.page.evaluate("([frames, pixels]) => probe.scroll(frames, pixels)", [frames, pixels])
        intervals: list[float] = result["intervals"]
        return {
            "fps": round(1000 * len(intervals) / sum(intervals), 1),
            "frame_p95_ms": percentile(intervals, 95),
            "frame_max_ms": round(max(intervals), 1),
            "moved_px": round(result["moved"]),
        }

    def lone_messages(self, control: Control, count: int, *, warm_up: int, limit_s: float) -> dict[str, Any]:
        """Messages one at a time: from the Python call to the paint, and what each costs on the wire.

        Args:
            control: who appends them.
            count: how many are measured.
            warm_up: how many before them are not.
            limit_s: for the first of them that is not painted, and for all together.
        """
        delays: list[float] = []
        arrivals: list[float] = []
        sizes: list[int] = []
        calls: list[float] = []
        end = time.monotonic() + limit_s
        for number in range(warm_up + count):
            before = self.received()
            ((name, called, returned),) = control.append()
            painted = self.wait(name, limit_s)
            if painted is None:
                return {"error": f"a message was not painted within {limit_s:.0f} s"}
            self.page.wait_for_timeout(PAUSE_MS)
            if number >= warm_up:
                delays.append(painted - called)
                arrived: float | None = self.page.evaluate("time => probe.arrivedAfter(time)", called)
                arrivals += [] if arrived is None else [arrived - called]
                calls.append(returned - called)
                sizes.append(self.received() - before)
            if time.monotonic() > end and delays:
                break
        more: dict[str, Any] = {
            "call_p50_ms": percentile(calls, 50),
            "bytes": round(statistics.median(sizes)),
        }
        if arrivals:
            more["arrival_p50_ms"] = percentile(arrivals, 50)
        return summary(delays) | more

    def burst(self, control: Control, count: int, *, limit_s: float) -> dict[str, Any]:
        """As many as the event loop lets out, from the first call to the paint of the last."""
        self.page.evaluate("probe.startTasks()")
        before = self.received()
        sent = control.append(count, limit_s)
        painted = self.wait(sent[-1][0], limit_s)
        if painted is None:
            return {"count": count, "error": f"the last was not painted within {limit_s:.0f} s"}
        self.page.wait_for_timeout(500)
        tasks = self.page.evaluate("probe.tasks()")
        names = [name for name, _, _ in sent]
        return {
            "count": count,
            "in_dom": self.page.evaluate("names => probe.wasInDom(names)", names),
            "per_s": round(count / (painted - sent[0][1]) * 1000),
            "longest_task_ms": round(tasks["longestMs"]),
            "bytes": round((self.received() - before) / count),
        }


def summary(delays: Sequence[float]) -> dict[str, Any]:
    return {
        "count": len(delays),
        "p50_ms": percentile(delays, 50),
        "p99_ms": percentile(delays, 99),
    }


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest rank; of few values the 99th is the largest."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(percent / 100 * len(ordered)))], 2)
