"""`poe simulate-faults`: any number of seeded schedules in two processes, or one again."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.simulation import campaign
from tests.simulation.schedule import PROTOCOLS
from tests.tools import gates

PIECE = 200
MOST_SHOWN = 5


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe simulate-faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--seconds", type=float, help="begin no more schedules after this time")
    parser.add_argument("--protocol", choices=PROTOCOLS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--replay", type=int, metavar="SEED", help="one schedule again, made short if it fails"
    )
    chosen = parser.parse_args(arguments)
    if chosen.replay is not None:
        words = campaign.explain(chosen.replay, chosen.protocol)
        print(words)
        return 0 if words.endswith("no violation") else 1
    started = time.perf_counter()
    findings = campaign.Findings()
    # What is there at the start stays: the collector need not look at it again and again.
    with ProcessPoolExecutor(chosen.processes, initializer=gc.freeze) as pool:
        ends = range(chosen.seed, chosen.seed + chosen.runs, PIECE)
        last = chosen.seed + chosen.runs
        pieces = [
            pool.submit(campaign.run, range(start, min(start + PIECE, last)), chosen.protocol)
            for start in ends
        ]
        for piece in as_completed(pieces):
            if piece.cancelled():
                continue
            found = piece.result()
            findings.add(found)
            for seed, violated in found.failed.items():
                print(f"FAILED seed {seed}: {'; '.join(violated)}", flush=True)
            line = f"{findings.runs:,} of {chosen.runs:,} schedules, {len(findings.failed)} failed"
            print(f"{line}, {time.perf_counter() - started:.0f} s", flush=True)
            if chosen.seconds is not None and time.perf_counter() - started > chosen.seconds:
                for waiting in pieces:
                    waiting.cancel()
    print(", ".join(f"{count:,} {name}" for name, count in sorted(findings.counts.items())))
    seconds = time.perf_counter() - started
    print(f"{seconds:.0f} s, {1000 * seconds / max(findings.runs, 1):.1f} s for a thousand schedules")
    failed = len(findings.failed)
    result = gates.report(
        "T1",
        what="seeded schedules of faults, 1 to 200 conversations in a process, three protocols, against invariants I1–I10",
        figure=f"{findings.runs:,} schedules, {failed} with violations",
        limit="0 violations",
        passed=failed == 0,
        command=f"uv run poe simulate-faults --runs {findings.runs} --seed {chosen.seed}",
    )
    # To make them short may take minutes: the result comes first.
    for seed in sorted(findings.failed)[:MOST_SHOWN]:
        print(f"\n{campaign.explain(seed, chosen.protocol)}", flush=True)
    for seed in sorted(findings.failed)[MOST_SHOWN:]:
        print(f"also: {campaign.REPLAY.format(seed=seed)}")
    return result


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
