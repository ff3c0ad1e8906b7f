"""The parts of one conversation together: who has it, since when it waits, and what their times come to."""

from __future__ import annotations

from functools import cached_property
from math import inf

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.leg import Leg
from ipygenesys._core.inbox.rows import State
from ipygenesys._core.inbox.told import Part


class Legs(dict[str, Leg]):
    """By their ids. What follows from them is found once, and anew when one of them was told something."""

    def told(self, part: Part) -> Leg:
        """What a part is now."""
        if (leg := self.get(part.id)) is None:
            leg = self[part.id] = Leg(part.id)
        leg.told(part)
        self.forget_what_follows()
        return leg

    def forget_what_follows(self) -> None:
        """It is found again when it is asked for."""
        vars(self).clear()

    @cached_property
    def began_ms(self) -> int | None:
        """When the first one came."""
        came = (leg.connected_ms if leg.came_ms is None else leg.came_ms for leg in self.values())
        return min((at for at in came if at is not None), default=None)

    @cached_property
    def ended_ms(self) -> int | None:
        """When the last one left."""
        return max((leg.ended_ms for leg in self.values() if leg.ended_ms is not None), default=None)

    @cached_property
    def customer(self) -> str:
        """Their name."""
        return next((leg.name for leg in self.values() if leg.role == "customer" and leg.name), "")

    @cached_property
    def queue_id(self) -> str | None:
        """Through which queue it came last."""
        through = [leg for leg in self.values() if leg.queue_id is not None]
        return max(through, key=began_ms_of).queue_id if through else None

    @property
    def is_in_after_work(self) -> bool:
        """Somebody has after-call work to do, as far as is known."""
        return any(leg.acw_began_ms is not None and leg.acw_ended_ms is None for leg in self.values())

    @cached_property
    def holder(self) -> tuple[State, Leg | None]:
        """Who has it, and by which part."""
        live = [leg for leg in self.values() if not leg.is_over]
        agents = {leg.state: leg for leg in live if leg.role == "agent"}
        if (leg := agents.get("connected")) is not None:
            return "agent", leg
        if (leg := agents.get("parked")) is not None:
            return "parked", leg
        customers = [leg for leg in self.values() if leg.role == "customer"]
        if not live or (customers and all(leg.is_over for leg in customers)):
            return "ended", None
        queued = [leg for leg in live if leg.is_queue]
        if queued or agents:
            return "waiting", (queued or list(agents.values()))[-1]
        bots = [leg for leg in live if leg.role == "bot"]
        return ("bot", bots[-1]) if bots else ("open", live[-1])

    @cached_property
    def users(self) -> frozenset[str | None]:
        """Whose conversation it is: the agents' who take part."""
        return frozenset(leg.user_id for leg in self.values() if leg.role == "agent" and not leg.is_over)

    @cached_property
    def last_agent(self) -> Leg | None:
        """Who had it last."""
        return max(filter(_has_answered, self.values()), key=began_ms_of, default=None)

    def connections(self) -> list[tuple[str, int]]:
        """When which agents came, first ones first."""
        answered = filter(_has_answered, self.values())
        connected = [(leg.id, leg.connected_ms) for leg in answered if leg.connected_ms is not None]
        return sorted(connected, key=lambda each: each[1])

    @cached_property
    def times(self) -> tuple[Value, ...]:
        """What the agents' times and the waits come to."""
        return (*self.served(), *self.waits())

    def served(self) -> list[Value]:
        """How soon agents took it, and how long they had it."""
        return [
            Value(name, ms, leg.user_id, leg.queue_id)
            for leg in self.values()
            if leg.role == "agent"
            for name, ms in (("time_to_engage_s", leg.engaged_ms), ("handle_time_s", leg.handled_ms))
            if ms is not None
        ]

    def waits(self) -> list[Value]:
        """The waits in a queue that are over, by how they ended: an agent came, or not."""
        queued = sorted((leg for leg in self.values() if leg.is_queue), key=began_ms_of)
        values = []
        for leg, next_ms in zip(queued, [*map(began_ms_of, queued[1:]), inf], strict=False):
            began_ms = began_ms_of(leg)
            answered = [at for _, at in self.connections() if began_ms <= at < next_ms]
            if answered:
                values.append(Value("answered_wait_s", answered[0] - began_ms, None, leg.queue_id))
            elif leg.ended_ms is not None:
                values.append(Value("abandoned_wait_s", max(leg.ended_ms - began_ms, 0), None, leg.queue_id))
        return values


def _has_answered(leg: Leg) -> bool:
    return leg.role == "agent" and leg.is_connected


def began_ms_of(leg: Leg) -> int:
    """When it came, for an order."""
    return leg.connected_ms or leg.came_ms or 0
