"""Conversations of an inbox as their platform tells them, in as few words as a test needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from ipygenesys._core.inbox.told import ConversationTold, Part, Said


def said(*times_s: float, by: str = "c", **more: Any) -> tuple[Said, ...]:
    """Messages at these seconds; ids name who and when."""
    return tuple(Said(id=f"{by}{time_s:g}", time_ms=round(time_s * 1000), **more) for time_s in times_s)


def customer(*times_s: float, **more: Any) -> Part:
    """The customer, who has said something at these seconds."""
    return Part(
        id="c", role="customer", came_ms=0, connected_ms=0, said=said(*times_s), **({"name": "Ada"} | more)
    )


def queue(came_s: float, ended_s: float | None = None, *, id: str = "q", queue_id: str = "sales") -> Part:
    """A wait in a queue."""
    return Part(
        id=id,
        is_queue=True,
        role="system",
        queue_id=queue_id,
        came_ms=_ms(came_s),
        connected_ms=_ms(came_s),
        ended_ms=None if ended_s is None else _ms(ended_s),
    )


def agent(
    came_s: float,
    connected_s: float | None,
    *times_s: float,
    id: str = "a",
    queue_id: str = "sales",
    **more: Any,
) -> Part:
    """An agent: when they were alerted, when they answered, when they have said something."""
    return Part(
        id=id,
        role="agent",
        user_id=f"user-{id}",
        queue_id=queue_id,
        came_ms=_ms(came_s),
        connected_ms=None if connected_s is None else _ms(connected_s),
        said=said(*times_s, by=id),
        **({"name": f"Agent {id}"} | more),
    )


def bot(*times_s: float, **more: Any) -> Part:
    """A bot, from the start."""
    return Part(id="b", role="bot", came_ms=0, connected_ms=0, said=said(*times_s, by="b"), **more)


def told(*parts: Part, id: str = "1", newest: int = 0, **more: Any) -> ConversationTold:
    """A conversation with these."""
    return ConversationTold(conversation_id=id, parts=parts, names_newest=newest, **more)


def calls_made(work: Callable[[], object]) -> int:
    """How many functions it calls."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
