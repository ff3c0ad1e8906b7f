"""What a frame costs that comes from a socket, alone and with a recorder beside it, and what its recording costs to read.

The source is a process of its own, and so is each client and each replay (``taken.py``): processor times of whole processes
are compared, in rounds that take turns, so that what else the machine does is shared by all.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from ipygenesys._io.recordings.reading import read_entries
from tests.benchmarks.explore import taken
from tests.chaos.flood import source
from tests.tools.paths import ROOT

STRETCH = 500
"""Frames: a multiple of the busy mix."""


class Costs(NamedTuple):
    """Microseconds of a processor, of each kind in the round that was disturbed least."""

    frame: float
    """From the socket to the conversation."""
    frame_beside: float | None
    """The same of another build's client."""
    alone: float
    """The same in stretches that take turns with recorded ones: the median, as of those."""
    recorded: float
    """With a recorder beside it, its thread and its file included."""
    frame_replayed: float
    """From the recording to the conversation."""
    entries_a_frame: float
    """Of the recording."""

    @property
    def recording_share(self) -> float:
        """What recording costs, as a share of what a frame costs anyway."""
        return self.recorded / self.alone - 1

    @property
    def entry(self) -> float:
        """Of the recording, replayed."""
        return self.frame_replayed / self.entries_a_frame


def costs(mix: str, frames: int, rounds: int, pairs: int, beside: Path | None = None) -> Costs:
    """Measure them.

    Args:
        mix: of the source's frames, "busy" (mostly typing and receipts) or "messages".
        frames: of each round.
        rounds: of each kind.
        pairs: of stretches, alone and recorded.
        beside: another build's checkout, whose client takes the same frames.
    """
    alone, other, replayed = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "all.jsonl")
        _from_socket(ROOT, "socket", mix, frames, path)
        for _ in range(rounds):
            alone.append(_from_socket(ROOT, "socket", mix, frames))
            if beside is not None:
                other.append(_from_socket(beside, "socket", mix, frames))
            replayed.append(_run(ROOT, "replay", path, frames))
        stretches = _from_socket(ROOT, "recording", mix, STRETCH, pairs, folder)
        return Costs(
            frame=min(alone),
            frame_beside=min(other, default=None),
            alone=statistics.median(each for each, _ in stretches),
            recorded=statistics.median(each for _, each in stretches),
            frame_replayed=min(replayed),
            entries_a_frame=sum(1 for _ in read_entries(path)) / frames,
        )


def _from_socket(checkout: Path, what: str, *arguments: object) -> Any:
    with source() as base_url:
        return _run(checkout, what, base_url, *arguments)


def _run(checkout: Path, *arguments: object) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, taken.__file__, *map(str, arguments)]
    return json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
