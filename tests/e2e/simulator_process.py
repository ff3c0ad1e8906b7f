"""`ipygenesys simulate` in its own process, with its control plane and its log of what truly happened."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

Entry = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """The log at one moment: times are the server's, in seconds since the epoch."""

    sent: list[Entry]
    received: list[Entry]
    connections: list[Entry]

    def of(self, protocol: str) -> Truth:
        """What came and went by one protocol."""
        lists = (
            [e for e in all_ if protocol in e["protocol"].split(",")]
            for all_ in (self.sent, self.received, self.connections)
        )
        return Truth(*lists)

    def received_of(self, kind: str) -> list[Entry]:
        """What the client did and the server accepted."""
        return [entry for entry in self.received if entry["kind"] == kind and not entry.get("rejected")]

    def rejected_of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.received if entry["kind"] == kind and entry.get("rejected")]

    def sent_of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.sent if entry["kind"] == kind]

    def connections_of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.connections if entry["kind"] == kind]

    @property
    def open_streams(self) -> int:
        return len(self.connections_of("opened")) - len(self.connections_of("closed"))

    @property
    def spoken(self) -> list[Entry]:
        """All messages of both sides, in order."""
        return [entry for entry in self.sent if entry["kind"] in ("message", "echo")]

    @property
    def typing(self) -> list[bool]:
        """What the client said about its own typing, in order."""
        return [entry["typing"] for entry in self.received_of("typing")]

    @property
    def texts(self) -> list[str]:
        """What the client sent, in order."""
        return [entry["text"] for entry in self.received_of("send")]

    @property
    def read_ids(self) -> list[str]:
        """The messages that the client marked read, in order, repetitions included."""
        return [entry["message_id"] for entry in self.received_of("read")]


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


class SimulatorProcess:
    """Ended with the block that it is used in."""

    def __init__(
        self,
        log: Path,
        *,
        scenario: str | None = "manual",
        dialogue: Path | str | None = None,
        bot: Path | str | None = None,
        speed: float = 1.0,
        seed: int = 1,
        conversations: int = 1,
    ) -> None:
        self.line = [sys.executable, "-m", "ipygenesys", "simulate", f"--seed={seed}", f"--speed={speed}"]
        self.line += [f"--scenario={scenario}"] if scenario else []
        self.line += [f"--conversations={conversations}"]
        self.line += [f"--dialogue={dialogue}"] if dialogue else []
        self.line += [f"--bot={bot}"] if bot else []
        self.log_file = log
        self.addresses: dict[str, str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            errors = stack.enter_context(self.log_file.open("w", encoding="utf-8"))
            process = subprocess.Popen(
                self.line,
                stdout=subprocess.PIPE,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
            stack.callback(end, process)
            assert process.stdout is not None
            first = process.stdout.readline()
            if not first:
                raise RuntimeError(f"the simulator did not start: {self.log_file.read_text('utf-8')[-2000:]}")
            self.addresses = json.loads(first)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __getitem__(self, name: str) -> str:
        return self.addresses[name]

    def agent_types(self, typing: bool = True) -> None:
        self.control("/agent/typing", {"typing": typing})

    def agent_says(self, text: str, **options: float) -> list[str]:
        """Returns the ids of the messages."""
        answer = self.control("/agent/say", {"text": text, **options})
        return [str(name) for name in answer.get("message_ids", [])]

    def agent_reads(self, message_id: str | None = None) -> None:
        self.control("/agent/read", {"message_id": message_id} if message_id else {})

    def reset(self) -> None:
        """Back to the start, with the same ids; a client that still is there would come back."""
        self.control("/reset", {})

    def fault(self, kind: str, **options: object) -> None:
        self.control("/faults", {"kind": kind, **options})

    def requests(self) -> list[Entry]:
        """Every REST call with its answer."""
        calls: list[Entry] = self.control("/requests")["requests"]
        return calls

    def truth(self) -> Truth:
        log = self.control("/log")
        return Truth(log["sent"], log["received"], log["connections"])

    def wait_for(self, wanted: Callable[[Truth], object], what: str, timeout_s: float = 45.0) -> Truth:
        """The log as soon as it holds what is wanted."""
        end = time.monotonic() + timeout_s
        while True:
            truth = self.truth()
            if wanted(truth):
                return truth
            if time.monotonic() > end:
                raise AssertionError(f"not in the simulator's log after {timeout_s} s: {what}\n{truth}")
            time.sleep(0.05)

    def control(self, path: str, body: object = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self["control_url"].rstrip("/") + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
        decoded: dict[str, Any] = json.loads(content) if content else {}
        return decoded
