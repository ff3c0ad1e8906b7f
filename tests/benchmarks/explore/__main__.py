"""What exploring costs, printed beside what it may cost: ``python -m tests.benchmarks.explore [PART …] [--beside PATH] [--write]``.

The parts are ``memory`` and ``wire`` (with ``--beside``, of another checkout's build too) and ``opening``; figures of a part
that does not run now stay as they were measured last.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.explore import held
from tests.benchmarks.explore.opening import opening
from tests.benchmarks.explore.wire import costs
from tests.benchmarks.figures import table
from tests.benchmarks.machine import about
from tests.benchmarks.report import RESULTS, replace
from tests.tools.paths import ARTIFACTS, ROOT

FILE = ARTIFACTS / "explore.json"
PARTS = ("memory", "wire", "opening")
MESSAGES = 100_000
ENTRIES = 100_000
FRAMES, ROUNDS, PAIRS = 3_000, 5, 40

Row = tuple[str, str, str]
"""What, how much, and what it is to be."""


def memory(beside: Path | None) -> Iterator[Row]:
    """Each build in a process of its own."""
    ours = _held(ROOT)
    yield ("memory of a held message", f"{ours:.0f} B of {MESSAGES:,}", "–")
    if beside is not None:
        theirs, commit = _held(beside), _commit(beside)
        yield (
            f"the same at {commit}",
            f"{theirs:.0f} B; ours is {ours / theirs:.2f} of it",
            "at most half",
        )


def _held(checkout: Path) -> float:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, held.__file__, str(MESSAGES)]
    answer = subprocess.run(command, env=environment, capture_output=True, check=True)
    return float(json.loads(answer.stdout)["bytes_a_message"])


def _commit(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


def wire(beside: Path | None) -> Iterator[Row]:
    """A client, with a recorder and without, and a replay of the same."""
    for mix in ("busy", "messages"):
        found = costs(mix, FRAMES, ROUNDS, PAIRS, beside)
        yield (f"a frame from the socket, {mix}", f"{found.frame:.0f} µs of a processor", "–")
        times = f"{found.frame / found.entry:.1f} times as fast"
        if beside is not None and found.frame_beside is not None:
            commit = _commit(beside)
            yield (f"the same at {commit}, {mix}", f"{found.frame_beside:.0f} µs", "–")
            times += f"; {found.frame_beside / found.entry:.1f} times as {commit} takes it from the socket"
        yield (
            f"the same recorded, {mix}",
            f"{found.recorded:.0f} µs, {found.alone:.0f} µs in turns with it: {found.recording_share:+.0%}",
            "at most +10 %",
        )
        yield (
            f"an entry of the recording replayed, {mix}",
            f"{found.entry:.0f} µs, {found.entries_a_frame:.2f} to a frame: {times}",
            "3 times",
        )


def openings(_: Path | None) -> Iterator[Row]:
    """Packed and not."""
    for ending in (".jsonl", ".jsonl.gz"):
        found = opening(ENTRIES, ending)
        yield (
            f"`timeline` of {ENTRIES:,} entries ({ending}), first picture",
            f"{found.first_cpu_s:.2f} s of a processor, {found.first_s:.2f} s by the clock, {found.shown:,} messages",
            "at most 1 s",
        )
        yield (
            "all of it",
            f"{found.whole_cpu_s:.1f} s of a processor, {found.whole_s:.1f} s by the clock, {found.messages:,} messages",
            "–",
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="poe explore-bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=(*PARTS, []), default=PARTS)
    parser.add_argument("--beside", type=Path, help="a checkout of another commit")
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    chosen = parser.parse_args()
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    for part in chosen.parts or PARTS:
        where = about()
        measure = {"memory": memory, "wire": wire, "opening": openings}[part]
        rows = []
        for row in measure(chosen.beside):
            print(" | ".join(row), flush=True)
            rows.append(row)
        known[part] = {"date": where["date"], "load": where["load_before"], "rows": rows}
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if chosen.write:
        replace(RESULTS, "explore", written(known))
    return 0


def written(known: dict[str, dict[str, object]]) -> str:
    """A table of all that is known, with when and beside what else it was measured."""
    rows = [
        (*map(str, row), f"{found['date']}, load {found['load']}")
        for part in PARTS
        if (found := known.get(part)) is not None
        for row in found["rows"]  # type: ignore[attr-defined]
    ]
    return table(("what", "measured", "required", "when"), rows)


if __name__ == "__main__":
    sys.exit(main())
