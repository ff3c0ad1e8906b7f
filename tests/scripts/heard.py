"""Messages for scripts under test, in order."""

from __future__ import annotations

from typing import Any

from ipygenesys._core.model.messages import Message


def said(text: str | None, time_ms: int = 0, *, id: str = "", **more: Any) -> Message:
    """What a bot says."""
    about: dict[str, Any] = {"sender": "Bot", "role": "bot", "is_own": False, "status": "unread"} | more
    return Message(id=id or f"{text}@{time_ms}", text=text, time_ms=time_ms, **about)
