"""Reads what an inbox says in each language: one flat table each, in words/."""

from __future__ import annotations

import functools
import json
from pathlib import Path


@functools.cache
def inbox_words() -> dict[str, dict[str, str]]:
    """By language, English too."""
    files = (Path(__file__).parent / "words").glob("*.json")
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(files)}
