"""The languages that the view speaks, and how one of them is asked for."""

from __future__ import annotations

import re

LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "ja": "Japanese"}
"""Each has a table of words in js/src/strings."""

_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:[-_](?P<region>[A-Za-z]{2}|[0-9]{3}))?")


def view_locale(asked: str) -> str:
    """A language, with or without the region whose dates and numbers are meant: ``de``, ``en-GB``, ``es_MX``.

    Returns:
        The tag as BCP 47 writes it.

    Raises:
        ValueError: that is no locale, or the view has no words in this language.
    """
    tag = _TAG.fullmatch(str(asked))
    language = tag["language"].lower() if tag else ""
    if tag is None or language not in LANGUAGES:
        known = ", ".join(f"{code!r} ({name})" for code, name in LANGUAGES.items())
        raise ValueError(
            f"locale={asked!r} is not known. The view speaks {known}; a region may follow, as in 'en-GB'. "
            "Without locale= it takes the browser's language."
        )
    return f"{language}-{tag['region'].upper()}" if tag["region"] else language
