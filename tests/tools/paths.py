"""Where things lie in the checkout."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JS = ROOT / "js"
SOURCE = ROOT / "src" / "ipygenesys"
NOTEBOOKS = ROOT / "notebooks"
ARTIFACTS = ROOT / ".artifacts"
"""Ignored by git: pictures, logs, reports and measurements of a run."""


def abcd_file() -> Path | None:
    """Three real customer-service conversations, kept beside the checkout; None where they are not."""
    named = os.environ.get("IPYGENESYS_ABCD")
    if named:
        return Path(named)
    return _beside("abcd_sample.json")


def recordings_folder() -> Path | None:
    """Recordings of one conversation by the tools that people have, kept beside the checkout; None where they are not."""
    return _beside("recordings")


def _beside(name: str) -> Path | None:
    candidates = (folder / "shared" / "data" / name for folder in (ROOT.parent, ROOT.parent.parent))
    return next((candidate for candidate in candidates if candidate.exists()), None)
