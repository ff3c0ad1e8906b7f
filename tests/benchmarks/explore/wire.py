"""What a frame costs that comes from a socket, alone and with a recorder beside it, and what its recording costs to read.

The source is a process of its own, and so is each client and each replay (``taken.py``): processor times of whole processes
are compared, in rounds that take turns, so that what else the machine does is shared by all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from ipygenesys._io.recordings.reading import read_entries
from tests.benchmarks.explore import taken
from tests.chaos.flood import source
from tests.tools.paths import ROOT


class Costs(NamedTuple):
    """Microseconds of a processor, of each kind in the round that was disturbed least."""

    frame: float
    """From the socket to the conversation."""
    frame_beside: float | None
    """The same of another build's client."""
    frame_recorded: float
    """With a recorder beside it, its thread and its file included."""
    frame_replayed: float
    """From the recording to the conversation."""
    entries_a_frame: float
    """Of the recording."""

    @property
    def recording_share(self) -> float:
        """What recording costs, as a share of what a frame costs anyway."""
        return self.frame_recorded / self.frame - 1

    @property
    def entry(self) -> float:
        """Of the recording, replayed."""
        return self.frame_replayed / self.entries_a_frame


def costs(mix: str, frames: int, rounds: int, beside: Path | None = None) -> Costs:
    """Measure them.

    Args:
        mix: of the source's frames, "busy" (mostly typing and receipts) or "messages".
        frames: of each round.
        rounds: of each kind.
        beside: another build's checkout, whose client takes the same frames.
    """
    alone, other, recorded, replayed, entries = [], [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            path = Path(folder, f"{number}.jsonl")
            alone.append(_from_socket(ROOT, mix, frames))
            if beside is not None:
                other.append(_from_socket(beside, mix, frames))
            recorded.append(_from_socket(ROOT, mix, frames, path))
            replayed.append(_run(ROOT, "replay", path, frames))
            entries.append(sum(1 for _ in read_entries(path)) / frames)
    return Costs(
        frame=min(alone),
        frame_beside=min(other, default=None),
        frame_recorded=min(recorded),
        frame_replayed=min(replayed),
        entries_a_frame=min(entries),
    )


def _from_socket(checkout: Path, mix: str, frames: int, *recording: Path) -> float:
    with source() as base_url:
        return _run(checkout, "socket", base_url, mix, frames, *recording)


def _run(checkout: Path, *arguments: object) -> float:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, taken.__file__, *map(str, arguments)]
    return float(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
