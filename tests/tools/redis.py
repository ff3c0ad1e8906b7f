"""Real servers of Redis or Valkey for the tests: found, else installed; each on a loopback port of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools import apt

if TYPE_CHECKING:
    from redis import Redis

NAMES = ("redis-server", "valkey-server")
VARIABLE = "IPYGENESYS_REDIS"
START_S = 20.0
"""Chosen: one starts in hundredths of a second; a machine that is very busy may take longer."""


class NoRedisError(RuntimeError):
    """Neither found nor installed, or it does not start; says what was tried."""


def find() -> str | None:
    """The executable to use, without installing anything."""
    named = os.environ.get(VARIABLE)
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> str:
    """An executable, installed when there is none."""
    if path := find():
        return path
    problem = apt.install("redis-server")
    if path := find():
        return path
    raise NoRedisError(
        f"No Redis for the relay's tests. Install redis-server, or name a server in {VARIABLE}.\n  {problem}"
    )


class RedisServer:
    """One server, which only this machine can reach. It keeps its port, and with ``keeps`` its data, over restarts."""

    def __init__(
        self, folder: Path, *, keeps: bool = False, acl: Path | None = None, options: Sequence[str] = ()
    ) -> None:
        """``acl``: a file of users and their rights. ``options``: more of the server's own, as on its command line."""
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.log = folder / "redis.log"
        self._folder = folder
        self._options = [
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""),
            *("--appendonly", "yes" if keeps else "no", "--appendfsync", "always"),
            *(("--aclfile", str(acl)) if acl else ()),
            *options,
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and comes back when it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            command = [ensure(), *self._options]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NoRedisError(f"{command[0]} does not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.01)

    def client(self, **settings: object) -> Redis:
        """A client that blocks, for what a test looks at or does itself; it is to be closed."""
        from redis import Redis

        return Redis.from_url(self.url, decode_responses=True, **settings)

    def stop(self) -> None:
        """Ends it as an operator does: what it keeps is written."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it at once."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Ends it at once and starts it anew: empty, unless it keeps its data."""
        self.kill()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if process := self._process:
            process.send_signal(how)
            try:
                process.wait(START_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
            line.sendall(b"PING\r\n")
            # With users of its own it wants to know who asks; that is an answer too. While it reads its data it is none.
            return line.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        return False


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


if __name__ == "__main__":
    print(ensure())
