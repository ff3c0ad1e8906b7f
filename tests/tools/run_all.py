"""Runs every check and test, each step in its own process, and ends with one line of counts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from pathlib import Path

from tests.tools import chromium, node, redis
from tests.tools.paths import ARTIFACTS, JS, ROOT

REPORTS = ARTIFACTS / "reports"
STEP_LIMIT_S = 2400.0
"""Chosen: far above any step, far below CI's limit, so that a hung step fails with its name."""
NO_TESTS = 5
"""The exit code of pytest when nothing was selected."""
FEW = 3
"""Chosen: more failures than this are no accident of a busy machine, and are not tried again."""
PREPARING = threading.Lock()
"""Two steps may need the same to be installed."""


@dataclass(frozen=True)
class Step:
    """One process. ``report`` is a JUnit file with the counts; without one, the step itself is one check.

    ``again`` are the arguments of pytest with which tests that failed beside others run once more, alone.
    ``is_live``: real time counts in it. Live steps run one after the other, several tests at a time; what waits in them
    leaves the cores to the others, which only compute, and are in no hurry.
    """

    name: str
    groups: frozenset[str]
    command: Callable[[], list[str]]
    cwd: Path = ROOT
    needs: Callable[[], object] | None = None
    report: Path | None = None
    again: tuple[str, ...] = ()
    is_live: bool = False


@dataclass
class Outcome:
    step: Step
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problem: str = ""
    failures: list[str] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)


def python(name: str, groups: str, *arguments: str) -> Step:
    return Step(name, frozenset(groups.split()), lambda: [sys.executable, "-m", *arguments])


def pytest(
    name: str,
    groups: str,
    *arguments: str,
    needs: Callable[[], object] | None = None,
    again: tuple[str, ...] = (),
    is_live: bool = False,
) -> Step:
    report = REPORTS / f"{name}.xml"
    line = [sys.executable, "-m", "pytest", *arguments, f"--junitxml={report}"]
    group = frozenset(groups.split())
    return Step(name, group, lambda: line, needs=needs, report=report, again=again, is_live=is_live)


def javascript(name: str, *arguments: str, report: Path | None = None) -> Step:
    extra = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"] if report else []
    return Step(
        name,
        frozenset({"check", "js"}),
        lambda: [*node.command(list(arguments)), *extra],
        JS,
        node.install,
        report,
    )


def prepare_view() -> None:
    # Its tests bundle their own pages.
    node.install()
    os.environ[chromium.SHELL_VARIABLE] = chromium.ensure(shell=True)


def prepare_python() -> None:
    node.install()
    redis.ensure()


def prepare_e2e() -> None:
    prepare_view()
    os.environ[chromium.VARIABLE] = chromium.ensure()


def live(name: str, workers: int, *tests: str, needs: Callable[[], object]) -> Step:
    """Real sockets and real browsers, several at a time: on a busy machine a neighbour can make one late."""
    options = (f"-n{workers}", "--dist=worksteal", "--durations=20")
    again = (*tests, "--last-failed")
    return pytest(name, name, *tests, *options, needs=needs, again=again, is_live=True)


def without(*names: str) -> tuple[str, ...]:
    return tuple(f"--ignore=tests/{name}" for name in names)


CORE_COVERAGE = ("--cov=ipygenesys._core", "--cov-branch", "--cov-fail-under=100", "--cov-report=term")
IN_NO_HURRY = ("--timeout=900",)
COMPUTING = (
    "simulation",
    "protocols",
    "recordings",
    "transcripts",
    "pictures",
    "inspector",
    "test_architecture.py",
)
"""Of tests: no sockets, no clock but a virtual one."""
QUICK_COMPUTING = tuple(f"tests/{name}" for name in COMPUTING if name != "simulation")
WITHOUT_SEARCHES = ("-k", "not runTest")
"""Those of hypothesis for a sequence of steps that breaks a rule."""
WITH_SOCKETS = ("tests", *without("core", "view", "e2e", *COMPUTING))

# Of those that only compute, in this order: the longest first.
STEPS = [
    pytest("core", "python", "tests/core", *CORE_COVERAGE, *IN_NO_HURRY),
    pytest("computing", "python", *(f"tests/{name}" for name in COMPUTING), *IN_NO_HURRY),
    pytest("quick-core", "quick", "tests/core", *WITHOUT_SEARCHES),
    pytest("quick-computing", "quick", *QUICK_COMPUTING, *WITHOUT_SEARCHES),
    python("mypy", "check", "mypy"),
    javascript("vitest", "vitest", "run", report=REPORTS / "vitest.xml"),
    python("ruff", "check", "ruff", "check", "."),
    python("ruff format", "check", "ruff", "format", "--check", "."),
    Step(
        "import-linter", frozenset({"check"}), lambda: [str(Path(sys.executable).with_name("lint-imports"))]
    ),
    javascript("biome", "lint"),
    javascript("tsc", "types"),
    live("python", 3, *WITH_SOCKETS, needs=prepare_python),
    # Sync Playwright and pytest-asyncio cannot share a process: each browser suite has its own.
    live("view", 3, "tests/view", needs=prepare_view),
    live("e2e", 3, "tests/e2e", needs=prepare_e2e),
]
ALL = ("check", "python", "view", "e2e")
GROUPS = (*ALL, "js", "slow", "quick")


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] in ("-h", "--help"):
        print(
            f"{__doc__}\n\nusage: run_all [{'|'.join(GROUPS)} ...] [arguments for pytest, such as -k reload]"
        )
        return 0
    groups = list(takewhile(GROUPS.__contains__, arguments))
    extra = arguments[len(groups) :]
    if "slow" in groups:
        groups, extra = ["python", "view", "e2e"], ["-m", "slow", *extra]
    steps = [step for step in STEPS if step.groups.intersection(groups or ALL)]
    REPORTS.mkdir(parents=True, exist_ok=True)
    keep_bytecode()
    started = time.perf_counter()
    outcomes = run_each(steps, extra)
    return summarise(outcomes, time.perf_counter() - started)


