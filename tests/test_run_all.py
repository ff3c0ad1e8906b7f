"""The test command itself: what runs side by side, and that what fails beside others runs once more, alone."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools import run_all

UNSTEADY = """
from pathlib import Path

def test_of_a_busy_machine():
    mark = Path(__file__).with_name("ran")
    ran = mark.exists()
    mark.touch()
    assert ran

def test_that_passes(): pass
"""
WRONG = """
import pytest

@pytest.mark.parametrize("n", range({count}))
def test_that_is_wrong(n): assert False
"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> run_all.Step:
    monkeypatch.setattr(run_all, "REPORTS", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # They take longer than these tests.
    (tmp_path / "pytest.ini").touch()
    line = [sys.executable, "-m", "pytest", "-q", f"--junitxml={tmp_path / 'suite.xml'}"]
    step = run_all.pytest("suite", "suite", again=("-q", "--last-failed"))
    return replace(step, command=lambda: line, cwd=tmp_path)


def test_a_test_that_passes_alone_is_counted_and_named(
    suite: run_all.Step, capsys: pytest.CaptureFixture[str]
) -> None:
    (suite.cwd / "test_it.py").write_text(UNSTEADY)
    outcome = run_all.run(suite, [])
    assert (outcome.passed, outcome.failed, outcome.unsteady) == (2, 0, ["test_it::test_of_a_busy_machine"])
    assert run_all.summarise([outcome], 1.0) == 0
    assert "unsteady (failed beside others, passed alone): test_it::test_of_a_busy_machine" in (
        capsys.readouterr().out
    )


def test_a_test_that_fails_twice_fails(suite: run_all.Step) -> None:
    (suite.cwd / "test_it.py").write_text(UNSTEADY + WRONG.format(count=1))
    outcome = run_all.run(suite, [])
    assert (outcome.passed, outcome.failed, outcome.unsteady) == (1, 2, [])
    assert run_all.summarise([outcome], 1.0) == 1


def test_many_failures_are_not_tried_again(suite: run_all.Step) -> None:
    (suite.cwd / "test_it.py").write_text(WRONG.format(count=run_all.FEW + 1))
    assert run_all.run(suite, []).failed == run_all.FEW + 1
    assert not (suite.cwd / "suite-alone.xml").exists()


MEETING = """
import sys, time
from pathlib import Path
me, other = map(Path, sys.argv[1:])
print(me.name, "comes", flush=True)
me.touch()
while not other.exists(): time.sleep(0.01)
print(me.name, "goes", flush=True)
"""


def test_what_only_computes_runs_beside_the_live_steps_which_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(run_all, "STEP_LIMIT_S", 60.0)
    first, second, live = (tmp_path / name for name in ("first", "second", "live"))

    def step(name: str, *arguments: str) -> run_all.Step:
        return run_all.Step(name, frozenset(), lambda: [sys.executable, "-c", *arguments])

    steps = [
        replace(step("early", MEETING, str(live), str(second)), is_live=True),
        replace(step("late", f"open({str(tmp_path / 'late')!r}, 'x')"), is_live=True),
        step("first", MEETING, str(first), str(second)),
        step("second", MEETING, str(second), str(live)),
    ]
    outcomes = run_all.run_each(steps, [])
    assert [(each.step.name, each.passed) for each in outcomes] == [
        ("first", 1), ("second", 1), ("early", 1), ("late", 1),
    ]  # fmt: skip
    said = capfd.readouterr().out
    assert "first comes\nfirst goes\n" in said and "second comes\nsecond goes\n" in said
    assert said.index("live goes") < said.index("━━━ late")


@pytest.mark.skipif(not shutil.which("nice"), reason="no `nice` here")
def test_what_only_computes_lets_live_steps_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    line = [sys.executable, "-c", "import os; raise SystemExit(os.nice(0))"]
    computing = run_all.Step("computing", frozenset(), lambda: line)
    here = os.nice(0)
    assert run_all.run(computing, []).problem == f"exit code {min(19, here + 10)}"
    assert run_all.run(replace(computing, is_live=True), []).failed == (1 if here else 0)


def test_what_is_imported_is_compiled_once_even_where_no_bytecode_may_lie_beside_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_all, "ARTIFACTS", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")  # Put back after the test.
    run_all.keep_bytecode()
    (tmp_path / "module.py").touch()
    step = run_all.Step(
        "importing", frozenset(), lambda: [sys.executable, "-c", "import module"], cwd=tmp_path
    )
    assert run_all.run(step, []).passed == 1
    assert [file.name for file in tmp_path.rglob("*.pyc") if "module" in file.name]
    assert not (tmp_path / "__pycache__").exists()


def test_everything_leaves_out_nothing_and_does_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[set[str]] = []

    def choose(steps: list[run_all.Step], extra: list[str]) -> list[run_all.Outcome]:
        chosen.append({step.name for step in steps})
        return []

    monkeypatch.setattr(run_all, "keep_bytecode", lambda: None)
    monkeypatch.setattr(run_all, "run_each", choose)
    for arguments in ([], ["check", "quick"]):
        run_all.main(arguments)
    everything, quick = chosen
    names = {step.name for step in run_all.STEPS}
    assert everything == names - {"quick-core", "quick-computing"}
    assert quick == names - {"core", "computing", "python", "view", "e2e"}
