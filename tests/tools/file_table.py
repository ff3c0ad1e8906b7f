"""The tables of files in READMEs, made from the first line of each file."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.tools.paths import JS, SOURCE

BEGIN, END = "<!-- files -->", "<!-- /files -->"


def of_docstring(text: str) -> str:
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def of_comment(text: str) -> str:
    return re.sub(r"^// |^/\* | \*/$", "", text.partition("\n")[0])


@dataclass(frozen=True)
class Table:
    """One README's table, of all files below a folder that have one of these endings."""

    readme: Path
    folder: Path
    endings: frozenset[str]
    first_line: Callable[[str], str]

    def files(self) -> list[Path]:
        """A folder's own files before its subfolders'."""
        found = (path for path in self.folder.rglob("*") if path.suffix in self.endings)
        return sorted(found, key=lambda path: (path.parent, path.name))

    def text(self) -> str:
        rows = ["| file | what it is for |", "|---|---|"]
        for path in self.files():
            line = self.first_line(path.read_text("utf-8"))
            if line or path.name != "__init__.py":
                rows.append(f"| `{path.relative_to(self.folder).as_posix()}` | {line} |")
        return "\n".join(rows)

    def written(self) -> tuple[str, str, str]:
        """The README as it is: before, between and after the markers."""
        return split(self.readme.read_text("utf-8"), BEGIN, END)


TABLES = (
    Table(SOURCE / "README.md", SOURCE, frozenset({".py"}), of_docstring),
    Table(JS / "README.md", JS / "src", frozenset({".ts", ".tsx", ".css"}), of_comment),
)


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
    stale = [table for table in TABLES if table.written()[1] != table.text()]
    if "--write" not in arguments:
        return 1 if stale else 0
    for table in stale:
        before, _, after = table.written()
        table.readme.write_text(f"{before}\n{table.text()}\n{after}", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
