"""Knows the parts of every conversation, of those too that nobody routes; pure."""

from __future__ import annotations

from ipygenesys.simulator.state.conversation import Conversation, Part, PartState, Purpose, Role

_PURPOSES: dict[Role, Purpose] = {
    "agent": "agent",
    "customer": "customer",
    "bot": "bot",
    "system": "workflow",
}


def parts_of(c: Conversation, *, user_id: str, queue_id: str) -> list[Part]:
    """Who takes part, or has; in a conversation that is not routed everybody has been there from the start."""
    if c.parts:
        return c.parts
    parts = []
    for who in c.participants.values():
        is_agent = who.id == c.agent.id
        state: PartState = c.leg if is_agent else c.state
        part = Part(who, _PURPOSES[who.role], state, c.opened_s, c.opened_s)
        if state == "disconnected":
            part.disconnect_type = "client"
        if is_agent:
            part.user_id, part.queue_id = user_id, queue_id
        parts.append(part)
    return parts
