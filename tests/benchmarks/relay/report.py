"""The relay's figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.benchmarks import figures

RESULTS_NAME = "relay"
Row = dict[str, Any]


def table(results: Row) -> str:
    """Each goal with its limit and what was measured, then what explains it."""
    machine = results["about"]
    return "\n\n".join(
        [
            f"{machine['date']}; {machine['machine']}; load before {machine['load_before']}, after {results['load_after']}: source, "
            f"relay, Redis and viewers share the cores. {results['viewers']:,} viewers with connections of their own, "
            f"{results['rate']} messages a second for {results['seconds']:g} s in each phase.",
            figures.table(("figure", "limit", "measured", "met"), [*goals(results)]),
            figures.table(
                ("who", "deliveries", "missing", "p50 ms", "p99 ms", "most ms", "processor µs a delivery"),
                [*phases(results)],
            ),
        ]
    )


def goals(results: Row) -> Iterator[figures.Cells]:
    """Of issue and limits: ratios of one run mean something on a machine that does other things too."""
    relay, bare = results["relay"], results["bare"]
    ours = relay["all"]
    yield _goal("message sent → viewer, p99 ms", ours["p99_ms"], 100)
    yield _goal("÷ bare redis-py readers of the same bytes", round(ours["p99_ms"] / bare["p99_ms"], 2), 2)
    yield _goal(
        "with 1 % of the viewers stalled, others' p99 ÷",
        round(relay["beside_stalled"]["p99_ms"] / ours["p99_ms"], 2),
        1.1,
    )
    yield _goal("sockets upstream", relay["sockets"], 1)
    yield _goal("REST calls of all viewers − of one", relay["calls_of_all"], 0)
    yield _goal("memory of the relay a viewer, kB", relay["memory_kb_a_viewer"], 20)


def phases(results: Row) -> Iterator[figures.Cells]:
    relay = results["relay"]
    for name, found in (
        ("one viewer", relay["one"]),
        ("all", relay["all"]),
        ("all but those that stand still", relay["beside_stalled"]),
        ("bare readers", results["bare"]),
    ):
        yield (
            name,
            f"{found['count']:,}",
            f"{found['missing']:,}",
            *(f"{found.get(key, 0):,.1f}" for key in ("p50_ms", "p99_ms", "max_ms")),
            f"{found['cpu_us_per_delivery']:,}",
        )


def _goal(name: str, found: float, limit: float) -> figures.Cells:
    return (name, f"≤ {limit:g}", f"{found:,}", "yes" if found <= limit else "**no**")
