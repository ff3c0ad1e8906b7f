"""A screen that nobody sees: X, a session bus and a window manager, of Debian's packages; real keys for what is on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

PACKAGES = {"Xvfb": "xvfb", "dbus-daemon": "dbus-x11", "openbox": "openbox", "xdotool": "xdotool"}
PATIENCE_S = 40.0


def install(*more: str) -> None:
    """Install what is missing of a screen and of these packages, which takes root and Debian or its like.

    Raises:
        RuntimeError: it cannot be installed here.
    """
    wanted = [name for program, name in PACKAGES.items() if shutil.which(program) is None]
    wanted += [name for name in more if not is_installed(name)]
    if not wanted:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise RuntimeError(f"Needs {', '.join(wanted)}: install them, or run this as root on Debian.")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", *wanted], check=True)


def is_installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    asked = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    return subprocess.run(asked, capture_output=True, text=True).stdout == "installed"


class Screen:
    """Everything is below `folder`; leaving it ends all that it has started."""

    def __init__(self, folder: Path, display: int = 77) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self.environment: dict[str, str] = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "DISPLAY": f":{display}",
            "LC_ALL": "C.UTF-8",
        }

    def __enter__(self) -> Self:
        try:
            self.set_up()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def set_up(self) -> None:
        run = self.folder / "run"
        run.mkdir(mode=0o700)
        self.start("Xvfb", self.environment["DISPLAY"], "-screen", "0", "1100x900x24", "-nolisten", "tcp")
        self.until(lambda: self._is_fine("xdotool", "getdisplaygeometry"), "no display")
        bus = f"unix:path={run / 'bus'}"
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus
        self.start("dbus-daemon", "--session", "--nofork", f"--address={bus}")
        self.until((run / "bus").exists, "no bus")
        self.start("openbox")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.run("xdotool", "key", "--clearmodifiers", key)

    def click(self, x: int, y: int) -> None:
        self.run("xdotool", "mousemove", str(x), str(y), "click", "1")

    @contextmanager
    def put_away(self) -> Iterator[None]:
        """The window in front has neither the focus nor a place on the screen meanwhile."""
        window = self.run("xdotool", "getactivewindow").strip()
        self.run("xdotool", "windowminimize", "--sync", window)
        try:
            yield
        finally:
            self.run("xdotool", "windowactivate", "--sync", window)

    def start(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """Ended with the screen."""
        log = (self.folder / f"{Path(command[0]).name}.log").open("w")
        process = subprocess.Popen(command, env=environment or self.environment, stdout=log, stderr=log)
        self._stack.callback(log.close)
        self._stack.callback(end, process)

    def run(self, *command: str) -> str:
        """What it says."""
        return subprocess.run(
            command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def until(self, is_so: Callable[[], bool], problem: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > end:
                raise RuntimeError(f"{problem}; see the logs in {self.folder}")
            time.sleep(0.1)

    def _is_fine(self, *command: str) -> bool:
        return subprocess.run(command, env=self.environment, capture_output=True).returncode == 0


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
