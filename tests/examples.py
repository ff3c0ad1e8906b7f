"""Example data for tests, to be imported as ``eg``: what is not said is plausible and always the same."""

from __future__ import annotations

from typing import Any

from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys._core.model.messages import Capability, Message
from ipygenesys._core.model.platform_events import (
    History,
    MessageArrived,
    PresenceChanged,
    ReceiptArrived,
    ReceiptStatus,
    TypingNoticed,
)
from ipygenesys._core.model.profile import Profile

AGENT = "agent-1"
OTHER_AGENT = "agent-2"
CUSTOMER = "customer-1"
"""Ourselves, where a profile does not say otherwise."""

START_MS = 1_800_000_000_001
"""No whole second: of those nobody knows when in it something was said."""
ALL_CAPABILITIES: frozenset[Capability] = frozenset(
    {"send", "send_typing", "receive_typing", "send_read", "receive_read", "history", "attachments"}
)
_STATUS_OF: dict[FailureKind, int | None] = {
    "authentication": 401,
    "permission": 403,
    "not_found": 404,
    "unsupported": 405,
    "rate_limited": 429,
    "rejected": 422,
    "unavailable": 503,
    "unreachable": None,
    "lost": None,
    "protocol": 302,
    "cancelled": None,
}


def profile(**changes: Any) -> Profile:
    """We are the customer; the server can do everything."""
    fields: dict[str, Any] = {
        "own_role": "customer",
        "own_participant_id": CUSTOMER,
        "capabilities": ALL_CAPABILITIES,
        "is_send_idempotent": True,
    }
    return Profile(**{**fields, **changes})


def message(number: int = 1, **changes: Any) -> Message:
    """The agent's message ``m{number}``, sent ``number`` seconds into the conversation, not read yet."""
    fields: dict[str, Any] = {
        "id": f"m{number}",
        "text": f"text {number}",
        "sender": "Ann",
        "role": "agent",
        "is_own": False,
        "time_ms": START_MS + number * 1000,
        "status": "unread",
        "participant_id": AGENT,
        "sequence": number,
    }
    return Message(**{**fields, **changes})


def own_message(number: int = 1, **changes: Any) -> Message:
    fields = {"sender": "Customer", "role": "customer", "is_own": True, "status": "sent"}
    return message(number, **{**fields, "participant_id": CUSTOMER, **changes})


def draft_message(number: int = 1, **changes: Any) -> Message:
    """A message of ours that the server has not accepted."""
    name = f"d{number}"
    fields = {"id": name, "draft_id": name, "status": "sending", "participant_id": None, "sequence": None}
    return own_message(number, **{**fields, **changes})


def arrived(number: int = 1, **changes: Any) -> MessageArrived:
    """The agent's message ``m{number}``, as the platform tells it in full."""
    fields: dict[str, Any] = {
        "id": f"m{number}",
        "text": f"text {number}",
        "participant_id": AGENT,
        "sender": "Ann",
        "role": "agent",
        "time_ms": START_MS + number * 1000,
        "sequence": number,
    }
    return MessageArrived(**{**fields, **changes})


def bare(number: int = 1, **changes: Any) -> MessageArrived:
    """The tutorial's own frame: ids and nothing else."""
    return MessageArrived(**{"id": f"m{number}", "has_content": False, "participant_id": AGENT, **changes})


def own_arrived(number: int = 1, **changes: Any) -> MessageArrived:
    """A message of ours as the platform tells it."""
    fields = {"participant_id": CUSTOMER, "sender": "Cleo", "role": "customer"}
    return arrived(number, **{**fields, **changes})


def history(*messages: MessageArrived, has_more: bool = False) -> History:
    return History(messages, has_more)


def typing(is_typing: bool = True, participant_id: str | None = AGENT, **changes: Any) -> TypingNoticed:
    return TypingNoticed(participant_id=participant_id, is_typing=is_typing, **changes)


def receipt(
    message_id: str, status: ReceiptStatus = "read", participant_id: str | None = AGENT
) -> ReceiptArrived:
    return ReceiptArrived(message_id=message_id, participant_id=participant_id, status=status)


def presence(participant_id: str | None = AGENT, has_joined: bool = True, **changes: Any) -> PresenceChanged:
    return PresenceChanged(participant_id=participant_id, has_joined=has_joined, **changes)


def failure(kind: FailureKind = "unavailable", **changes: Any) -> Failure:
    fields: dict[str, Any] = {"kind": kind, "message": f"It failed: {kind}.", "status": _STATUS_OF[kind]}
    return Failure(**{**fields, **changes})
