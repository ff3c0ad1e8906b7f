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
    for folder in (ROOT.parent, ROOT.parent.parent):
        candidate = folder / "shared" / "data" / "abcd_sample.json"
        if candidate.is_file():
            return candidate
    return None
