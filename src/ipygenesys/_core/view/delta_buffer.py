"""Deltas on their way to the views: numbered, coalesced, and within the kernel's budget of comm messages.

A lone delta goes out at once; under load they gather, at most MAX_BATCH_DELTAS in a message and MAX_MESSAGES_PER_S
messages a second for the whole kernel: Jupyter Server drops what exceeds 1,000 a second, in silence. Views that more happens
in than anybody can follow are told ten times a second. Source: reference/jupyter.md D, measured; realtime.md T11.

Of a burst of new messages only the newest are sent, the others are counted: no view shows more, and whoever scrolls
up asks for a page. Hence a burst of any length costs one batch.
"""

from __future__ import annotations

from collections import deque

from ipygenesys._core.view.protocol import (
    MAX_BATCH_DELTAS,
    Delta,
    Deltas,
    MessagePlacedDelta,
    MessagesSkippedDelta,
    StatusDelta,
    TypingDelta,
    UnreadDelta,
)

MAX_MESSAGES_PER_S = 30.0
BURST = 3.0
"""Messages that may go out without a pause after a quiet time."""

CROWDED = 16
"""Chosen: deltas that have gathered for one update, from which on the next update is CROWDED_S away."""
CROWDED_S = 0.1

_ROUNDING = 1e-6
"""Of a token: sums of many small waits do not come out exact."""

_LAST_VALUE_WINS = (TypingDelta, UnreadDelta, StatusDelta)

MAX_RUN = 2 * MAX_BATCH_DELTAS
"""New messages in a row that may wait; of more than these all but the newest KEPT_OF_RUN are only counted."""
KEPT_OF_RUN = MAX_BATCH_DELTAS - 4
"""With what counts the others, and the values of which the newest wins, they fit into one batch."""


class SendBudget:
    """A token bucket; one for the whole kernel, shared by all widgets."""

    def __init__(self, rate_per_s: float = MAX_MESSAGES_PER_S, burst: float = BURST) -> None:
        self._rate = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Spend one message, if there is one to spend."""
        self._refill(now)
        if self._tokens < 1.0 - _ROUNDING:
            return False
        self._tokens -= 1.0
        return True

    def spend(self, now: float) -> None:
        """Spend one message that cannot wait, on credit if need be."""
        self._refill(now)
        self._tokens -= 1.0

    def available_at(self, now: float) -> float:
        """When ``take`` will succeed."""
        self._refill(now)
        return now + max(1.0 - self._tokens, 0.0) / self._rate

    def _refill(self, now: float) -> None:
        elapsed = 0.0 if self._at is None else max(now - self._at, 0.0)
        self._tokens = min(self._burst, self._tokens + elapsed * self._rate)
        self._at = now


class DeltaBuffer:
    """The deltas of one widget that its views have not been sent yet."""

    def __init__(self, epoch: str, budget: SendBudget) -> None:
        self.revision = 0
        """Of the last delta sent."""
        self._epoch = epoch
        self._budget = budget
        self._waiting: deque[Delta] = deque()
        self._newest: dict[type[Delta], Delta] = {}
        """Of those kinds of which only the newest matters; they go out behind all that waits."""
        self._run = 0
        """How many deltas at the end of those that wait place new messages, each behind the one before."""
        self._gathered = 0
        """Since the last update, those included that a newer one has replaced."""
        self._not_before = float("-inf")

    def add(self, delta: Delta) -> None:
        """Queue a delta."""
        self._gathered += 1
        if isinstance(delta, _LAST_VALUE_WINS):
            self._newest[type(delta)] = delta
            return
        self._run = self._run_with(delta)
        self._waiting.append(delta)
        if self._run > MAX_RUN:
            self._shorten_run()

    def _run_with(self, delta: Delta) -> int:
        if not isinstance(delta, MessagePlacedDelta) or delta.former_index is not None:
            return 0
        if delta.message.draft_id is not None:
            return 0  # A page waits to hear of the draft that it has sent.
        last = self._waiting[-1] if self._run else None
        is_next = isinstance(last, MessagePlacedDelta) and delta.index == last.index + 1
        return self._run + 1 if is_next else 1

    def _shorten_run(self) -> None:
        run = [self._waiting.pop() for _ in range(self._run)]
        before = self._waiting.pop() if self._waiting else None
        placed = [delta for delta in reversed(run) if isinstance(delta, MessagePlacedDelta)]
        skipped = _counted(placed[:-KEPT_OF_RUN])
        if isinstance(before, MessagesSkippedDelta) and before.index + before.count == skipped.index:
            skipped = _joined(before, skipped)
        elif before is not None:
            self._waiting.append(before)
        self._waiting += [skipped, *placed[-KEPT_OF_RUN:]]
        self._run = KEPT_OF_RUN

    def drain(self, now: float) -> list[Deltas]:
        """What the budget allows to send now."""
        batches: list[Deltas] = []
        if now < self._not_before:
            return batches
        if self._run > KEPT_OF_RUN and len(self._waiting) + len(self._newest) > MAX_BATCH_DELTAS:
            self._shorten_run()  # More than one batch at once would keep the page from drawing its next frame in time.
        while self._has_some and self._budget.take(now):
            batches.append(self._batch())
        if batches:
            self._updated(now)
        return batches

    def _updated(self, now: float) -> None:
        if self._gathered > CROWDED:
            self._not_before = now + CROWDED_S
        self._gathered = 0

    def flush(self, now: float) -> list[Deltas]:
        """All that waits, on credit: a snapshot is about to count on it."""
        batches = []
        while self._has_some:
            self._budget.spend(now)
            batches.append(self._batch())
        self._gathered = 0
        return batches

    def discard(self) -> None:
        """Nobody is looking: count the revisions on, so that a view that was forgotten sees the gap."""
        self.revision += len(self._waiting) + len(self._newest)
        self._waiting.clear()
        self._newest.clear()
        self._run = self._gathered = 0

    def start_over(self) -> None:
        """All is different now: a view that has seen everything so far is behind, too, until it has the whole."""
        self.discard()
        self.revision += 1

    def next_deadline(self, now: float) -> float | None:
        """When ``drain`` has something to do."""
        return max(self._budget.available_at(now), self._not_before) if self._has_some else None

    @property
    def _has_some(self) -> bool:
        return bool(self._waiting or self._newest)

    def _batch(self) -> Deltas:
        deltas = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH_DELTAS))]
        if len(deltas) + len(self._newest) <= MAX_BATCH_DELTAS:
            deltas += self._newest.values()
            self._newest.clear()
        self._run = min(self._run, len(self._waiting))
        first = self.revision + 1
        self.revision += len(deltas)
        return Deltas(epoch=self._epoch, revision=first, deltas=tuple(deltas))


def _counted(placed: list[MessagePlacedDelta]) -> MessagesSkippedDelta:
    others = [delta.message.id for delta in placed if not delta.message.is_own]
    return MessagesSkippedDelta(
        index=placed[0].index,
        count=len(placed),
        others=len(others),
        first_other_id=others[0] if others else None,
    )


def _joined(one: MessagesSkippedDelta, two: MessagesSkippedDelta) -> MessagesSkippedDelta:
    return MessagesSkippedDelta(
        index=one.index,
        count=one.count + two.count,
        others=one.others + two.others,
        first_other_id=one.first_other_id or two.first_other_id,
    )
