"""Reads what pictures say in each language: one flat table each, in words/."""

from __future__ import annotations

from pathlib import Path

from ipygenesys._widget.languages import words_in


def picture_words() -> dict[str, dict[str, str]]:
    """By language, English too."""
    return words_in(Path(__file__).parent / "words")
