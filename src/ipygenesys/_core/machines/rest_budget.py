"""The REST budget of one app: who may call when, messages before all else.

The platform's own limit is never met.

Theory of operation. Each lane has a bucket that fills at its share of the rate. Who finds its own bucket empty takes
from that of typing, which starves first, and from those of the others while they are more than a third full: so
nothing is wasted, and a burst in one lane leaves something to all. Twenty conversations that are opened at once, two
calls each, leave enough for what is said in the next seconds. A call that has to wait queues behind those of its lane;
one that waited in vain is refused, typing at once: it would be stale. Calls made again have a budget of their own on
top, so that an outage is not answered with a storm. Times are monotonic seconds. Source of the figures:
reference/realtime.md 5.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import msgspec

from ipygenesys._core.model.failures import HELD_BACK_CODE, Failure
from ipygenesys._core.model.operations import (
    FetchHistory,
    FetchMessage,
    FetchMessages,
    MarkRead,
    MarkReadUpTo,
    Operation,
    RefreshAttachment,
    SetTyping,
)

Lane = Literal["messages", "backfill", "receipts", "typing"]
SHARES: dict[Lane, float] = {"messages": 0.60, "backfill": 0.25, "receipts": 0.10, "typing": 0.05}
"""Highest priority first."""
BURST = 60.0
RATE_PER_S = 3.0
"""With the burst at most 240 calls in any minute; Genesys allows 300."""
PATIENCE_S: dict[Lane, float] = {"messages": 15.0, "backfill": 15.0, "receipts": 15.0, "typing": 0.0}
"""Chosen: half of what a call may take; the other half is the server's."""
REPEATS_WINDOW_S = 10.0
REPEATS_SHARE = 0.1
MIN_REPEATS = 3
KEPT_FOR_OTHERS: dict[Lane, int] = {"messages": 0, "backfill": 5, "receipts": 10, "typing": 20}
"""Chosen: of what the server says is left, this much is not for this lane but for those above it."""
LOOK_EVERY_S = 0.1
"""Chosen: how often the queue is looked at while somebody waits."""

HELD_BACK = Failure(
    kind="rate_limited",
    message="Held back, to stay below the number of calls that the platform allows.",
    code=HELD_BACK_CODE,
    retry_after_s=2.0,
)


def lane_of(operation: Operation) -> Lane:
    """What an operation counts as."""
    match operation:
        case SetTyping():
            return "typing"
        case MarkRead() | MarkReadUpTo():
            return "receipts"
        case FetchHistory() | FetchMessage() | FetchMessages() | RefreshAttachment():
            return "backfill"
        case _:
            return "messages"


class Ticket(msgspec.Struct, eq=False):
    """A call that wants to be made."""

    lane: Lane
    is_again: bool
    asked_at: float
    state: Literal["waiting", "granted", "refused"] = "waiting"


class RestBudget:
    """What one app may still do."""

    def __init__(self, now: float) -> None:
        self._buckets = {lane: BURST * share for lane, share in SHARES.items()}
        self._filled_at = now
        self._queues: dict[Lane, deque[Ticket]] = {lane: deque() for lane in SHARES}
        self._granted: deque[tuple[float, bool]] = deque()
        """Within the last ``REPEATS_WINDOW_S``: when, and whether it was made again."""
        self._left = 0
        """What the server has said is left, less what went out since."""
        self._left_until = now

    def ask(self, lane: Lane, now: float, *, is_again: bool = False) -> Ticket:
        """A call wants to be made; ``pump`` decides."""
        ticket = Ticket(lane, is_again, now)
        self._queues[lane].append(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """It is not wanted any more; doing it twice is fine."""
        if ticket in (queue := self._queues[ticket.lane]):
            queue.remove(ticket)

    def pump(self, now: float) -> list[Ticket]:
        """Grant what may go now and refuse what has waited in vain; returns those."""
        self._fill(now)
        while self._granted and self._granted[0][0] <= now - REPEATS_WINDOW_S:
            self._granted.popleft()
        decided = []
        for lane, queue in self._queues.items():
            for ticket in tuple(queue):
                if (bucket := self._bucket_for(ticket, now)) is not None:
                    self._grant(ticket, bucket, now)
                elif now >= ticket.asked_at + PATIENCE_S[lane]:
                    ticket.state = "refused"
                else:
                    continue
                queue.remove(ticket)
                decided.append(ticket)
        return decided

    def learned(self, left: int, reset_s: float, now: float) -> None:
        """The server has said how many calls are left until it counts anew."""
        self._left, self._left_until = left, now + reset_s

    def next_deadline(self, now: float) -> float | None:
        """When ``pump`` may have something to do."""
        return now + LOOK_EVERY_S if any(self._queues.values()) else None

    def _bucket_for(self, ticket: Ticket, now: float) -> Lane | None:
        """From which bucket it may go: that of its lane, or the lowest that can lend."""
        if now < self._left_until and self._left <= KEPT_FOR_OTHERS[ticket.lane]:
            return None
        if ticket.is_again and not self._may_repeat:
            return None
        if self._buckets[ticket.lane] >= 1.0:
            return ticket.lane
        return next((lane for lane in reversed(SHARES) if self._buckets[lane] >= 1.0 + _kept_in(lane)), None)

    @property
    def _may_repeat(self) -> bool:
        repeats = sum(is_again for _, is_again in self._granted)
        return repeats < max(MIN_REPEATS, REPEATS_SHARE * len(self._granted))

    def _grant(self, ticket: Ticket, bucket: Lane, now: float) -> None:
        self._buckets[bucket] -= 1.0
        self._left -= 1
        self._granted.append((now, ticket.is_again))
        ticket.state = "granted"

    def _fill(self, now: float) -> None:
        poured = (now - self._filled_at) * RATE_PER_S
        for lane, share in SHARES.items():
            self._buckets[lane] = min(self._buckets[lane] + poured * share, BURST * share)
        self._filled_at = now


def _kept_in(lane: Lane) -> float:
    """What other lanes leave in a bucket."""
    return 0.0 if lane == "typing" else BURST * SHARES[lane] / 3


def parse_rate_limit(count: str | None, allowed: str | None, reset_s: str | None) -> tuple[int, float] | None:
    """Calls left and seconds until the server counts anew, by Genesys' headers; None where they say nothing.

    Source: reference/realtime.md 5 (``inin-ratelimit-count``, ``-allowed``, ``-reset``).
    """
    try:
        made, limit, seconds = int(count or ""), int(allowed or ""), int(reset_s or "")
    except ValueError:
        return None
    if limit <= 0 or made < 0 or seconds < 0:
        return None
    return max(limit - made, 0), float(min(seconds, 60))
