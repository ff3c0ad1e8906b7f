"""Fetching content where frames carry ids only: in bulk, or one by one where the server has no bulk call.

In bulk, one call is under way at a time; ids that come meanwhile gather for the next, so a burst costs two calls and a
lone message waits for nothing. What failed for now is tried again; what the server will not give is given up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from ipygenesys._core.machines.backoff import backoff_s
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import FetchMessage, FetchMessages

MAX_BATCH = 200
"""Chosen: a page of history; the platform takes more, but a smaller answer shows sooner."""
MAX_AT_A_TIME = 4
"""Chosen: single calls under way; a burst of them must not hold up a send."""
MAX_ATTEMPTS = 6
"""Chosen: about half a minute of trying; catching up may still bring the content later."""

Fetch = FetchMessage | FetchMessages


class MessageFetches:
    """The ids whose content is wanted."""

    def __init__(self, *, in_bulk: bool) -> None:
        self.is_supported = True
        """Until the server turns out to have no such call."""
        self._ever_worked = False
        self._in_bulk = in_bulk
        self._wanted: dict[str, None] = {}
        self._in_flight: dict[str, None] = {}
        self._gone: set[str] = set()
        """Under way for messages that are not there any more."""
        self._failures: Counter[str] = Counter()
        self._not_before = 0.0

    def want(self, message_id: str) -> None:
        """This message's content is missing; repeats are fine."""
        if message_id not in self._in_flight:
            self._wanted[message_id] = None

    def forget(self, gone: Collection[str] | None = None) -> None:
        """These messages, or all of them, are not there any more: what is under way for them would bring them back."""
        for message_id in {*self._wanted, *self._in_flight} if gone is None else gone:
            self._wanted.pop(message_id, None)
            if message_id in self._in_flight:
                self._gone.add(message_id)

    def pump(self, now: float) -> list[Fetch]:
        """The calls that are due."""
        if not self._wanted or now < self._not_before:
            return []
        if not (batch := tuple(self._wanted)[: self._room]):
            return []
        for message_id in batch:
            del self._wanted[message_id]
            self._in_flight[message_id] = None
        return [FetchMessages(batch)] if self._in_bulk else [FetchMessage(id_) for id_ in batch]

    def is_again(self, fetch: Fetch) -> bool:
        """Whether this call was made before, and failed."""
        return any(self._failures[id_] for id_ in ids_of(fetch))

    def succeeded(self, fetch: Fetch) -> frozenset[str]:
        """The call was answered, whatever it brought; returns those of its messages that are gone meanwhile."""
        self._ever_worked = True
        return self._landed(fetch)

    def failed(self, fetch: Fetch, failure: Failure, now: float, jitter: float) -> tuple[str, ...]:
        """The call failed; returns the ids that are given up."""
        is_missing = failure.kind in ("not_found", "unsupported") and isinstance(fetch, FetchMessage)
        self.is_supported &= not (is_missing and not self._ever_worked)
        ids = ids_of(fetch)
        tries = max(self._failures[id_] for id_ in ids) + (not failure.was_held_back)
        gone = self._landed(fetch)
        ids = tuple(id_ for id_ in ids if id_ not in gone)
        if not failure.is_transient or tries >= MAX_ATTEMPTS:
            return ids
        self._failures.update(dict.fromkeys(ids, tries))
        wait = backoff_s(max(tries - 1, 0), jitter=jitter, floor_s=failure.retry_after_s or 0.0)
        self._not_before = max(self._not_before, now + wait)
        self._wanted = dict.fromkeys([*ids, *self._wanted])
        return ()

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        return self._not_before if self._wanted and self._room else None

    @property
    def _room(self) -> int:
        """How many ids the next calls may hold."""
        if self._in_bulk:
            return 0 if self._in_flight else MAX_BATCH
        return MAX_AT_A_TIME - len(self._in_flight)

    def _landed(self, fetch: Fetch) -> frozenset[str]:
        ids = ids_of(fetch)
        for id_ in ids:
            self._in_flight.pop(id_, None)
            del self._failures[id_]
        gone = self._gone.intersection(ids)
        self._gone -= gone
        return frozenset(gone)


def ids_of(fetch: Fetch) -> tuple[str, ...]:
    """The messages that it is about."""
    return fetch.message_ids if isinstance(fetch, FetchMessages) else (fetch.message_id,)
