"""Reads words in the languages that pages speak: a folder of tables, one file a language."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipygenesys._core.view.protocol.locale import Words


@functools.cache
def words_in(folder: Path) -> dict[str, Words]:
    """By language. They travel with what a page is told first, to the pages that need them, not with every widget."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))}


def view_words() -> dict[str, Words]:
    """Of the conversation's view, in the languages other than English."""
    return words_in(Path(__file__).parents[1] / "words")
