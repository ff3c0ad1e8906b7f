"""What this widget's speed is to be, and whether a run has shown it: the worst figure of all its cases counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.benchmarks.figures import Cells, figure, table

Row = dict[str, Any]

FEW, MANY = 100, 100_000
"""Messages held: between these two nothing may grow."""


class Goal(NamedTuple):
    """One figure and its limit."""

    name: str
    limit: float
    of: Callable[[Row], float | None]
    """A case's figure; None where it was not measured."""
    unit: str = ""
    digits: int = 0
    is_least: bool = False
    """The limit is the least that will do, not the most."""
    held: int | None = None
    """With so many messages only."""
    host: str | None = None
    """There only."""


def of(*path: str) -> Callable[[Row], float | None]:
    def found(case: Row) -> float | None:
        value: Any = case
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return None if value is None else float(value)

    return found


GOALS = (
    Goal("append, Python call → painted, p50", 8.0, of("lone", "p50_ms"), "ms", 1),
    Goal("bytes on the wire, a lone message", 800, of("lone", "bytes")),
    Goal("burst, messages a second", 5_000, of("burst", "per_s"), is_least=True),
    Goal("the page's longest task in it", 50, of("burst", "longest_task_ms"), "ms"),
    Goal("bytes on the wire, a message of it", 250, of("burst", "bytes")),
    Goal(f"opening with {MANY:,} messages", 150, of("open_ms"), "ms", held=MANY, host="jupyterlab"),
    Goal("heap over the same page without it", 5.0, of("heap_mb"), "MB", 1),
    Goal("own DOM nodes", 1_500, of("nodes")),
    Goal("scrolling, frames a second", 59.0, of("scroll", "fps"), "", 1, is_least=True),
    Goal("scrolling, p95 of the frames", 20.0, of("scroll", "frame_p95_ms"), "ms", 1),
    Goal("fast scrolling, p95 of the frames", 20.0, of("fast_scroll", "frame_p95_ms"), "ms", 1),
)
MAX_BUNDLE_KB = 52.0
MAX_GROWTH = 0.2


def goals_table(results: Row) -> str:
    """Each goal, the worst figure, where that was, and whether it is met."""
    return table(("goal", "limit", "worst", "with", "met"), [*_rows(results)])


def _rows(results: Row) -> Iterator[Cells]:
    cases = [case for case in results["cases"] if case["name"] == "ours" and "error" not in case]
    yield from _growth(cases)
    for goal in GOALS:
        fitting = [case for case in cases if goal.held in (None, case["count"])]
        yield _row(goal, [case for case in fitting if goal.host in (None, case["host"])])
    yield _shown_right(cases)
    size = results["bundle_kb"]
    yield ("bundle, gzipped", f"≤ {MAX_BUNDLE_KB:.0f} kB", f"{size} kB", "–", _met(size <= MAX_BUNDLE_KB))


def _growth(cases: list[Row]) -> Iterator[Cells]:
    """A line for each host."""
    name, limit = f"append, {MANY:,} messages ÷ {FEW:,}", f"1 ± {MAX_GROWTH:.1f}"
    for host in dict.fromkeys(case["host"] for case in cases):
        found = {case["count"]: case.get("lone", {}).get("p50_ms") for case in cases if case["host"] == host}
        few, many = found.get(FEW), found.get(MANY)
        if few and many:
            yield (name, limit, f"{many / few:.2f}", host, _met(abs(many / few - 1) <= MAX_GROWTH))
        else:
            yield (name, limit, "–", host, "not measured")


def _row(goal: Goal, cases: list[Row]) -> Cells:
    limit = f"{'≥' if goal.is_least else '≤'} {goal.limit:,.0f} {goal.unit}".rstrip()
    known = [(value, case) for case in cases if (value := goal.of(case)) is not None]
    if not known:
        return (goal.name, limit, "–", "–", "not measured")
    pick = min if goal.is_least else max
    worst, case = pick(known, key=lambda each: each[0])
    is_met = worst >= goal.limit if goal.is_least else worst <= goal.limit
    words = f"{figure(worst, goal.digits)} {goal.unit}".rstrip()
    return (goal.name, limit, words, f"{case['count']:,} in {case['host']}", _met(is_met))


def _shown_right(cases: list[Row]) -> Cells:
    told = [case for case in cases if "is_in_order" in case]
    wrong = [case for case in told if not (case["is_in_order"] and case["is_unread_right"])]
    where = ", ".join(f"{case['count']:,} in {case['host']}" for case in wrong) or "–"
    words = "not measured" if not told else _met(not wrong)
    return (
        "after a burst order, count and unread are right",
        "all",
        f"{len(told) - len(wrong)} of {len(told)}",
        where,
        words,
    )


def _met(is_met: bool) -> str:
    return "yes" if is_met else "**no**"
