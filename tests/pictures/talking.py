"""Conversations for pictures: what is not said is plausible and always the same."""

from __future__ import annotations

from typing import Any

from ipygenesys._core.model.messages import Message, Role
from ipygenesys._pictures.talks import Said, Span, Talk

START_MS = 1_764_500_000_000
NAMES: dict[str, Role] = {"Cleo": "customer", "Ann": "agent", "Ben": "agent", "Robo": "bot"}


def said(at_s: float, sender: str, **fields: Any) -> Said:
    """Somebody of NAMES says something, so many seconds into the conversation."""
    time_ms = START_MS + int(at_s * 1000)
    return Said(time_ms, sender, NAMES[sender], sender == "Ann", **{"id": f"m{at_s:g}", **fields})


def talk(*messages: Said, title: str = "", spans: tuple[Span, ...] = ()) -> Talk:
    return Talk(title, messages, spans)


def message(at_s: float, sender: str, **fields: Any) -> Message:
    known: dict[str, Any] = {"id": f"m{at_s:g}", "text": f"text {at_s:g}", "status": "sent", "is_own": False}
    time_ms = START_MS + int(at_s * 1000)
    return Message(sender=sender, role=NAMES[sender], time_ms=time_ms, **{**known, **fields})


LOST_PARCEL = talk(
    said(0, "Cleo"),
    said(2, "Robo"),
    said(10, "Cleo"),
    said(40, "Ann"),
    said(60, "Cleo"),
    said(65, "Cleo"),
    title="Parcel",
)
"""Answered after 2 s by a bot and after 40 s by an agent; since 60 s somebody waits."""
