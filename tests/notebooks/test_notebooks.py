"""The notebooks run from top to bottom against the simulator, and the commands that show them work."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest

from ipygenesys.commands import demo
from tests.tools.paths import NOTEBOOKS


def test_the_quickstart_runs_headless_and_says_what_happened() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "ipygenesys", "demo", "--check"], capture_output=True, text=True, timeout=110
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "states: idle → connected → closed" in answer.stdout
    assert answer.stdout.rstrip().endswith("ok")


def test_the_quickstart_has_ten_cells() -> None:
    assert len(nbformat.read(NOTEBOOKS / "01-quickstart.ipynb", as_version=4).cells) == 10


def test_the_dashboard_runs_without_a_viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENESYS_CONVERSATION_ID", raising=False)
    code = (
        "import nbformat, sys; from nbclient import NotebookClient\n"
        "notebook = nbformat.read(sys.argv[1], as_version=4)\n"
        "NotebookClient(notebook, timeout=60).execute()\n"
        "print(notebook.cells[-1].outputs[-1].data['application/vnd.jupyter.widget-view+json']['version_major'])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(NOTEBOOKS / "dashboards" / "conversation.ipynb")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=100,
    )

    assert answer.stdout.strip() == "2", answer.stderr


def test_the_notebook_of_bots_shows_which_scenarios_fail_and_why(tmp_path: Path) -> None:
    cells = code_cells("05-bot-tests.ipynb", tmp_path)
    shown_live, table, recorded = (cells[number].outputs[-1]["data"] for number in (2, 3, 5))
    assert "application/vnd.jupyter.widget-view+json" in shown_live
    assert table["text/html"].count("<tr") == 13
    assert table["text/html"].count("<td>passed</td>") == 10
    report = cells[4].outputs[-1]["text"]
    assert report.count("| failed |") == 2
    assert "Sorry, I did not get that." in report, "what came instead"
    assert recorded["text/plain"] == "<Run 1 passed>"
    assert "| passed |" in recorded["text/markdown"]


def test_the_notebook_of_the_real_genesys_runs_without_an_account(tmp_path: Path) -> None:
    *_, capabilities, answered, typed, left, _close = executed("02-real-genesys.ipynb", tmp_path)

    assert "send_typing" in capabilities
    assert answered == "'Ann: Thank you. You asked: Has my parcel left already?'"
    assert typed == "('Ann',)\n'It left this morning.'"
    assert left.count("parcel") == 2


def test_the_notebook_of_the_inbox_runs(tmp_path: Path) -> None:
    code = (
        "import nbformat, sys; from nbclient import NotebookClient\n"
        "notebook = nbformat.read(sys.argv[1], as_version=4)\n"
        "NotebookClient(notebook, timeout=60, store_widget_state=False).execute()\n"
        "print(nbformat.writes(notebook))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(NOTEBOOKS / "06-inbox.ipynb")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=140,
    )
    assert answer.returncode == 0, answer.stderr
    cells = [cell for cell in nbformat.reads(answer.stdout, as_version=4).cells if cell.cell_type == "code"]
    _, rows, figures, counts, _, messages, _, closed = ["".join(map(shown, cell.outputs)) for cell in cells]

    assert rows.count("unread") == 5 and "agent has answered" not in rows
    assert "Conversations that are in a queue, with no agent connected." in figures
    assert counts.startswith("('connected', True")
    assert "customer" in messages and closed == "'closed'"


def shown(output: nbformat.NotebookNode) -> str:
    return str(output.text if output.output_type == "stream" else output.data["text/plain"])


@contextmanager
def running_demo(*options: str, browser: str = "true") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command and the address that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ipygenesys", "demo", *options],
        env={**os.environ, "BROWSER": browser},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watchdog = threading.Timer(90, process.kill)
    watchdog.start()
    lines: list[str] = []
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"is ready:\s+(\S+)", line):
                yield process, found[1]
                break
        else:
            pytest.fail("".join(lines))
    finally:
        watchdog.cancel()
        process.terminate()
        process.wait(30)
        process.stdout.close()


@pytest.mark.parametrize("options", [[], ["--voila"]], ids=["jupyterlab", "voila"])
def test_the_demo_serves_its_notebook_and_ends_with_a_signal(options: list[str]) -> None:
    with running_demo(*options) as (process, address):
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    port = int(address.split(":")[2].split("/")[0])
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def test_the_demo_never_opens_a_real_conversation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYS_CONVERSATION_ID", "3f0c")
    code = "import os; print(*[name for name in os.environ if name.startswith('GENESYS_')])"

    with (
        (tmp_path / "out").open("w") as output,
        demo.child([sys.executable, "-c", code], tmp_path, {"GENESYS_GIVEN": "1"}, output) as process,
    ):
        process.wait(30)

    assert (tmp_path / "out").read_text() == "GENESYS_GIVEN\n"


@pytest.mark.parametrize(
    ("options", "path"), [([], "/api/contents"), (["--voila"], "/")], ids=["jupyterlab", "voila"]
)
def test_the_demo_is_only_for_who_has_its_token(options: list[str], path: str, tmp_path: Path) -> None:
    note = tmp_path / "arguments"
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\ncat "${{1#file://}}" > {note}.page\necho "$@" > {note}.new\nmv {note}.new {note}\n',
        "utf-8",
    )
    browser.chmod(0o700)
    with running_demo(*options, browser=f"{browser} %s") as (_, address):
        base, token = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/.*\?token=(.{32})", address).groups()  # type: ignore[union-attr]
        assert is_let_in(address)
        assert not is_let_in(f"{base}{path}")
        assert not is_let_in(address, host="evil.example")
        while not note.is_file():
            time.sleep(0.05)
    assert token not in note.read_text("utf-8")
    assert f'url={address}"' in Path(f"{note}.page").read_text("utf-8")


def is_let_in(address: str, **headers: str) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return "/login" not in answer.url
    except urllib.error.HTTPError as error:
        error.close()
        return error.code != 403


def test_whether_the_server_answers_is_not_asked_by_way_of_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr(demo, "START_LIMIT_S", 0.5)
    with (
        answering_server(200) as (proxy, asked),
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
    ):
        monkeypatch.setenv("http_proxy", proxy)
        with pytest.raises(demo.DemoError, match="did not answer"):
            demo.wait_until_answering(process, f"http://127.0.0.1:{demo.free_port()}/?token=secret", "It")
    assert asked == []


@contextmanager
def answering_server(status: int) -> Iterator[tuple[str, list[str]]]:
    """Its address, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_what_is_missing_is_said_in_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert demo.run(voila=True, open_browser=False, port=0) == 1
    assert capsys.readouterr().err == (
        'The demo needs voila, aiohttp, ipykernel. Install it with: pip install "ipygenesys[demo]"\n'
    )


