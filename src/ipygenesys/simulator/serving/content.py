"""Makes the parts of a message as both real wires have them; pure."""

from __future__ import annotations

from typing import Any

from ipygenesys.simulator.state.conversation import Message

_MEDIA_TYPES = {"image": "Image", "audio": "Audio", "video": "Video"}


def kind_of(m: Message) -> str:
    """Text or Structured."""
    return "Structured" if any(part.get("contentType") != "Attachment" for part in m.content) else "Text"


def content_of(m: Message, *, size_name: str) -> list[dict[str, Any]]:
    """The parts of a message, its files first; the wires differ in what they call a file's size."""
    files = [{"contentType": "Attachment", "attachment": _attachment(a, size_name)} for a in m.attachments]
    return [*files, *m.content]


def _attachment(a: dict[str, Any], size_name: str) -> dict[str, Any]:
    mime = a.get("media_type") or "application/octet-stream"
    body = {
        "id": a.get("id"),
        "url": a.get("url"),
        "filename": a.get("name"),
        size_name: a.get("size"),
        "mediaType": _MEDIA_TYPES.get(mime.partition("/")[0], "File"),
        "mime": mime,
        "sha256": a.get("sha256"),
    }
    return {key: value for key, value in body.items() if value is not None}
