"""The task that tries the lowest and the newest versions: which Pythons it takes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tools import versions

OURS = f"{sys.version_info.major}.{sys.version_info.minor}"


def shell_script(path: Path, line: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def test_all_that_the_package_says_it_runs_on_are_tried() -> None:
    assert OURS in versions.supported()
    assert versions.PROJECT["requires-python"] == f">={versions.supported()[0]}"


def test_a_shim_that_knows_no_such_version_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell_script(tmp_path / "shims" / f"python{OURS}", "exit 127")
    shell_script(tmp_path / "versions" / f"{OURS}.0" / "bin" / "python3", "echo 2.7")
    real = shell_script(
        tmp_path / "versions" / f"{OURS}.1" / "bin" / "python3", f'exec {sys.executable} "$@"'
    )
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    assert versions.found(OURS) == real
    assert versions.found("3.99") is None
