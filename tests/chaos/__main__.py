"""`python -m tests.chaos NAME`: the long runs, each of which proves a reliability gate."""

from __future__ import annotations

import importlib
import sys

NAMES = ("autobahn", "deadlines", "flood", "kills", "relay")


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m tests.chaos {{{','.join(NAMES)}}} [--help]")
        return 2
    code: int = importlib.import_module(f"tests.chaos.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