def keep_bytecode() -> None:
    """Hundreds of processes import the same: where Python may leave no bytecode beside the sources, it does elsewhere."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(ARTIFACTS / "bytecode")


def run_each(steps: Sequence[Step], extra: list[str]) -> list[Outcome]:
    """The live ones, one after the other; beside them, as the cores have room, those that only compute."""
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        computing = [cores.submit(run, step, extra) for step in steps if not step.is_live]
        outcomes = [run(step, extra) for step in steps if step.is_live]
        return [each.result() for each in computing] + outcomes


def run(step: Step, extra: list[str]) -> Outcome:
    outcome = Outcome(step)
    started = time.perf_counter()
    is_pytest = step.report is not None and "js" not in step.groups
    if step.report:
        step.report.unlink(missing_ok=True)
    try:
        if step.needs:
            with PREPARING:
                step.needs()
        code = execute(step, step.name, step.command() + (extra if is_pytest else []))
    except subprocess.TimeoutExpired:
        code, outcome.problem = 1, f"still running after {STEP_LIMIT_S:.0f} s"
    except Exception as error:
        # One missing tool must not hide what the other steps find.
        code, outcome.problem = 1, f"{type(error).__name__}: {error}"
        print(outcome.problem, flush=True)
    if step.report:
        count(step.report, outcome)
    if step.again and 0 < outcome.failed <= FEW:
        code = try_alone(outcome)
    outcome.seconds = time.perf_counter() - started
    if is_pytest and code == NO_TESTS and extra:
        return outcome  # the selection holds none of this suite's tests
    if code != 0 and not outcome.failed:
        outcome.failed = 1
        outcome.problem = outcome.problem or f"exit code {code}"
    elif code == 0 and not step.report:
        outcome.passed = 1
    return outcome


def execute(step: Step, name: str, line: list[str]) -> int:
    """Its exit code. What one of several side by side says is shown whole, when it has ended."""
    title = f"\n━━━ {name}: {' '.join(line[1:] if line[0] == sys.executable else line)}"
    if not step.is_live and (nice := shutil.which("nice")):
        line = [nice, "-n", "10", *line]
    start = partial(subprocess.run, line, cwd=step.cwd, stdin=subprocess.DEVNULL, timeout=STEP_LIMIT_S)
    if step.is_live:
        print(title, flush=True)
        return start().returncode
    print(f"… {name}", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            return start(stdout=said, stderr=subprocess.STDOUT).returncode
        finally:
            said.seek(0)
            print(f"{title}\n{said.read()}", end="", flush=True)


def try_alone(outcome: Outcome) -> int:
    """Runs what failed once more, alone. What passes then is counted, and named as unsteady in the summary."""
    report = REPORTS / f"{outcome.step.name}-alone.xml"
    report.unlink(missing_ok=True)
    line = [sys.executable, "-m", "pytest", *outcome.step.again, f"--junitxml={report}"]
    try:
        code = execute(outcome.step, f"{outcome.step.name}, alone", line)
    except subprocess.TimeoutExpired:
        return 1
    alone = Outcome(outcome.step)
    count(report, alone)
    if code != 0 or alone.passed != outcome.failed:
        return 1
    outcome.unsteady, outcome.failures = outcome.failures, []
    outcome.passed, outcome.failed = outcome.passed + alone.passed, 0
    return 0


def count(report: Path, outcome: Outcome) -> None:
    if not report.is_file():
        return
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
            outcome.failures.append(f"{case.get('classname')}::{case.get('name')}")
        elif case.find("skipped") is not None:
            outcome.skipped += 1
        else:
            outcome.passed += 1


def summarise(outcomes: list[Outcome], seconds: float) -> int:
    passed, failed, skipped = (
        sum(getattr(o, name) for o in outcomes) for name in ("passed", "failed", "skipped")
    )
    print("\n━━━ summary")
    for outcome in outcomes:
        mark = "FAILED" if outcome.failed else "ok"
        counts = f"{outcome.passed} passed"
        counts += f", {outcome.failed} failed" if outcome.failed else ""
        counts += f", {outcome.skipped} skipped" if outcome.skipped else ""
        print(
            f"{outcome.step.name:<14} {mark:<7} {outcome.seconds:7.1f} s  {counts}  {outcome.problem}".rstrip()
        )
        for name in outcome.failures:
            print(f"    {name}")
        for name in outcome.unsteady:
            print(f"    unsteady (failed beside others, passed alone): {name}")
    print(f"in {seconds:.0f} s")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
