"""What response times show: of each agent or conversation, how often an answer took how long; pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from ipygenesys._core.inbox.pools import Answered
from ipygenesys._core.measures.response_times import summary
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
    everybody = [answer for _, each in told for answer in each]
    groups = [_Group("", None, [answer.response_time_s for answer in everybody if answer.role == "agent"])]
    if by == "agent":
        names: dict[tuple[Role, str], list[float]] = {}
        for answer in everybody:
            names.setdefault((answer.role, answer.sender), []).append(answer.response_time_s)
        groups += _most_first(_Group(name, role, values_s) for (role, name), values_s in names.items())
    else:
        rows = [
            _Group(talk.title, "agent", [answer.response_time_s for answer in each if answer.role == "agent"])
            for talk, each in told
        ]
        groups += sorted(rows, key=lambda group: -max(group.values_s, default=0.0))
    unanswered = sum(1 for talk in talks if any(wait.end_ms is None for wait in waits(talk)))
    return _scene(groups, by=by, unanswered=unanswered, title=title)


def answered_scene(answered: Answered, *, title: str = "") -> ResponseScene:
    """The same of an inbox, which tells its bots apart from agents and not from each other."""
    agents = (_Group(name, "agent", values_s) for name, values_s in answered.by_agent.items())
    groups = [_Group("", None, answered.agents), *_most_first(agents), _Group("", "bot", answered.bots)]
    return _scene(groups, by="agent", unanswered=answered.unanswered, title=title)


class _Group(NamedTuple):
    label: str
    role: Role | None
    values_s: list[float]


def _most_first(groups: Iterable[_Group]) -> list[_Group]:
    """Bots after agents."""
    return sorted(groups, key=lambda group: (group.role == "bot", -len(group.values_s), group.label))


def _scene(groups: Sequence[_Group], *, by: By, unanswered: int, title: str) -> ResponseScene:
    edges_s, ticks_s = _axis(
        [end for _, _, values_s in groups if values_s for end in (min(values_s), max(values_s))]
    )
    made = (_row(group, edges_s) for group in groups)
    return ResponseScene(
        rows=[row for row in made if row is not None],
        edges_s=edges_s,
        ticks_s=ticks_s,
        by=by,
        unanswered=unanswered,
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


def _row(group: _Group, edges_s: list[float]) -> ResponseRow | None:
    ordered = sorted(group.values_s)
    told = summary(ordered)
    if told is None:
        return None
    # What is on an edge is counted above it, whatever the logarithm has made of it.
    below = [bisect_left(ordered, edge_s * (1 - 1e-9)) for edge_s in edges_s[1:-1]]
    return ResponseRow(
        label=group.label,
        role=group.role,
        counts=[end - begin for begin, end in pairwise((0, *below, told.n))],
        n=told.n,
        median_s=told.median,
        p90_s=told.p90,
        max_s=told.max,
        mean_s=told.mean,
    )
