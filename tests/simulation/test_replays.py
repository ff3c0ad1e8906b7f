"""Recordings of conversations under faults come to the state of the live ones, at any speed, also of killed kernels."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ipygenesys._core.session.session import Session
from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._recordings.entries import Header, InputTaken
from tests.simulation.recorded import AS_FAST_AS_IT_GOES, RecordedWorld, came_to, compare, play, recorded
from tests.simulation.schedule import schedule_of

SEEDS = range(24)


@pytest.mark.parametrize("piece", range(4))
def test_what_was_recorded_under_faults_comes_to_the_same_state(piece: int) -> None:
    found = compare(SEEDS[piece::4])
    assert not found.differ, found.differ
    assert found.recordings >= found.schedules == 6 and found.checks > 0


def test_so_it_does_at_its_own_pace_and_a_hundred_times_as_fast() -> None:
    """Two guests, two agents; among them kernels that were killed."""
    of = {
        protocol: [seed for seed in range(300) if _is_small(seed, protocol)][:2]
        for protocol in ("guest", "agent")
    }
    found = compare([*of["guest"], *of["agent"]], (1.0, 100.0, AS_FAST_AS_IT_GOES))
    assert not found.differ, found.differ
    assert found.schedules == 4 and found.killed > 0


def _is_small(seed: int, protocol: str) -> bool:
    schedule = schedule_of(seed)
    kills = any(action.kind == "kernel is killed" for action in schedule.actions)
    return schedule.protocol == protocol and schedule.conversations == 1 and kills


def test_the_checker_would_notice(tmp_path: Path) -> None:
    """A recording that lacks what was said comes to something else, and says so."""
    for seed in SEEDS:  # The first one in which somebody is heard.
        folder = tmp_path / str(seed)
        folder.mkdir()
        [taken, *_] = recorded(RecordedWorld(schedule_of(seed), folder))
        lines = taken.path.read_bytes().splitlines(keepends=True)
        if said := [line for line in lines if b'"kind":"input"' in line and b"MessageArrived" in line]:
            break
    assert said
    taken.path.write_bytes(b"".join(line for line in lines if line not in said))
    played = play(taken.path, AS_FAST_AS_IT_GOES)
    assert played.digest != taken.wanted


def test_a_file_that_was_cut_anywhere_comes_to_what_its_lines_say(tmp_path: Path) -> None:
    world, dice = RecordedWorld(schedule_of(SEEDS[1]), tmp_path), random.Random(1)
    [taken, *_] = recorded(world)
    whole, torn = taken.path.read_bytes(), tmp_path / "torn.jsonl"
    for _ in range(5):
        torn.write_bytes(whole[: dice.randrange(len(whole) // 4, len(whole))])
        session = None
        for entry in read_entries(torn):
            if isinstance(entry, Header):
                session = Session(entry.profile)
            elif isinstance(entry, InputTaken) and session is not None:
                session.step(entry.input, entry.now)
        played = play(torn, AS_FAST_AS_IT_GOES)
        assert session is not None and played.digest == came_to(session) and not played.is_whole
