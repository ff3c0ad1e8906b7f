"""Reads what an inspector says in each language: its page's own words, and what is said of entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ipygenesys._widget.languages import words_in

if TYPE_CHECKING:
    from ipygenesys._core.view.protocol.locale import Words

_HERE = Path(__file__).parent


def page_words(locale: str) -> Words:
    """Of a page, in the language of a locale: one flat table, in words/."""
    return words_in(_HERE / "words")[locale.partition("-")[0]]


def explanations(locale: str) -> Words:
    """Of what passed, and of problems; in explanations/, for a page is sent them filled in."""
    return words_in(_HERE / "explanations")[locale.partition("-")[0]]
