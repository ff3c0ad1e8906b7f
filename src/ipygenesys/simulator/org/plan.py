"""Says who is in the organisation and how fast they are: queues, agents, chances and lengths of time; pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Bounds = tuple[float, float]
"""Of an even spread, in seconds at speed 1."""

CAPACITY = 4
"""Conversations that an agent has at once. Source: Genesys' default utilization of messages."""
SERVED = 0.8
"""Of all conversations, how many the agents can have at once: the rest waits, so that it is a busy hour."""

_QUEUES = (
    ("Bank cards", "bank_card", 20.0),
    ("Returns", "retail_return", 45.0),
    ("Travel", "travel_delay", 30.0),
)
_NAMES = (
    "Ann", "Ben", "Chloe", "Dario", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira", "Liam",
    "Mia", "Noah", "Olga", "Paul", "Quinn", "Rosa", "Sven", "Tara", "Uma", "Viktor", "Wanda", "Yusuf",
)  # fmt: skip
CUSTOMERS = (
    "Ada", "Bruno", "Carla", "Dmitri", "Emma", "Felix", "Gina", "Hassan", "Ida", "Jorge", "Kaori", "Lena",
    "Marco", "Nadia", "Oscar", "Priya", "Ralf", "Sofia", "Tomás", "Ursula", "Vera", "Walid", "Xenia", "Zoe",
)  # fmt: skip


@dataclass(frozen=True)
class Queue:
    """A queue, its target, and what its customers talk about."""

    id: str
    name: str
    dialogue: str
    """A packaged one."""
    target_s: float
    """Within which ``percentage`` of the customers shall have an agent."""
    percentage: float = 0.8


@dataclass(frozen=True)
class Agent:
    """A user of the organisation who takes conversations."""

    user_id: str
    name: str
    queue_ids: tuple[str, ...]


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds at speed 1, and how likely they are."""

    opening_s: Bounds = (0.5, 3.0)
    bot_s: Bounds = (0.8, 2.0)
    engage_s: Bounds = (1.5, 9.0)
    alert_timeout_s: float = 20.0
    not_responding_s: float = 40.0
    """After an alert that nobody took, the agent is not asked for so long."""
    think_s: Bounds = (2.0, 10.0)
    slow_think_s: Bounds = (25.0, 70.0)
    typing_chars_per_s: Bounds = (5.0, 12.0)
    patience_s: Bounds = (60.0, 300.0)
    nudge_s: Bounds = (20.0, 60.0)
    park_s: Bounds = (60.0, 180.0)
    acw_s: Bounds = (8.0, 40.0)
    delivery_s: Bounds = (0.2, 1.5)
    pause_s: Bounds = (2.0, 20.0)
    """Until the next customer comes where one has gone."""
    inactivity_s: float = 420.0
    bot: float = 0.3
    no_answer: float = 0.05
    nudge: float = 0.4
    slow: float = 0.12
    transfer: float = 0.12
    park: float = 0.08
    leave: float = 0.05
    silence: float = 0.04
    undelivered: float = 0.015


@dataclass(frozen=True)
class Plan:
    """An organisation, and how many conversations there are at the same time."""

    queues: tuple[Queue, ...]
    agents: tuple[Agent, ...]
    conversations: int
    pace: Pace = Pace()

    def queue(self, queue_id: str) -> Queue | None:
        """The queue of that id."""
        return next((q for q in self.queues if q.id == queue_id), None)


def plan(
    conversations: int,
    new_id: Callable[[], str],
    *,
    queue_id: str,
    user_id: str,
    user_name: str = _NAMES[0],
    pace: Pace | None = None,
    speed: float = 1.0,
) -> Plan:
    """Three queues, and as many agents as a busy hour has too few; the first of each have these ids.

    At speed 10 the queues' targets are a tenth too.
    """
    queues = tuple(
        Queue(queue_id if n == 0 else new_id(), name, dialogue, target_s / speed)
        for n, (name, dialogue, target_s) in enumerate(_QUEUES)
    )
    agents = []
    for n in range(max(len(queues), math.ceil(conversations * SERVED / CAPACITY))):
        again = n // len(_NAMES)
        mine = tuple(dict.fromkeys((queues[n % 3].id, queues[n // 3 % 3].id)))
        name = user_name if n == 0 else _NAMES[n % len(_NAMES)] + (f" {again + 1}" if again else "")
        agents.append(Agent(user_id if n == 0 else new_id(), name, mine))
    return Plan(queues, tuple(agents), conversations, pace or Pace())
