"""Regular expressions of scripts: Python's or JavaScript's, and never slower than a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import regex

from ipygenesys._scripts.model.javascript import in_python
from ipygenesys._scripts.model.place import Place, ScriptError

LIMIT_S = 0.5
"""Chosen: what a search in one message may take; ``regex`` stops it, where ``re`` cannot be stopped."""


class TooSlow(Exception):
    """The search took longer than ``LIMIT_S``."""


@dataclass(frozen=True)
class Pattern:
    """Found anywhere in a text, in any case, ``^`` and ``$`` at each line; as the script's author has written it."""

    source: str
    is_javascript: bool = False
    place: Place = field(default=Place(), compare=False)
    _compiled: regex.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            source = in_python(self.source) if self.is_javascript else self.source
            compiled = regex.compile(source, regex.IGNORECASE | regex.MULTILINE)
        except (ValueError, regex.error) as error:
            kind = "JavaScript" if self.is_javascript else "Python"
            words = f"{self.source!r} is no regular expression of {kind}'s that can be used here: {error}."
            raise ScriptError(words, self.place) from None
        object.__setattr__(self, "_compiled", compiled)

    def search(self, text: str) -> Mapping[str, str] | None:
        """What the named groups have found in it, by name; None where the text does not match.

        Raises:
            TooSlow: it cannot be said in time.
        """
        try:
            found = self._compiled.search(text, timeout=LIMIT_S)
        except TimeoutError:
            raise TooSlow from None
        if found is None:
            return None
        return {name: value or "" for name, value in found.groupdict().items()}
