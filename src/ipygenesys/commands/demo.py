"""`ipygenesys demo`: a copy of the notebooks in a clean JupyterLab or Voilà."""

from __future__ import annotations

import contextlib
import importlib.util
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
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Literal, NoReturn

from ipygenesys._io.host import browser

Application = Literal["jupyterlab", "notebook", "voila"]

TUTORIALS = ("01-quickstart", "02-real-genesys", "03-events", "04-analysis", "05-bot-tests", "06-inbox")
QUICKSTART = f"{TUTORIALS[0]}.ipynb"
DASHBOARDS = {
    "conversation": "dashboards/conversation.ipynb",
    "supervisor": "dashboards/supervisor.ipynb",
}
DASHBOARD_SETTINGS = "dashboards/voila.json"
START_LIMIT_S = 90.0
"""Chosen: JupyterLab needs 2 s here; a cold, busy machine gets a chance."""
STOP_LIMIT_S = 10.0


class DemoError(Exception):
    """The demo cannot run; the text says why and what to do."""


def run(
    *,
    voila: bool,
    dashboard: str | None = None,
    notebook: str | None = None,
    open_browser: bool,
    port: int,
) -> int:
    """Serve a copy of the notebooks until Ctrl-C.

    Args:
        voila: a dashboard as its visitors see it, instead of JupyterLab.
        dashboard: which of ``DASHBOARDS``; None: the conversation's with Voilà, a tutorial in JupyterLab.
        notebook: which of ``TUTORIALS``; None: the quickstart.
        open_browser: open the page when the server answers.
        port: 0 for a free one.
    """
    try:
        require("voila" if voila else "jupyterlab", "aiohttp", "ipykernel")
        if port:
            check_is_free(port)
        workplace = copy_of_notebooks()
        with state_folder() as environment:
            page = f"{notebook}.ipynb" if notebook else page_of(workplace, voila=voila, dashboard=dashboard)
            return serve(voila, workplace, page, environment, open_browser, port or free_port())
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


def check_is_free(port: int) -> None:
    """What listens there already would be taken for the demo's own server."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        raise DemoError(f"Port {port} is in use. Choose another one by --port, or leave --port out.")


def notebooks() -> Path:
    """The notebooks of the installed package, or of the checkout that it is imported from."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parents[1] / "notebooks", package / "notebooks"):
        if (folder / QUICKSTART).is_file():
            return folder
    raise DemoError("The demo notebooks are missing from this installation; install ipygenesys again.")


def copy_of_notebooks() -> Path:
    """A folder that is the user's to change; an earlier one is never overwritten."""
    folder, originals = Path(tempfile.mkdtemp(prefix="ipygenesys-demo-")), notebooks()
    for name in (*(f"{each}.ipynb" for each in TUTORIALS), *DASHBOARDS.values(), DASHBOARD_SETTINGS):
        if (originals / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(originals / name, target)
    return folder


def page_of(workplace: Path, *, voila: bool, dashboard: str | None) -> str:
    """The notebook to open.

    Raises:
        DemoError: it is not there.
    """
    name = DASHBOARDS[dashboard or "conversation"] if voila or dashboard else QUICKSTART
    if not (workplace / name).is_file():
        raise DemoError(f"This installation has no {name}; install ipygenesys again.")
    return name


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
        (folder / "data").mkdir()  # jupyter-collaboration has a database there, and makes no folder for it.
        kernel = folder / "ipython" / "profile_default" / "ipython_kernel_config.json"
        kernel.parent.mkdir(parents=True)
        kernel.write_text('{"IPKernelApp": {"log_level": "ERROR"}}', "utf-8")
        yield {
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "IPYTHONDIR": str(folder / "ipython"),
        }


def serve(
    voila: bool, workplace: Path, notebook: str, environment: dict[str, str], open_browser: bool, port: int
) -> int:
    # A token on the command line could be read by every user of the machine.
    token = secrets.token_urlsafe(24)
    base = f"http://127.0.0.1:{port}"
    if voila:
        dashboard = workplace / notebook
        name, page = "Voilà", f"{base}/?token={token}"
        # It reads its settings where it runs.
        line, folder = command("voila", dashboard, port), dashboard.parent
    else:
        name, page = "JupyterLab", f"{base}/lab/tree/{notebook}?token={token}"
        line, folder = command("jupyterlab", workplace, port), workplace
    with ended_by_signals(), child(line, folder, {**environment, "JUPYTER_TOKEN": token}) as process:
        wait_until_answering(process, f"{base}/login", name)
        try:
            print(f"{name} is ready:  {page}")
            print(f"Your copy of the notebooks:  {workplace}")
            print("Press Ctrl-C to stop.", flush=True)
            if open_browser:
                browser.open_page(page)
            code = process.wait()
        except KeyboardInterrupt:
            print("\nStopped.", flush=True)
            return 0
    print(f"{name} ended by itself (exit code {code}).", file=sys.stderr)
    return 1 if code else 0


def command(application: Application, target: Path, port: int) -> list[str]:
    """The command line of a server: it listens on loopback only and opens no browser by itself."""
    line = [sys.executable, "-W", "ignore", "-m", application, "--no-browser"]
    if application == "voila":
        return [*line, str(target), f"--port={port}", "--Voila.ip=127.0.0.1", "--Voila.log_level=ERROR"]
    quiet = "LabApp" if application == "jupyterlab" else "JupyterNotebookApp"
    line += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
    line += [f"--ServerApp.root_dir={target}", "--ServerApp.log_level=ERROR", f"--{quiet}.log_level=ERROR"]
    if application == "jupyterlab":  # It looks at every setting, which warns of the deprecated ones.
        line.append("--ServerApp.jpserver_extensions={'notebook_shim': False}")
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*line, "--allow-root"] if as_root else line


@contextlib.contextmanager
def child(
    line: list[str], folder: Path, environment: dict[str, str], output: IO[str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that never outlives this block; Ctrl-C reaches only us, so that Jupyter does not ask on the terminal."""
    # JUPYTER_PATH would put the user's own kernels and extensions in front again; and with the names of a real
    # conversation the dashboard would open that one.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name != "JUPYTER_PATH" and not name.startswith("GENESYS_")
    }
    variables = {**inherited, **environment}
    # Each flag means the same on its own kind of system and nothing on the other.
    process = subprocess.Popen(
        line,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
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
    # What listens on this machine is not reached by way of a proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise DemoError(
                f"{name} did not start (exit code {process.returncode}); its own words are above."
            )
        try:
            with opener.open(address, timeout=5):
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
