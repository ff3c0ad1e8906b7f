"""The lease of one upstream: which relay leads, as far as one of them can know.

Theory of operation. Whoever takes the lease gets an epoch that is above all before it, and writes nothing without naming it:
Redis refuses what comes under an old one. So two that believe to lead do no harm; the lease is there that it does not last.
While Redis itself cannot be reached nobody can take it, and whoever has it keeps its session, but not for ever its stream.
Where Redis has lost all, or was started anew and may have lost some, whoever has led knows what is under way: others let it
go first.
"""

from __future__ import annotations

from typing import Literal

TTL_S = 5.0
"""Chosen: with ``RETRY_S`` and a stream that opens, another one leads within 10 s."""
RENEW_S = 1.5
RETRY_S = 1.0
"""Between two tries to take it, and of a renewal that did not reach Redis."""
ALONE_S = 3 * TTL_S
"""Chosen: without Redis, this long after the lease ran out the stream is closed: somebody else may have one."""

DEFER_S = 3.0
"""Chosen: who has led when Redis was lost asks for the lease within ``RETRY_S`` of its return."""

Wish = Literal["take", "renew"]


class Lease:
    """As one relay knows it; times are monotonic seconds."""

    def __init__(self) -> None:
        self.epoch = 0
        """The newest that was ours; what is taken next is above it."""
        self._is_ours = False
        self._asked = self._until = self._due = 0.0
        self._another_led = False
        self._empty_since: float | None = None

    @property
    def wish(self) -> Wish:
        """What to ask Redis for next."""
        return "renew" if self._is_ours else "take"

    def next_deadline(self) -> float:
        """When to ask for it."""
        return self._due

    @property
    def is_ours(self) -> bool:
        """Nobody has told that somebody else has it."""
        return self._is_ours

    def is_certain(self, now: float) -> bool:
        """Nobody else can have it."""
        return self._is_ours and now < self._until

    def is_too_long_alone(self, now: float) -> bool:
        """Redis was not heard of for so long that the stream is better closed."""
        return self._is_ours and now >= self._until + ALONE_S

    def begins(self, now: float) -> bool:
        """Whether to lead where Redis holds nothing."""
        return not self._another_led or self.has_deferred(now)

    def has_deferred(self, now: float) -> bool:
        """Whoever has led has had time enough to go first: it is gone."""
        return self._empty_since is not None and now >= self._empty_since + DEFER_S

    def asking(self, now: float) -> None:
        """Redis is being asked; an answer counts from here, for that is what it can be too late by."""
        self._asked = now

    def granted(self, epoch: int) -> None:
        """It is ours, from now on or for longer."""
        self._is_ours, self.epoch = True, epoch
        self._another_led, self._empty_since = False, None
        self._until = self._asked + TTL_S
        self._due = self._asked + RENEW_S

    def refused(self, now: float) -> None:
        """Somebody else has it."""
        self._is_ours, self._another_led, self._empty_since = False, True, None
        self._due = now + RETRY_S

    def deferred(self, now: float) -> None:
        """Redis holds nothing, or may have lost some of it: whoever has led goes first."""
        self._is_ours = False
        self._empty_since = now if self._empty_since is None else self._empty_since
        self._due = now + RETRY_S

    def lost(self) -> None:
        """A write was refused for its epoch: ask at once."""
        self._is_ours, self._due = False, 0.0

    def unreachable(self, now: float) -> None:
        """Nobody knows."""
        self._due = now + RETRY_S
