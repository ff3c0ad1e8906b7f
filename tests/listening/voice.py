"""A speech-dispatcher module without a sound: notes what it is to speak, takes a voice's time, is cut off like one."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path

CHARACTERS_PER_S = 15
ANSWERS = {
    "INIT": ("299-records", "299 OK LOADED SUCCESSFULLY"),
    "STOP": (),
    "PAUSE": (),
    "LIST VOICES": ("200-English\ten\tnone", "200 OK VOICE LIST SENT"),
    "QUIT": ("210 OK QUIT",),
}
BLOCKS = {
    "AUDIO": ("207 OK RECEIVING AUDIO SETTINGS", "203 OK AUDIO INITIALIZED"),
    "LOGLEVEL": ("207 OK RECEIVING LOGLEVEL SETTINGS", "203 OK LOG LEVEL SET"),
    "SET": ("203 OK RECEIVING SETTINGS", "203 OK SETTINGS RECEIVED"),
}
SPEAKING = {"SPEAK", "CHAR", "KEY", "SOUND_ICON"}


class Voice:
    """Speaks the module protocol of speech-dispatcher 0.11 on stdin and stdout."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._writing = threading.Lock()
        self._cut = threading.Event()

    def run(self) -> None:
        while line := sys.stdin.readline():
            command = line.strip()
            if command in BLOCKS:
                before, after = BLOCKS[command]
                self._answer(before)
                self._block()
                self._answer(after)
            elif command in SPEAKING:
                self._answer("202 OK RECEIVING MESSAGE")
                text = self._block()
                self._cut.clear()
                self._answer("200 OK SPEAKING")
                threading.Thread(target=self._speak, args=(text,), daemon=True).start()
            else:
                if command in ("STOP", "PAUSE"):
                    self._cut.set()
                self._answer(*ANSWERS.get(command, ("300 ERR UNKNOWN COMMAND",)))
                if command == "QUIT":
                    return

    def _speak(self, text: str) -> None:
        words = " ".join(re.sub("<[^>]*>", "", text).split())
        self._note(f"BEGIN {words}")
        self._answer("701 BEGIN")
        is_cut = self._cut.wait(0.1 + len(words) / CHARACTERS_PER_S)
        self._note(f"{'CUT ' if is_cut else 'SAID'} {words}")
        self._answer("703 STOP" if is_cut else "702 END")

    def _note(self, line: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{line}\n")

    def _answer(self, *lines: str) -> None:
        with self._writing:
            sys.stdout.write("".join(f"{line}\n" for line in lines))
            sys.stdout.flush()

    def _block(self) -> str:
        lines = []
        while (line := sys.stdin.readline().rstrip("\n")) != ".":
            lines.append(line.removeprefix(".") if line.startswith("..") else line)
        return "\n".join(lines)


if __name__ == "__main__":
    Voice(Path(sys.argv[1])).run()
