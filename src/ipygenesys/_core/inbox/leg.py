"""A part in a conversation over time: facts only ever add up, so that late and repeated frames change nothing."""

from __future__ import annotations

from typing import Literal

import msgspec

from ipygenesys._core.inbox.told import Part
from ipygenesys._core.model.messages import Role

LegState = Literal["alerted", "connected", "parked", "over"]
_TIMES = ("connected_ms", "ended_ms", "acw_began_ms", "acw_ended_ms")


class Leg(msgspec.Struct, eq=False):
    """What is known of one part."""

    id: str
    role: Role | None = None
    is_queue: bool = False
    name: str = ""
    user_id: str | None = None
    queue_id: str | None = None
    came_ms: int | None = None
    connected_ms: int | None = None
    is_connected: bool = False
    """It is, or was, though nobody may have said since when."""
    ended_ms: int | None = None
    is_over: bool = False
    acw_began_ms: int | None = None
    acw_ended_ms: int | None = None
    parks: dict[int, int | None] = {}
    """When it was set aside, and taken up again."""

    def told(self, part: Part) -> None:
        """Take in what is new."""
        self.role = part.role or self.role
        self.is_queue |= part.is_queue
        self.is_connected |= part.is_connected or part.connected_ms is not None
        self.name = part.name or self.name
        self.user_id = part.user_id or self.user_id
        self.queue_id = part.queue_id or self.queue_id
        if part.came_ms is not None and (self.came_ms is None or part.came_ms < self.came_ms):
            self.came_ms = part.came_ms
        for name in _TIMES:
            if getattr(self, name) is None:
                setattr(self, name, getattr(part, name))
        if self.connected_ms is None and part.is_connected:
            self.connected_ms = part.came_ms
        self.is_over |= part.is_over or self.ended_ms is not None
        if part.parked_ms is not None:
            self._set_aside(part.parked_ms, part.resumed_ms)

    def _set_aside(self, parked_ms: int, resumed_ms: int | None) -> None:
        if resumed_ms is not None and resumed_ms < parked_ms:
            resumed_ms = None  # It tells of the time before.
        self.parks[parked_ms] = resumed_ms or self.parks.get(parked_ms)

    @property
    def state(self) -> LegState:
        """What it does now."""
        if self.is_over:
            return "over"
        if self.parks and self.parks[max(self.parks)] is None:
            return "parked"
        return "connected" if self.is_connected else "alerted"

    @property
    def since_ms(self) -> int | None:
        """Since when it does that."""
        match self.state:
            case "over":
                return self.ended_ms
            case "parked":
                return max(self.parks)
            case "connected":
                moments = (self.connected_ms, *self.parks.values())
                return max((at for at in moments if at is not None), default=None)
            case _:
                return self.came_ms

    @property
    def engaged_ms(self) -> int | None:
        """From the alert to the answer."""
        if self.came_ms is None or self.connected_ms is None:
            return None
        return max(self.connected_ms - self.came_ms, 0)

    @property
    def handled_ms(self) -> int | None:
        """From the answer to the end, less what it was parked, with the work after it; None: it goes on, or is not known."""
        if self.connected_ms is None or self.ended_ms is None:
            return None
        acw_ms = 0
        if self.acw_began_ms is not None:
            if self.acw_ended_ms is None:
                return None
            acw_ms = max(self.acw_ended_ms - self.acw_began_ms, 0)
        ended_ms = self.ended_ms
        parked_ms = sum(max((resumed or ended_ms) - at, 0) for at, resumed in self.parks.items())
        return max(ended_ms - self.connected_ms - parked_ms, 0) + acw_ms
