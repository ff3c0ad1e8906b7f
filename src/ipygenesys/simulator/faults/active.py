"""Keeps the faults that are on, and says when each one applies; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ipygenesys.simulator.faults.kinds import (
    Delay,
    Duplicate,
    Error,
    Fault,
    LoseAnswer,
    RateLimit,
    Refuse,
    Reorder,
)

LEFT_ALONE = ("/oauth/", "/channels/")
STREAM_SUFFIX = "/events"
GUEST_SOCKET = "/v1"


@dataclass
class _Pending:
    fault: RateLimit | Error | LoseAnswer
    left: int


@dataclass
class Faults:
    """The faults that are on now."""

    duplicate: bool = False
    reorder: Reorder | None = None
    delay_s: float = 0.0
    _refuse: Refuse | None = None
    _refuse_until: float = math.inf
    _refuse_left: float = math.inf
    _pending: list[_Pending] = field(default_factory=list)

    def switch(self, fault: Fault, now: float) -> None:
        """Turns a lasting fault on or off; those that act at once are the caller's."""
        match fault:
            case RateLimit() | Error() | LoseAnswer():
                self._pending.append(_Pending(fault, fault.count))
            case Refuse():
                self._refuse = fault
                self._refuse_until = math.inf if fault.seconds is None else now + fault.seconds
                self._refuse_left = math.inf if fault.count is None else fault.count
            case Duplicate():
                self.duplicate = fault.on
            case Reorder():
                self.reorder = fault if fault.on else None
            case Delay():
                self.delay_s = fault.ms / 1000
            case _:
                pass

    def refusal(self, now: float) -> int | None:
        """The status to refuse a new stream with, None to accept it; counts one try."""
        if self._refuse is None or now >= self._refuse_until or self._refuse_left <= 0:
            return None
        self._refuse_left -= 1
        return self._refuse.status

    def before(self, method: str, path: str) -> RateLimit | Error | None:
        """The fault that answers this call in place of the server, used up by one."""
        fault = self._take(method, path, (RateLimit, Error))
        return fault if isinstance(fault, RateLimit | Error) else None

    def loses_answer(self, method: str, path: str) -> bool:
        """Whether the answer to this executed call is lost, used up by one."""
        return self._take(method, path, (LoseAnswer,)) is not None

    def _take(
        self, method: str, path: str, kinds: tuple[type[RateLimit | Error | LoseAnswer], ...]
    ) -> RateLimit | Error | LoseAnswer | None:
        for pending in self._pending:
            if isinstance(pending.fault, kinds) and _applies(pending.fault, method, path):
                pending.left -= 1
                if not pending.left:
                    self._pending.remove(pending)
                return pending.fault
        return None


def _applies(fault: RateLimit | Error | LoseAnswer, method: str, path: str) -> bool:
    """A path matches as a part of the call's; without one, tokens and the stream's handshake are left alone."""
    if fault.method is not None and fault.method.upper() != method:
        return False
    if fault.path is not None:
        return fault.path in path
    return not (path.startswith(LEFT_ALONE) or path.endswith(STREAM_SUFFIX) or path == GUEST_SOCKET)
