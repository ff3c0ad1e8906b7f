"""The built front end, as anywidget wants it."""

from __future__ import annotations

import os
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"


def asset(name: str) -> str | Path:
    """A file of the bundle: its text, or its path where anywidget shall watch it.

    From a path, anywidget keeps every instance alive for good, closed ones and their messages included.
    """
    path = STATIC / name
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text(encoding="utf-8")
