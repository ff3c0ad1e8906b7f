"""Where in a file something stands, and the error that says so."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from ipygenesys.errors import GenesysError


@dataclass(frozen=True)
class Place:
    """A line of a file, from 1; ``file`` is empty for what was written in Python."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else "script"


class ScriptError(GenesysError, ValueError):
    """A script that cannot be played: what is wrong with it, and where it stands (``place``)."""

    def __init__(self, words: str, place: Place | None = None) -> None:
        self.place = place or Place()
        super().__init__(f"{self.place}: {words}" if self.place.file else words)


def nearest(word: str, known: Iterable[str]) -> str:
    """Who wrote ``word`` may have meant this: a sentence, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {found[0]!r}?" if found else ""
