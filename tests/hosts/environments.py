"""An environment of its own for each host, with the package as it stands here. It stays, for the next run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.tools.paths import ARTIFACTS, ROOT


def wheel(folder: Path) -> Path:
    """The package, built anew."""
    subprocess.run(["uv", "build", "-q", "--wheel", "-o", folder, ROOT], check=True)
    [built] = folder.glob("*.whl")
    return built


def environment(name: str, packages: Sequence[str], built: Path) -> Path:
    """The Python of an environment with these packages and ours, and no others."""
    venv = ARTIFACTS / "hosts" / re.sub(r"\W+", "-", name.lower())
    python, holds = venv / "bin" / "python", venv / "holds.txt"
    what = "\n".join((sys.version, *packages))
    if not holds.exists() or holds.read_text("utf-8") != what:
        subprocess.run(["uv", "venv", "-q", "--clear", "--python", sys.executable, venv], check=True)
    ours = f"ipygenesys[simulator] @ {built.as_uri()}"
    install = ["uv", "pip", "install", "-q", "-p", str(python), "--reinstall-package", "ipygenesys"]
    subprocess.run([*install, *packages, ours], check=True)
    holds.write_text(what, "utf-8")
    return python
