"""Records what truly happened on the server's side, for tests to compare a client's view with."""

from __future__ import annotations

from collections import deque
from typing import Any

MAX_REQUESTS = 20_000


class GroundTruth:
    """Three lists in order of time; each entry has ``time`` (epoch seconds) and ``kind``."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self._sent: list[dict[str, Any]] = []
        self._received: list[dict[str, Any]] = []
        self._connections: list[dict[str, Any]] = []
        self._requests: deque[dict[str, Any]] = deque(maxlen=MAX_REQUESTS)

    def sent(self, now: float, kind: str, **details: Any) -> None:
        """One event that this side emitted, however many streams it went to."""
        self._sent.append({"time": now, "kind": kind, **details})

    def received(self, now: float, kind: str, **details: Any) -> None:
        """One action of a client."""
        self._received.append({"time": now, "kind": kind, **details})

    def connection(self, now: float, kind: str, stream: int, **details: Any) -> None:
        """A stream was opened, authenticated, refused or closed."""
        self._connections.append({"time": now, "kind": kind, "stream": stream, **details})

    def request(self, now: float, method: str, path: str, status: int, **details: Any) -> None:
        """Any REST call with its answer; only the newest are kept."""
        self._requests.append({"time": now, "method": method, "path": path, "status": status, **details})

    def snapshot(self) -> dict[str, list[dict[str, Any]]]:
        """The log as ``GET /log`` returns it."""
        return {
            "sent": [dict(e) for e in self._sent],
            "received": [dict(e) for e in self._received],
            "connections": [dict(e) for e in self._connections],
        }

    def requests(self) -> list[dict[str, Any]]:
        """The REST calls."""
        return list(self._requests)
