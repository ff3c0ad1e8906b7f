"""What is true of the organisation at a moment: every figure of its queues, from the whole history; pure.

This is what clients are compared with, so it shares nothing with them: it remembers nothing, and looks at all parts and
messages of all conversations each time. Times are whole milliseconds since 1970, lengths milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from ipygenesys.simulator.org.figures import TrueRow, Truth, Value, Wait
from ipygenesys.simulator.org.plan import Queue
from ipygenesys.simulator.state.conversation import Conversation, Message, Part


def truth(
    conversations: Iterable[Conversation],
    parts_of: Callable[[Conversation], list[Part]],
    queues: Iterable[Queue],
    now: float,
    *,
    queue_ids: Collection[str] | None = None,
    since: float | None = None,
) -> Truth:
    """All figures at ``now``, of the conversations that have been in a queue.

    Args:
        conversations: All there are.
        parts_of: Who takes part in each, or has.
        queues: With their targets.
        now: Epoch seconds.
        queue_ids: Only what is about these queues; None: all.
        since: Epoch seconds: only what whoever listens since then hears of: conversations that went on then, if only with
            after-call work, or began later; None: all.
    """
    found, targets = Truth(_ms(now)), {queue.id: round(queue.target_s * 1000) for queue in queues}
    for c in conversations:
        parts = parts_of(c)
        if since is not None and all(p.ended_s is not None and _end_of(p) < since for p in parts):
            continue
        if any(p.queue_id is not None for p in parts):
            _add(found, c, parts, targets)
    if queue_ids is not None:
        for name, values in vars(found).items():
            if name != "time_ms":
                setattr(found, name, [value for value in values if value.queue_id in queue_ids])
    return found


def _end_of(part: Part) -> float:
    return part.acw_ended_s or part.ended_s or 0.0


def _ms(epoch_s: float) -> int:
    return round(epoch_s * 1000)


def _add(found: Truth, c: Conversation, parts: list[Part], targets: dict[str, int]) -> None:
    agents = [p for p in parts if p.purpose == "agent"]
    answered = [p for p in agents if p.connected_s is not None]
    found.waits += _waits(c, parts, targets, found.time_ms)
    for p in answered:
        assert p.connected_s is not None
        found.time_to_engage.append(_value(c, p, _ms(p.started_s), _ms(p.connected_s)))
        if not p.is_live:
            found.handle_time.append(_handled(c, p))
    _add_responses(found, c, parts, min(answered, key=lambda p: p.connected_s or 0.0, default=None))
    found.rows.append(_row(c, parts, targets))


def _value(c: Conversation, part: Part | None, begin_ms: int, end_ms: int) -> Value:
    if part is None:
        return Value(c.id, None, end_ms - begin_ms, end_ms)
    return Value(c.id, part.queue_id, end_ms - begin_ms, end_ms, part.user_id, part.who.name)


def _handled(c: Conversation, p: Part) -> Value:
    assert p.connected_s is not None
    assert p.ended_s is not None
    ms = _ms(p.ended_s) - _ms(p.connected_s)
    if p.parked_s is not None:
        ms -= min(_ms(p.resumed_s or p.ended_s), _ms(p.ended_s)) - _ms(p.parked_s)
    if p.acw_started_s is not None and p.acw_ended_s is not None:
        ms += _ms(p.acw_ended_s) - _ms(p.acw_started_s)
    return Value(c.id, p.queue_id, ms, _ms(_end_of(p)), p.user_id, p.who.name)


def _waits(c: Conversation, parts: list[Part], targets: dict[str, int], now_ms: int) -> list[Wait]:
    waits = []
    for p in parts:
        if p.purpose == "acd" and p.queue_id is not None:
            until_ms = now_ms if p.ended_s is None else _ms(p.ended_s)
            outcome = (
                "waiting"
                if p.ended_s is None
                else "answered"
                if p.disconnect_type == "transfer"
                else "abandoned"
            )
            waits.append(Wait(c.id, p.queue_id, until_ms - _ms(p.started_s), targets[p.queue_id], outcome))
    return waits


def _add_responses(found: Truth, c: Conversation, parts: list[Part], first_answer: Part | None) -> None:
    by_who = {p.who.id: p for p in parts}
    asked = [_ms(m.time_s) for m in c.messages if m.sender.role == "customer"]
    spoken = [m for m in c.messages if m.sender.role == "agent"]
    if asked and (first := next((m for m in spoken if _ms(m.time_s) >= asked[0]), None)):
        found.first_response.append(_value(c, by_who.get(first.sender.id), asked[0], _ms(first.time_s)))
    if spoken and first_answer is not None and first_answer.connected_s is not None:
        connected_ms, first = _ms(first_answer.connected_s), spoken[0]
        found.handover_first_response.append(
            _value(c, by_who.get(first.sender.id), connected_ms, _ms(first.time_s))
        )
    for role, values in (("agent", found.response), ("bot", found.bot_response)):
        for begin_ms, answer in _bursts(c.messages, role):
            part, at_ms = by_who.get(answer.sender.id), _ms(answer.time_s)
            values.append(_value(c, part, begin_ms, at_ms))
            if role == "agent" and part is not None and part.connected_s is not None:
                found.handover_response.append(_value(c, part, max(begin_ms, _ms(part.connected_s)), at_ms))


def _bursts(messages: list[Message], role: str) -> list[tuple[int, Message]]:
    """Each burst that somebody in this role has answered: when it began, and the answer."""
    bursts, begin = [], None
    for m in messages:
        if m.sender.role == "customer":
            begin = begin if begin is not None else _ms(m.time_s)
        elif begin is not None and m.sender.role == role:
            bursts.append((begin, m))
            begin = None
        elif m.sender.role == "agent":
            begin = None
    return bursts


def _row(c: Conversation, parts: list[Part], targets: dict[str, int]) -> TrueRow:
    live = [p for p in parts if p.ended_s is None]
    in_queue = [p for p in parts if p.queue_id is not None]
    wait = next((p for p in live if p.purpose == "acd"), None)
    agent = next((p for p in reversed(live) if p.purpose == "agent"), None)
    bot = next((p for p in live if p.purpose == "bot"), None)
    queue_id = in_queue[-1].queue_id
    if c.state == "disconnected":
        state, since = "ended", max(p.ended_s or 0.0 for p in parts)
    elif agent is not None and agent.state == "connected":
        state, since = "agent", _latest(agent.connected_s, agent.resumed_s)
    elif agent is not None and agent.state == "parked":
        state, since = "parked", agent.parked_s or 0.0
    elif wait is not None:
        state, since = "waiting", wait.started_s
    elif bot is not None:
        state, since = "bot", bot.started_s
    else:
        state, since = "open", c.opened_s
    last, unanswered = (c.messages[-1] if c.messages else None), _unanswered_since(c.messages)
    return TrueRow(
        conversation_id=c.id,
        customer=c.customer.name,
        state=state,
        since_ms=_ms(since),
        queue_id=queue_id,
        user_id=agent.user_id if agent is not None else None,
        agent=agent.who.name if agent is not None else "",
        last_ms=None if last is None else _ms(last.time_s),
        last_role=None if last is None else last.sender.role,
        unanswered_since_ms=unanswered,
        undelivered=sum(m.error is not None and m.status in ("delivered", "read") for m in c.messages),
        due_ms=_ms(wait.started_s) + targets[wait.queue_id]
        if wait is not None and wait.queue_id is not None and state == "waiting"
        else None,
        inactive_at_ms=None if c.inactive_at_s is None else _ms(c.inactive_at_s),
    )


def _latest(connected_s: float | None, resumed_s: float | None) -> float:
    return max(connected_s or 0.0, resumed_s or 0.0)


def _unanswered_since(messages: list[Message]) -> int | None:
    since: int | None = None
    for m in messages:
        if m.sender.role == "agent":
            since = None
        elif m.sender.role == "customer" and since is None:
            since = _ms(m.time_s)
    return since
