"""Finds a Chromium that starts, or installs one: system, Playwright's, apt-get."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools import apt

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
VARIABLE = "IPYGENESYS_CHROMIUM"
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
"""The same engine without the windows of a browser around it: a page costs a third of the CPU."""
SHELL_VARIABLE = "IPYGENESYS_CHROMIUM_SHELL"

LAUNCH_ARGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # A page that Playwright drives is not always the one in front: its timers must run as in front.
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]


def slow_down(page: Page, times: float) -> None:
    """Let a page compute so many times slower, as on a slow machine."""
    if times > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


class NoChromiumError(RuntimeError):
    """Neither found nor installed; says what was tried."""


def find(*, shell: bool = False) -> str | None:
    """The executable to use, without installing anything and without starting it.

    ``shell``: for a page alone, without a browser around it. Where there is no shell, a browser serves.
    """
    return next(_candidates(shell), None)


def ensure(*, shell: bool = False) -> str:
    """An executable that really starts, installed when there is none."""
    if shell and not any(_named_or_installed(SHELL_VARIABLE, SHELLS)):
        apt.install("chromium-headless-shell")
    tried: list[str] = []
    for path in _candidates(shell):
        if problem := _does_not_start(path):
            tried.append(f"{path}: {problem}")
        else:
            return path
    for install in (_install_by_playwright, _install_by_apt):
        if problem := install():
            tried.append(f"{install.__name__.removeprefix('_')}: {problem}")
            continue
        for path in _candidates(shell):
            if problem := _does_not_start(path):
                tried.append(f"{path}: {problem}")
            else:
                return path
    raise NoChromiumError(
        f"No Chromium for the browser tests. Install one, or name one in {VARIABLE}.\n  " + "\n  ".join(tried)
    )


def _candidates(shell: bool) -> Iterator[str]:
    if shell:
        yield from _named_or_installed(SHELL_VARIABLE, SHELLS)
    yield from _named_or_installed(VARIABLE, NAMES)
    own = _playwright_path()
    if own and Path(own).exists():
        yield own


def _named_or_installed(variable: str, names: Sequence[str]) -> Iterator[str]:
    named = os.environ.get(variable)
    if named:
        yield named
    yield from filter(None, map(shutil.which, names))


def _playwright_path() -> str | None:
    # In a child: the sync API cannot start where an event loop already runs.
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return answer.stdout.strip() or None


def _does_not_start(path: str) -> str | None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        page = "data:text/html,<title>x</title>it-starts"
        command = [path, "--headless", *LAUNCH_ARGS, f"--user-data-dir={profile}", "--dump-dom", page]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired) as error:
            return type(error).__name__
    if "it-starts" in answer.stdout:
        return None
    return f"exit {answer.returncode}: {answer.stderr.strip()[-200:]}"


def _install_by_playwright() -> str | None:
    return apt.run([sys.executable, "-m", "playwright", "install", "chromium"])


def _install_by_apt() -> str | None:
    return apt.install("chromium")


if __name__ == "__main__":
    print(ensure())
