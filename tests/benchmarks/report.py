"""The benchmarks' results as Markdown: the tables of RESULTS.md, from the JSON that the runs leave."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Cells, figure, table
from tests.benchmarks.goals import goals_table
from tests.tools.file_table import split
from tests.tools.paths import ARTIFACTS

BENCH = ARTIFACTS / "bench.json"
PEERS = ARTIFACTS / "peers.json"
RESULTS = Path(__file__).with_name("RESULTS.md")

ENOUGH = 20
"""Of fewer messages a 99th percentile says nothing."""

OURS = "ipygenesys"
"""Among the peers."""

Row = dict[str, Any]


# --- this widget ------------------------------------------------------------------------------------------


def bench_tables(results: Row) -> str:
    cases: list[Row] = results["cases"]
    parts = [_about_line(results["about"]), ratios(cases), goals_table(results)]
    for host, title in (("jupyterlab", "JupyterLab"), ("voila", "Voilà")):
        if rows := [case for case in cases if case["host"] == host]:
            parts.append(f"**{title}**\n\n{_cases(rows)}")
    full, imports = results["full_path"], results["import_ms"]
    whole = (
        f"not measured ({full['error']})."
        if "error" in full
        else f"p50 {full['p50_ms']:.1f} ms, p99 {full['p99_ms']:.1f} ms ({full['messages']} messages, ten a second)."
    )
    parts.append(
        f"The whole way, JupyterLab idle: simulator's send → socket → gateway → comm → painted: {whole}\n\n"
        f"Bundle: {results['bundle_kb']} kB, gzipped. Import: {imports['ipygenesys']:.0f} ms, of which anywidget alone takes "
        f"{imports['anywidget']:.0f} ms."
    )
    return "\n\n".join(parts)


def ratios(cases: list[Row]) -> str:
    lab = [case for case in cases if case["host"] == "jupyterlab" and "error" not in case]
    ours = [case for case in lab if case["name"] == "ours"]
    floor = next((case for case in lab if case["name"] == "floor"), None)
    if not ours:
        return ""
    few, many = ours[0], ours[-1]
    lines = []
    if floor is not None:
        ratio = few["lone"]["p50_ms"] / floor["lone"]["p50_ms"]
        lines.append(
            f"- A message, Python call → painted: {ratio:.2f} times the floor (a comm message → one `<div>`), p50, "
            f"both with {few['count']:,} messages in the conversation."
        )
    lines.append(
        f"- The same with {many['count']:,} messages: {many['lone']['p50_ms'] / few['lone']['p50_ms']:.2f} times as long as "
        f"with {few['count']:,}; {many['lone']['bytes'] / few['lone']['bytes']:.2f} times the bytes, "
        f"{many['nodes'] / few['nodes']:.2f} times the DOM nodes."
    )
    return "\n".join(lines)


def _cases(cases: list[Row]) -> str:
    head = (
        "messages held",
        "open ms",
        "append p50 ms",
        "of it, to the page",
        "p99 ms",
        "bytes a message",
        "burst messages/s",
        "longest task ms",
        "bytes a message, burst",
        "shown right",
        "own DOM nodes",
        "heap MB",
        "scroll fps",
        "frame p95 ms",
        "fast scroll fps",
        "frame p95 ms",
    )
    rows: list[Cells] = []
    for case in cases:
        if "error" in case:
            rows.append((f"{case['count']:,}", case["error"][:80], *("–" for _ in head[2:])))
            continue
        lone, burst = case.get("lone", {}), case.get("burst", {})
        slow, fast = case.get("scroll", {}), case.get("fast_scroll", {})
        is_ours = case["name"] == "ours"
        name = f"{case['count']:,}" if is_ours else f"floor, {case['count']:,}"
        is_right = case.get("is_in_order", False) and case.get("is_unread_right", False)
        order = ("yes" if is_right else "**no**") if "is_in_order" in case else "–"
        rows.append(
            (
                name,
                figure(case.get("open_ms")),
                figure(lone.get("p50_ms"), 1),
                figure(lone.get("arrival_p50_ms"), 1),
                figure(lone.get("p99_ms"), 1),
                figure(lone.get("bytes")),
                figure(burst.get("per_s")),
                figure(burst.get("longest_task_ms")),
                figure(burst.get("bytes")),
                order,
                figure(case["nodes"]) if is_ours else "–",
                figure(case.get("heap_mb"), 1),
                figure(slow.get("fps")),
                figure(slow.get("frame_p95_ms"), 1),
                figure(fast.get("fps")),
                figure(fast.get("frame_p95_ms"), 1),
            )
        )
    return table(head, rows)


# --- the peers --------------------------------------------------------------------------------------------


def peers_tables(results: Row) -> str:
    runs: list[Row] = results["runs"]
    parts = [_about_line(results["about"]), growth(runs)]
    for count in sorted({run["count"] for run in runs}):
        rows = [run for run in runs if run["count"] == count]
        ours = next((run for run in rows if run["peer"] == OURS and "error" not in run), None)
        parts.append(f"**{count:,} messages in the conversation**\n\n{_peers(rows, ours)}")
    if missing := results.get("not_run"):
        parts.append(f"Not run, for want of time: {', '.join(missing)}.")
    return "\n\n".join(part for part in parts if part)


def growth(runs: list[Row]) -> str:
    """How many times as long a message takes with more of them in the conversation, for each peer by itself."""
    delays = {(run["peer"], run["count"]): run["lone"]["p50_ms"] for run in runs if "error" not in run}
    counts = sorted({run["count"] for run in runs})
    peers = [peer for peer in dict.fromkeys(run["peer"] for run in runs) if (peer, counts[0]) in delays]
    if len(counts) < 2 or not peers:
        return ""
    rows: list[Cells] = []
    for peer in sorted(peers, key=lambda peer: delays.get((peer, counts[-1]), 1e9) / delays[peer, counts[0]]):
        ratios = [_ratio(delays.get((peer, count)), delays[peer, counts[0]]) for count in counts[1:]]
        rows.append((f"**{peer}**" if peer == OURS else peer, *ratios))
    head = ("append p50, × its own with " + f"{counts[0]:,}", *(f"{count:,}" for count in counts[1:]))
    return table(head, rows)


def _ratio(value: float | None, base: float) -> str:
    return figure(None if value is None else value / base, 2)


def _peers(rows: list[Row], ours: Row | None) -> str:
    head = (
        "",
        "append, × ours",
        "append p50 ms",
        "p99 ms",
        "open ms",
        "burst messages/s",
        "in the DOM",
        "longest task ms",
        "bytes a message",
        "heap MB",
        "DOM nodes",
        "scroll fps",
    )
    lines: list[Cells] = []
    for run in sorted(rows, key=lambda run: run.get("lone", {}).get("p50_ms", 1e9)):
        name = f"**{run['peer']}**" if run is ours else run["peer"]
        if "error" in run:
            lines.append((name, run["error"][:80], *("–" for _ in head[2:])))
            continue
        lone, burst, scroll = run["lone"], run.get("burst", {}), run.get("scroll", {})
        ratio = None if ours is None else lone["p50_ms"] / ours["lone"]["p50_ms"]
        lines.append(
            (
                name,
                figure(ratio, 2),
                figure(lone["p50_ms"], 1),
                figure(lone["p99_ms"] if lone["count"] >= ENOUGH else None, 1),
                figure(run.get("open_ms")),
                figure(burst.get("per_s")),
                f"{burst['in_dom']}/{burst['count']}" if "in_dom" in burst else "–",
                figure(burst.get("longest_task_ms")),
                figure(lone.get("bytes") or None),
                figure(run.get("heap_mb"), 1),
                figure(run.get("nodes")),
                figure(scroll.get("fps")),
            )
        )
    return table(head, lines)


# --- both -------------------------------------------------------------------------------------------------


def _about_line(about: Row) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    load_after = about.get("load_after", "?")
    return (
        f"{about['date']}; {about['machine']}; {about['system']}; headless Chromium {about.get('chromium', '?')} (software rendering); "
        f"Python {about['python']}; {versions}; load average {about['load_before']} before, {load_after} after."
    )


def short_tables(bench: Row | None, peers: Row | None) -> str:
    """A few lines for those who choose a widget."""
    rows: list[Cells]
    head: Cells
    parts = []
    if bench is not None:
        lab = [case for case in bench["cases"] if case["host"] == "jupyterlab" and "error" not in case]
        ours = [case for case in lab if case["name"] == "ours"]
        rows = [
            (
                f"{case['count']:,}",
                figure(case["open_ms"]),
                figure(case["lone"]["p50_ms"], 1),
                figure(case.get("burst", {}).get("per_s")),
                figure(case["lone"]["bytes"]),
                figure(case["nodes"]),
                figure(case["heap_mb"], 1),
            )
            for case in ours
        ]
        head = (
            "messages held",
            "open ms",
            "append p50 ms",
            "burst messages/s",
            "bytes a message",
            "DOM nodes",
            "heap MB",
        )
        parts.append(
            f"In JupyterLab, `uv run poe bench`, {bench['about']['date'][:10]}, {bench['about']['machine']}:\n\n"
            f"{ratios(bench['cases'])}\n\n{table(head, rows)}"
        )
    if peers is not None:
        count = max(run["count"] for run in peers["runs"])
        runs = [run for run in peers["runs"] if run["count"] == count and "error" not in run]
        ours_at = next((run for run in runs if run["peer"] == OURS), None)
        if ours_at is not None:
            rows = [
                (
                    run["peer"],
                    f"{run['lone']['p50_ms'] / ours_at['lone']['p50_ms']:.1f}",
                    figure(run["lone"]["p50_ms"], 1),
                    figure(run.get("nodes")),
                )
                for run in sorted(runs, key=lambda run: float(run["lone"]["p50_ms"]))
            ]
            head = ("", "append, × ours", "p50 ms", "DOM nodes of the page")
            parts.append(
                f"Beside others with {count:,} messages in the conversation, `uv run poe peers`, one run, "
                f"{peers['about']['date'][:10]}:\n\n{table(head, rows)}"
            )
    return "\n\n".join(parts)


def load_results(file: Path) -> Row | None:
    if not file.exists():
        return None
    results: Row = json.loads(file.read_text("utf-8"))
    return results


def replace(file: Path, name: str, text: str) -> None:
    """Put a text between ``<!-- name -->`` and ``<!-- /name -->``."""
    before, _, after = split(file.read_text("utf-8"), f"<!-- {name} -->", f"<!-- /{name} -->")
    file.write_text(f"{before}\n{text}\n{after}", "utf-8")


def write() -> None:
    """Renew what there are results for; the rest stays."""
    bench, peers = load_results(BENCH), load_results(PEERS)
    if bench is not None:
        replace(RESULTS, "bench", bench_tables(bench))
    if peers is not None:
        replace(RESULTS, "peers", peers_tables(peers))
    if bench is not None or peers is not None:
        replace(RESULTS, "speed", short_tables(bench, peers))


if __name__ == "__main__":
    write()
    sys.exit(0)
