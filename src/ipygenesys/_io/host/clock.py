"""This machine's clock and dice, which tests replace; the server's clock, as its answers tell it."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

from ipygenesys._core.machines.http_date import server_time
from ipygenesys._core.model.inputs import Now


class SystemClock:
    """Reads what a step of the core may depend on."""

    def now(self) -> Now:
        """Monotonic seconds, wall milliseconds, and a fresh draw."""
        return Now(time.monotonic(), int(time.time() * 1000), random.random())

    def monotonic(self) -> float:
        """Seconds."""
        return time.monotonic()

    def epoch(self) -> float:
        """Seconds since the epoch."""
        return time.time()


class ServerClock(SystemClock):
    """Our clock, and beside it the server's, for whatever is compared with the times that the server tells.

    Ours may be wrong by hours, and may be set at any moment. So the server's is kept as its distance from the monotonic
    clock, anew from each answer. An answer tells the second in which it was made, some time before it came: what is read
    here is never ahead of the server's clock, and behind it by that much.

    Args:
        own: this machine's.
    """

    def __init__(self, own: SystemClock) -> None:
        self.own = own
        self._ahead_s: float | None = None
        """Of the monotonic clock; None: no answer has told it yet."""

    def learn(self, headers: Mapping[str, str]) -> None:
        """An answer has just come, with these headers."""
        moment = server_time(headers.get("Date"), headers.get("Age"))
        if moment is not None:
            self.tell(moment * 1000)

    def tell(self, time_ms: float) -> None:
        """The server's clock says so now; milliseconds since the epoch."""
        self._ahead_s = time_ms / 1000 - self.own.monotonic()

    def now(self) -> Now:
        """Ours, with the server's if it is known."""
        now = self.own.now()
        if self._ahead_s is None:
            return now
        return now._replace(server_ms=int((now.monotonic + self._ahead_s) * 1000))

    def monotonic(self) -> float:
        """Seconds."""
        return self.own.monotonic()

    def epoch(self) -> float:
        """Seconds since the epoch, by the server's clock; by ours if that is not known."""
        return self.own.epoch() if self._ahead_s is None else self.monotonic() + self._ahead_s
