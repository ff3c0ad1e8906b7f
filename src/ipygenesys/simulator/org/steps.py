"""What is due next, and the smallest things that people in a conversation do; pure: it is stepped."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from ipygenesys.simulator.org.desk import Desk
from ipygenesys.simulator.org.lines import Line
from ipygenesys.simulator.org.plan import Agent, Bounds, Plan, Queue
from ipygenesys.simulator.state.conversation import (
    Conversation,
    Event,
    Message,
    Part,
    Participant,
    Purpose,
    Role,
)
from ipygenesys.simulator.state.platform import Platform

Twist = Literal["transfer", "park", "leave", "silence"]

_ROLES: dict[Purpose, Role] = {"acd": "system", "agent": "agent", "bot": "bot"}


@dataclass(eq=False)
class Talk:
    """One conversation as it is played."""

    conversation: Conversation
    rng: Random
    queue: Queue
    lines: tuple[Line, ...]
    at: int = 0
    """The next line."""
    twist: tuple[int, Twist] | None = None
    """What happens, and before which line of an agent."""
    plan: int = 0
    """Acts of an earlier plan are not performed any more."""
    is_taken: bool = False
    """Somebody real answers in the agent's place."""
    wait: Part | None = None
    agent: Part | None = None
    bot: Part | None = None


Act = Callable[[Talk, float], list[Event]]


class Steps:
    """All that is planned, in order of time."""

    def __init__(
        self, platform: Platform, plan: Plan, new_id: Callable[[], str], *, seed: int, speed: float
    ) -> None:
        self.platform, self.plan = platform, plan
        self._new_id, self._seed, self._speed = new_id, seed, speed
        self._desk = Desk(plan)
        self._heap: list[tuple[float, int, Callable[[float], list[Event]]]] = []
        self._serial = 0
        self._talks: dict[str, Talk] = {}

    # --- time

    def next_deadline(self) -> float | None:
        """When something happens next."""
        return self._heap[0][0] if self._heap else None

    def step(self) -> list[Event]:
        """Does the next thing, at its own time."""
        at, _, do = heapq.heappop(self._heap)
        return do(at)

    def _at(self, at: float, do: Callable[[float], list[Event]]) -> None:
        """Whole milliseconds, which is what the wire tells."""
        self._serial += 1
        heapq.heappush(self._heap, (round(at, 3), self._serial, do))

    def _in(self, talk: Talk, now: float, after: Bounds | float, act: Act, *, always: bool = False) -> None:
        """After so many seconds at speed 1, unless the conversation's plan is another one by then."""
        plan = talk.plan

        def do(at: float) -> list[Event]:
            return act(talk, at) if always or talk.plan == plan else []

        seconds = talk.rng.uniform(*after) if isinstance(after, tuple) else after
        self._at(now + max(0.001, seconds / self._speed), do)

    # --- who and what

    def _part(
        self, talk: Talk, now: float, purpose: Purpose, name: str, *, agent: Agent | None = None
    ) -> Part:
        who = Participant(self._new_id(), name, _ROLES[purpose])
        part = Part(who, purpose, "connected", now, now)
        if agent is not None:
            part.state, part.connected_s, part.user_id = "alerting", None, agent.user_id
        if purpose in ("acd", "agent"):
            part.queue_id, part.queue_name = talk.queue.id, talk.queue.name
        talk.conversation.parts.append(part)
        talk.conversation.participants[who.id] = who
        return part

    def _end_agent(self, talk: Talk, now: float, disconnect_type: str) -> Part:
        assert talk.agent is not None
        part, talk.agent = talk.agent, None
        assert part.user_id is not None
        if part.state != "parked":
            self._desk.give_back(part.user_id)
        part.end(now, disconnect_type)
        talk.conversation.leg = "disconnected"
        return part

    def _say(self, talk: Talk, now: float, who: Participant, text: str) -> list[Event]:
        c, pace = talk.conversation, self.plan.pace
        message, events = self.platform.post(c.id, who, text, now)
        c.inactive_at_s = round(now + pace.inactivity_s / self._speed, 3)
        if who.role != "customer":
            if who.role == "agent" and talk.rng.random() < pace.undelivered:
                message.error = "The customer's device did not take the message."
            self._in(
                talk, now, pace.delivery_s, lambda talk, at: self._deliver(talk, message, at), always=True
            )
        return events

    def _deliver(self, talk: Talk, message: Message, now: float) -> list[Event]:
        return self.platform.mark(message, talk.conversation.customer, "delivered", now)
