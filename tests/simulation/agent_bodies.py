"""Conversations and messages as the Platform API and its notifications show them to an agent."""

from __future__ import annotations

from tests.simulation.servers import Json, attachment, rfc3339
from tests.simulation.truth import Said, Truth

AGENT, CUSTOMER = "p-agent", "p-customer"
PER_AGENT = 8
"""Conversations that one agent has at a time, with one token."""
_STATUS = {"sent": "sent", "delivered": "delivery-success", "read": "read"}


def account_of(number: int) -> str:
    """Which agent, with which app, has this conversation."""
    return f"app-{number // PER_AGENT}"


def user_id(account: str) -> str:
    return f"u-{account}"


def queue_id(account: str) -> str:
    return f"q-{account}"


def event(truth: Truth, messages: list[Said]) -> Json:
    """A notification about a conversation; the conversation itself, if it names all messages."""
    return {"id": truth.id, "participants": [_media(truth, p, messages) for p in _participants()]}


def typing_event(truth: Truth) -> Json:
    typing = {"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}
    normalized = {"type": "Event", "direction": "Inbound", "events": [typing]}
    return {"conversationId": truth.id, "normalizedMessage": normalized}


def conversation(truth: Truth, leg: int) -> Json:
    """The generic form, which shows the communications."""
    account, parts = account_of(truth.number), []
    for participant in _participants():
        communication = {"id": f"k-{participant['id']}-{leg}", "state": _state(truth), "type": "webmessaging"}
        extra: Json = {}
        if participant["id"] == AGENT:
            extra = {"userId": user_id(account), "queueId": queue_id(account)}
        parts.append({**participant, **extra, "messages": [communication]})
    return {"id": truth.id, "participants": parts}


def message_data(truth: Truth, said: Said) -> Json:
    """A message as REST returns it."""
    normalized = {
        "id": said.id,
        "type": "Text",
        "direction": "Outbound" if said.is_ours else "Inbound",
        "channel": {"time": rfc3339(said.time_ms), "from": {"nickname": "Customer Jo"}},
        "content": attachment(said),
        **({"text": said.text} if said.text else {}),
    }
    return {
        "id": said.id,
        "conversationId": truth.id,
        "direction": "outbound" if said.is_ours else "inbound",
        "status": _STATUS[said.status] if said.is_ours else "received",
        "timestamp": rfc3339(said.time_ms),
        "normalizedMessage": normalized,
        **({"createdBy": {"id": user_id(account_of(truth.number))}} if said.is_ours else {}),
    }


def _participants() -> list[Json]:
    agent = {"id": AGENT, "name": "Agent Ann", "purpose": "agent"}
    return [{"id": CUSTOMER, "name": "Customer Jo", "purpose": "customer"}, agent]


def _state(truth: Truth) -> str:
    return "disconnected" if truth.is_over else "connected"


def _media(truth: Truth, participant: Json, messages: list[Said]) -> Json:
    is_agent = participant["id"] == AGENT
    named = [
        {
            "messageId": said.id,
            "message": {"id": said.id},
            "messageTime": rfc3339(said.time_ms),
            "messageStatus": _STATUS[said.status] if said.is_ours else "received",
        }
        for said in messages
        if said.is_ours == is_agent
    ]
    account, extra = account_of(truth.number), Json()
    if is_agent:
        extra = {"user": {"id": user_id(account)}, "queue": {"id": queue_id(account)}}
    return {**participant, "state": _state(truth), "messages": named, **extra}
