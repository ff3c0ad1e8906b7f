"""README's table of hosts and engines."""

from __future__ import annotations

from pathlib import Path

from tests.engines.browsers import ENGINES
from tests.tools.paths import ROOT
from tests.tools.works_in import BEGIN, END, Seen, table, write

KNOWN = """\
| host or engine | what was seen |
|---|---|
| JupyterLab 4.6.6, marimo edit 0.25.2 | all |
| Panel 1.9.4 | live; **not**: files |"""


def test_what_was_seen_anew_takes_its_new_row_and_what_is_known_of_others_stays() -> None:
    news = [Seen("marimo edit", "0.26.0", "live; **not**: files"), Seen("Shiny", "1.8.0", "all")]
    assert table(KNOWN, news).splitlines()[2:] == [
        "| JupyterLab 4.6.6, Shiny 1.8.0 | all |",
        "| marimo edit 0.26.0, Panel 1.9.4 | live; **not**: files |",
    ]


def test_it_is_written_between_its_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"Before\n{BEGIN}\n{END}\nAfter\n", "utf-8")
    write([Seen("Shiny", "1.8.0", "all")], readme)
    write([Seen("Solara", "1.64.1", "all")], readme)
    assert readme.read_text("utf-8").splitlines() == [
        "Before",
        BEGIN,
        *KNOWN.splitlines()[:2],
        "| Shiny 1.8.0, Solara 1.64.1 | all |",
        END,
        "After",
    ]


def test_what_a_user_should_know_of_an_engine_stands_in_its_row() -> None:
    rows = (ROOT / "README.md").read_text("utf-8").splitlines()
    for engine in ENGINES:
        [row] = [each for each in rows if each.startswith("| ") and f"{engine.name} " in each]
        assert engine.remark in row
