"""`ipygenesys demo`: the quickstart in JupyterLab or Voilà with a clean configuration, or headless."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

QUICKSTART = "01-quickstart.ipynb"
DASHBOARD = "dashboards/conversation.ipynb"
START_LIMIT_S = 90.0
"""Chosen: JupyterLab needs 2 s here; a cold, busy machine gets a chance."""
STOP_LIMIT_S = 10.0
CELL_LIMIT_S = 120


class DemoError(Exception):
    """The demo cannot run; the text says why and what to do."""


def run(*, voila: bool, open_browser: bool, port: int) -> int:
    """Serve a copy of the notebooks until Ctrl-C.

    Args:
        voila: the dashboard instead of JupyterLab on the quickstart.
        open_browser: open the page when the server answers.
        port: 0 for a free one.
    """
    try:
        require("voila" if voila else "jupyterlab", "aiohttp", "ipykernel")
        workplace = copy_of_notebooks()
        with state_folder() as environment:
            return serve(voila, workplace, environment, open_browser, port or free_port())
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1


def check() -> int:
    """Execute the quickstart without a browser and say what happened."""
    try:
        require("nbclient", "aiohttp", "ipykernel")
        with state_folder() as environment:
            # The kernel is a child of this process and reads the same variables.
            os.environ.update(environment)
            with tempfile.TemporaryDirectory() as workplace:
                return asyncio.run(execute(notebooks() / QUICKSTART, Path(workplace)))
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1


def require(*modules: str) -> None:
    """Say in one sentence what is missing, instead of a traceback from a child process."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise DemoError(
            f'The demo needs {", ".join(missing)}. Install it with: pip install "ipygenesys[demo]"'
        )


def notebooks() -> Path:
    """The notebooks of the installed package, or of the checkout that it is imported from."""
    here = Path(__file__).resolve().parent
    for folder in (here.parents[1] / "notebooks", here / "notebooks"):
        if (folder / QUICKSTART).is_file():
            return folder
    raise DemoError("The demo notebooks are missing from this installation; install ipygenesys again.")


def copy_of_notebooks() -> Path:
    """A folder that is the user's to change; an earlier one is never overwritten."""
    folder = Path(tempfile.mkdtemp(prefix="ipygenesys-demo-"))
    for name in (QUICKSTART, DASHBOARD):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebooks() / name, target)
    return folder


@contextlib.contextmanager
def state_folder() -> Iterator[dict[str, str]]:
    """Environment variables that keep the user's own Jupyter settings, tabs and kernels out of the demo, and the
    demo out of theirs.
    """
    with tempfile.TemporaryDirectory(prefix="ipygenesys-state-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        notices = (
            folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        )
        notices.parent.mkdir(parents=True)
        notices.write_text('{"fetchNews": "false", "checkForUpdates": false}', "utf-8")
        yield {
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "IPYTHONDIR": str(folder / "ipython"),
        }


def serve(voila: bool, workplace: Path, environment: dict[str, str], open_browser: bool, port: int) -> int:
    name = "Voilà" if voila else "JupyterLab"
    token = "" if voila else secrets.token_urlsafe(24)
    base = f"http://127.0.0.1:{port}"
    page = f"{base}/" if voila else f"{base}/lab/tree/{QUICKSTART}?token={token}"
    # A token on the command line could be read by every user of the machine.
    child_environment = {**os.environ, **environment, "JUPYTER_TOKEN": token}
    child_environment.pop("JUPYTER_PATH", None)
    with ended_by_signals(), child(command(voila, workplace, port), workplace, child_environment) as process:
        wait_until_answering(
            process, f"{base}/voila/static/" if voila else f"{base}/api/status?token={token}", name
        )
        print(f"{name} is ready:  {page}")
        print(f"Your copy of the notebooks:  {workplace}")
        print("Press Ctrl-C to stop.", flush=True)
        if open_browser:
            webbrowser.open(page)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            print("\nStopped.", flush=True)
            return 0
    print(f"{name} ended by itself (exit code {code}).", file=sys.stderr)
    return 1 if code else 0


def command(voila: bool, workplace: Path, port: int) -> list[str]:
    if voila:
        return [
            *(sys.executable, "-m", "voila", str(workplace / DASHBOARD)),
            *("--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1", "--Voila.log_level=WARN"),
        ]
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        *(
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
        ),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={workplace}", "--ServerApp.log_level=ERROR"),
        *(["--allow-root"] if as_root else []),
    ]


@contextlib.contextmanager
def child(line: list[str], folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that never outlives this block; Ctrl-C reaches only us, so that Jupyter does not ask on the terminal."""
    # Each flag means the same on its own kind of system and nothing on the other.
    group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    process = subprocess.Popen(
        line,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=group,
    )
    try:
        yield process
    finally:
        # Asked to end, a Jupyter server ends its kernels too.
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Whoever ends the demo with a plain `kill` means its server and kernels too."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def wait_until_answering(process: subprocess.Popen[bytes], address: str, name: str) -> None:
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise DemoError(
                f"{name} did not start (exit code {process.returncode}); its own words are above."
            )
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return  # any answer is an answer
        except OSError:
            time.sleep(0.1)
    raise DemoError(f"{name} did not answer within {START_LIMIT_S:.0f} s.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


PROBE = """\
if "chat" in globals():
    import json
    print(json.dumps({
        "status": chat.status, "unread": chat.unread_count, "typing": len(chat.typing),
        "own": sum(m.is_own for m in chat.messages), "theirs": sum(not m.is_own for m in chat.messages)}))
"""
"""Reads what is public; counts only, because the words of a conversation are not ours to print."""


async def execute(path: Path, workplace: Path) -> int:
    """Run every cell as a user would, and look at the chat after each."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_LIMIT_S,
        store_widget_state=False,
        resources={"metadata": {"path": str(workplace)}},
    )
    seen: list[dict[str, Any]] = []
    print(f"{path.name}: {len(notebook.cells)} cells")
    async with client.async_setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            started = time.perf_counter()
            try:
                await client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                print(f"cell {index + 1} failed: {error.ename}: {error.evalue}")
                return 1
            seconds = time.perf_counter() - started
            probe = nbformat.v4.new_code_cell(PROBE)
            await client.async_execute_cell(probe, index, store_history=False)
            state = state_in(probe)
            seen += [state] if state else []
            print(f"cell {index + 1}: {seconds:5.2f} s  {described(state)}", flush=True)
    return verdict(seen)


def state_in(probe: Any) -> dict[str, Any]:
    printed = "".join(output.get("text", "") for output in probe.outputs if output.get("name") == "stdout")
    state: dict[str, Any] = json.loads(printed) if printed.strip() else {}
    return state


def described(state: dict[str, Any]) -> str:
    if not state:
        return "no chat yet"
    return f"{state['status']}, {state['own']} sent, {state['theirs']} received, {state['unread']} unread"


def verdict(seen: list[dict[str, Any]]) -> int:
    """What must have happened for the demo to be worth showing."""
    problems = [
        problem
        for problem, is_so in (
            ("the chat never connected", not any(state["status"] == "connected" for state in seen)),
            ("nothing was sent", not any(state["own"] for state in seen)),
            ("no answer came", not any(state["theirs"] for state in seen)),
            ("the chat was not closed", not seen or seen[-1]["status"] != "closed"),
        )
        if is_so
    ]
    states = list(dict.fromkeys(state["status"] for state in seen))
    print(f"states: {' → '.join(states) or 'none'}")
    print("FAILED: " + ", ".join(problems) if problems else "ok")
    return 1 if problems else 0
