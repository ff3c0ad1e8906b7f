"""Makes the parts of a message as the Platform API has them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipygenesys.simulator.serving.content import content_of as parts_of
from ipygenesys.simulator.state.conversation import Message

_SUB_TYPES = {"QuickReply", "Button"}


def content_of(m: Message) -> list[dict[str, Any]]:
    """The parts of a message, its files first."""
    return parts_of(m, size_name="contentSizeBytes")


def described(part: dict[str, Any]) -> dict[str, Any]:
    """What an event says of a part: its type, never what is in it."""
    match part:
        case {"contentType": "Attachment", "attachment": {"mediaType": kind}}:
            return {"contentType": "Attachment", "subType": kind}
        case {"contentType": "ButtonResponse", "buttonResponse": {"type": kind}} if kind in _SUB_TYPES:
            return {"contentType": "ButtonResponse", "subType": kind}
        case _:
            return {"contentType": part.get("contentType", "Unknown")}


def reason_of(m: Message) -> dict[str, Any]:
    """Why a delivery failed."""
    return {"code": "GeneralError", "message": m.error}


def attributes_of(messages: Sequence[Message]) -> dict[str, str]:
    """What a guest's messages have brought along for the flow."""
    return {str(k): str(v) for m in messages for k, v in m.metadata.items()}
