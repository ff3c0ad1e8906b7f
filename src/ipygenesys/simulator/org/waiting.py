"""How customers wait in a queue until an agent answers, or until they have had enough; pure."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ipygenesys.simulator.org.lines import NUDGES
from ipygenesys.simulator.org.steps import Steps, Talk
from ipygenesys.simulator.state.conversation import Event, Part, Rerouted


class Waiting(Steps, ABC):
    """The wait: routed to whoever is free, offered, answered."""

    @abstractmethod
    def _go_on(self, talk: Talk, now: float) -> None:
        """Plans the next line."""

    @abstractmethod
    def _end(self, talk: Talk, now: float, disconnect_type: str) -> list[Event]:
        """The conversation is over."""

    def _enqueue(self, talk: Talk, now: float, *, ended: Part | None = None) -> list[Event]:
        talk.at = max(talk.at, 1)
        talk.wait = self._part(talk, now, "acd", talk.queue.name)
        self._desk.wait(talk.conversation.id, talk.queue.id)
        pace = self.plan.pace
        self._in(talk, now, pace.patience_s, self._lose_patience)
        if talk.rng.random() < pace.nudge:
            self._in(talk, now, pace.nudge_s, self._nudge)
        changed = (talk.wait,) if ended is None else (ended, talk.wait)
        return [Rerouted(talk.conversation.id, changed), *self._assign(now)]

    def _assign(self, now: float) -> list[Event]:
        events: list[Event] = []
        for conversation_id, agent in self._desk.assignments(now):
            talk, pace = self._talks[conversation_id], self.plan.pace
            talk.agent = self._part(talk, now, "agent", agent.name, agent=agent)
            talk.conversation.agent, talk.conversation.leg = talk.agent.who, "alerting"
            if talk.rng.random() < pace.no_answer:
                self._in(talk, now, pace.alert_timeout_s, self._no_answer)
            else:
                self._in(talk, now, pace.engage_s, self._answer)
            events.append(Rerouted(conversation_id, (talk.agent,)))
        return events

    def _no_answer(self, talk: Talk, now: float) -> list[Event]:
        part = self._end_agent(talk, now, "transfer.noanswer")
        assert part.user_id is not None
        self._desk.away(part.user_id, now + self.plan.pace.not_responding_s / self._speed)
        self._desk.wait(talk.conversation.id, talk.queue.id, first=True)
        self._in(talk, now, self.plan.pace.not_responding_s, self._look_again, always=True)
        return [Rerouted(talk.conversation.id, (part,)), *self._assign(now)]

    def _look_again(self, talk: Talk, now: float) -> list[Event]:
        return self._assign(now)

    def _answer(self, talk: Talk, now: float) -> list[Event]:
        assert talk.agent is not None
        assert talk.wait is not None
        talk.agent.state, talk.agent.connected_s, talk.conversation.leg = "connected", now, "connected"
        talk.wait.end(now, "transfer")
        changed, talk.wait, talk.plan = (talk.wait, talk.agent), None, talk.plan + 1
        self._go_on(talk, now)
        return [Rerouted(talk.conversation.id, changed)]

    def _nudge(self, talk: Talk, now: float) -> list[Event]:
        return self._say(talk, now, talk.conversation.customer, talk.rng.choice(NUDGES))

    def _lose_patience(self, talk: Talk, now: float) -> list[Event]:
        return [] if talk.agent is not None else self._end(talk, now, "endpoint")
