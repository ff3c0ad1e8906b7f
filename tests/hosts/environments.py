"""An environment of its own for each host, with the package as it stands here. It stays, for the next run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.tools.paths import ARTIFACTS, ROOT


def wheel(folder: Path) -> Path:
    """The package, built anew."""
    subprocess.run(["uv", "build", "-q", "--wheel", "-o", folder, ROOT], check=True)
    [built] = folder.glob("*.whl")
    return built


def environment(name: str, packages: Sequence[str], built: Path, of_pages: Sequence[str] = ()) -> Path:
    """The Python of an environment with these packages and ours, and no others.

    Args:
        name: the host's.
        packages: its own, pinned.
        built: our wheel.
        of_pages: packages of npm, pinned, that its pages are made of.
    """
    venv = ARTIFACTS / "hosts" / re.sub(r"\W+", "-", name.lower())
    python, holds = venv / "bin" / "python", venv / "holds.txt"
    what = "\n".join((sys.version, *packages, *of_pages))
    if not holds.exists() or holds.read_text("utf-8") != what:
        subprocess.run(["uv", "venv", "-q", "--clear", "--python", sys.executable, venv], check=True)
        for package in of_pages:
            _put(package, venv / "share" / "solara" / "cdn" / package)
    ours = f"ipygenesys[simulator] @ {built.as_uri()}"
    install = ["uv", "pip", "install", "-q", "-p", str(python), "--reinstall-package", "ipygenesys"]
    subprocess.run([*install, *packages, ours], check=True)
    holds.write_text(what, "utf-8")
    return python


def _put(package: str, folder: Path) -> None:
    """What Solara fetches for its pages it keeps there, and then needs no internet."""
    with tempfile.TemporaryDirectory() as name:
        pack = [shutil.which("npm") or "npm", "pack", "--silent", "--pack-destination", name, package]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(name).glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(name, filter="data")
        shutil.move(Path(name, "package"), folder)
