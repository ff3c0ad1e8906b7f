"""A desk with a screen that nobody sees and a screen reader that nobody hears: X, a bus, a voice that writes, Orca."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

PACKAGES = (
    "orca", "at-spi2-core", "dbus-x11", "xvfb", "openbox", "xdotool", "speech-dispatcher", "gir1.2-wnck-3.0",
    "python3-pyatspi",
)  # fmt: skip
PROGRAMS = ("orca", "dbus-daemon", "Xvfb", "openbox", "xdotool", "speech-dispatcher")
AT_SPI_BUS = "/usr/libexec/at-spi-bus-launcher"
VOICE = Path(__file__).with_name("voice.py")
PATIENCE_S = 40.0
BEGINS = "BEGIN "


def install() -> None:
    """Install what is missing, which takes root and Debian or its like.

    Raises:
        RuntimeError: it cannot be installed here.
    """
    if all(shutil.which(program) for program in PROGRAMS):
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise RuntimeError(f"Needs {', '.join(PACKAGES)}: install them, or run this as root on Debian.")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES], check=True)


class Desk:
    """Everything is below `folder`; leaving it ends all that it has started."""

    def __init__(self, folder: Path, display: int = 77) -> None:
        self._folder = folder
        self._log = folder / "said.txt"
        self._stack = ExitStack()
        self.environment: dict[str, str] = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "DISPLAY": f":{display}",
            "LC_ALL": "C.UTF-8",
            "SPEECHD_ADDRESS": f"unix_socket:{folder / 'run' / 'speech.sock'}",
        }

    def __enter__(self) -> Self:
        try:
            self._set_up()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def press(self, *keys: str) -> None:
        for key in keys:
            self._run("xdotool", "key", "--clearmodifiers", key)

    def click(self, x: int, y: int) -> None:
        self._run("xdotool", "mousemove", str(x), str(y), "click", "1")

    def hears(
        self, action: Callable[[], object], quiet_s: float, meanwhile: Callable[[], object]
    ) -> list[str]:
        """What is said from `action` on, until nothing more has been for a while; each line ``SAID …`` or ``CUT …``."""
        before = len(self._lines())
        action()
        heard, since, end = before, time.monotonic(), time.monotonic() + PATIENCE_S
        while time.monotonic() - since < quiet_s and time.monotonic() < end:
            time.sleep(0.1)
            meanwhile()
            lines = self._lines()
            if len(lines) > heard or (lines and lines[-1].startswith(BEGINS)):
                heard, since = len(lines), time.monotonic()
        return [each for each in self._lines()[before:] if not each.startswith(BEGINS)]

    def _lines(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []

    def _set_up(self) -> None:
        run = self._folder / "run"
        run.mkdir(mode=0o700)
        modules = self._folder / "speechd" / "modules"
        modules.mkdir(parents=True)
        (modules / "record.conf").touch()
        # Without a sound device, speech-dispatcher loads no module at all.
        (self._folder / ".asoundrc").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
        voice = self._folder / "voice"
        voice.write_text(f"#!/bin/sh\nexec '{sys.executable}' -u '{VOICE}' '{self._log}'\n")
        voice.chmod(0o755)
        (modules.parent / "speechd.conf").write_text(
            f'LogLevel 1\nTimeout 0\nLogDir "{self._folder}"\nAddModule "record" "{voice}" "record.conf"\n'
            'DefaultModule record\nAudioOutputMethod "alsa"\n'
        )
        own = self._folder / ".local" / "share" / "orca"
        own.mkdir(parents=True)
        (own / "orca-customizations.py").write_text(
            "import orca.settings\norca.settings.enableKeyEcho = False\n"
        )
        display = self.environment["DISPLAY"]
        self._start("Xvfb", display, "-screen", "0", "1100x900x24", "-nolisten", "tcp")
        self._until(lambda: self._is_fine("xdotool", "getdisplaygeometry"), "no display")
        bus = f"unix:path={run / 'bus'}"
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus
        self._start("dbus-daemon", "--session", "--nofork", f"--address={bus}")
        self._until((run / "bus").exists, "no bus")
        self._start("openbox")
        self._start(AT_SPI_BUS, "--launch-immediately")
        self._start(
            "speech-dispatcher", "-s", "-C", str(modules.parent), "-P", str(run / "pid"),
            "-S", str(run / "speech.sock"), "-c", "unix_socket",
        )  # fmt: skip
        self._until((run / "speech.sock").exists, "no speech-dispatcher")
        self._start("orca", "--replace", environment=self._outside())
        self._until(lambda: bool(self._lines()), "Orca does not speak")

    def _outside(self) -> dict[str, str]:
        """Orca is the system's Python, and wants nothing of ours."""
        kept = {
            name: value
            for name, value in self.environment.items()
            if not name.startswith(("PYTHON", "VIRTUAL"))
        }
        return {**kept, "PATH": "/usr/bin:/bin"}

    def _start(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        log = (self._folder / f"{Path(command[0]).name}.log").open("w")
        process = subprocess.Popen(command, env=environment or self.environment, stdout=log, stderr=log)
        self._stack.callback(log.close)
        self._stack.callback(end, process)

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self.environment, check=True, capture_output=True)

    def _is_fine(self, *command: str) -> bool:
        return subprocess.run(command, env=self.environment, capture_output=True).returncode == 0

    def _until(self, is_so: Callable[[], bool], problem: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > end:
                raise RuntimeError(f"{problem}; see the logs in {self._folder}")
            time.sleep(0.1)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
