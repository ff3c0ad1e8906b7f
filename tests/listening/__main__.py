"""`python -m tests.listening`: plays every situation to Orca and compares what it says with expected.txt."""

from __future__ import annotations

import argparse
import difflib
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.listening.desk import PACKAGES, Desk
from tests.listening.reader import Reader
from tests.listening.situations import ALL
from tests.tools import chromium
from tests.tools.screen import install

EXPECTED = Path(__file__).with_name("expected.txt")
WINDOW = ("--force-renderer-accessibility", "--test-type", "--window-size=1000,860", "--window-position=0,0")


def read() -> dict[str, list[str]]:
    """What is expected, by situation: its name, and what is said below it."""
    parts = EXPECTED.read_text().strip().split("\n\n")
    return {name: lines for name, *lines in (part.splitlines() for part in parts if part)}


def write(said: Mapping[str, list[str]]) -> None:
    EXPECTED.write_text("\n\n".join("\n".join((name, *lines)) for name, lines in said.items()) + "\n")


def listen(names: list[str], folder: Path) -> dict[str, list[str]]:
    """What Orca says in each of these situations."""
    with Desk(folder) as desk, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=chromium.ensure(),
            headless=False,
            no_viewport=True,
            locale="en-GB",
            timezone_id="UTC",
            env={**desk.environment},
            ignore_default_args=["--enable-automation"],
            args=[*chromium.LAUNCH_ARGS, *WINDOW],
        )
        reader = Reader(desk, browser)
        desk.click(600, 130)  # Else its window is not the active one.
        said = {}
        for name in names:
            said[name] = ALL[name](reader)
            print(f"{name}\n  " + "\n  ".join(said[name]), flush=True)
        browser.close()
    return said


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe listen", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="SITUATION", help=", ".join(ALL))
    parser.add_argument("--write", action="store_true", help="what was said is what is expected from now on")
    options = parser.parse_args(arguments)
    install(*PACKAGES)
    folder = Path(tempfile.mkdtemp(prefix="listening-"))
    said = listen(options.only or list(ALL), folder)
    expected = read()
    if options.write:
        write({**expected, **said})
        return 0
    wrong = [name for name, lines in said.items() if lines != expected.get(name)]
    for name in wrong:
        print(
            "\n".join(difflib.unified_diff(expected.get(name, []), said[name], "expected", name, lineterm=""))
        )
    print(f"{len(said) - len(wrong)} of {len(said)} as expected")
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
