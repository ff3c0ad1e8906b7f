"""`python -m tests.listening`: plays every situation to Orca and compares what it says with what is expected."""

from __future__ import annotations

import argparse
import difflib
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.engines.browsers import Firefox
from tests.listening.desk import PACKAGES, Desk
from tests.listening.reader import Reader
from tests.listening.situations import ALL
from tests.listening.windows import WINDOWS
from tests.tools.screen import install

EXPECTED = Path(__file__).parent / "expected"


def read(file: Path) -> dict[str, list[str]]:
    """What is expected, by situation: its name, and what is said below it."""
    parts = file.read_text().strip().split("\n\n") if file.exists() else []
    return {name: lines for name, *lines in (part.splitlines() for part in parts)}


def write(file: Path, said: Mapping[str, list[str]]) -> None:
    file.write_text("\n\n".join("\n".join((name, *said[name])) for name in ALL if name in said) + "\n")


def listen(names: list[str], browser: str, folder: Path) -> dict[str, list[str]]:
    """What Orca says in each of these situations."""
    with Desk(folder) as desk, WINDOWS[browser](desk, folder) as window:
        reader = Reader(desk, window)
        desk.click(600, 130)  # Else its window is not the active one.
        said = {}
        for name in names:
            said[name] = ALL[name](reader)
            print(f"{name}\n  " + "\n  ".join(said[name]), flush=True)
    return said


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe listen", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="SITUATION", help=", ".join(ALL))
    parser.add_argument("--browser", choices=WINDOWS, default="chromium")
    parser.add_argument("--write", action="store_true", help="what was said is what is expected from now on")
    options = parser.parse_args(arguments)
    install(*PACKAGES, *(Firefox.packages if options.browser == "firefox" else ()))
    folder = Path(tempfile.mkdtemp(prefix="listening-"))
    said = listen(options.only or list(ALL), options.browser, folder)
    file = EXPECTED / f"{options.browser}.txt"
    expected = read(file)
    shutil.rmtree(folder, ignore_errors=True)
    if options.write:
        write(file, {**expected, **said})
        return 0
    wrong = [name for name, lines in said.items() if lines != expected.get(name)]
    for name in wrong:
        print(
            "\n".join(difflib.unified_diff(expected.get(name, []), said[name], "expected", name, lineterm=""))
        )
    print(f"{len(said) - len(wrong)} of {len(said)} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
