"""The Python environment of the other chat UIs, apart from this project's own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

from tests.tools.paths import ARTIFACTS, ROOT

ENVIRONMENT = ARTIFACTS / "peers-venv"
PACKAGES = (
    "panel",
    "shiny",
    "shinychat",
    "nicegui",
    "gradio",
    "streamlit",
    "jupyterlab>=4.4",
    "jupyterlab-chat",
    "ipykernel",
)
NAMED = ("panel", "shinychat", "nicegui", "gradio", "streamlit", "jupyterlab-chat")
"""Those of which the report tells the version."""


def binary(name: str) -> str:
    folder = "Scripts" if sys.platform == "win32" else "bin"
    return str(ENVIRONMENT / folder / name)


def prepare() -> None:
    """Make the peers' environment, unless it is there with just these packages."""
    stamp, wanted = ENVIRONMENT / "packages.txt", "\n".join(PACKAGES)
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    print("Installing the peers, about 1 GB …", file=sys.stderr, flush=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if uv := shutil.which("uv"):
        subprocess.run(
            [uv, "venv", "-q", "--python", sys.executable, str(ENVIRONMENT)], check=True, timeout=60
        )
        install = [uv, "pip", "install", "-q", "--python", binary("python")]
    else:
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True, timeout=120)
        install = [binary("python"), "-m", "pip", "install", "-q"]
    subprocess.run([*install, *PACKAGES, "-e", str(ROOT)], check=True, timeout=900)
    stamp.write_text(wanted, "utf-8")


def versions() -> dict[str, str]:
    code = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    answer = subprocess.run(
        [binary("python"), "-c", code, *NAMED], capture_output=True, text=True, check=True, timeout=60
    )
    found: dict[str, str] = json.loads(answer.stdout)
    return found
