"""Scripts beside what ovotech's rules make of them, and a hundred guests at once: time, memory, messages lost or crossed.

``python -m tests.benchmarks.scripts [--write]``; the simulator's bot runs in a process of its own, on the same machine.
"""

from __future__ import annotations

import argparse
import functools
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipygenesys as ig
from tests.benchmarks.machine import about, load
from tests.benchmarks.report import RESULTS, replace
from tests.e2e.simulator_process import SimulatorProcess
from tests.tools.paths import ARTIFACTS

SCENARIOS, TURNS = 20, 6
GUESTS, AT_ONCE = 100, 50
LEAST_RATIO = 20.0
MOST_MB = 300.0
SAY_S, HOLD_S = 2.0, 1.0
"""Of ovotech's runner: before each say, and for messages in the wrong order; those are given out one a second."""
STEPS = [
    {"collect": "0", "ask": "Hello"},
    *({"collect": f"{n + 1}", "ask": f"Heard: {{{n}}}"} for n in range(TURNS)),
]
BOT = {"start": "talk", "nodes": {"talk": STEPS}}
"""Says again what it has heard, so that a message of another guest is known."""


def script_of(scenarios: int) -> ig.Script:
    """Each guest says its own words; each has to come back."""
    builders = []
    for guest in range(scenarios):
        builder = ig.Script.scenario(f"guest {guest}")
        for turn in range(TURNS):
            builder = builder.say(words(guest, turn)).expect(equals=f"Heard: {words(guest, turn)}")
        builders.append(builder)
    return ig.Script(*builders)


def words(guest: int, turn: int) -> str:
    return f"turn {turn} of guest {guest}."


def rules_s(run: ig.Run) -> float:
    """What ovotech's rules take for the same: it waits before each say, and holds what comes, at the bot's own pace."""
    answers_s = sum(time_s for result in run.scenarios for time_s in result.response_times_s)
    return answers_s + sum(result.said * (SAY_S + HOLD_S + HOLD_S) for result in run.scenarios)


def one_by_one(guest: Callable[..., Any]) -> dict[str, Any]:
    """A suite without any haste."""
    script = script_of(SCENARIOS)
    begun = time.perf_counter()
    run = script.run(guest, parallel=1)
    took_s = time.perf_counter() - begun
    theirs_s = rules_s(run)
    return {
        "passed": sum(result.passed for result in run.scenarios),
        "seconds": round(took_s, 2),
        "rules_seconds": round(theirs_s, 1),
        "ratio": round(theirs_s / took_s, 1),
        "held_back": run.held_back,
    }


def at_once(guest: Callable[..., Any]) -> dict[str, Any]:
    """Many guests in one process."""
    begun = time.perf_counter()
    run = script_of(GUESTS).run(guest, parallel=AT_ONCE)
    took_s = time.perf_counter() - begun
    lost = crossed = 0
    for number, result in enumerate(run.scenarios):
        heard = [message.text for message in result.messages if not message.is_own]
        wanted = [f"Heard: {words(number, turn)}" for turn in range(TURNS)]
        lost += sum(text not in heard for text in wanted)
        crossed += sum(text not in (*wanted, "Hello") for text in heard)
    return {
        "passed": sum(result.passed for result in run.scenarios),
        "seconds": round(took_s, 2),
        "lost": lost,
        "crossed": crossed,
        "held_back": run.held_back,
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def table(results: dict[str, Any]) -> str:
    machine, suite, many = results["about"], results["one_by_one"], results["at_once"]
    rows: list[tuple[str, str, Any, bool]] = [
        (f"of {SCENARIOS} scenarios of {TURNS} turns, one after the other, passed", f"{SCENARIOS}", suite["passed"], suite["passed"] == SCENARIOS),
        ("seconds that ovotech's rules take for them", "–", suite["rules_seconds"], True),
        ("seconds that they took", "–", suite["seconds"], True),
        ("the rules' seconds for one of ours", f"≥ {LEAST_RATIO:g}", suite["ratio"], suite["ratio"] >= LEAST_RATIO),
        (f"of {GUESTS} scenarios, {AT_ONCE} at once, passed", f"{GUESTS}", many["passed"], many["passed"] == GUESTS),
        ("seconds that they took", "–", many["seconds"], True),
        ("messages lost", "0", many["lost"], many["lost"] == 0),
        ("messages of other guests", "0", many["crossed"], many["crossed"] == 0),
        ("most memory of the process, MB", f"≤ {MOST_MB:g}", many["memory_mb"], many["memory_mb"] <= MOST_MB),
    ]  # fmt: skip
    lines = [
        f"{machine['date']}; {machine['machine']}; load before {machine['load_before']}, after {results['load_after']}.",
        "",
        "| figure | limit | measured | met |",
        "| --- | --- | --- | --- |",
    ]
    for name, limit, measured, is_met in rows:
        lines.append(
            f"| {name} | {limit} | {measured:,} | {'–' if limit == '–' else 'yes' if is_met else 'no'} |"
        )
    results["is_met"] = all(is_met for *_, is_met in rows)
    return "\n".join(lines)


def main() -> int:
    """Exit code 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    options = parser.parse_args()
    folder = ARTIFACTS / "scripts"
    folder.mkdir(parents=True, exist_ok=True)
    bot = folder / "bot.yml"
    bot.write_text(json.dumps(BOT), "utf-8")  # JSON is YAML.
    results: dict[str, Any] = {"about": about()}
    with SimulatorProcess(folder / "simulator.log", bot=bot, speed=20) as simulator:
        guest = functools.partial(
            ig.WebMessaging, base_url=simulator["base_url"], deployment_id=simulator["deployment_id"]
        )
        script_of(1).run(guest)  # What is loaded with the first conversation of a process is not measured.
        results |= {"one_by_one": one_by_one(guest), "at_once": at_once(guest), "load_after": load()}
    text = table(results)
    (folder / "results.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    print(text)
    if options.write:
        replace(Path(RESULTS), "scripts", text)
    return 0 if results["is_met"] else 1


if __name__ == "__main__":
    sys.exit(main())
