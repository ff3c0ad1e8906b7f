"""Runs the tests of what decides against each mutant, in forks of one process that has collected them once.

`poe mutation [MODULE ...]` prints what was killed in each module and what survived; the figure over all of them is made
from how each fared last. Own code instead of mutmut or
cosmic-ray: both start the tests anew for every mutant; here a mutant costs a fork and the tests that call its function,
quickest first, until one fails. What survives is explained in survivors.txt beside this file.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutation.mutants import Mutant, mutants_of
from tests.tools import gates
from tests.tools.paths import ARTIFACTS

WINGS = {
    "_core.session": "announcements arrivals capabilities echoes hearing history_pages lost_sends message_fetches reading sending session step_effects wake",
    "_core.session.stream": "keeping life",
    "_core.machines": "backoff breaker catch_up connection http_date outbox receipts rest_budget send_rate session_life silence typing_indicator",
    "_core.view": "delta_buffer inbox",
    "_core.model": "draft stream_loss",
    "_core.machines.conversation": "messages parked_receipts participants timeline",
    "_scripts.model": "matching variables",
    "_scripts.play": "ovotech player",
}
HOMES = {name: f"{wing}.{name}" for wing, names in WINGS.items() for name in names.split()}
"""Of each module under test, by its name."""
MODULES = tuple(HOMES)
PACKAGE = "ipygenesys"
TESTS = {
    "_core": ("tests/core",),
    "_scripts": tuple(f"tests/scripts/test_{name}.py" for name in ("matching", "ovotech", "player")),
}
"""Of each part of the package, those without I/O."""
RESULTS = ARTIFACTS / "mutation"
SURVIVORS = Path(__file__).with_name("survivors.txt")
PROCESSES = 2
LIMIT_S = 40.0
"""A mutant that takes longer hangs, and counts as noticed."""
TESTS_S = 20.0
"""Of tests for one mutant, as long as they took without it."""
MIN_KILLED = 0.9


class Runner:
    """A pytest plugin that runs the tests once as they are, then against each mutant."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.modules: dict[str, ModuleType] = {}
        self.survivors: list[Mutant] = []
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.has_run = False
        self._is_child = False
        self._calls: dict[tuple[str, str], set[int]] = defaultdict(set)
        """By file and function: which tests call it."""
        self._seconds: dict[int, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._is_child and report.failed:
            os._exit(1)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        # Not sooner: pytest wants to import first what its plugins bring.
        self.modules = {name: importlib.import_module(f"{PACKAGE}.{HOMES[name]}") for name in self.names}
        for number in range(len(session.items)):
            self._watch(session, number)
        if session.testsfailed:
            print("The tests fail without any mutant.")
            return True
        mutants = [mutant for module in self.modules.values() for mutant in mutants_of(module)]
        print(f"{len(session.items)} tests, {len(mutants)} mutants", flush=True)
        self._test_all(session, mutants)
        self.has_run = True
        return True

    def _watch(self, session: pytest.Session, number: int) -> None:
        files = {module.__file__ for module in self.modules.values()}

        def profile(frame: FrameType, event: str, _: Any) -> None:
            if event == "call" and frame.f_code.co_filename in files:
                self._calls[frame.f_code.co_filename, frame.f_code.co_qualname].add(number)

        began = time.perf_counter()
        sys.setprofile(profile)
        try:
            _run_test(session, number)
        finally:
            sys.setprofile(None)
        self._seconds[number] = time.perf_counter() - began

    def _tests_for(self, mutant: Mutant) -> list[int]:
        file = self.modules[mutant.module].__file__ or ""
        chosen, spent = list[int](), 0.0
        for number in sorted(self._calls[file, mutant.function], key=self._seconds.__getitem__):
            spent += self._seconds[number]
            if spent > TESTS_S:
                break
            chosen.append(number)
        return chosen

    def _test_all(self, session: pytest.Session, mutants: list[Mutant]) -> None:
        running: dict[int, tuple[Mutant, float]] = {}
        waiting = list(reversed(mutants))
        while waiting or running:
            while waiting and len(running) < PROCESSES:
                mutant = waiting.pop()
                running[self._fork(session, mutant)] = mutant, time.monotonic()
            for pid, (_, began) in running.items():
                if time.monotonic() - began > LIMIT_S:
                    os.kill(pid, signal.SIGKILL)  # A child of ours.
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                time.sleep(0.002)
                continue
            mutant, _ = running.pop(pid)
            has_survived = status == 0
            self.counts[mutant.module]["survived" if has_survived else "killed"] += 1
            if has_survived:
                self.survivors.append(mutant)

    def _fork(self, session: pytest.Session, mutant: Mutant) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            self._is_child = True
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            mutant.insert(self.modules[mutant.module])
            for number in self._tests_for(mutant):
                _run_test(session, number)
        except BaseException:
            os._exit(1)
        os._exit(0)


def _run_test(session: pytest.Session, number: int) -> None:
    item = session.items[number]
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def explained() -> dict[str, str]:
    """What is known to survive, and why."""
    lines = SURVIVORS.read_text("utf-8").splitlines() if SURVIVORS.is_file() else []
    pairs = (line.split(" ## ", 1) for line in lines if " ## " in line)
    return {pair[0]: pair[1] for pair in pairs}


def main(arguments: list[str]) -> int:
    names = arguments or list(MODULES)
    settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=60,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")
    runner = Runner(names)
    parts = {HOMES[name].partition(".")[0] for name in names}
    pytest.main(
        [*(tests for part in sorted(parts) for tests in TESTS[part]), "-q", "--tb=no", "-s", "-p", "no:cacheprovider", "-o", "timeout=0", "-m", "not slow",
         "-W", "ignore::pytest.PytestAssertRewriteWarning"],
        plugins=[runner],
    )  # fmt: skip
    if not runner.has_run:
        return 2
    return _tell(runner)


def _tell(runner: Runner) -> int:
    known = explained()
    for mutant in runner.survivors:
        print(f"survived, line {mutant.line}: {mutant.key} ## {known.get(mutant.key, '?')}")
    survived = {mutant.key for mutant in runner.survivors}
    for key in known:
        if key.split(".")[0] in runner.names and key not in survived:
            print(f"does not survive any more: {key}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    for module, counts in runner.counts.items():
        print(f"{module:<18} {counts['killed']:>4} of {counts.total():>4} killed")
        (RESULTS / f"{module}.json").write_text(json.dumps(counts), "utf-8")
    unknown = sum(mutant.key not in known for mutant in runner.survivors)
    print(f"{len(runner.survivors)} survived, {unknown} of them not explained")
    return _report()


def _report() -> int:
    """The figure over all modules, as each was tested last."""
    results = [RESULTS / f"{module}.json" for module in MODULES]
    if missing := [file.stem for file in results if not file.is_file()]:
        print(f"Not tested yet: {', '.join(missing)}")
        return 0
    total = sum((Counter[str](json.loads(file.read_text("utf-8"))) for file in results), Counter[str]())
    killed = total["killed"] / total.total()
    return gates.report(
        "T19",
        what=f"Mutation testing of the {len(MODULES)} machines that decide, {total.total()} mutants",
        figure=f"{100 * killed:.1f} % noticed by the tests; the rest: tests/mutation/survivors.txt",
        limit=f"≥ {100 * MIN_KILLED:.0f} %",
        passed=killed >= MIN_KILLED,
        command="uv run poe mutation",
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
