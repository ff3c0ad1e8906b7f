"""Knows who waits in which queue and which agent is free; pure, ``now`` is an argument."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ipygenesys.simulator.org.plan import CAPACITY, Agent, Plan


class Desk:
    """First come, first served in each queue; the agent with the least to do is asked."""

    def __init__(self, plan: Plan) -> None:
        self._waiting: dict[str, deque[str]] = {queue.id: deque() for queue in plan.queues}
        self._agents = {
            queue.id: [agent for agent in plan.agents if queue.id in agent.queue_ids] for queue in plan.queues
        }
        self._load = dict.fromkeys((agent.user_id for agent in plan.agents), 0)
        self._away_until: dict[str, float] = {}

    def wait(self, conversation_id: str, queue_id: str, *, first: bool = False) -> None:
        """Somebody waits from now on, or again: whom an agent has not answered is the first."""
        waiting = self._waiting[queue_id]
        (waiting.appendleft if first else waiting.append)(conversation_id)

    def leave(self, conversation_id: str, queue_id: str) -> None:
        """Somebody waits no longer."""
        if conversation_id in self._waiting[queue_id]:
            self._waiting[queue_id].remove(conversation_id)

    def take(self, user_id: str) -> None:
        """An agent has one more."""
        self._load[user_id] += 1

    def give_back(self, user_id: str) -> None:
        """An agent has one less."""
        self._load[user_id] -= 1

    def away(self, user_id: str, until: float) -> None:
        """An agent does not respond; others are asked."""
        self._away_until[user_id] = until

    def assignments(self, now: float) -> Iterator[tuple[str, Agent]]:
        """Who of those that wait is offered to whom; they wait for that agent then."""
        for queue_id, waiting in self._waiting.items():
            while waiting and (agent := self._free(queue_id, now)) is not None:
                self.take(agent.user_id)
                yield waiting.popleft(), agent

    def _free(self, queue_id: str, now: float) -> Agent | None:
        free, least = None, CAPACITY
        for agent in self._agents[queue_id]:
            if (load := self._load[agent.user_id]) < least and self._away_until.get(
                agent.user_id, now
            ) <= now:
                free, least = agent, load
        return free
