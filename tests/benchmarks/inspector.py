"""An inspector of a line with a thousand frames a second, shown in a page for minutes: its frames, its heap, its nodes.

``python -m tests.benchmarks.inspector [--minutes 10] [--rate 1000] [--write]``; source, kernel and browser are processes of
their own, on the same machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession

from tests.benchmarks.figures import table
from tests.benchmarks.machine import about, load
from tests.benchmarks.many_conversations import asked, process
from tests.benchmarks.page import browser, percentile
from tests.benchmarks.report import RESULTS, replace
from tests.chaos.flood import post, source
from tests.tools.paths import ARTIFACTS

WARM_UP_S = 15.0
"""By then the page holds as many rows as it ever will: 3,000."""
LOOKS = 10
"""At the page's heap, over the time that is measured."""
Row = dict[str, Any]


def measured(minutes: float, rate: int) -> Row:
    """What a page of the inspector took meanwhile."""
    seconds = minutes * 60
    with (
        source() as base_url,
        process("tests.benchmarks.inspector_kernel", said=base_url) as kernel,
        browser() as chromium,
    ):
        url = kernel.strip()
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(url)
        session = page.context.new_cdp_session(page)
        bare_mb = heap_mb(session)
        page.evaluate("open()")
        page.locator(".ipg-inspector[aria-label]").wait_for(timeout=60_000)
        order = {"mix": "busy", "rate": rate, "seconds": seconds + WARM_UP_S, "padding": 0}
        late: Row = {}
        flood = threading.Thread(target=lambda: late.update(post(f"{base_url}/flood", order, seconds + 600)))
        flood.start()
        page.wait_for_timeout(WARM_UP_S * 1000)
        page.evaluate("Object.assign(bench, {frames: [], messages: 0, rows: 0})")
        asked(f"{url}begin")
        heaps = []
        for _ in range(LOOKS):
            page.wait_for_timeout(seconds * 1000 / LOOKS)
            heaps.append(heap_mb(session) - bare_mb)
        found, seen = asked(f"{url}figures"), page.evaluate("bench")
        flood.join()
        return (
            found
            | late
            | {
                "animation_frame_p95_ms": percentile(seen["frames"], 95),
                "animation_frame_max_ms": percentile(seen["frames"], 100),
                "animation_frames_per_s": round(len(seen["frames"]) / found["seconds"], 1),
                "messages_per_s": round(seen["messages"] / found["seconds"], 1),
                "rows_sent_per_s": round(seen["rows"] / found["seconds"], 1),
                "nodes": seen["nodes"],
                "heap_mb": round(max(heaps), 1),
                "heap_growth_mb": round(sum(heaps[-3:]) / 3 - sum(heaps[:3]) / 3, 2),
                "heaps_mb": [round(each, 2) for each in heaps],
            }
        )


def heap_mb(session: CDPSession) -> float:
    """What is in use after a collection."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


GOALS: tuple[tuple[str, str, float], ...] = (
    ("animation frame, p95 ms", "animation_frame_p95_ms", 20),
    ("page's heap over the bare page, most, MB", "heap_mb", 10),
    ("its growth from the first looks to the last, MB", "heap_growth_mb", 1),
    ("entries that the kernel holds", "held", 20_000),
    ("DOM nodes of the widget", "nodes", 700),
)
OTHERS = (
    ("entries a second", "entries_per_s"),
    ("kernel, share of a core, client and inspector", "cpu_share"),
    ("animation frames a second", "animation_frames_per_s"),
    ("longest animation frame, ms", "animation_frame_max_ms"),
    ("updates of the page a second", "messages_per_s"),
    ("rows to the page a second", "rows_sent_per_s"),
    ("bytes to the page a second", "bytes_sent_per_s"),
    ("kernel's memory, MB", "memory_mb"),
    ("the source was late, p99 s", "late_p99_s"),
)


def report(results: Row) -> str:
    machine, found = results["about"], results["inspector"]
    rows = [
        (name, f"≤ {limit:g}", f"{found[key]:,}", "yes" if found[key] <= limit else "no")
        for name, key, limit in GOALS
    ]
    rows += [(name, "–", f"{round(found[key], 3):,}", "–") for name, key in OTHERS]
    return (
        f"{machine['date']}; {machine['machine']}; load before {machine['load_before']}, after {results['load_after']}: "
        "source, kernel, browser and whatever else ran share the cores. "
        f"{found['seconds'] / 60:.1f} minutes:\n\n" + table(("figure", "limit", "measured", "met"), rows)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=int, default=1_000, help="frames a second")
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    options = parser.parse_args()
    results: Row = {
        "about": about(),
        "inspector": measured(options.minutes, options.rate),
        "load_after": load(),
    }
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    Path(ARTIFACTS, "inspector.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    print(report(results))
    if options.write:
        replace(RESULTS, "inspector", report(results))
    return 0 if all(results["inspector"][key] <= limit for _, key, limit in GOALS) else 1


if __name__ == "__main__":
    sys.exit(main())
