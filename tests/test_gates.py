"""The table of reliability gates is made from results, and loses none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tools import gates
from tests.tools.gates import Gate


def gate(name: str, figure: str = "80", *, passed: bool = True) -> Gate:
    return Gate(
        gate=name, what="x", figure=figure, limit="≤ 90", passed=passed, command="poe x", date="2026-01-01"
    )


def test_a_result_is_kept_and_printed_as_the_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gates, "FOLDER", tmp_path / "gates")
    code = gates.report("T2", what="x", figure="80", limit="≤ 90", passed=True, command="poe x")
    assert code == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["figure"] == "80"
    assert gates.results(tmp_path / "gates")[0].figure == "80"


def test_a_missed_gate_fails_its_task_and_says_so_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "FOLDER", tmp_path)
    assert gates.report("T2", what="x", figure="91", limit="≤ 90", passed=False, command="poe x") == 1
    assert "**missed**: 91" in gates.table("", gates.results(tmp_path))


def test_new_results_replace_their_rows_and_leave_the_others_in_the_order_of_their_numbers() -> None:
    known = gates.table("", [gate("T10"), gate("T2", "85"), gate("T8")])
    table = gates.table(known, [gate("T2", "80"), gate("T9")])
    assert [row.split(" | ")[0] for row in table.splitlines()[2:]] == ["| T2", "| T8", "| T9", "| T10"]
    assert "85" not in table


def test_a_bar_in_a_figure_does_not_break_the_table() -> None:
    assert gate("T2", "a|b").row().count("|") == gate("T2").row().count("|")
