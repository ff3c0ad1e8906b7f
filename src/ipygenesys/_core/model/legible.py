"""Others' words as they may stand in a terminal, a drawing or a report: nothing in them acts or hides."""

from __future__ import annotations

import re

_LINE_END = re.compile("\r\n?")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")
"""Controls but tab and line feed, overrides of direction, and what XML 1.0 cannot hold, not even as references."""


def legible(text: str) -> str:
    """The same text with a replacement character for each of those; lines end with a line feed alone."""
    return _UNFIT.sub("\ufffd", _LINE_END.sub("\n", text))
