"""Records what truly happened on the server's side, to compare a client's view with."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from typing import Any

from ipygenesys.simulator.state.conversation import (
    ConversationChanged,
    Event,
    LegChanged,
    MessagePosted,
    Participant,
    PresenceChanged,
    ReceiptIssued,
    TypingChanged,
)

MAX_REQUESTS = 20_000


class GroundTruth:
    """Three lists in order of time; each entry has ``time`` (epoch seconds), ``kind`` and ``protocol``.

    ``protocol`` is one of ``messaging-events``, ``web-messaging``, ``agent-messaging``; of a thing sent it names all
    that it went out by, with commas.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self._sent: list[dict[str, Any]] = []
        self._received: list[dict[str, Any]] = []
        self._connections: list[dict[str, Any]] = []
        self._bodies: dict[tuple[str, bytes], list[float]] = {}
        self._requests: deque[dict[str, Any]] = deque(maxlen=MAX_REQUESTS)

    def event(self, now: float, event: Event, *, protocols: Sequence[str]) -> None:
        """One event of the platform; ``protocols`` has one entry for each stream that it goes to."""
        here, protocol = {"conversation_id": event.conversation_id}, ",".join(sorted(set(protocols)))

        def send(kind: str, who: Participant | None, **details: Any) -> None:
            if who is not None:
                details |= {"participant_id": who.id, "role": who.role, "name": who.name}
            entry = {"time": now, "kind": kind, "protocol": protocol, **details, **here}
            self._sent.append({**entry, "streams": len(protocols)})

        match event:
            case MessagePosted(m):
                # The other side's messages and the echoes of the client's own have different kinds,
                # so that counting what the agent said needs no further look.
                details = {"text": m.text, "sequence": m.sequence, "client_message_id": m.client_message_id}
                kind = "echo" if m.is_inbound else "message"
                send(kind, m.sender, message_id=m.id, **details)
            case TypingChanged(_, who, _, True) if who.role == "customer":
                self.received(now, "typing_expired", protocol="messaging-events", typing=False, **here)
            case TypingChanged(_, who, typing) if who.role != "customer":
                send("typing", who, typing=typing)
            case ReceiptIssued(m, who, status) if m.is_inbound:
                send("receipt", who, message_id=m.id, status=status)
            case PresenceChanged(_, who, state):
                send("presence", who, state=state)
            case ConversationChanged(_, state):
                send("conversation", None, state=state)
            case LegChanged(_, state):
                send("leg", None, state=state)
            case _:
                pass

    def received(self, now: float, kind: str, *, protocol: str, **details: Any) -> None:
        """One action of a client."""
        self._received.append({"time": now, "kind": kind, "protocol": protocol, **details})

    def connection(self, now: float, kind: str, stream: int, *, protocol: str, **details: Any) -> None:
        """A stream was opened, authenticated, refused or closed."""
        entry = {"time": now, "kind": kind, "protocol": protocol, "stream": stream, **details}
        self._connections.append(entry)

    def request(self, now: float, method: str, path: str, status: int, **details: Any) -> None:
        """Any REST call with its answer; only the newest are kept."""
        self._requests.append({"time": now, "method": method, "path": path, "status": status, **details})

    def repeats(self, now: float, path: str, body: bytes, *, within_s: float) -> int:
        """How many calls with this path and body there have been lately; this one counts from now on."""
        key = (path, hashlib.sha256(body).digest())
        times = [t for t in self._bodies.get(key, ()) if t > now - within_s]
        self._bodies[key] = [*times, now]
        return len(times)

    def snapshot(self, conversation_id: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """The log as ``GET /log`` returns it: all of it, or what concerns one conversation."""
        sent, received, connections = self._sent, self._received, self._connections
        if conversation_id is not None:
            # A stream is a guest's from when it has authenticated on; what came before belongs to it as well.
            streams = {e["stream"] for e in connections if e.get("conversation_id") == conversation_id}
            sent = [e for e in sent if e["conversation_id"] == conversation_id]
            received = [e for e in received if e.get("conversation_id") == conversation_id]
            connections = [e for e in connections if e["stream"] in streams]
        return {
            "sent": [dict(e) for e in sent],
            "received": [dict(e) for e in received],
            "connections": [dict(e) for e in connections],
        }

    def requests(self) -> list[dict[str, Any]]:
        """The REST calls."""
        return list(self._requests)
