"""Schedules of faults whose conversations are recorded, and played again on virtual time: the same state comes of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.session import wake
from ipygenesys._core.session.session import Session
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.recordings import recorder
from ipygenesys._io.recordings.recorder import Recorder
from ipygenesys._io.recordings.replay import Replay
from ipygenesys._recordings.masking import Masks
from ipygenesys._recordings.state import digest_of, moment_of
from tests.simulation.schedule import Schedule, schedule_of
from tests.simulation.user import User
from tests.simulation.virtual_time import VirtualClock, VirtualLoop
from tests.simulation.world import World

AS_FAST_AS_IT_GOES = float("inf")


def came_to(session: Session) -> str:
    """All that can be seen of a conversation, as a hash."""
    return digest_of(moment_of(session), Masks())


@dataclass
class Taken:
    """One kernel's recording of one conversation."""

    path: Path
    gateway: Gateway
    recorder: Recorder
    wanted: str = ""
    """What the live session had come to at its end."""
    was_killed: bool = False

    def end(self) -> None:
        """Of a kernel that was killed, what was written stays, and no last line is added."""
        self.was_killed = not self.wanted
        if self.was_killed:
            self.recorder._is_ending = True
            self.wanted = came_to(self.gateway.session)
        self.recorder.join()


@dataclass
class Played:
    """What a recording has come to."""

    digest: str
    checks: int
    differences: int
    is_whole: bool
    seconds: float
    """That it took, on its loop's clock."""


class RecordedWorld(World):
    """One run, each conversation of each kernel recorded."""

    def __init__(self, schedule: Schedule, folder: Path) -> None:
        super().__init__(schedule)
        self.folder = folder
        self.taken: list[Taken] = []

    def record(self, user: User) -> None:
        """From the very beginning: nothing has been taken yet."""
        path = self.folder / f"{len(self.taken)}.jsonl"
        gateway = user.client.gateway
        taken = Taken(path, gateway, Recorder(str(path), on_failed=lambda words: self.report("I10", words)))
        gateway.begin(taken.recorder)
        gateway.tap.add(
            lambda _entry, _effects: None, at_end=lambda: setattr(taken, "wanted", came_to(gateway.session))
        )
        self.taken.append(taken)


@dataclass
class Compared:
    """Of some schedules."""

    schedules: int = 0
    recordings: int = 0
    killed: int = 0
    checks: int = 0
    differ: dict[int, str] = field(default_factory=dict)
    """By seed, what does."""

    def add(self, other: Compared) -> None:
        self.schedules += other.schedules
        self.recordings += other.recordings
        self.killed += other.killed
        self.checks += other.checks
        self.differ |= other.differ


def compare(seeds: Iterable[int], speeds: tuple[float, ...] = (AS_FAST_AS_IT_GOES,)) -> Compared:
    """Run the schedules of these seeds, and play what was recorded of them at each of the speeds."""
    found = Compared()
    for seed in seeds:
        with TemporaryDirectory() as folder:
            found.add(_compare(seed, Path(folder), speeds))
    return found


def recorded(world: RecordedWorld) -> list[Taken]:
    """Play a schedule and record it; one file for each conversation of each kernel."""
    booted = User.boot

    def boot(user: User) -> None:
        booted(user)
        world.record(user)

    with patch.object(recorder, "GATHER_S", 0.0), patch.object(User, "boot", boot):
        world.run()
    for taken in world.taken:
        taken.end()
    return world.taken


def _compare(seed: int, folder: Path, speeds: tuple[float, ...]) -> Compared:
    schedule, found = schedule_of(seed), Compared(schedules=1)
    for taken in recorded(RecordedWorld(schedule, folder)):
        found.recordings += 1
        found.killed += taken.was_killed
        for speed in speeds:
            played = play(taken.path, speed, looks_every_s=schedule.looks_every_s)
            found.checks += played.checks
            if played.digest != taken.wanted or played.differences:
                found.differ[seed] = f"{taken.path.name} at {speed}: {played}, not {taken.wanted}"
    return found


def play(path: Path, speed: float, *, looks_every_s: float = wake.LOOK_EVERY_S) -> Played:
    """Play a recording to its end on virtual time."""
    clock = VirtualClock(random.Random(0))
    loop = VirtualLoop(clock)

    async def to_its_end() -> Played:
        replay, began = Replay(path, speed), clock.elapsed_s
        gateway = Gateway(replay, clock=clock)
        gateway.bind(loop)
        gateway.post(Connect())
        await asyncio.sleep(0)
        await replay._tapes[-1].ended.wait()
        played = Played(
            came_to(gateway.session),
            replay.checks,
            replay.differences,
            replay.is_whole,
            clock.elapsed_s - began,
        )
        await gateway.close()
        return played

    with ExitStack() as stack:
        stack.enter_context(patch.object(wake, "LOOK_EVERY_S", looks_every_s))
        stack.callback(loop.close)
        return loop.run_until_complete(to_its_end())
