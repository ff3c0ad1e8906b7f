"""The benchmarks' tables are made from what the runs leave; a failed case is named, and what was not measured stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import report

ABOUT = {
    "date": "2026-01-02 03:04 UTC",
    "machine": "a machine",
    "system": "a system",
    "python": "3.13.0",
    "versions": {"ipygenesys": "1.0"},
    "load_before": 0.1,
    "load_after": 0.2,
    "chromium": "150",
}


def case(count: int, p50_ms: float, **more: Any) -> dict[str, Any]:
    known = {
        "host": "jupyterlab",
        "name": "ours",
        "count": count,
        "open_ms": 90.0,
        "heap_mb": 1.0,
        "nodes": 1_000,
        "lone": {"count": 100, "p50_ms": p50_ms, "p99_ms": 20.0, "bytes": 790},
        "burst": {"per_s": 6_000, "longest_task_ms": 40, "bytes": 90},
        "is_in_order": True,
        "is_unread_right": True,
    }
    return {**known, **more}


def bench(*cases: dict[str, Any]) -> dict[str, Any]:
    return {
        "about": ABOUT,
        "cases": [case(100, 5.0, name="floor"), *cases],
        "full_path": {"p50_ms": 9.0, "p99_ms": 20.0, "messages": 100},
        "bundle_kb": 40.0,
        "import_ms": {"ipygenesys": 300, "anywidget": 200},
    }


def peer(name: str, p50_ms: float, **more: Any) -> dict[str, Any]:
    lone = {"count": 60, "p50_ms": p50_ms, "p99_ms": 99.9, "bytes": 700}
    return {"peer": name, "count": 1_000, "lone": lone, "nodes": 500, **more}


def test_ratios_come_first() -> None:
    text = report.bench_tables(bench(case(100, 10.0), case(100_000, 11.0)))
    ratios, _, tables = text.partition("**JupyterLab**")
    assert "2.00 times the floor" in ratios
    assert "with 100,000 messages: 1.10 times as long" in ratios
    assert "| 100,000 | 90 | 11.0 |" in tables


@pytest.mark.parametrize("wrong", ["is_in_order", "is_unread_right"])
def test_speed_that_shows_the_wrong_thing_is_called_out(wrong: str) -> None:
    good = report.bench_tables(bench(case(100, 10.0)))
    assert "right | all | 1 of 1 | – | yes |" in good and "| 90 | yes | 1,000 |" in good
    bad = report.bench_tables(bench(case(100, 10.0, **{wrong: False})))
    assert "right | all | 0 of 1 | 100 in jupyterlab | **no** |" in bad and "| 90 | **no** | 1,000 |" in bad


def test_each_goal_is_held_against_the_worst_case() -> None:
    cases = [case(100, 7.0, heap_mb=5.1), case(100_000, 8.4), case(100, 7.5, host="voila", heap_mb=None)]
    text = report.bench_tables(bench(*cases))
    assert "| append, 100,000 messages ÷ 100 | 1 ± 0.2 | 1.20 | jupyterlab | yes |" in text
    assert "| append, 100,000 messages ÷ 100 | 1 ± 0.2 | – | voila | not measured |" in text
    assert "painted, p50 | ≤ 8 ms | 8.4 ms | 100,000 in jupyterlab | **no** |" in text
    assert "| burst, messages a second | ≥ 5,000 | 6,000 | 100 in jupyterlab | yes |" in text
    assert "| opening with 100,000 messages | ≤ 150 ms | 90 ms | 100,000 in jupyterlab | yes |" in text
    assert "| heap over the same page without it | ≤ 5 MB | 5.1 MB | 100 in jupyterlab | **no** |" in text
    assert "| scrolling, frames a second | ≥ 59 | – | – | not measured |" in text
    assert "| bundle, gzipped | ≤ 52 kB | 40.0 kB | – | yes |" in text


def test_how_much_a_peer_slows_down_is_told_first() -> None:
    runs = [peer("slow", 30.0, count=100), peer("slow", 90.0), peer("ipygenesys", 10.0, count=100)]
    runs += [peer("ipygenesys", 10.5), peer("broken", 9.0, count=100)]
    runs += [{"peer": "broken", "count": 1_000, "error": "gave up"}]
    growth, _, _ = report.peers_tables({"about": ABOUT, "runs": runs}).partition("**100 messages")
    rows = growth.strip().splitlines()[-3:]
    assert rows == ["| **ipygenesys** | 1.05 |", "| slow | 3.00 |", "| broken | – |"]


def test_a_failed_case_is_named_and_the_others_are_there() -> None:
    failed = {"host": "jupyterlab", "name": "ours", "count": 1_000, "error": "TimeoutError: no | answer"}
    text = report.bench_tables(bench(case(100, 10.0), failed))
    assert "| 1,000 | TimeoutError: no / answer |" in text
    assert "| 100 | 90 | 10.0 |" in text
    assert "\n| 1,000 |" not in report.short_tables(bench(case(100, 10.0), failed), None)


def test_peers_stand_in_the_order_of_their_speed_beside_ours() -> None:
    runs = [
        peer("slow", 30.0),
        {"peer": "broken", "count": 1_000, "error": "did not start"},
        peer("ipygenesys", 10.0),
    ]
    results = {"about": ABOUT, "runs": runs, "not_run": ["late with 1,000"]}
    text = report.peers_tables(results)
    rows = [line.split(" | ")[:2] for line in text.splitlines() if line.startswith("| ")]
    assert rows[2:] == [["| **ipygenesys**", "1.00"], ["| slow", "3.00"], ["| broken", "did not start"]]
    assert "Not run, for want of time: late with 1,000." in text
    assert "| slow | 3.0 | 30.0 | 500 |" in report.short_tables(None, results)


def test_a_way_that_was_not_measured_is_named() -> None:
    results = {**bench(case(100, 10.0)), "full_path": {"error": "TimeoutError: nobody"}}
    assert "painted: not measured (TimeoutError: nobody)." in report.bench_tables(results)


def test_of_few_messages_no_99th_percentile_is_told() -> None:
    lone = {"count": 3, "p50_ms": 700.0, "p99_ms": 701.0, "bytes": 1}
    results = {"about": ABOUT, "runs": [peer("slow", 0.0, lone=lone)]}
    assert "701" not in report.peers_tables(results)


def test_only_what_was_measured_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results_file = tmp_path / "RESULTS.md"
    blocks = "<!-- speed -->\nold\n<!-- /speed -->\n<!-- bench -->\nold\n<!-- /bench -->\n"
    results_file.write_text(f"before\n{blocks}<!-- peers -->\nkept\n<!-- /peers -->\nafter\n", "utf-8")
    (tmp_path / "bench.json").write_text(json.dumps(bench(case(100, 10.0))), "utf-8")
    monkeypatch.setattr(report, "RESULTS", results_file)
    monkeypatch.setattr(report, "BENCH", tmp_path / "bench.json")
    monkeypatch.setattr(report, "PEERS", tmp_path / "peers.json")
    report.write()
    results = results_file.read_text("utf-8")
    assert "old" not in results
    assert "kept" in results and results.startswith("before\n") and results.endswith("after\n")
    assert "| 100 | 90 | 10.0 | 6,000 | 790 | 1,000 | 1.0 |" in results


def test_the_document_has_the_places_that_the_tables_go_to() -> None:
    text = report.RESULTS.read_text("utf-8")
    for name in ("speed", "bench", "peers"):
        assert f"<!-- {name} -->" in text and f"<!-- /{name} -->" in text
