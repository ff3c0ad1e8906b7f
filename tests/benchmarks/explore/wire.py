"""What a frame costs that comes from a socket, alone and with a recorder beside it, and what its recording costs to read.

The source is a process of its own; here is a headless client. What is compared are processor times of this process, in
rounds that take turns, so that what else the machine does is shared by all.
"""

from __future__ import annotations

import asyncio
import gc
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import ipygenesys as ig
from ipygenesys._io.recordings.reading import read_entries
from tests.chaos.flood import post, source
from tests.chaos.source import CONVERSATION

RATE = 1_000
"""Frames a second: a busy line, far from what a core can take."""


class Costs(NamedTuple):
    """Microseconds of a processor; medians of the rounds."""

    frame: float
    """From the socket to the conversation."""
    frame_recorded: float
    """The same with a recorder beside it, its thread and its file included."""
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


def costs(mix: str, frames: int, rounds: int) -> Costs:
    """Measure them.

    Args:
        mix: of the source's frames, "busy" (mostly typing and receipts) or "messages".
        frames: of each round.
        rounds: of each kind.
    """
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_costs(mix, frames, rounds, Path(folder)))


async def _costs(mix: str, frames: int, rounds: int, folder: Path) -> Costs:
    alone, recorded, replayed, entries = [], [], [], []
    for number in range(rounds):
        path = folder / f"{number}.jsonl"
        alone.append(await taken_us(mix, frames))
        recorded.append(await taken_us(mix, frames, path))
        replayed.append(await replayed_us(path, frames))
        entries.append(sum(1 for _ in read_entries(path)) / frames)
    return Costs(*map(statistics.median, (alone, recorded, replayed, entries)))


async def taken_us(mix: str, frames: int, path: Path | None = None) -> float:
    """A frame from the socket; recorded, if there is a path."""
    with source() as base_url:
        protocol = ig.MessagingEvents(
            base_url=base_url, conversation_id=CONVERSATION, credentials=ig.ClientCredentials("c", "s")
        )
        client = ig.Client(protocol)
        recording = client.record(path) if path is not None else None
        async with client:
            await until(lambda: client.status == "connected")
            await asyncio.sleep(0.5)
            heard, before = client._gateway.noted.events, client._gateway.noted.events.count
            gc.collect()
            began = time.process_time()
            order = {"mix": mix, "rate": RATE, "seconds": frames / RATE, "padding": 0}
            await asyncio.to_thread(post, f"{base_url}/flood", order, 600)
            await until(lambda: heard.count - before >= frames)
            if recording is not None:
                await asyncio.to_thread(recording.stop)
            return (time.process_time() - began) / frames * 1e6


async def replayed_us(path: Path, frames: int) -> float:
    """A frame of a recording, as fast as it goes."""
    gc.collect()
    began = time.process_time()
    replay = ig.Replay(path, math.inf)
    async with ig.Client(replay):
        await until(lambda: replay.is_over)
        assert replay.differences == 0
        return (time.process_time() - began) / frames * 1e6


async def until(condition: Callable[[], object]) -> None:
    """Looks seldom, for each look costs something that is measured."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
