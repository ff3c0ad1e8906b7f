"""The command line: what it says of itself."""

from __future__ import annotations

import pytest

from ipygenesys.commands import cli
from ipygenesys.simulator.person.dialogue import packaged_dialogues
from ipygenesys.simulator.person.scenarios import SCENARIOS


def test_without_a_command_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(command in said.err for command in ("demo ", "simulate ", "doctor "))


def test_help_names_what_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main(["simulate", "--help"])
    words = capsys.readouterr().out.replace(",", " ").split()
    assert {*SCENARIOS, *packaged_dialogues()} <= set(words)
