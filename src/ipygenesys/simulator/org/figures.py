"""The figures of an organisation's queues at one moment, as they truly are; whole milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

COUNTED = (
    "live",
    "waiting",
    "longest_wait_ms",
    "unanswered",
    "longest_unanswered_ms",
    "undelivered",
    "sla_met",
    "sla_missed",
)


@dataclass(frozen=True)
class Value:
    """One length of time that counts into a figure."""

    conversation_id: str
    queue_id: str | None
    """Of the part that it is about."""
    ms: int
    at_ms: int
    """When it was complete."""
    user_id: str | None = None
    name: str = ""
    """Whose it is: the agent's or the bot's name."""


@dataclass(frozen=True)
class Wait:
    """One wait in a queue."""

    conversation_id: str
    queue_id: str
    ms: int
    target_ms: int
    outcome: str
    """waiting, answered, abandoned (the customer has left, or nobody came in time)."""

    @property
    def is_late(self) -> bool:
        """Longer than the queue's own target."""
        return self.ms > self.target_ms


@dataclass(frozen=True)
class TrueRow:
    """One conversation as it is now."""

    conversation_id: str
    customer: str
    state: str
    """waiting, agent, parked, bot, open (none of these), ended."""
    since_ms: int
    queue_id: str | None
    user_id: str | None
    agent: str
    last_ms: int | None
    last_role: str | None
    unanswered_since_ms: int | None
    undelivered: int
    due_ms: int | None
    """When the queue's target is over, of one that waits."""
    inactive_at_ms: int | None


@dataclass
class Truth:
    """All figures of one moment; lists are in order of conversation and time."""

    time_ms: int
    rows: list[TrueRow] = field(default_factory=list)
    first_response: list[Value] = field(default_factory=list)
    """The customer's first message until the first message of an agent after it."""
    handover_first_response: list[Value] = field(default_factory=list)
    """The first answer of an alert by an agent until the first message of an agent."""
    response: list[Value] = field(default_factory=list)
    """Each burst of the customer's: its first message until the next message of an agent."""
    handover_response: list[Value] = field(default_factory=list)
    """The same, but not from before the agent who answers had answered the alert."""
    bot_response: list[Value] = field(default_factory=list)
    """The same for bots; an agent's message ends a bot's burst too."""
    time_to_engage: list[Value] = field(default_factory=list)
    """An agent was alerted until the agent answered."""
    handle_time: list[Value] = field(default_factory=list)
    """An agent answered until the part ended, without the time that it was parked, with its after-call work."""
    waits: list[Wait] = field(default_factory=list)

    def in_state(self, state: str) -> list[TrueRow]:
        """The conversations in a state."""
        return [row for row in self.rows if row.state == state]

    @property
    def live(self) -> int:
        """Conversations that have not ended."""
        return sum(row.state != "ended" for row in self.rows)

    @property
    def waiting(self) -> int:
        """Customers who wait in a queue with no agent."""
        return len(self.in_state("waiting"))

    @property
    def longest_wait_ms(self) -> int | None:
        """How long the first of them has waited."""
        return max((self.time_ms - row.since_ms for row in self.in_state("waiting")), default=None)

    @property
    def unanswered(self) -> int:
        """Live conversations where the customer has the last word, as far as agents go."""
        return len(self._open_questions)

    @property
    def longest_unanswered_ms(self) -> int | None:
        """The age of the oldest question among them."""
        return max((self.time_ms - since for since in self._open_questions), default=None)

    @property
    def _open_questions(self) -> list[int]:
        return [
            row.unanswered_since_ms
            for row in self.rows
            if row.state != "ended" and row.unanswered_since_ms is not None
        ]

    @property
    def undelivered(self) -> int:
        """Messages of live conversations that their customers have not got."""
        return sum(row.undelivered for row in self.rows if row.state != "ended")

    @property
    def sla_met(self) -> int:
        """Waits that an agent has ended within the target."""
        return sum(w.outcome == "answered" and not w.is_late for w in self.waits)

    @property
    def sla_missed(self) -> int:
        """Waits that were, or already are, longer than the target, however they end."""
        return sum(w.is_late for w in self.waits)

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON has it, what is counted included; for the control plane."""
        counted = {name: getattr(self, name) for name in COUNTED}
        everything: dict[str, Any] = msgspec.to_builtins(counted | vars(self))
        return everything
