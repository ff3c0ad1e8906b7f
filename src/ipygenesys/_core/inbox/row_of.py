"""The row that shows a conversation, by what was told of it and what is known around it."""

from __future__ import annotations

import msgspec

from ipygenesys._core.inbox.rows import LastMessage, Row, TextState
from ipygenesys._core.inbox.talk import Talk

HAVE_TEXT = frozenset({"text", "structured", "unknown"})
"""Kinds of messages whose text is worth a call."""


class Around(msgspec.Struct):
    """What is known besides the conversations."""

    watched: frozenset[str]
    """The queues whose conversations are shown; empty: all."""
    targets_ms: dict[str, int]
    """By queue: how long a customer is to wait at most."""
    queue_names: dict[str, str] = msgspec.field(default_factory=dict)
    typing_users: frozenset[str] = frozenset()
    """Agents whose customers are seen to type."""
    own_user_id: str | None = None
    selected: str | None = None


def row_of(talk: Talk, around: Around, typing: tuple[str, ...]) -> Row:
    """What is shown of a conversation in which these people type; one that has left the watched queues has ended here."""
    state, holder = talk.holder()
    queue_id = (holder and holder.queue_id) or talk.queue_id
    if around.watched and queue_id is not None and queue_id not in around.watched:
        state = "ended"
    listed = None if talk.legs else talk.listed
    agent = holder if state in ("agent", "parked") else talk.legs.last_agent if state == "ended" else None
    if state == "ended":
        since_ms = talk.legs.ended_ms
    else:
        since_ms = holder.since_ms if holder else listed.since_ms if listed else None
    target_ms = around.targets_ms.get(queue_id or "") if state == "waiting" else None
    users = talk.legs.users
    why = list(talk.undelivered.values())
    return Row(
        conversation_id=talk.id,
        customer=talk.legs.customer or (talk.listed and talk.listed.customer) or "",
        queue_id=queue_id,
        queue=around.queue_names.get(queue_id or "", ""),
        agent_id=agent.user_id if agent else listed.user_id if listed else None,
        agent=agent.name if agent else "",
        state=state,
        since_ms=since_ms,
        began_ms=talk.legs.began_ms,
        last=_last_of(talk),
        unanswered_since_ms=talk.answers.clock.unanswered_since_ms,
        unread=talk.unread,
        typing=typing,
        knows_typing=bool(users & around.typing_users),
        undelivered=len(why),
        undelivered_why=why[-1] if why else None,
        sla_due_ms=None if since_ms is None or target_ms is None else since_ms + target_ms,
        closes_at_ms=None if state == "ended" else talk.closes_at_ms,
        is_selected=talk.id == around.selected,
        is_own=around.own_user_id is not None and around.own_user_id in users,
        is_complete=talk.known == "wholly",
    )


def text_state_of(talk: Talk) -> TextState:
    """Whether the text of its newest message is there."""
    if (last := talk.last) is None or last.kind not in HAVE_TEXT:
        return "none"
    if talk.text is None or talk.text[0] != last.id:
        return "awaited"
    return "missing" if talk.text[1] is None else "here"


def _last_of(talk: Talk) -> LastMessage | None:
    if (last := talk.last) is None:
        return None
    text_state = text_state_of(talk)
    return LastMessage(
        id=last.id,
        time_ms=last.time_ms,
        role=last.role,
        sender=talk.legs[last.sender].name,
        kind=last.kind,
        text=talk.text[1] if talk.text and text_state == "here" else None,
        text_state=text_state,
    )
