"""What response times show: of each agent or conversation, how often an answer took how long; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from ipygenesys._core.measures.response_times import Response, summary
from ipygenesys._core.model.messages import Role
from ipygenesys._pictures.talks import Talk, answers, waits
from ipygenesys._pictures.wire import ResponseRow, ResponseScene

By = Literal["agent", "conversation"]

BINS_PER_DECADE = 6
LEAST_S = 0.1
"""Shorter ones are counted with the shortest that a logarithmic axis shows."""
TICKS_S = (0.1, 1, 10, 60, 600, 3_600, 36_000, 86_400, 604_800, 2_592_000)
"""What people say: a second, ten, a minute, ten, an hour, ten, a day, a week, a month."""


def response_scene(talks: Sequence[Talk], *, by: By, title: str = "") -> ResponseScene:
    """All agents first, then each of them and each bot; or, by conversation, who waited longest first.

    Bots have rows of their own and count nowhere else.
    """
    told = [(talk, answers(talk)) for talk in talks]
    agents = [answer for _, each in told for answer in each if answer.role == "agent"]
    groups: list[tuple[str, Role | None, list[Response]]] = [("", None, agents)]
    if by == "agent":
        names: dict[tuple[Role, str], list[Response]] = {}
        for _, each in told:
            for answer in each:
                names.setdefault((answer.role, answer.sender), []).append(answer)
        ordered = sorted(names.items(), key=lambda item: (item[0][0] == "bot", -len(item[1]), item[0][1]))
        groups += [(name, role, values) for (role, name), values in ordered]
    else:
        rows = [(talk.title, [a for a in each if a.role == "agent"]) for talk, each in told]
        rows.sort(key=lambda row: -max((answer.response_time_s for answer in row[1]), default=0.0))
        groups += [(name, "agent", values) for name, values in rows]
    edges_s, ticks_s = _axis(answer.response_time_s for _, each in told for answer in each)
    made = (
        _row(label, role, [answer.response_time_s for answer in values], edges_s)
        for label, role, values in groups
    )
    return ResponseScene(
        rows=[row for row in made if row is not None],
        edges_s=edges_s,
        ticks_s=ticks_s,
        by=by,
        unanswered=sum(1 for talk in talks if any(wait.end_ms is None for wait in waits(talk))),
        title=title,
    )


def _axis(values: Iterable[float]) -> tuple[list[float], list[float]]:
    """The edges of the bins, and where the axis has ticks; at least from one tick to the next."""
    known = [max(value, LEAST_S) for value in values] or [1.0, 10.0]
    below = max((tick for tick in TICKS_S if tick <= min(known)), default=LEAST_S)
    above = min((tick for tick in TICKS_S if tick > max(known)), default=max(known))
    first = math.floor(math.log10(below) * BINS_PER_DECADE)
    last = max(math.ceil(math.log10(above) * BINS_PER_DECADE), first + 1)
    edges_s = [10 ** (step / BINS_PER_DECADE) for step in range(first, last + 1)]
    return edges_s, [tick for tick in TICKS_S if edges_s[0] <= tick * 1.0001 and tick <= edges_s[-1] * 1.0001]


def _row(label: str, role: Role | None, values: list[float], edges_s: list[float]) -> ResponseRow | None:
    told = summary(values)
    if told is None:
        return None
    counts = [0] * (len(edges_s) - 1)
    first = round(math.log10(edges_s[0]) * BINS_PER_DECADE)
    for value in values:
        place = math.floor(math.log10(max(value, LEAST_S)) * BINS_PER_DECADE + 1e-9) - first
        counts[min(max(place, 0), len(counts) - 1)] += 1
    return ResponseRow(
        label=label,
        role=role,
        counts=counts,
        n=told.n,
        median_s=told.median,
        p90_s=told.p90,
        max_s=told.max,
        mean_s=told.mean,
    )
