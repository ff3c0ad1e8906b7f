"""`poe fuzz`: any number of bad frames, bodies and browser messages, in two processes of bounded memory."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter

from tests.simulation.corpus import record
from tests.simulation.fuzz import Fuzzer
from tests.simulation.processes import in_fresh_processes
from tests.simulation.schedule import PROTOCOLS
from tests.tools import gates

PIECE = 50_000


def fuzz(protocol: str, seed: int, cases: int) -> tuple[int, Counter[str], str | None]:
    """Fire so many cases at one protocol: how many, what was counted, and what stopped it."""
    try:
        return cases, Fuzzer(record(protocol), seed).run(cases), None
    except AssertionError as error:
        return cases, Counter(), str(error)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000_000)
    parser.add_argument(
        "--seed", type=int, default=0, help="of the first piece; each piece has one of its own"
    )
    parser.add_argument("--protocol", choices=PROTOCOLS)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    protocols = [chosen.protocol] if chosen.protocol else list(PROTOCOLS)
    started, counts, failures, done = time.perf_counter(), Counter[str](), list[str](), 0
    jobs = [
        (protocols[number % len(protocols)], chosen.seed + number, min(PIECE, chosen.cases - start))
        for number, start in enumerate(range(0, chosen.cases, PIECE))
    ]
    for piece in in_fresh_processes(fuzz, jobs, processes=chosen.processes, jobs_each=20):
        size, counted, failure = piece.result()
        counts += counted
        done += size
        if failure is not None:
            failures.append(failure)
            print(f"FAILED {failure}", flush=True)
        print(f"{done:,} of {chosen.cases:,}, {time.perf_counter() - started:.0f} s", flush=True)
    print(", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())))
    peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    return gates.report(
        "T13",
        what="mutated frames, REST bodies and browser messages against whole sessions, three protocols",
        figure=f"{chosen.cases:,} cases, {len(failures)} stops, {peak_mib} MiB at most",
        limit="0 stops",
        passed=not failures,
        command=f"uv run poe fuzz --cases {chosen.cases} --seed {chosen.seed}",
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
