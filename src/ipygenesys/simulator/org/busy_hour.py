"""A busy hour: customers come, wait, are answered, transferred, parked, leave. Seeded and pure: it is stepped.

Each step does the next thing that is due and says what happened, so that it can be played on a real clock or on a
virtual one. Same plan, same seed, same steps.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ipygenesys.simulator.org.lines import BOT_GREETING, BOT_HANDOVER, lines_of, named
from ipygenesys.simulator.org.plan import CUSTOMERS, Plan
from ipygenesys.simulator.org.steps import Talk, Twist
from ipygenesys.simulator.org.waiting import Waiting
from ipygenesys.simulator.state.conversation import (
    ConversationChanged,
    Event,
    Part,
    Participant,
    PresenceChanged,
    Rerouted,
)
from ipygenesys.simulator.state.platform import Platform

WARM_UP_S = 720.0
"""At speed 1: so long the organisation has been at work when somebody begins to look."""


class BusyHour(Waiting):
    """The organisation at work; as many conversations as planned are there at the same time."""

    def __init__(
        self,
        platform: Platform,
        plan: Plan,
        new_id: Callable[[], str],
        *,
        seed: int,
        now: float,
        speed: float = 1.0,
        first_id: str | None = None,
        warm_up_s: float = WARM_UP_S,
    ) -> None:
        super().__init__(platform, plan, new_id, seed=seed, speed=speed)
        self._first_id = first_id
        self._number = 0
        begin, rng = now - warm_up_s / speed, Random(f"{seed}/arrivals")
        spread_s = min(WARM_UP_S, max(warm_up_s, 300.0)) * 0.8 / speed
        for _ in range(plan.conversations):
            self._arrive_at(begin + rng.uniform(0, spread_s))
        while (at := self.next_deadline()) is not None and at <= now:
            self.step()

    # --- somebody real

    def stand_down(self, conversation_id: str) -> None:
        """Somebody real answers in this conversation from now on; the customer goes on as before."""
        if (talk := self._talks.get(conversation_id)) is not None:
            talk.is_taken = True

    def hear(self, conversation_id: str, now: float) -> None:
        """The real agent has said something: the customer goes on."""
        talk = self._talks.get(conversation_id)
        if talk is None or not talk.is_taken:
            return
        while talk.at < len(talk.lines) and talk.lines[talk.at][0] == "agent":
            talk.at += 1
        talk.plan += 1
        self._go_on(talk, now)

    def answer(self, conversation_id: str, now: float) -> list[Event]:
        """The real agent answers what alerts them."""
        talk = self._talks.get(conversation_id)
        return [] if talk is None or talk.agent is None or talk.wait is None else self._answer(talk, now)

    def end(self, conversation_id: str, now: float) -> list[Event]:
        """Somebody real ends the conversation."""
        talk = self._talks.get(conversation_id)
        return (
            [] if talk is None or talk.conversation.state != "connected" else self._end(talk, now, "client")
        )

    # --- coming

    def _arrive_at(self, at: float) -> None:
        self._number += 1
        number = self._number
        self._at(at, lambda now: self._arrive(number, now))

    def _twist(self, talk: Talk) -> tuple[int, Twist] | None:
        pace, chance = self.plan.pace, talk.rng.random()
        place = talk.rng.choice([n for n, (who, _) in enumerate(talk.lines) if who == "agent"][1:-1])
        kinds: tuple[tuple[Twist, float], ...] = (
            ("transfer", pace.transfer),
            ("park", pace.park),
            ("leave", pace.leave),
            ("silence", pace.silence),
        )
        for kind, likely in kinds:
            if (chance := chance - likely) < 0:
                return place, kind
        return None

    def _arrive(self, number: int, now: float) -> list[Event]:
        rng = Random(f"{self._seed}/{number}")
        queue = rng.choice(self.plan.queues)
        customer = Participant(
            self._new_id(), f"{rng.choice(CUSTOMERS)} {chr(65 + number % 26)}.", "customer"
        )
        nobody = Participant(self._new_id(), "", "agent")
        conversation_id, self._first_id = self._first_id or self._new_id(), None
        c = self.platform.open_conversation(conversation_id, nobody, customer, now)
        c.leg, c.participants = "disconnected", {customer.id: customer}
        c.parts.append(Part(customer, "customer", "connected", now, now))
        talk = self._talks[c.id] = Talk(c, rng, queue, lines_of(queue.dialogue))
        talk.twist = self._twist(talk)
        if talk.rng.random() < self.plan.pace.bot:
            talk.bot = self._part(talk, now, "bot", "Assistant")
            self._in(talk, now, self.plan.pace.opening_s, self._open_to_bot)
            return [PresenceChanged(c.id, c.customer, "joined"), Rerouted(c.id, tuple(c.parts))]
        self._in(talk, now, self.plan.pace.opening_s, self._open)
        return [PresenceChanged(c.id, c.customer, "joined")]

    def _open(self, talk: Talk, now: float) -> list[Event]:
        return [
            *self._say(talk, now, talk.conversation.customer, talk.lines[0][1]),
            *self._enqueue(talk, now),
        ]

    def _open_to_bot(self, talk: Talk, now: float) -> list[Event]:
        events = self._say(talk, now, talk.conversation.customer, talk.lines[0][1])
        self._in(talk, now, self.plan.pace.bot_s, self._bot_asks)
        return events

    def _bot_asks(self, talk: Talk, now: float) -> list[Event]:
        assert talk.bot is not None
        self._in(talk, now, self.plan.pace.think_s, self._name)
        return self._say(talk, now, talk.bot.who, BOT_GREETING)

    def _name(self, talk: Talk, now: float) -> list[Event]:
        self._in(talk, now, self.plan.pace.bot_s, self._hand_over)
        customer = talk.conversation.customer
        return self._say(talk, now, customer, customer.name)

    def _hand_over(self, talk: Talk, now: float) -> list[Event]:
        assert talk.bot is not None
        events = self._say(talk, now, talk.bot.who, BOT_HANDOVER)
        talk.bot.end(now, "transfer")
        return [*events, *self._enqueue(talk, now, ended=talk.bot)]

    # --- talking

    def _go_on(self, talk: Talk, now: float) -> None:
        pace = self.plan.pace
        if talk.at >= len(talk.lines):
            self._in(talk, now, pace.think_s, self._close)
            return
        who = talk.lines[talk.at][0]
        if who == "agent" and talk.is_taken:
            return
        is_slow = who == "agent" and talk.rng.random() < pace.slow
        think_s = talk.rng.uniform(*(pace.slow_think_s if is_slow else pace.think_s))
        if is_slow and talk.rng.random() < pace.nudge:
            self._in(talk, now, think_s * 0.7, self._nudge)
        self._in(talk, now, think_s, self._types if who == "customer" else self._turns)

    def _typing_s(self, talk: Talk) -> float:
        return len(talk.lines[talk.at][1]) / talk.rng.uniform(*self.plan.pace.typing_chars_per_s)

    def _types(self, talk: Talk, now: float) -> list[Event]:
        seconds, c = self._typing_s(talk), talk.conversation
        self._in(talk, now, seconds, self._speak)
        return self.platform.set_typing(c.id, c.customer, True, now, lasts_s=seconds / self._speed)

    def _turns(self, talk: Talk, now: float) -> list[Event]:
        if talk.twist is None or talk.twist[0] > talk.at:
            self._in(talk, now, self._typing_s(talk), self._speak)
            return []
        kind, talk.twist = talk.twist[1], None
        match kind:
            case "transfer":
                return self._transfer(talk, now)
            case "park":
                return self._park(talk, now)
            case "leave":
                return self._end(talk, now, "endpoint")
            case "silence":
                assert talk.conversation.inactive_at_s is not None
                self._in(talk, now, (talk.conversation.inactive_at_s - now) * self._speed, self._time_out)
                return []

    def _speak(self, talk: Talk, now: float) -> list[Event]:
        who, text = talk.lines[talk.at]
        talk.at += 1
        assert talk.agent is not None
        speaker = talk.agent.who if who == "agent" else talk.conversation.customer
        events = self._say(talk, now, speaker, named(text, talk.agent.who.name))
        self._go_on(talk, now)
        return events

    # --- changing hands, and ending

    def _transfer(self, talk: Talk, now: float) -> list[Event]:
        part = self._end_agent(talk, now, "transfer")
        talk.queue = talk.rng.choice([q for q in self.plan.queues if q is not talk.queue])
        return self._enqueue(talk, now, ended=part)

    def _park(self, talk: Talk, now: float) -> list[Event]:
        part = talk.agent
        assert part is not None
        assert part.user_id is not None
        seconds = talk.rng.uniform(*self.plan.pace.park_s) / self._speed
        part.state, part.parked_s, part.resumed_s = "parked", now, round(now + seconds, 3)
        self._desk.give_back(part.user_id)
        self._in(talk, now, (part.resumed_s - now) * self._speed, self._resume)
        return [Rerouted(talk.conversation.id, (part,)), *self._assign(now)]

    def _resume(self, talk: Talk, now: float) -> list[Event]:
        part = talk.agent
        assert part is not None
        assert part.user_id is not None
        part.state = "connected"
        self._desk.take(part.user_id)
        self._go_on(talk, now)
        return [Rerouted(talk.conversation.id, (part,))]

    def _close(self, talk: Talk, now: float) -> list[Event]:
        return self._end(talk, now, "client")

    def _time_out(self, talk: Talk, now: float) -> list[Event]:
        return self._end(talk, now, "inactivity")

    def _end(self, talk: Talk, now: float, disconnect_type: str) -> list[Event]:
        c = talk.conversation
        changed = [part for part in c.parts if part.ended_s is None]
        if talk.wait is not None:
            self._desk.leave(c.id, talk.queue.id)
        talk.plan += 1
        for part in changed:
            part.end(now, disconnect_type)
        if talk.agent is not None and talk.agent.connected_s is not None:
            talk.agent.acw_started_s = now
            self._in(talk, now, self.plan.pace.acw_s, self._file)
        else:
            del self._talks[c.id]
        c.state, c.leg, c.inactive_at_s = "disconnected", "disconnected", None
        self._arrive_at(now + talk.rng.uniform(*self.plan.pace.pause_s) / self._speed)
        return [
            Rerouted(c.id, tuple(changed)),
            ConversationChanged(c.id, "disconnected"),
            PresenceChanged(c.id, c.customer, "left"),
        ]

    def _file(self, talk: Talk, now: float) -> list[Event]:
        part = talk.agent
        assert part is not None
        assert part.user_id is not None
        part.acw_ended_s = now
        self._desk.give_back(part.user_id)
        del self._talks[talk.conversation.id]
        return [Rerouted(talk.conversation.id, (part,)), *self._assign(now)]
