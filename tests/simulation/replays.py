"""`poe replays`: recorded schedules of faults, and minutes of the demo, are played again to the identical state.

The demo is talked to in real time, as a guest and as an agent; it is replayed on virtual time at 1×, 100×, and as fast as it
goes, and once more from what a kernel that was killed half a minute earlier would have left.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

import ipygenesys as ig
from ipygenesys._core.session.session import Session
from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._recordings.entries import Header, InputTaken
from ipygenesys._verbs.recording import _between_steps
from tests.simulation.recorded import AS_FAST_AS_IT_GOES, Compared, came_to, compare, play
from tests.tools import gates

PIECE = 50
SPEEDS = (1.0, 100.0, AS_FAST_AS_IT_GOES)
SIDES = ("guest", "agent")
KILLED_S = 30.0


def simulations(runs: int, seed: int, processes: int) -> Compared:
    """So many schedules, in a few processes."""
    found, last = Compared(), seed + runs
    with ProcessPoolExecutor(processes) as pool:
        pieces = [
            pool.submit(compare, range(start, min(start + PIECE, last))) for start in range(seed, last, PIECE)
        ]
        for piece in as_completed(pieces):
            found.add(piece.result())
            print(f"{found.schedules:,} of {runs:,} schedules, {len(found.differ)} differ", flush=True)
    return found


def talk(side: str, seconds: float, path: Path) -> str:
    """Talk to the demo and record it; what the live conversation had come to."""
    dice = random.Random(side)
    with ig.Simulator(person="agent" if side == "guest" else "customer", seed=1) as sim:
        if side == "guest":
            protocol: ig.WebMessaging | ig.AgentMessaging = ig.WebMessaging(
                base_url=sim.base_url, deployment_id=sim.deployment_id
            )
        else:
            protocol = ig.AgentMessaging(
                base_url=sim.base_url,
                conversation_id=sim.conversation_id,
                credentials=ig.AccessToken(sim.agent_access_token()),
            )
        with ig.Chat(protocol) as chat:
            recording = chat.record(path)
            chat.wait_until(lambda: chat.status == "connected", timeout=60)
            end, number = time.monotonic() + seconds, 0
            while time.monotonic() < end:
                number += 1
                chat.set_typing(True)
                time.sleep(dice.uniform(1, 4))
                _ = chat.send(f"{side} {number}: where is my parcel? 📦")
                time.sleep(dice.uniform(1, 6))
                (sim.agent_say if side == "guest" else sim.customer_say)(f"It is on its way, {number}.")
                if number % 10 == 0:
                    sim.fault("drop")
                chat.mark_read()
            time.sleep(1)
            wanted: list[str] = []

            def at_its_end() -> None:
                """At the same moment: people and time go on."""
                recording._recorder.end()
                wanted.append(came_to(chat._gateway.session))

            _between_steps(chat._gateway, at_its_end)
            recording.stop()
            return wanted[0]


def demo(seconds: float) -> tuple[dict[str, str], dict[str, int]]:
    """Both sides at once; what differs, and how many messages each had."""
    differ, sizes = {}, {}
    with TemporaryDirectory() as folder:
        wanted: dict[str, str] = {}

        def side_of(side: str) -> None:
            wanted[side] = talk(side, seconds, Path(folder, f"{side}.jsonl"))

        threads = [threading.Thread(target=side_of, args=(side,)) for side in SIDES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for side in SIDES:
            path = Path(folder, f"{side}.jsonl")
            killed, state, sizes[side] = _killed(path)
            for name, file, came in (("whole", path, wanted.get(side, "none")), ("killed", killed, state)):
                for speed in SPEEDS:
                    played = play(file, speed)
                    print(f"{side}, {name}, {speed:g}×: {played}", flush=True)
                    if played.digest != came or played.differences:
                        differ[f"{side}, {name}, {speed:g}×"] = played.digest
    return differ, sizes


def _killed(path: Path) -> tuple[Path, str, int]:
    """The file without its end, in the middle of a line; what its inputs come to, and how many messages the whole has."""
    times = [entry.at_s for entry in read_entries(path)]
    cut_s = times[-1] - min(KILLED_S, (times[-1] - times[0]) / 2)
    lines, kept = path.read_bytes().splitlines(keepends=True), []
    session = whole = None
    for entry, line in zip(read_entries(path), lines, strict=True):
        is_kept = entry.at_s <= cut_s
        if isinstance(entry, Header):
            session, whole = Session(entry.profile), Session(entry.profile)
        elif isinstance(entry, InputTaken) and session is not None and whole is not None:
            whole.step(entry.input, entry.now)
            if is_kept:
                session.step(entry.input, entry.now)
        if is_kept:
            kept.append(line)
    assert session is not None and whole is not None
    torn = path.with_suffix(".killed.jsonl")
    torn.write_bytes(b"".join(kept) + lines[len(kept)][:20])
    return torn, came_to(session), len(whole.conversation.timeline)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe replays", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--minutes", type=float, default=20.0, help="of the demo; 0 leaves it out")
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    found = simulations(chosen.runs, chosen.seed, chosen.processes)
    differ, sizes = demo(chosen.minutes * 60) if chosen.minutes else ({}, {})
    for what, how in {**{f"seed {seed}": how for seed, how in found.differ.items()}, **differ}.items():
        print(f"DIFFERS {what}: {how}")
    messages = ", ".join(f"{count} messages of the {side}" for side, count in sizes.items())
    return gates.report(
        "T20",
        what="recorded schedules of T1, and minutes of the demo as guest and as agent, played again at 1×, 100×, as fast as it goes",
        figure=f"{found.schedules:,} schedules, {found.recordings:,} recordings ({found.killed} of killed kernels), "
        f"{found.checks:,} states on the way: {len(found.differ)} differ; {chosen.minutes:g} min ({messages}): {len(differ)} differ",
        limit="0 differ",
        passed=not found.differ and not differ,
        command=f"uv run poe replays --runs {chosen.runs} --seed {chosen.seed} --minutes {chosen.minutes:g}",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
