"""Installs a package of Debian's, where that can be done: as root, with apt-get."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def install(package: str) -> str | None:
    """What kept it from being installed; None when it is there."""
    if not shutil.which("apt-get"):
        return "no apt-get here"
    if os.geteuid() != 0:
        return f"not root: run `apt-get install {package}` yourself"
    # With this run level no service is started by its installation: what the tests need, they start themselves.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    # An old package list names versions that are gone; a failed update may still leave a usable one.
    run(["apt-get", "update", "-q"], environment)
    return run(["apt-get", "install", "-y", "-q", "--no-install-recommends", package], environment)


def run(command: list[str], environment: dict[str, str] | None = None) -> str | None:
    """What went wrong, if something did. What it says goes to the standard error stream."""
    print(f"$ {' '.join(command)}", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=900
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return None if done.returncode == 0 else f"exit {done.returncode}"
