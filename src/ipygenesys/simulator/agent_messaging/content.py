"""Makes the parts of a message as the Platform API has them; pure."""

from __future__ import annotations

from typing import Any

from ipygenesys.simulator.state.conversation import Message
from ipygenesys.simulator.web_messaging.frames import media_type

_SUB_TYPES = {"QuickReply", "Button"}


def kind_of(m: Message) -> str:
    """Text or Structured."""
    plain = ("Attachment", "ButtonResponse")
    return "Structured" if any(part.get("contentType") not in plain for part in m.content) else "Text"


def content_of(m: Message) -> list[dict[str, Any]]:
    """The parts of a message, its files first."""
    files = [{"contentType": "Attachment", "attachment": _attachment(a)} for a in m.attachments]
    return [*files, *m.content]


def _attachment(a: dict[str, Any]) -> dict[str, Any]:
    mime = a.get("media_type") or "application/octet-stream"
    body = {
        "id": a.get("id"),
        "mediaType": media_type(mime),
        "url": a.get("url"),
        "mime": mime,
        "sha256": a.get("sha256"),
        "filename": a.get("name"),
        "contentSizeBytes": a.get("size"),
    }
    return {key: value for key, value in body.items() if value is not None}


def described(part: dict[str, Any]) -> dict[str, Any]:
    """What an event says of a part: its type, never what is in it."""
    match part:
        case {"contentType": "Attachment", "attachment": {"mediaType": kind}}:
            return {"contentType": "Attachment", "subType": kind}
        case {"contentType": "ButtonResponse", "buttonResponse": {"type": kind}} if kind in _SUB_TYPES:
            return {"contentType": "ButtonResponse", "subType": kind}
        case _:
            return {"contentType": part.get("contentType", "Unknown")}
