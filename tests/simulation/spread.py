"""Runs any number of seeds in some processes, and says how it goes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.simulation.campaign import Findings

PIECE = 200
MOST_SHOWN = 5


def findings_of(
    run: Callable[[range], Findings],
    *,
    first: int,
    runs: int,
    processes: int,
    seconds: float | None = None,
) -> Findings:
    """Of so many seeds; none is begun after that many seconds."""
    started = time.perf_counter()
    findings = Findings()
    last = first + runs
    # What is there at the start stays: the collector need not look at it again and again.
    with ProcessPoolExecutor(processes, initializer=gc.freeze) as pool:
        pieces = [
            pool.submit(run, range(start, min(start + PIECE, last))) for start in range(first, last, PIECE)
        ]
        for piece in as_completed(pieces):
            if piece.cancelled():
                continue
            found = piece.result()
            findings.add(found)
            for seed, violated in found.failed.items():
                print(f"FAILED seed {seed}: {'; '.join(violated)}", flush=True)
            line = f"{findings.runs:,} of {runs:,} schedules, {len(findings.failed)} failed"
            print(f"{line}, {time.perf_counter() - started:.0f} s", flush=True)
            if seconds is not None and time.perf_counter() - started > seconds:
                for waiting in pieces:
                    waiting.cancel()
    print(", ".join(f"{count:,} {name}" for name, count in sorted(findings.counts.items())))
    took_s = time.perf_counter() - started
    print(f"{took_s:.0f} s, {1000 * took_s / max(findings.runs, 1):.1f} s for a thousand schedules")
    return findings


def explain_all(findings: Findings, explain: Callable[[int], str], replay: str) -> None:
    """The first that failed made short, which may take minutes; the others named."""
    failed = sorted(findings.failed)
    for seed in failed[:MOST_SHOWN]:
        print(f"\n{explain(seed)}", flush=True)
    for seed in failed[MOST_SHOWN:]:
        print(f"also: {replay.format(seed=seed)}")
