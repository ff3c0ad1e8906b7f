"""How two texts differ, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Literal

from ipygenesys._scripts.model.matching import similarity
from ipygenesys._scripts.model.results import Turn
from ipygenesys._scripts.model.steps import Expect

MOST_WORDS = 500
"""Chosen: of each text, for the cost grows with their product."""
WORD = re.compile(r"\s+|\w+|[^\w\s]")

Side = Literal["both", "expected", "came"]


def expected_text(turn: Turn) -> str | None:
    """The text that a step expected, where it did: of several, the one that is most like what came."""
    if not isinstance(turn.step, Expect) or not turn.instead:
        return None
    wanted = turn.step.wanted
    whole = [text for text in (wanted.equals, wanted.similar) if text is not None]
    texts = (*whole, *wanted.one_of)
    if len(texts) < 2:
        return next(iter(texts), None)
    came = turn.instead[0][0].text or ""
    return max(texts, key=lambda text: similarity(text, came))


def difference(expected: str, came: str) -> Iterator[tuple[Side, str]]:
    """Both texts as pieces, in order: those of both, and what only one of them has."""
    one, other = (WORD.findall(text)[:MOST_WORDS] for text in (expected, came))
    # White space alone is no likeness, and there is much of it: it is only taken along with words that are the same.
    matcher = difflib.SequenceMatcher(str.isspace, one, other, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield "both", "".join(one[i:j])
            continue
        if i < j:
            yield "expected", "".join(one[i:j])
        if k < m:
            yield "came", "".join(other[k:m])
