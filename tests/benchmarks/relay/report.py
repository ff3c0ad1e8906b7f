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
            f"relay, Redis and viewers share the cores. {results['viewers']:,} viewers in a few servers of pages, whose viewers share "
            f"connections, and {results['kernels']:,} with their own, as kernels have; {results['rate']} messages a second for {results['seconds']:g} s in each phase.",
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
    yield _goal("÷ as many bare redis-py readers of the same bytes", _ratio(ours, bare), 2)
    yield _goal(
        "÷ bare readers that hand on, as many as servers of pages", _ratio(ours, results["fanned"]), 2
    )
    yield _goal("kernels ÷ as many bare readers", _ratio(relay["kernels"], results["bare_kernels"]), 2)
    yield _goal(
        "with 1 % of the viewers stalled, others' p99 ÷",
        _ratio(relay["beside_stalled"], ours),
        1.1,
    )
    yield _goal("sockets upstream", relay["sockets"], 1)
    # However many look on, or nobody: a relay reads history again every two minutes, as any client does.
    more = max(relay["calls_of_all"] - relay["calls_by_itself"], 0)
    yield _goal("REST calls of all viewers − of one", more, 0)
    yield _goal("memory of the relay a viewer, kB", relay["memory_kb_a_viewer"], 20)


def phases(results: Row) -> Iterator[figures.Cells]:
    relay = results["relay"]
    for name, found in (
        ("one viewer", relay["one"]),
        ("all", relay["all"]),
        ("all but those that stand still", relay["beside_stalled"]),
        ("as many bare readers", results["bare"]),
        ("bare readers that hand on", results["fanned"]),
        ("kernels", relay["kernels"]),
        ("as many bare readers as kernels", results["bare_kernels"]),
    ):
        yield (
            name,
            f"{found['count']:,}",
            f"{found['missing']:,}",
            *(f"{found.get(key, 0):,.1f}" for key in ("p50_ms", "p99_ms", "max_ms")),
            f"{found['cpu_us_per_delivery']:,}",
        )


def _ratio(one: Row, other: Row) -> float:
    """Of their p99; a tenth of a millisecond is the least that is told apart."""
    return round(float(one["p99_ms"]) / max(float(other["p99_ms"]), 0.1), 2)


def _goal(name: str, found: float, limit: float) -> figures.Cells:
    return (name, f"≤ {limit:g}", f"{found:,}", "yes" if found <= limit else "**no**")
