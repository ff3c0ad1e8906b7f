"""`poe simulate-faults`: any number of seeded schedules in two processes, or one again."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from tests.simulation import campaign
from tests.simulation.schedule import PROTOCOLS
from tests.simulation.spread import explain_all, findings_of
from tests.tools import gates


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
    findings = findings_of(
        partial(campaign.run, protocol=chosen.protocol),
        first=chosen.seed,
        runs=chosen.runs,
        processes=chosen.processes,
        seconds=chosen.seconds,
    )
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
    explain_all(findings, lambda seed: campaign.explain(seed, chosen.protocol), campaign.REPLAY)
    return result


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
