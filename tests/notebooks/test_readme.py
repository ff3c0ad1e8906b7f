"""What the README prints can be run as it stands, in the order in which a reader meets it."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import ipygenesys as ig
from ipygenesys.simulator.person import small_talk
from tests.tools import versions
from tests.tools.paths import NOTEBOOKS, ROOT

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
[SCRIPT] = [block for block in BLOCKS if "asyncio.run" in block]
OTHERS = [block for block in BLOCKS[2:] if block != SCRIPT]


ANSWERS = [line for pattern, lines in small_talk._RULES if re.search(pattern, "parcel") for line in lines]
"""What is said to what the README asks."""


def test_the_first_cells_run_as_they_stand_and_print_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ig.Chat, "demo", functools.partial(ig.Chat.demo, speed=20))
    cell: dict[str, object] = {}
    try:
        for block in BLOCKS[:2]:
            exec(block, cell)
    finally:
        chat = cell["chat"]
        assert isinstance(chat, ig.Chat)
        chat.close()

    assert ast.unparse(ast.parse(BLOCKS[0]).body[-1]) == "chat", "nothing else shows it"
    assert "parcel" in (tmp_path / "transcript.md").read_text("utf-8")
    assert capsys.readouterr().out.splitlines()[0] in [f"Ann {answer}" for answer in ANSWERS]


def test_the_script_runs_as_it_stands_and_prints_the_answer() -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, timeout=60
    )

    assert (answer.returncode, answer.stderr) == (0, "")
    assert set(answer.stdout.splitlines()) & {f"Ann {line}" for line in ANSWERS}


@pytest.mark.parametrize("block", OTHERS, ids=range(len(OTHERS)))
def test_every_other_block_runs_with_ids_in_the_place_of_the_dots(
    block: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYS_CLIENT_ID", "id")
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", "secret")
    login = ig.UserLogin("id")
    cell: dict[str, object] = {"ig": ig, "login": login}

    exec(block.replace('"…"', '"3f0c"'), cell)

    simulated = cell.get("sim")
    if isinstance(chat := cell.get("chat"), ig.Chat):
        assert chat.status == ("closed" if simulated else "idle")
        chat.close()
    if isinstance(simulated, ig.Simulator):
        simulated.stop()


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({"GENESYS_DEPLOYMENT_ID": "3f0c"}, "WebMessaging('mypurecloud.com', deployment_id='3f0c')"),
        (
            {"GENESYS_CONVERSATION_ID": "3f0c", "GENESYS_REGION": "eu_west_1"},
            "AgentMessaging('mypurecloud.ie', conversation_id='3f0c')",
        ),
        (
            {"GENESYS_CONVERSATION_ID": "3f0c", "GENESYS_BASE_URL": "http://127.0.0.1:9"},
            "AgentMessaging('http://127.0.0.1:9', conversation_id='3f0c')",
        ),
    ],
)
def test_the_dashboard_takes_a_real_conversation_from_the_environment(
    variables: dict[str, str], shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("GENESYS_")]:
        monkeypatch.delenv(name)
    for name, value in {**variables, "GENESYS_CLIENT_ID": "id", "GENESYS_CLIENT_SECRET": "s"}.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOKS / "dashboards" / "conversation.ipynb", as_version=4)
    cell: dict[str, object] = {}

    exec(notebook.cells[1].source, cell)

    chat = cell["chat"]
    assert isinstance(chat, ig.Chat)
    assert repr(chat._gateway._protocol) == shown
    chat.close()


def test_it_says_on_which_pythons_it_is_tested() -> None:
    *others, last = versions.supported()
    assert f"Tested on CPython {', '.join(others)} and {last}" in README
