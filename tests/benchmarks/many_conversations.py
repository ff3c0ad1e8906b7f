"""A thousand conversations in one inbox at a busy hour, shown in a page; beside it the naive way, a Chat for each.

``python -m tests.benchmarks.many_conversations [--minutes 10] [--conversations 1000] [--speed 9] [--naive-minutes 1] [--write]``;
simulator, kernel and browser are processes of their own, on the same machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.machine import about, load
from tests.benchmarks.page import browser, percentile, summary
from tests.benchmarks.report import replace
from tests.tools.paths import ARTIFACTS

RESULTS = Path(__file__).with_name("RESULTS.md")
WARM_UP_S = 30.0
"""By then the list is there, and the page."""
Row = dict[str, Any]


@contextmanager
def process(*command: str, said: str = "") -> Iterator[str]:
    """A module of Python that runs, and the first line that it writes."""
    arguments = [sys.executable, "-m", *command]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdin is not None and running.stdout is not None
            running.stdin.write(f"{said}\n")
            running.stdin.flush()
            yield running.stdout.readline()
        finally:
            running.terminate()


def asked(url: str) -> Row:
    with urllib.request.urlopen(url, timeout=60) as answer:
        text = answer.read()
    found: Row = json.loads(text or b"{}")
    return found


@contextmanager
def busy_hour(options: argparse.Namespace) -> Iterator[str]:
    """The simulator's addresses, as JSON."""
    with process(
        *("ipygenesys", "simulate", "--scenario", "busy_hour"),
        *("--conversations", str(options.conversations), "--speed", str(options.speed)),
    ) as addresses:
        yield addresses.strip()


def answers(addresses: str) -> Row:
    """How many calls were answered how."""
    calls = asked(f"{json.loads(addresses)['control_url']}/requests")["requests"]
    return {str(status): count for status, count in Counter(call["status"] for call in calls).items()}


def shown(options: argparse.Namespace) -> Row:
    """The inbox in a page."""
    with (
        busy_hour(options) as addresses,
        process("tests.benchmarks.inbox_kernel", said=addresses) as kernel,
        browser() as chromium,
    ):
        url = kernel.strip()
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(url)
        page.locator(".ipg-inbox-row").first.wait_for(timeout=60_000)
        page.wait_for_timeout(WARM_UP_S * 1000)
        page.evaluate("Object.assign(bench, {frames: [], painted: [], windows: 0, rows: 0})")
        asked(f"{url}begin")
        page.wait_for_timeout(options.minutes * 60_000)
        found, seen = asked(f"{url}figures"), page.evaluate("bench")
        said_at = found.pop("said_at")
        delays = [painted - said_at[name] for name, painted in seen["painted"] if name in said_at]
        return found | {
            "frame_to_painted": summary(delays),
            "animation_frame_p95_ms": percentile(seen["frames"], 95),
            "animation_frames_per_s": round(len(seen["frames"]) / found["seconds"], 1),
            "windows_per_s": round(seen["windows"] / found["seconds"], 1),
            "rows_sent_per_s": round(seen["rows"] / found["seconds"], 1),
            "nodes": seen["nodes"],
            "answers": answers(addresses),
        }


def naive(options: argparse.Namespace) -> Row:
    """A chat for each conversation."""
    with (
        busy_hour(options) as addresses,
        process("tests.benchmarks.inbox_kernel", "--naive", said=addresses) as kernel,
    ):
        url = kernel.strip()
        asked(f"{url}begin")
        time.sleep(options.naive_minutes * 60)
        return asked(f"{url}figures") | {"answers": answers(addresses)}


GOALS: tuple[tuple[str, str, float], ...] = (
    ("frame read → row of the kernel, p99 ms", "frame_to_row.p99_ms", 100),
    ("frame read → row painted, p99 ms", "frame_to_painted.p99_ms", 100),
    ("animation frame, p95 ms", "animation_frame_p95_ms", 20),
    ("DOM nodes of the widget", "nodes", 1_500),
    ("answers 429", "answers.429", 0),
    ("kernel, share of a core", "cpu_share", 0.35),
    ("memory in the second half, MB a minute", "memory_mb_per_min", 1),
)
OTHERS = (
    ("conversations", "conversations"),
    ("topic frames a second", "frames_per_s"),
    ("processor of the kernel a frame, µs", "cpu_us_per_frame"),
    ("frame read → row of the kernel, p50 ms", "frame_to_row.p50_ms"),
    ("frame read → row painted, p50 ms", "frame_to_painted.p50_ms"),
    ("animation frames a second", "animation_frames_per_s"),
    ("updates of the page a second", "windows_per_s"),
    ("bytes to the page a second", "bytes_sent_per_s"),
    ("memory, MB", "memory_mb"),
)


def value(found: Row, path: str) -> Any:
    for name in path.split("."):
        found = found.get(name, 0)
    return found


def table(results: Row) -> str:
    machine, inbox, each = results["about"], results["inbox"], results["naive"]
    lines = [
        f"{machine['date']}; {machine['machine']}; load before {machine['load_before']}, after {results['load_after']}: "
        "simulator, kernel, browser and whatever else ran share the cores.",
        "",
        f"One inbox, {inbox['seconds'] / 60:.1f} minutes:",
        "",
        "| figure | limit | measured | met |",
        "| --- | --- | --- | --- |",
    ]
    for name, path, limit in GOALS:
        found = value(inbox, path)
        lines.append(f"| {name} | ≤ {limit:g} | {found:,} | {'yes' if found <= limit else 'no'} |")
    lines += [f"| {name} | – | {value(inbox, path):,} | – |" for name, path in OTHERS]
    lines += [
        "",
        f"A `Chat` each, {each['seconds'] / 60:.1f} minutes, no page drawn: {each['connected']:,} of {each['chats']:,} connected, "
        f"{each['answers'].get('429', 0):,} answers 429, {each['cpu_share']:.0%} of a core, {each['memory_mb']:,} MB.",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--conversations", type=int, default=1_000)
    parser.add_argument("--speed", type=float, default=9.0)
    parser.add_argument("--naive-minutes", type=float, default=1.0)
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    options = parser.parse_args()
    results = {"about": about(), "inbox": shown(options), "naive": naive(options), "load_after": load()}
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    (ARTIFACTS / "many-conversations.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    print(table(results))
    if options.write:
        replace(RESULTS, "inbox", table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
