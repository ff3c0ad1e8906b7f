"""Reads the view's words in the languages other than English: one file each in words/."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipygenesys._core.view.protocol.locale import Words


@functools.cache
def view_words() -> dict[str, Words]:
    """By language. They travel with a snapshot, to the pages that need them, and not with every widget."""
    files = (Path(__file__).parents[1] / "words").glob("*.json")
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(files)}
