"""The Autobahn test suite against our stream and against bare websockets: both must fare the same.

The suite (``autobahntestsuite`` on PyPI) runs on Python 2.7 only. It is installed by pip into .artifacts when there is
such a Python (PYTHON27, or the first ``python2.7`` that runs); it shares nothing with the project.

Our stream hands on bytes: whether they are UTF-8 is seen by whoever decodes them, here the echo. OK and NON-STRICT count
as one: which of them it is can be a race between the echo of one frame and the refusal of the next.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from ipygenesys._io.stream.websocket import MAX_FRAME_BYTES, MAX_UNREAD_FRAMES, Stream, StreamError
from tests.tools import gates
from tests.tools.paths import ARTIFACTS

FOLDER = ARTIFACTS / "autobahn"
SLOW = ["9.*", "12.*", "13.*"]
"""Throughput and compression: sizes, not rules."""
CASE_S = 30.0
PASSED = ("OK", "INFORMATIONAL", "NON-STRICT")
_START = """
import os, runpy, site, sys
folder = sys.argv.pop(1)
site.addsitedir(folder)  # It has namespace packages.
sys.path[:0] = [folder, os.path.join(folder, "autobahntestsuite")]  # Its modules know each other by their bare names.
runpy.run_module("autobahntestsuite.wstest", run_name="__main__", alter_sys=True)
"""


def python27() -> str | None:
    """An interpreter that runs."""
    candidates = [os.environ.get("PYTHON27"), shutil.which("python2.7")]
    candidates += [str(path) for path in Path.home().glob(".pyenv/versions/2.7*/bin/python2.7")]
    for candidate in candidates:
        if candidate and subprocess.run([candidate, "-V"], capture_output=True).returncode == 0:
            return candidate
    return None


def install(python: str) -> Path:
    target = FOLDER / "site"
    if not (target / "autobahntestsuite").is_dir():
        command = [python, "-m", "pip", "install", "--quiet", "--target", str(target), "autobahntestsuite"]
        subprocess.run(command, check=True, stdout=sys.stderr)
    return target


@contextlib.contextmanager
def fuzzing_server(python: str, site: Path, exclude: list[str]) -> Iterator[tuple[str, Path]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        spec = {
            "url": f"ws://127.0.0.1:{port}",
            "outdir": f"{folder}/reports",
            "cases": ["*"],
            "exclude-cases": exclude,
            "exclude-agent-cases": {},
        }
        (Path(folder) / "spec.json").write_text(json.dumps(spec))
        command = [python, "-c", _START, str(site), "-m", "fuzzingserver", "-s", "spec.json"]
        log = Path(folder) / "log"
        with (
            log.open("wb") as output,
            subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as server,
        ):
            try:
                _wait_for(port, server, log)
                yield f"ws://127.0.0.1:{port}", Path(folder) / "reports"
            finally:
                server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text("utf-8", "replace")[-2000:])
        time.sleep(0.1)


async def bare(url: str) -> list[type]:
    """Echo with bare websockets; of which type the messages were."""
    types: list[type] = []
    with contextlib.suppress(ConnectionClosed):
        async with connect(
            url,
            max_size=MAX_FRAME_BYTES,
            max_queue=MAX_UNREAD_FRAMES,
            compression=None,
            proxy=None,
            close_timeout=2,
        ) as socket_:
            async for message in socket_:
                types.append(type(message))
                await socket_.send(message)
    return types


async def ours(url: str, types: list[type]) -> None:
    """Echo with our stream, which does not tell texts from bytes: what they were is known from the other run."""
    with contextlib.suppress(StreamError, UnicodeDecodeError):
        stream = await Stream.open(url, headers={}, first_frames=(), now_epoch=0.0)
        try:
            count = 0
            async for data in stream.frames():
                kind = types[count] if count < len(types) else str
                count += 1
                await stream._socket.send(data.decode() if kind is str else data)
        finally:
            await stream.close()


async def run_all(url: str) -> int:
    async with connect(f"{url}/getCaseCount", proxy=None) as control:
        count = int(await control.recv())
    for case in range(1, count + 1):
        for agent in ("bare", "ours"):
            address = f"{url}/runCase?case={case}&agent={agent}"
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CASE_S):
                    if agent == "bare":
                        types = await bare(address)
                    else:
                        await ours(address, types)
        if case % 50 == 0:
            print(f"{case} of {count}", file=sys.stderr, flush=True)
    for agent in ("bare", "ours"):
        async with connect(f"{url}/updateReports?agent={agent}", proxy=None) as control:
            with contextlib.suppress(ConnectionClosed):
                await control.recv()
    return count


def compare(index: dict[str, Any]) -> list[str]:
    """The cases in which the two fare differently."""
    results = (index["bare"], index["ours"])
    return [
        f"{case}: {results[0][case]['behavior']}, ours {results[1].get(case, {}).get('behavior')}"
        for case in results[0]
        if results[0][case]["behavior"] != results[1].get(case, {}).get("behavior")
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="throughput and compression too: many minutes")
    options = parser.parse_args(arguments)
    if (python := python27()) is None:
        print("The Autobahn test suite needs a Python 2.7: set PYTHON27.", file=sys.stderr)
        return 2
    with fuzzing_server(python, install(python), [] if options.all else SLOW) as (url, reports):
        count = asyncio.run(run_all(url))
        index = json.loads((reports / "index.json").read_text())
    different = compare(index)
    unfair = [
        line for line in different if not all(word in PASSED for word in line.split(": ")[1].split(", ours "))
    ]
    good = sum(result["behavior"] in PASSED for result in index["ours"].values())
    print("\n".join(different), file=sys.stderr)
    return gates.report(
        "T15",
        what=f"Autobahn fuzzing server, {count} cases (sections 1 to 7 and 10), against bare websockets",
        figure=f"{len(unfair)} differ ({len(different)} in strictness); {good} of {count} passed",
        limit="the same as bare websockets",
        passed=not unfair and count > 0,
        command="uv run poe autobahn",
    )
