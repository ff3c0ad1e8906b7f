"""The gate in front of REST: calls wait here for their turn, all those of one token together.

Who goes when is decided by ``_core/rest_budget.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakValueDictionary

from ipygenesys._core.machines.rest_budget import HELD_BACK, Lane, RestBudget, Ticket
from ipygenesys._protocols.flow import CallError
from ipygenesys.credentials import Credentials, app_of

if TYPE_CHECKING:
    from ipygenesys._io.host.clock import SystemClock


class RestGate:
    """One token's calls, on one loop."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._budget = RestBudget(clock.monotonic())
        self._waiting: dict[Ticket, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, lane: Lane, *, is_again: bool = False) -> bool:
        """Wait until a call may be made; True if it had to wait.

        Raises:
            CallError: it may not be made now.
        """
        ticket = self._budget.ask(lane, self._clock.monotonic(), is_again=is_again)
        self._look()
        is_late = ticket.state == "waiting"
        if is_late:
            self._waiting[ticket] = asyncio.get_running_loop().create_future()
            try:
                await self._waiting[ticket]
            finally:
                del self._waiting[ticket]
                self._budget.leave(ticket)
        if ticket.state == "refused":
            raise CallError(HELD_BACK)
        return is_late

    def learned(self, left: int, reset_s: float) -> None:
        """The server has said how many calls are left until it counts anew."""
        self._budget.learned(left, reset_s, self._clock.monotonic())

    def _look(self) -> None:
        now = self._clock.monotonic()
        for ticket in self._budget.pump(now):
            future = self._waiting.get(ticket)
            if future is not None and not future.done():
                future.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (deadline := self._budget.next_deadline(now)) is not None:
            self._timer = asyncio.get_running_loop().call_later(deadline - now, self._look)


_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[Hashable, RestGate]] = (
    WeakKeyDictionary()
)


def gate_for(rest_url: str, credentials: Credentials | None, clock: SystemClock) -> RestGate:
    """The gate that all conversations of this app share on the running loop; without credentials, one of its own.

    By app rather than by token: to go round the limit with more tokens of one client can take down a whole org.
    Source: MyPureCloud developer-center-blog, 2021-02-03.
    """
    if credentials is None:
        return RestGate(clock)
    gates = _gates.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    key = (rest_url, app_of(credentials))
    gate = gates.get(key)
    if gate is None:
        gate = gates[key] = RestGate(clock)
    return gate
