"""Text that may go anywhere: as UTF-8, to a terminal, into a drawing or a report; nothing in it acts or hides."""

from __future__ import annotations

import re

_LINE_END = re.compile("\r\n?")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")
"""Controls but tab and line feed, overrides of direction, and what XML 1.0 cannot hold, not even as references."""


def encodable(text: str) -> str:
    """The same text; half a surrogate pair, which JSON and Python let through and sockets do not, becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def legible(text: str) -> str:
    """The same text with a replacement character for each of those; lines end with a line feed alone."""
    return _UNFIT.sub("\ufffd", _LINE_END.sub("\n", text))