@pytest.mark.parametrize(
    ("voila", "dashboard", "page"),
    [
        (False, None, "01-quickstart.ipynb"),
        (True, None, "dashboards/conversation.ipynb"),
        (True, "supervisor", "dashboards/supervisor.ipynb"),
        (False, "supervisor", "dashboards/supervisor.ipynb"),
    ],
)
def test_each_dashboard_has_a_notebook_of_its_own(
    tmp_path: Path, voila: bool, dashboard: str | None, page: str
) -> None:
    with pytest.raises(demo.DemoError, match=f"no {page}"):
        demo.page_of(tmp_path, voila=voila, dashboard=dashboard)
    (tmp_path / "dashboards").mkdir()
    (tmp_path / page).touch()
    assert demo.page_of(tmp_path, voila=voila, dashboard=dashboard) == page


def test_a_port_that_is_taken_is_not_taken_for_the_demos_own(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert demo.run(voila=False, open_browser=True, port=port) == 1
    assert capsys.readouterr().err == (
        f"Port {port} is in use. Choose another one by --port, or leave --port out.\n"
    )


@pytest.mark.parametrize(
    "line", [["--port", "70000"], ["--port", "x"]], ids=["beyond the range", "not a number"]
)
def test_a_wrong_port_is_refused(line: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "ipygenesys", "demo", *line], capture_output=True, text=True, timeout=30
    )

    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def executed(name: str, folder: Path) -> list[str]:
    """What the code cells of a notebook show, run from top to bottom."""
    return ["".join(map(shown, cell.outputs)) for cell in code_cells(name, folder)]


def code_cells(name: str, folder: Path) -> list[Any]:
    """Those of a notebook, run from top to bottom."""
    code = (
        "import nbformat, sys; from nbclient import NotebookClient\n"
        "notebook = nbformat.read(sys.argv[1], as_version=4)\n"
        "NotebookClient(notebook, timeout=100, store_widget_state=False).execute()\n"
        "print(nbformat.writes(notebook))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(NOTEBOOKS / name)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=280,
    )
    assert answer.returncode == 0, answer.stderr
    cells = nbformat.reads(answer.stdout, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def test_the_notebook_of_events_runs_and_shows_what_was_ignored_and_what_a_fault_did(tmp_path: Path) -> None:
    _, answers, events, ignored, after, picture, _, same = executed("03-events.ipynb", tmp_path)
    assert len(answers) > 10 and "MessageArrived" in events and "TypingNoticed" in events
    assert "unknown_event" in ignored and "'connected'" in after
    assert "<Timeline of 1 conversations" in picture and same == "True"


def test_the_notebook_of_analysis_runs_and_finds_the_longest_wait(tmp_path: Path) -> None:
    *_, files, table, roles, _, longest, waits, lanes, written = executed("04-analysis.ipynb", tmp_path)
    assert files.strip().endswith("11") and "response_time_s" in table
    assert roles.count(".jsonl") == 10 and "guest.har" in roles
    assert " s until " in longest
    assert "of 11 conversations" in waits and "of 11 conversations" in lanes
    assert written == "['lanes.svg', 'messages.csv', 'waits.svg']"


@pytest.mark.parametrize("name", ["03-events", "04-analysis"])
def test_a_tutorial_has_ten_cells_and_no_outputs(name: str) -> None:
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    assert len(cells) == 10 and not any(cell.get("outputs") for cell in cells)


def test_every_tutorial_is_there_to_be_opened() -> None:
    assert {f"{name}.ipynb" for name in demo.TUTORIALS} == {path.name for path in NOTEBOOKS.glob("*.ipynb")}


def test_the_demo_opens_the_tutorial_that_is_asked_for() -> None:
    with running_demo("--notebook", "03-events") as (process, address):
        assert "/lab/tree/03-events.ipynb?" in address
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
