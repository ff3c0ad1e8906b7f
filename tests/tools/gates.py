"""The reliability gates: each task leaves its figure as a JSON file, and the table in tests/README.md is made from those.

A task that proves a gate ends with ``raise SystemExit(gates.report(...))``: the result is printed as its last line and
kept in ``.artifacts/gates/``. ``poe gates --write`` renews its rows for which there are results; a row
without a newer result stays.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.tools.file_table import split
from tests.tools.paths import ARTIFACTS, ROOT

FOLDER = ARTIFACTS / "gates"
BEGIN, END = "<!-- gates -->", "<!-- /gates -->"
HEAD = ["| | what is done | measured | required | command |", "|---|---|---|---|---|"]


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One figure against its limit."""

    gate: str
    """Short name and file name, such as ``T2``; the table's rows are in its order."""
    what: str
    """Load and faults, in a few words."""
    figure: str
    limit: str
    passed: bool
    command: str
    """What prints the figure, such as ``uv run poe connects``."""
    date: str

    def row(self) -> str:
        figure = self.figure if self.passed else f"**missed**: {self.figure}"
        cells = (self.gate, self.what, figure, self.limit, f"`{self.command}`")
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def report(gate: str, *, what: str, figure: str, limit: str, passed: bool, command: str) -> int:
    """Keep and print a result; the exit code of the task."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    result = Gate(
        gate=gate, what=what, figure=figure, limit=limit, passed=passed, command=command, date=today
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(result), ensure_ascii=False)
    (FOLDER / f"{gate}.json").write_text(line + "\n", "utf-8")
    print(line, flush=True)
    return 0 if passed else 1


def results(folder: Path) -> list[Gate]:
    return [Gate(**json.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.json"))]


def table(known: str, news: list[Gate]) -> str:
    """The table with the news in it; what is known of other gates stays."""
    rows = {_name(line): line for line in known.splitlines() if line.startswith("| T")}
    rows |= {gate.gate: gate.row() for gate in news}
    return "\n".join([*HEAD, *(rows[name] for name in sorted(rows, key=_order))])


def _name(row: str) -> str:
    return row.split("|")[1].strip()


def _order(name: str) -> tuple[int, str]:
    number = re.search(r"\d+", name)
    return int(number.group()) if number else 0, name


def main(arguments: list[str]) -> int:
    """Without arguments the results are listed; ``--write [FOLDER ...]`` puts them into the table."""
    is_writing = arguments[:1] == ["--write"]
    folders = [Path(name) for name in arguments[is_writing:]] or [FOLDER]
    found = [gate for folder in folders for gate in results(folder)]
    for gate in found:
        print(f"{gate.date} {'ok    ' if gate.passed else 'MISSED'} {gate.row()}")
    if is_writing:
        readme = ROOT / "tests" / "README.md"
        before, known, after = split(readme.read_text("utf-8"), BEGIN, END)
        readme.write_text(f"{before}\n{table(known, found)}\n{after}", "utf-8")
    return 0 if all(gate.passed for gate in found) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
