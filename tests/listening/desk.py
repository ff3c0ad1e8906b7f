"""A desk with a screen that nobody sees and a screen reader that nobody hears: a voice that writes, and Orca."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.tools.screen import PATIENCE_S, Screen

PACKAGES = ("orca", "at-spi2-core", "speech-dispatcher", "gir1.2-wnck-3.0", "python3-pyatspi")
AT_SPI_BUS = "/usr/libexec/at-spi-bus-launcher"
VOICE = Path(__file__).with_name("voice.py")
BEGINS = "BEGIN "


class Desk(Screen):
    """A screen, and Orca before it."""

    def __init__(self, folder: Path, display: int = 77) -> None:
        super().__init__(folder, display)
        self._log = folder / "said.txt"
        self.environment["GNOME_ACCESSIBILITY"] = "1"
        self.environment["SPEECHD_ADDRESS"] = f"unix_socket:{folder / 'run' / 'speech.sock'}"

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

    def until_it_speaks(self) -> None:
        self.until(lambda: self._lines()[-1].startswith(BEGINS), "nothing is said")

    def _lines(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []

    def set_up(self) -> None:
        modules = self.folder / "speechd" / "modules"
        modules.mkdir(parents=True)
        (modules / "record.conf").touch()
        # Without a sound device, speech-dispatcher loads no module at all.
        (self.folder / ".asoundrc").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
        voice = self.folder / "voice"
        voice.write_text(f"#!/bin/sh\nexec '{sys.executable}' -u '{VOICE}' '{self._log}'\n")
        voice.chmod(0o755)
        (modules.parent / "speechd.conf").write_text(
            f'LogLevel 1\nTimeout 0\nLogDir "{self.folder}"\nAddModule "record" "{voice}" "record.conf"\n'
            'DefaultModule record\nAudioOutputMethod "alsa"\n'
        )
        own = self.folder / ".local" / "share" / "orca"
        own.mkdir(parents=True)
        (own / "orca-customizations.py").write_text(
            # Whoever presses a key while it reads out the whole page is put where it was.
            "import orca.settings\norca.settings.enableKeyEcho = orca.settings.sayAllOnLoad = False\n"
        )
        super().set_up()
        self.start(AT_SPI_BUS, "--launch-immediately")
        run = self.folder / "run"
        self.start(
            "speech-dispatcher", "-s", "-C", str(modules.parent), "-P", str(run / "pid"),
            "-S", str(run / "speech.sock"), "-c", "unix_socket",
        )  # fmt: skip
        self.until((run / "speech.sock").exists, "no speech-dispatcher")
        self.start("orca", "--replace", environment=self._outside())
        self.until(lambda: bool(self._lines()), "Orca does not speak")

    def _outside(self) -> dict[str, str]:
        """Orca is the system's Python, and wants nothing of ours."""
        kept = {
            name: value
            for name, value in self.environment.items()
            if not name.startswith(("PYTHON", "VIRTUAL"))
        }
        return {**kept, "PATH": "/usr/bin:/bin"}
