"""Says what happens in the organisation's queues, and lets somebody real answer in an agent's place."""

from __future__ import annotations

from collections.abc import Sequence

from ipygenesys.simulator.hub.administration import Administration
from ipygenesys.simulator.org.busy_hour import BusyHour
from ipygenesys.simulator.org.figures import Truth
from ipygenesys.simulator.org.observing import LONGEST, METRICS, Observed, Watch, observe
from ipygenesys.simulator.org.parts import parts_of
from ipygenesys.simulator.org.plan import Queue, plan
from ipygenesys.simulator.org.truth import truth
from ipygenesys.simulator.state.conversation import (
    Conversation,
    Event,
    LegState,
    Message,
    Part,
    QueueObserved,
    Rerouted,
    Side,
    State,
)
from ipygenesys.simulator.state.settings import Settings, seeded_ids

STEPS_AT_ONCE = 100
"""Of the organisation, before others have their turn."""


class Queues(Administration):
    """The queues, and the organisation at work if there is one."""

    settings: Settings
    org: BusyHour | None

    def _open_org(self) -> None:
        settings, identity = self.settings, self.identity
        new_id = seeded_ids(settings.seed, "organisation")
        self.org = BusyHour(
            self.platform,
            plan(
                settings.conversations,
                new_id,
                queue_id=identity.queue_id,
                user_id=identity.user_id,
                user_name=settings.agent_name,
                speed=settings.speed,
            ),
            new_id,
            seed=settings.seed,
            now=self.clock.now(),
            speed=settings.speed,
            first_id=identity.conversation_id,
        )

    def _close_org(self) -> None:
        self.org, self.watch = None, Watch()

    def _work(self, now: float, *, at_most: int | None = None) -> None:
        """What the organisation has done up to now, and what the analytics service says of it."""
        steps = 0
        while self.org is not None and (at := self.org.next_deadline()) is not None and at <= now:
            if steps == at_most:
                return  # What has been said must be sent too, however much there is to do.
            self.publish(self.org.step())
            steps += 1
        due = list(self.watch.due(now))
        if due:
            observed = self.observed()
            for queue_id in due:
                event = QueueObserved(
                    queue_id, _counts([o for o in observed if o.part.queue_id == queue_id], now)
                )
                for stream in self.audience.of_all():
                    stream.send_event(event)

    def note_queues(self, event: Event, now: float) -> None:
        """An event may change what is observed of a queue."""
        if isinstance(event, Rerouted):
            queue_ids = dict.fromkeys(p.queue_id for p in event.changed if p.queue_id is not None)
            self.watch.changed(queue_ids, now)

    @property
    def queues(self) -> tuple[Queue, ...]:
        """All queues; without an organisation there is one."""
        if self.org is not None:
            return self.org.plan.queues
        return (Queue(self.identity.queue_id, "Support", "", 20.0),)

    @property
    def agents(self) -> dict[str, str]:
        """The users who take conversations, and their names."""
        if self.org is not None:
            return {agent.user_id: agent.name for agent in self.org.plan.agents}
        return {self.identity.user_id: self.settings.agent_name}

    @property
    def members(self) -> dict[str, int]:
        """How many agents each queue has."""
        agents = () if self.org is None else self.org.plan.agents
        return {q.id: sum(q.id in a.queue_ids for a in agents) or 1 for q in self.queues}

    def parts(self, conversation: Conversation) -> list[Part]:
        """Who takes part, or has."""
        return parts_of(conversation, user_id=self.identity.user_id, queue_id=self.identity.queue_id)

    def observed(self) -> list[Observed]:
        """Where each live conversation is, the oldest first."""
        live = [c for c in self.platform.conversations.values() if c.state == "connected"]
        return observe(live, self.parts)

    def true_now(self, queue_ids: list[str] | None = None, since: float | None = None) -> Truth:
        """What is true of the queues at this moment."""
        now = self.clock.now()
        self._work(now)
        conversations = self.platform.conversations.values()
        return truth(conversations, self.parts, self.queues, now, queue_ids=queue_ids, since=since)

    # --- somebody real

    def take_part(self, side: Side, conversation: Conversation) -> None:
        """A real client acts on this side: in the organisation an agent is relieved."""
        if not conversation.parts:
            super().take_part(side, conversation)
        elif side == "agent" and self.org is not None:
            self.org.stand_down(conversation.id)

    def _posted(self, message: Message, events: list[Event]) -> None:
        conversation = self.platform.conversation(message.conversation_id)
        if not conversation.parts:
            super()._posted(message, events)
            return
        if self.org is not None and message.sender.id == conversation.agent.id:
            self.org.hear(conversation.id, self.clock.now())
        self.publish(events)

    def set_leg(self, conversation: Conversation, state: LegState) -> None:
        """Lets the agent's part alert, or answers or ends it; in the organisation it alerts by itself."""
        if not conversation.parts:
            super().set_leg(conversation, state)
        elif self.org is not None:
            change = {"connected": self.org.answer, "disconnected": self.org.end}.get(state)
            if change is None:
                raise ValueError("the organisation itself decides whom a conversation alerts")
            self.publish(change(conversation.id, self.clock.now()))

    def set_conversation(self, conversation: Conversation, state: State) -> None:
        """Ends the conversation or brings it back."""
        if conversation.parts:
            self.set_leg(conversation, state)
        else:
            self.publish(self.platform.set_state(conversation.id, state))


def _counts(observed: Sequence[Observed], now: float) -> tuple[tuple[str, int, int | None], ...]:
    since = {metric: [o.since_s for o in observed if o.metric == metric] for metric in METRICS}
    counts: list[tuple[str, int, int | None]] = [(metric, len(since[metric]), None) for metric in METRICS]
    for metric, of in LONGEST.items():
        if since[of]:
            counts.append((metric, len(since[of]), round((now - min(since[of])) * 1000)))
    return tuple(counts)
