"""Jupyter servers as child processes, cut off from the user's own Jupyter and from each other."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.kernelspec import get_kernel_spec

from ipygenesys.commands import demo
from tests.e2e import forked_kernels


@dataclass(frozen=True)
class Server:
    """One running server; notebooks lie in ``folder``."""

    application: demo.Application
    folder: Path
    base: str
    log: Path

    def page_url(self, name: str, workspace: str) -> str:
        """Lab restores the tabs of a workspace: each page has its own, or earlier tests' tabs cover the notebook."""
        return {
            "jupyterlab": f"{self.base}/lab/workspaces/{workspace}/tree/{name}",
            "notebook": f"{self.base}/notebooks/{name}",
            "voila": f"{self.base}/voila/render/{name}",
        }[self.application]

    def start_kernel(self, name: str) -> None:
        """Have a kernel ready for a notebook that will be opened under this name."""
        session = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        request = urllib.request.Request(
            f"{self.base}/api/sessions",
            data=json.dumps(session).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=60).close()

    def end_kernels(self, keep: str = "") -> list[threading.Thread]:
        """End all but that of one notebook; each takes a second or two, which nobody need wait for."""
        with urllib.request.urlopen(f"{self.base}/api/sessions", timeout=60) as answer:
            kernels = {each["kernel"]["id"] for each in json.load(answer) if each["path"] != keep}
        threads = [threading.Thread(target=self._end_kernel, args=(kernel,)) for kernel in kernels]
        for thread in threads:
            thread.start()
        return threads

    def _end_kernel(self, kernel: str) -> None:
        request = urllib.request.Request(f"{self.base}/api/kernels/{kernel}", method="DELETE")
        # It may have ended by itself since it was listed.
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=60).close()


@contextlib.contextmanager
def running(
    application: demo.Application,
    folder: Path,
    log: Path,
    *,
    python: str = sys.executable,
    options: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Start a server and end it with the block; with the Python of another environment, if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    port = demo.free_port()
    server = Server(application, folder, f"http://127.0.0.1:{port}", log)
    line = [python, *demo.command(application, folder, port)[1:], *options]
    if application == "voila":
        # Without this a closed page leaves its kernel running: the beacon of the page gets a 403.
        line += [
            "--Voila.tornado_settings={'disable_check_xsrf': True}",
            "--VoilaConfiguration.show_tracebacks=True",
        ]
        ready = f"{server.base}/voila/static/"
    else:
        line += [
            "--expose-app-in-browser",
            "--IdentityProvider.token=",
            "--ServerApp.disable_check_xsrf=True",
        ]
        ready = f"{server.base}/api/status"
    with (
        log.open("w", encoding="utf-8") as output,
        demo.state_folder() as state,
        demo.child(line, folder, {**prepared(state), **(variables or {})}, output) as process,
    ):
        demo.wait_until_answering(process, ready, application)
        yield server


def prepared(state: dict[str, str]) -> dict[str, str]:
    """Kernels that have imported the package before anybody asks for it."""
    startup = Path(state["IPYTHONDIR"]) / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "import.py").write_text("import ipygenesys\nipygenesys.Chat\ndel ipygenesys\n", "utf-8")
    return state


@contextlib.contextmanager
def forking() -> Iterator[dict[str, str]]:
    """The variables with which servers have their kernels forked."""
    spec = get_kernel_spec("python3").to_dict()
    program = str(forked_kernels.__file__)
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as door:
        address = f"{name}/door"
        spec["argv"] = [sys.executable, "-IS", program, address, "-f", "{connection_file}"]
        file = Path(name, "kernels", "python3", "kernel.json")
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(spec), "utf-8")
        door.bind(address)
        door.listen()
        parent = subprocess.Popen(
            [sys.executable, "-P", program], stdin=door.fileno(), start_new_session=True
        )
        try:
            yield {"JUPYTER_PATH": name}
        finally:
            parent.kill()
            parent.wait()
