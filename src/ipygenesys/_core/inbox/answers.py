"""What the messages of one conversation come to: who answered what after how long, and what nobody has answered."""

from __future__ import annotations

import msgspec

from ipygenesys._core.inbox.leg import Leg
from ipygenesys._core.inbox.rows import Kind
from ipygenesys._core.measures.response_times import ResponseClock
from ipygenesys._core.model.messages import Role


class Heard(msgspec.Struct, frozen=True, order=True, gc=False):
    """A message in its place: by time, then by id."""

    time_ms: int
    id: str
    role: Role
    sender: str
    """The part that has said it."""
    kind: Kind


class Value(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A value that is pooled with those of other conversations."""

    name: str
    ms: int
    user_id: str | None
    """Of the agent whose value it is."""
    queue_id: str | None


class Answers:
    """Hears a conversation message by message, in order of time."""

    def __init__(self) -> None:
        self.clock = ResponseClock()
        self.values: list[Value] = []
        self.asked_ms: list[int] = []
        """When the customer has said what no agent has answered yet."""

    def copy(self) -> Answers:
        """As it is now; either goes on by itself."""
        other = Answers()
        other.clock, other.values, other.asked_ms = (
            self.clock.copy(),
            self.values.copy(),
            self.asked_ms.copy(),
        )
        return other

    def hear(self, heard: Heard, leg: Leg) -> None:
        """The next message, and the part that has said it."""
        first, handover_first = self.clock.first_response_s, self.clock.handover_first_response_s
        response = self.clock.hear(heard)
        if heard.role == "customer":
            self.asked_ms.append(heard.time_ms)
            return
        if heard.role == "agent":
            self.asked_ms.clear()
        found: list[tuple[str, float | None]] = []
        if response is not None and heard.role == "bot":
            found.append(("bot_response_time_s", response.response_time_s))
        elif response is not None:
            found.append(("response_time_s", response.response_time_s))
            found.append(("handover_response_time_s", response.handover_response_time_s))
        if first is None:
            found.append(("first_response_s", self.clock.first_response_s))
        if handover_first is None:
            found.append(("handover_first_response_s", self.clock.handover_first_response_s))
        self.values += [
            Value(name, round(seconds * 1000), leg.user_id, leg.queue_id)
            for name, seconds in found
            if seconds is not None
        ]
