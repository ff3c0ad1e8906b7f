"""Text that can be written as UTF-8: JSON and Python let half an emoji through, sockets do not."""

from __future__ import annotations


def encodable(text: str) -> str:
    """The same text; half a surrogate pair becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
