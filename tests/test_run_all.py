"""The test command itself: what fails beside others runs once more, alone, and only then is it a failure."""

from __future__ import annotations

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
    assert run_all.summarise([outcome]) == 0
    assert "unsteady (failed beside others, passed alone): test_it::test_of_a_busy_machine" in (
        capsys.readouterr().out
    )


def test_a_test_that_fails_twice_fails(suite: run_all.Step) -> None:
    (suite.cwd / "test_it.py").write_text(UNSTEADY + WRONG.format(count=1))
    outcome = run_all.run(suite, [])
    assert (outcome.passed, outcome.failed, outcome.unsteady) == (1, 2, [])
    assert run_all.summarise([outcome]) == 1


def test_many_failures_are_not_tried_again(suite: run_all.Step) -> None:
    (suite.cwd / "test_it.py").write_text(WRONG.format(count=run_all.FEW + 1))
    assert run_all.run(suite, []).failed == run_all.FEW + 1
    assert not (suite.cwd / "suite-alone.xml").exists()
