"""The languages that the view speaks, and which of them a page is spoken to in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "ja": "Japanese"}
"""The view knows English itself (js/src/strings/en.ts); each of the others has a table in words/."""

Words = dict[str, Any]
"""All that the view says in a language: texts, plural forms, and groups of those."""

_ASKED = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:[-_](?P<region>[A-Za-z]{2}|[0-9]{3}))?")
_BROWSERS = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-(?P<region>[A-Za-z]{2}|[0-9]{3}))?(?!\w)"
)
"""The beginning of a BCP 47 tag; scripts, variants and extensions make no difference to us."""


def view_locale(asked: str) -> str:
    """A language, with or without the region whose dates and numbers are meant: ``de``, ``en-GB``, ``es_MX``.

    Returns:
        The tag as BCP 47 writes it.

    Raises:
        ValueError: that is no locale, or the view has no words in this language.
    """
    locale = _known(_ASKED.fullmatch(str(asked)))
    if locale is None:
        known = ", ".join(f"{code!r} ({name})" for code, name in LANGUAGES.items())
        raise ValueError(
            f"locale={asked!r} is not known. The view speaks {known}; a region may follow, as in 'en-GB'. "
            "Without locale= it takes the browser's language."
        )
    return locale


def browsers_locale(languages: Iterable[str]) -> str:
    """The first of a browser's languages that the view has words for, with its region; else English."""
    known = (_known(_BROWSERS.match(each)) for each in languages)
    return next((locale for locale in known if locale is not None), "en")


def _known(tag: re.Match[str] | None) -> str | None:
    language = tag["language"].lower() if tag else ""
    if tag is None or language not in LANGUAGES:
        return None
    return f"{language}-{tag['region'].upper()}" if tag["region"] else language


class SpokenLocale:
    """What the pages of one widget are spoken to in. Each has its own unless the notebook has chosen for all."""

    def __init__(self, asked: str | None = None, words: Mapping[str, Words] | None = None) -> None:
        """Nobody is there yet.

        Args:
            asked: the notebook's choice, as ``view_locale`` gives it; None: the browsers'.
            words: by language, English excepted.
        """
        self.latest = asked or "en"
        """That of the page that came last: what a saved copy is in."""
        self._asked = asked
        self._words = words or {}

    def choose(self, languages: Iterable[str]) -> str:
        """A page has come whose user reads these languages."""
        self.latest = self._asked or browsers_locale(languages)
        return self.latest

    def words(self, locale: str) -> Words | None:
        """All that the view says in the language of a locale; None where it needs no telling."""
        return self._words.get(locale.partition("-")[0])
