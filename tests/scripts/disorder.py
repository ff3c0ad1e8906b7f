"""A thousand guests of a bot whose messages come in the wrong order and twice: none of their scenarios may fail.

``python -m tests.scripts.disorder [--runs 1000] [--parallel 20] [--seeds 1000]``; the simulator runs in a process of its
own. Besides, as many ``--seeds`` on virtual time, where messages are up to 0.9 s late.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable
from typing import Any

import ipygenesys as ig
from ipygenesys._scripts.model.results import ScenarioResult
from tests.e2e.simulator_process import SimulatorProcess
from tests.scripts.test_disorder import play
from tests.tools import gates
from tests.tools.paths import ARTIFACTS

TURNS = 4


def steps_of(turn: int) -> list[dict[str, Any]]:
    return [
        {"wrong_order": [f"{turn} one", f"{turn} two"]},
        {"twice": f"{turn} three"},
        {"wrong_order": [f"{turn} four", f"{turn} five"]},
        {"collect": "words", "ask": f"{turn} next?"},
    ]


BOT = {"start": "talk", "nodes": {"talk": [step for turn in range(TURNS) for step in steps_of(turn)]}}


def scenario(name: str) -> Any:
    """Every message in the bot's order, half of them as the very next one."""
    builder = ig.Script.scenario(name)
    for turn in range(TURNS):
        builder = builder.say(f"words {turn}")
        for number, word in enumerate(("one", "two", "three", "four", "five", "next?")):
            builder = builder.expect(equals=f"{turn} {word}", next=number % 2 == 0)
    return builder


def played(guest: Callable[..., Any], runs: int, parallel: int) -> list[ScenarioResult]:
    """What has failed."""
    script = ig.Script(*(scenario(f"guest {number}") for number in range(runs)))
    return [result for result in script.run(guest, parallel=parallel).scenarios if not result.passed]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--parallel", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=1_000)
    options = parser.parse_args()
    wrong = [seed for seed in range(options.seeds) if not play(seed).passed]
    print(f"{options.seeds} on virtual time, failed: {wrong}", flush=True)
    folder = ARTIFACTS / "disorder"
    folder.mkdir(parents=True, exist_ok=True)
    bot = folder / "bot.yml"
    bot.write_text(json.dumps(BOT), "utf-8")  # JSON is YAML.
    failed: list[ScenarioResult] = []
    with SimulatorProcess(folder / "simulator.log", bot=bot, speed=20) as simulator:
        guest = functools.partial(
            ig.WebMessaging, base_url=simulator["base_url"], deployment_id=simulator["deployment_id"]
        )
        for begun in range(0, options.runs, 100):
            failed += played(guest, min(100, options.runs - begun), options.parallel)
            print(f"{min(begun + 100, options.runs)} played, {len(failed)} failed", flush=True)
    for result in failed[:10]:
        print(result.name, result.outcome, result.words)
    return gates.report(
        "T21",
        what=f"{options.runs:,} scripts of {TURNS * 7} steps against a bot whose messages come in the wrong order and twice; "
        f"{options.seeds:,} on virtual time, where they are late, too",
        figure=f"{len(failed)} and {len(wrong)} failed",
        limit="0 of 1,000",
        passed=not (failed or wrong),
        command="uv run poe scripts-disorder",
    )


if __name__ == "__main__":
    sys.exit(main())
