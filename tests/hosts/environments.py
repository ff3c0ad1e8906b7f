"""An environment of its own for each host, with the package as it stands here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.tools.paths import ROOT


def wheel(folder: Path) -> Path:
    """The package, built anew."""
    subprocess.run(["uv", "build", "-q", "--wheel", "-o", folder, ROOT], check=True)
    [built] = folder.glob("*.whl")
    return built


def environment(folder: Path, name: str, packages: Sequence[str], built: Path) -> Path:
    """The Python of a new environment with these packages and ours."""
    venv = folder / re.sub(r"\W+", "-", name.lower())
    subprocess.run(["uv", "venv", "-q", "--clear", "--python", sys.executable, venv], check=True)
    python = venv / "bin" / "python"
    ours = f"ipygenesys[simulator] @ {built.as_uri()}"
    subprocess.run(["uv", "pip", "install", "-q", "-p", python, *packages, ours], check=True)
    return python
