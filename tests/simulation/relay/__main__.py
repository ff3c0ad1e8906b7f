"""`poe relay-truth`: any number of seeded schedules of a relay in two processes, or one again."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.relay import campaign
from tests.simulation.spread import explain_all, findings_of
from tests.tools import gates


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="poe relay-truth", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--seconds", type=float, help="begin no more schedules after this time")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--replay", type=int, metavar="SEED", help="one schedule again, made short if it fails"
    )
    chosen = parser.parse_args(arguments)
    if chosen.replay is not None:
        words = campaign.explain(chosen.replay)
        print(words)
        return 0 if words.endswith("no violation") else 1
    findings = findings_of(
        campaign.run,
        first=chosen.seed,
        runs=chosen.runs,
        processes=chosen.processes,
        seconds=chosen.seconds,
    )
    failed = len(findings.failed)
    result = gates.report(
        "T1r",
        what="the same by relays: 1 to 3 relays and viewers, killed, stopped and cut off from a Redis that restarts, forgets and trims",
        figure=f"{findings.runs:,} schedules, {failed} with a gap that nobody noticed, a message lost, sent twice or out of order",
        limit="0",
        passed=failed == 0,
        command=f"uv run poe relay-truth --runs {findings.runs} --seed {chosen.seed}",
    )
    explain_all(findings, campaign.explain, campaign.REPLAY)
    return result


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
