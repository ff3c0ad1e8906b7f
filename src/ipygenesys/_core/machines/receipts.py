"""Our read receipts: what was seen, coalesced, at most four calls in flight, kept until the server has accepted.

Rules: protocols/messaging-events.md "Read receipts". Nothing is marked read that the server did not accept, and
nothing that was seen is forgotten: failures stay pending and are retried, across reconnects too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ipygenesys._core.machines.backoff import backoff_s
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import MarkRead, MarkReadUpTo

COALESCE_S = 0.15
MAX_IN_FLIGHT = 4

IsContiguous = Callable[[tuple[str, ...]], bool]
"""Whether these are all the unread messages up to the newest of them, ordered: then one call may acknowledge them."""


class ReadReceipts:
    """Pending acknowledgements of one conversation."""

    def __init__(self, *, is_enabled: bool = True) -> None:
        self.is_enabled = is_enabled
        self.has_batch_call = True
        """Until the server says otherwise; see ``failed``."""
        self.refused: Failure | None = None
        """A lack of permission: nothing is tried until the user asks for it, or, for a token, until there is a new one."""
        self._pending: dict[str, None] = {}
        self._in_flight: dict[str, None] = {}
        self._unsure: dict[str, None] = {}
        """Seen, but perhaps ours: nothing goes out for them until that is known."""
        self._left_behind: tuple[str, ...] = ()
        """Seen in an earlier run; whether the server knows it is not known yet."""
        self._due = 0.0
        self._not_before = 0.0
        """What the server has asked for; a reconnect does not shorten it."""
        self._attempt = 0
        self._failed: set[str] = set()
        """Those of the pending ones for which a call was made, and failed for now."""

    def seen(self, ids: Iterable[str], now: float) -> None:
        """Messages of others that were displayed long enough; repeats are fine."""
        if not self.is_enabled:
            return
        fresh = [id_ for id_ in ids if id_ not in self._in_flight and id_ not in self._pending]
        for id_ in fresh:
            self._unsure.pop(id_, None)
        if fresh and not self._pending:
            self._due = max(self._due, now + COALESCE_S)
        self._pending.update(dict.fromkeys(fresh))

    def wait_with(self, ids: Iterable[str]) -> None:
        """Messages that were seen, and may turn out to be ours: ``seen`` or ``withdraw`` decides."""
        if self.is_enabled:
            self._unsure.update(dict.fromkeys(id_ for id_ in ids if id_ not in self._pending))

    @property
    def unsure(self) -> tuple[str, ...]:
        """Those of which that is not known yet."""
        return tuple(self._unsure)

    def restore(self, ids: tuple[str, ...]) -> None:
        """An earlier run has seen these, and does not know that the server has accepted it."""
        self._left_behind = ids

    def take_left_behind(self) -> tuple[str, ...]:
        """Those, once: history has told by now which of them the server knows to be read."""
        left_behind, self._left_behind = self._left_behind, ()
        return left_behind

    def withdraw(self, id_: str) -> None:
        """A message turned out to be ours: it is not acknowledged, unless the call is under way."""
        self._pending.pop(id_, None)
        self._unsure.pop(id_, None)
        self._failed.discard(id_)

    def retry_refused(self) -> None:
        """The user asks again: the permission may have been granted meanwhile."""
        self.refused = None

    def reenable(self, now: float) -> None:
        """The stream is back: do not wait out the backoff of the time before, and trust its token."""
        self._attempt = 0
        if self.refused and self.refused.kind == "authentication":
            self.refused = None
        self._due = max(min(self._due, now + COALESCE_S), self._not_before)

    def hurry(self, now: float) -> None:
        """It is the end: do not wait for more to gather."""
        self._due = max(min(self._due, now), self._not_before)

    def pump(self, now: float, is_contiguous: IsContiguous) -> list[MarkRead | MarkReadUpTo]:
        """The calls that are due."""
        if not self.is_enabled or self.refused or not self._pending or now < self._due:
            return []
        if self.has_batch_call and len(self._pending) > 1 and not self._in_flight:
            batch = tuple(self._pending)
            if is_contiguous(batch):
                self._move(batch)
                return [MarkReadUpTo(batch[-1], batch)]
        room = MAX_IN_FLIGHT - len(self._in_flight)
        chosen = tuple(self._pending)[: max(room, 0)]
        self._move(chosen)
        return [MarkRead(id_) for id_ in chosen]

    def succeeded(self, ids: Iterable[str]) -> None:
        """The server has accepted these."""
        self._attempt = 0
        for id_ in ids:
            self._in_flight.pop(id_, None)
            self.withdraw(id_)

    def is_again(self, operation: MarkRead | MarkReadUpTo) -> bool:
        """Whether any of this was asked for before, and that failed."""
        return not self._failed.isdisjoint(ids_of(operation))

    def failed(self, operation: MarkRead | MarkReadUpTo, failure: Failure, now: float, jitter: float) -> None:
        """A call failed: everything transient stays pending."""
        ids = ids_of(operation)
        for id_ in ids:
            self._in_flight.pop(id_, None)
        if isinstance(operation, MarkReadUpTo) and failure.kind in ("not_found", "unsupported", "rejected"):
            self.has_batch_call = False
        elif failure.kind in ("not_found", "unsupported", "rejected"):
            self._failed.difference_update(ids)
            return  # The server will never take these; the message stays unread and the failure is reported.
        elif not failure.is_transient:
            self.refused = failure
        else:
            floor_s = failure.retry_after_s or 0.0
            self._not_before = max(self._not_before, now + floor_s)
            self._due = max(self._due, now + backoff_s(self._attempt, jitter=jitter, floor_s=floor_s))
            if not failure.was_held_back:
                self._attempt += 1
                self._failed.update(ids)
        self._pending = dict.fromkeys([*ids, *self._pending])

    @property
    def has_some(self) -> bool:
        """Something was seen that has still to be said."""
        return bool(self._pending or self._unsure or self._failed)

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        blocked = not self.is_enabled or self.refused or len(self._in_flight) >= MAX_IN_FLIGHT
        return self._due if self._pending and not blocked else None

    @property
    def is_settled(self) -> bool:
        """Nothing is under way or will be sent by itself."""
        return not self._in_flight and (not self._pending or self.refused is not None)

    @property
    def pending(self) -> tuple[str, ...]:
        """Seen, but not yet accepted by the server."""
        return (*self._in_flight, *self._pending, *self._unsure, *self._left_behind)

    def _move(self, ids: tuple[str, ...]) -> None:
        for id_ in ids:
            del self._pending[id_]
            self._in_flight[id_] = None


def ids_of(operation: MarkRead | MarkReadUpTo) -> tuple[str, ...]:
    """The messages that it acknowledges."""
    return operation.batch if isinstance(operation, MarkReadUpTo) else (operation.message_id,)
