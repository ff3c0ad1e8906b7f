"""Rows, figures and problems of an inbox as its pages hold them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import get_args

from ipygenesys._core.inbox.figures import Kpis
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox_view.wire import MAX_PROBLEMS, About, InboxProblem, InboxRow, Tile
from ipygenesys._core.model.failures import Failure

MAX_TEXT = 160
"""Characters of a text that a row has room for."""


def shown(row: Row) -> InboxRow:
    """What a page shows of it."""
    last = row.last
    return InboxRow(
        id=row.conversation_id,
        name=row.customer,
        queue=row.queue,
        agent=row.agent,
        state=row.state,
        since_ms=row.since_ms,
        last_role=last.role if last else "",
        last_sender=last.sender if last else "",
        last_kind=last.kind if last else "",
        last_ms=last.time_ms if last else None,
        last_text=last.text[:MAX_TEXT] if last and last.text is not None else None,
        text_state=last.text_state if last else "none",
        unanswered_since_ms=row.unanswered_since_ms,
        unread=row.unread,
        typing=row.typing,
        undelivered=row.undelivered,
        undelivered_why=row.undelivered_why or "",
        due_ms=row.sla_due_ms,
        is_own=row.is_own,
        is_complete=row.is_complete,
    )


def tiles(kpis: Kpis) -> list[Tile]:
    """All figures, in the order of their definitions."""
    return [
        Tile(
            name=kpi.name,
            unit=kpi.unit,
            value=kpi.value,
            n=kpi.n,
            median=kpi.median,
            p90=kpi.p90,
            max=kpi.max,
            since_ms=kpi.since_ms,
        )
        for kpi in kpis
    ]


def problems(found: Mapping[str, Failure]) -> tuple[InboxProblem, ...]:
    """What does not work, by what it is: its first word says what that is about."""
    return tuple(
        InboxProblem(_about(what), failure.message) for what, failure in islice(found.items(), MAX_PROBLEMS)
    )


def _about(what: str) -> About:
    first = what.partition(" ")[0]
    return next((about for about in get_args(About) if about == first), "other")
