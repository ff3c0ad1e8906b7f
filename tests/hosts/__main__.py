"""`python -m tests.hosts`: one scenario in each host, in an environment of its own; a table of what was seen."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.tools import chromium
from tests.tools.paths import ROOT

APPS = Path(__file__).with_name("apps")
RESULTS = Path(__file__).with_name("RESULTS.md")
PATIENCE_MS = 60_000
LEFT_BEHIND_S = 200.0
"""Where a host says nothing: its pages must have been silent for 150 s first, and marimo keeps a session for 120 s."""


@dataclass(frozen=True)
class Host:
    """A host of widgets, pinned, and how it serves its app."""

    name: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    left_s: float = 20.0
    """Within so many seconds of the page's end, nothing of ours may be left."""

    @property
    def version(self) -> str:
        return self.packages[0].partition("==")[2]


PORT = "{port}"
HOSTS = (
    Host(
        "Shiny",
        ("shiny==1.8.0", "shinywidgets==0.8.2"),
        ("-m", "shiny", "run", "--port", PORT, "shiny_app.py"),
    ),
    Host(
        "marimo run",
        ("marimo==0.25.2",),
        ("-m", "marimo", "-q", "run", "marimo_app.py", "--headless", "--no-token", "--port", PORT),
        LEFT_BEHIND_S,
    ),
    Host(
        "Panel",
        ("panel==1.9.4", "ipywidgets_bokeh==1.8.0"),
        ("-m", "panel", "serve", "panel_app.py", "--port", PORT, "--unused-session-lifetime", "2000"),
        40.0,
    ),
    Host(
        "Solara",
        ("solara==1.64.1",),
        ("-m", "solara", "run", "solara_app.py", "--port", PORT, "--no-open", "--production"),
        40.0,
    ),
)


def environment(host: Host, folder: Path) -> Path:
    """The Python of a new environment with this host and the package as it stands here."""
    venv = folder / "venv"
    subprocess.run(["uv", "venv", "-q", "--python", sys.executable, venv], check=True)
    python = venv / "bin" / "python"
    subprocess.run(
        ["uv", "pip", "install", "-q", "-p", python, *host.packages, f"{ROOT}[simulator]"], check=True
    )
    return python


@contextlib.contextmanager
def served(host: Host, python: Path, remains: Path) -> Iterator[str]:
    """The address of its app, while it is served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [str(python), *(part.replace(PORT, port) for part in host.command)]
    with (remains.parent / "log").open("w") as log:
        surroundings = {**os.environ, "REMAINS": str(remains), "PYTHONPATH": str(APPS)}
        process = subprocess.Popen(command, cwd=APPS, env=surroundings, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}/{'panel_app' if host.name == 'Panel' else ''}"
        finally:
            process.terminate()
            process.wait(20)


def play(page: Page, address: str) -> dict[str, bool]:
    """What is seen in one page: each step, and whether it has come."""
    articles, log = page.get_by_role("article"), page.get_by_role("region", name="Conversation")

    def opens() -> None:
        end = time.monotonic() + PATIENCE_MS / 1000
        while True:
            try:
                page.goto(address)
                break
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
        expect(log).to_be_visible()

    def hears() -> None:
        expect(articles.first).to_be_visible()

    def sends() -> None:
        page.get_by_role("textbox", name="Message").fill("Hello from here")
        page.keyboard.press("Enter")
        expect(articles.filter(has_text="Hello from here")).to_have_attribute("data-status", "read")

    def types() -> None:
        expect(page.locator("[data-typing=true]")).to_be_visible()

    def is_answered() -> None:
        expect(page.locator("article[data-own=false]").nth(1)).to_be_visible()

    steps: dict[str, Callable[[], None]] = {
        "shows": opens,
        "hears the thread": hears,
        "sent and read": sends,
        "typing": types,
        "answered": is_answered,
    }
    seen = {}
    for name, step in steps.items():
        try:
            step()
            seen[name] = True
        except AssertionError as error:
            print(f"  {name}: {str(error).splitlines()[0]}", flush=True)
            break
    return {name: seen.get(name, False) for name in steps}


def is_nothing_left(remains: Path, within_s: float) -> bool:
    """Whether all threads of ours end, in the server's process, within so many seconds."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if json.loads(remains.read_text()) == []:
            return True
        time.sleep(0.5)
    print(f"  left behind: {remains.read_text()}", flush=True)
    return False


def look(browser: Browser, host: Host) -> dict[str, bool]:
    folder = Path(tempfile.mkdtemp(prefix="host-"))
    remains = folder / "remains.json"
    print(f"{host.name} {host.version}", flush=True)
    with served(host, environment(host, folder), remains) as address:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE_MS)
        seen = play(context.new_page(), address)
        context.close()
        seen["nothing left behind"] = is_nothing_left(remains, host.left_s)
    print("  " + ", ".join(f"{name}: {'yes' if is_so else 'NO'}" for name, is_so in seen.items()), flush=True)
    return seen


def table(seen: dict[Host, dict[str, bool]]) -> str:
    steps = list(next(iter(seen.values())))
    lines = ["| host | " + " | ".join(steps) + " |", "|---" * (len(steps) + 1) + "|"]
    for host, of_host in seen.items():
        lines.append(
            f"| {host.name} {host.version} | "
            + " | ".join("yes" if of_host[step] else "no" for step in steps)
            + " |"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe hosts", description=__doc__)
    parser.add_argument("only", nargs="*", help=", ".join(each.name for each in HOSTS))
    parser.add_argument("--write", action="store_true", help=f"renew {RESULTS.name}")
    options = parser.parse_args(arguments)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.LAUNCH_ARGS)
        seen = {host: look(browser, host) for host in HOSTS if not options.only or host.name in options.only}
        browser.close()
    print(table(seen))
    if options.write:
        RESULTS.write_text(
            f"# Hosts that are no Jupyter\n\nWritten by `uv run poe hosts --write`.\n\n{table(seen)}\n"
        )
    return 0 if all(all(each.values()) for each in seen.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
