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


def parts(readme: str) -> tuple[str, str, str]:
    """What stands before, between and after the markers.

    Raises:
        ValueError: a marker is missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    between, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md needs the markers {BEGIN} and {END}")
    return before + BEGIN, between.strip(), END + after


def main(arguments: list[str]) -> int:
    file = ROOT / "README.md"
    before, between, after = parts(file.read_text("utf-8"))
    if "--write" in arguments:
        file.write_text(f"{before}\n{table()}\n{after}", "utf-8")
        return 0
    return 0 if between == table() else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
