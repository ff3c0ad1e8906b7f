"""The README's table of files, made from the first line of each module's docstring."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.tools.paths import ROOT, SOURCE

BEGIN, END = "<!-- files -->", "<!-- /files -->"


def modules() -> list[Path]:
    """Every Python module of the package, a folder's own files before its subfolders'."""
    return sorted(SOURCE.rglob("*.py"), key=lambda path: (path.parent, path.name))


def first_line(module: Path) -> str:
    docstring = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return docstring.partition("\n")[0]


def table() -> str:
    rows = ["| file | what it is for |", "|---|---|"]
    for module in modules():
        if module.name == "__init__.py" and not first_line(module):
            continue
        rows.append(f"| `{module.relative_to(SOURCE).as_posix()}` | {first_line(module)} |")
    return "\n".join(rows)


def split(readme: str, begin: str, end: str) -> tuple[str, str, str]:
    """What stands before, between and after the markers, which go with their surroundings.

    Raises:
        ValueError: a marker is missing.
    """
    before, is_begun, rest = readme.partition(begin)
    between, is_ended, after = rest.partition(end)
    if not is_begun or not is_ended:
        raise ValueError(f"README.md needs the markers {begin} and {end}")
    return before + begin, between.strip(), end + after


def main(arguments: list[str]) -> int:
    file = ROOT / "README.md"
    before, between, after = split(file.read_text("utf-8"), BEGIN, END)
    if "--write" in arguments:
        file.write_text(f"{before}\n{table()}\n{after}", "utf-8")
        return 0
    return 0 if between == table() else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
