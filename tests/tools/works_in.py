"""README's table of where the chat works: hosts and engines, each put there by the task that has seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.tools.file_table import split
from tests.tools.paths import ROOT

BEGIN, END = "<!-- works in -->", "<!-- /works in -->"
HEAD = ("| host or engine | what was seen |", "|---|---|")


@dataclass(frozen=True)
class Seen:
    """One host or engine, as it was seen last."""

    name: str
    """Without a comma."""
    version: str
    words: str


def table(known: str, news: Sequence[Seen]) -> str:
    """The table with the news in it; what is known of others stays. Those of which the same was seen share a row."""
    all_ = {each.name: each for each in (*_read(known), *news)}
    rows: dict[str, list[str]] = {}
    for each in all_.values():
        rows.setdefault(each.words, []).append(f"{each.name} {each.version}")
    return "\n".join([*HEAD, *(f"| {', '.join(names)} | {words} |" for words, names in rows.items())])


def _read(known: str) -> list[Seen]:
    seen = []
    for line in known.splitlines():
        if line in HEAD:
            continue
        names, words = line.strip("| ").split(" | ")
        for each in names.split(", "):
            name, _, version = each.rpartition(" ")
            seen.append(Seen(name, version, words))
    return seen


def write(news: Sequence[Seen], readme: Path = ROOT / "README.md") -> None:
    before, known, after = split(readme.read_text("utf-8"), BEGIN, END)
    readme.write_text(f"{before}\n{table(known, news)}\n{after}", "utf-8")
