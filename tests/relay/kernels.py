"""Kernels as processes of their own, each with a client that looks on; forked from one that has imported what they need.

``python -m tests.relay.kernels ADDRESS`` forks one for each line of arguments, and ends with the last of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Client as Line
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any, NamedTuple

from ipygenesys import AgentMessaging, ClientCredentials, Relay
from ipygenesys._io.platform import source  # noqa: F401 - once for all of them
from ipygenesys._io.relay import viewer  # noqa: F401 - likewise
from tests.io.watch import Watched

ANSWER_S = 120.0


class Seen(NamedTuple):
    """What a kernel has now."""

    status: str
    texts: list[str | None]
    said: str
    """Why it has no connection, if it has none."""


class Kernel:
    """One that looks on for as long as its line is open."""

    def __init__(self, line: Connection) -> None:
        self.line = line

    @property
    def seen(self) -> Seen:
        self.line.send(None)
        assert self.line.poll(ANSWER_S)
        return Seen(*self.line.recv())


class Kernels:
    """As many as are started."""

    def __init__(self, forking: subprocess.Popen[str], listener: Listener) -> None:
        self.all: list[Kernel] = []
        self._forking, self._listener = forking, listener

    def start(self, arguments: dict[str, Any]) -> Kernel:
        """One more.

        Args:
            arguments: of a protocol: a relay's, if a URL is among them, else an app's.
        """
        assert self._forking.stdin is not None
        self._forking.stdin.write(json.dumps(arguments) + "\n")
        self._forking.stdin.flush()
        self.all.append(Kernel(self._listener.accept()))
        return self.all[-1]


@contextmanager
def kernels() -> Iterator[Kernels]:
    """Ends them all."""
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "line")
        command = [sys.executable, "-m", __name__, address]
        with (
            Listener(address, "AF_UNIX") as listener,
            subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as forking,
        ):
            made = Kernels(forking, listener)
            try:
                yield made
            finally:
                for each in made.all:
                    each.line.close()


def main(address: str) -> None:
    for arguments in iter(sys.stdin.readline, ""):
        if os.fork() == 0:
            asyncio.run(_look_on(json.loads(arguments), Line(address, "AF_UNIX")))
            os._exit(0)
    with suppress(ChildProcessError):
        while True:
            os.wait()


async def _look_on(arguments: dict[str, Any], line: Connection) -> None:
    if "url" in arguments:
        protocol: Any = Relay(**arguments)
    else:
        app = ClientCredentials(arguments.pop("client_id"), arguments.pop("client_secret"))
        protocol = AgentMessaging(credentials=app, **arguments)
    async with Watched(protocol) as client:
        while await asyncio.to_thread(_is_asked, line):
            failure = client._gateway.session.connection.failure
            line.send((client.status, client.texts, "" if failure is None else failure.message))


def _is_asked(line: Connection) -> bool:
    try:
        line.recv()
    except EOFError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1])
