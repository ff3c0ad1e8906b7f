"""What three kinds of readers want to do first, written as they would write it: it runs, and is as short as it should be."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import ipywidgets
import pytest

import ipygenesys as ig

READERS = Path(__file__).parent / "readers"
SCRIPTS = {"analyst": 15, "designer": 15, "wall": 20}
"""The lines that each may have."""


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_short(name: str) -> None:
    lines = (READERS / f"{name}.py").read_text("utf-8").splitlines()
    assert len([line for line in lines if line and not line.startswith("#")]) <= SCRIPTS[name]


def run(name: str) -> list[str]:
    """What a script prints."""
    answer = subprocess.run(
        [sys.executable, "-W", "error", READERS / f"{name}.py"], capture_output=True, text=True, timeout=110
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    return answer.stdout.splitlines()


def test_an_analyst_counts_ten_conversations() -> None:
    head, _, *rows = run("analyst")
    assert head.split() == ["role", "agent", "customer"]
    counts = [row.split()[1:] for row in rows]
    assert len(counts) == 10
    assert all(int(agent) >= 5 and int(customer) >= 5 for agent, customer in counts)


def test_a_designer_sees_twelve_scripts_pass_each_in_a_conversation_of_its_own() -> None:
    assert run("designer") == [f"{order} passed: 4 messages" for order in range(1, 13)]


def test_a_wall_shows_nine_conversations_by_one_stream() -> None:
    source = (READERS / "wall.py").read_text("utf-8")
    cell: dict[str, Any] = {}
    exec(source, cell)
    wall, sim = cell["wall"], cell["sim"]
    assert isinstance(wall, ipywidgets.GridBox)
    assert ast.unparse(ast.parse(source).body[-1]) == "wall", "a cell shows what its last line is"
    chats: tuple[ig.Chat, ...] = wall.children
    try:
        assert {chat.status for chat in chats} == {"idle"}, "nobody looks yet"
        for chat in chats:
            _ = chat.connect()
        for chat in chats:
            chat.wait_until(lambda chat=chat: len(chat.messages) > 0, timeout=60)  # type: ignore[misc]
        assert len({chat.conversation_id for chat in chats}) == 9
        assert len([each for each in sim.log()["connections"] if each["kind"] == "opened"]) == 1
    finally:
        for chat in chats:
            chat.close()
        sim.stop()
