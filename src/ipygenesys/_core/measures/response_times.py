"""Response times: what answers what, how long that took, who still waits; defined, and a clock that obeys.

The customer's messages since the last agent message are one *burst*: five short lines are one question. A burst is
answered by the next message of an agent. Bots have a clock of their own, which their own messages stop and which an
agent's stop too; the agents' clock is not stopped by bots. System notices say nothing. The times are the server's.

Two values of each answer, because who waits and who answers see different things: *from the start*, what the customer
has waited; *from the hand-over*, what of that the agent was there for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Protocol

import msgspec

from ipygenesys._core.model.messages import Role

DEFINITIONS: dict[str, str] = {
    "response_time_s": (
        "Seconds from the first message of the customer's burst (what the customer has said since the last agent "
        "message) to the agent message that answers it, on that message. A bot's answer counts from what was said "
        "since the last message of a bot or an agent; it does not stop the agents' clock."
    ),
    "handover_response_time_s": (
        "The same, but not from before the agent who answers had connected: what of the wait this agent was there "
        "for. Missing where it is not known when the agent connected, and for bots."
    ),
    "first_response_s": "Seconds from the customer's first message to the first message of a human agent.",
    "handover_first_response_s": "Seconds from when the first agent connected to the first message of an agent.",
    "unanswered_s": (
        "Seconds since the first customer message that no agent has answered yet; bots do not answer it."
    ),
    "typing_before_s": (
        "Seconds for which the author was seen to type since their previous message, pauses left out; missing where "
        "no typing was seen."
    ),
}
"""In words for whoever reads the figures, by the name of the figure."""


class Spoken(Protocol):
    """What is measured of a message: a ``Message`` is one, so is a row of a transcript."""

    @property
    def time_ms(self) -> int:
        """Milliseconds since the epoch."""

    @property
    def role(self) -> Role:
        """Who says it."""

    @property
    def sender(self) -> str:
        """Their name."""


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A burst of the customer's was answered."""

    time_ms: int
    """When, in milliseconds since the epoch."""
    sender: str
    role: Role
    """Agent or bot."""
    response_time_s: float
    handover_response_time_s: float | None = None


class ResponseClock:
    """Hears a conversation message by message, in order of time, and tells what each one answers."""

    def __init__(self) -> None:
        self.unanswered_since_ms: int | None = None
        """The customer's first message that no agent has answered; None: none."""
        self.first_response_s: float | None = None
        self.handover_first_response_s: float | None = None
        self._bot_asked_ms: int | None = None
        self._first_connected_ms: int | None = None
        self._connected_ms: dict[str, int] = {}

    def copy(self) -> ResponseClock:
        """One that has heard the same, and goes on by itself."""
        other = copy(self)
        other._connected_ms = self._connected_ms.copy()
        return other

    def connected(self, sender: str, time_ms: int) -> None:
        """An agent has taken the conversation, or has come back to it."""
        self._connected_ms[sender] = time_ms
        if self._first_connected_ms is None:
            self._first_connected_ms = time_ms

    def hear(self, message: Spoken) -> Response | None:
        """The next message; what it answers, if it answers anything."""
        time_ms, role = message.time_ms, message.role
        if role == "customer":
            self.unanswered_since_ms = _first(self.unanswered_since_ms, time_ms)
            self._bot_asked_ms = _first(self._bot_asked_ms, time_ms)
        if role not in ("agent", "bot"):
            return None
        asked_ms = self._bot_asked_ms if role == "bot" else self.unanswered_since_ms
        self._bot_asked_ms = None
        if role == "agent":
            self.unanswered_since_ms = None
            if self.handover_first_response_s is None and self._first_connected_ms is not None:
                self.handover_first_response_s = _seconds(self._first_connected_ms, time_ms)
        if asked_ms is None:
            return None
        response_time_s = _seconds(asked_ms, time_ms)
        if role == "agent" and self.first_response_s is None:
            self.first_response_s = response_time_s
        connected_ms = self._connected_ms.get(message.sender) if role == "agent" else None
        return Response(
            time_ms=time_ms,
            sender=message.sender,
            role=role,
            response_time_s=response_time_s,
            handover_response_time_s=None
            if connected_ms is None
            else _seconds(max(asked_ms, connected_ms), time_ms),
        )

    def unanswered_s(self, now_ms: int) -> float | None:
        """How long the customer waits for an agent's answer; None: not at all."""
        return None if self.unanswered_since_ms is None else _seconds(self.unanswered_since_ms, now_ms)


def responses(messages: Iterable[Spoken]) -> list[Response]:
    """All answers of one conversation, in order of time, whatever order its messages come in."""
    clock = ResponseClock()
    heard = (clock.hear(message) for message in sorted(messages, key=lambda message: message.time_ms))
    return [response for response in heard if response is not None]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Of many values, what is worth saying. The mean comes last: one forgotten conversation moves it by hours."""

    n: int
    median: float
    p90: float
    max: float
    mean: float


def summary(values: Iterable[float]) -> Summary | None:
    """What they come to; None for no values. Pool values, never summaries: a mean of means is nobody's."""
    ordered = sorted(values)
    if not ordered:
        return None
    return Summary(
        n=len(ordered),
        median=quantile(ordered, 0.5),
        p90=quantile(ordered, 0.9),
        max=ordered[-1],
        mean=math.fsum(ordered) / len(ordered),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of them lies, between two values in proportion, as pandas has it."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _first(known: int | None, time_ms: int) -> int:
    return time_ms if known is None else known


def _seconds(start_ms: int, end_ms: int) -> float:
    return max(end_ms - start_ms, 0) / 1000
