"""Fetching content in bulk, where frames carry ids only: all that are missing in one call.

One call is under way at a time; ids that come meanwhile gather for the next, so a burst costs two calls and a lone
message waits for nothing. What failed for now is tried again; what the server will not give is given up.
"""

from __future__ import annotations

from ipygenesys._core.backoff import backoff_s
from ipygenesys._core.failures import Failure
from ipygenesys._core.operations import FetchMessages

MAX_BATCH = 200
"""Chosen: a page of history; the platform takes more, but a smaller answer shows sooner."""
MAX_ATTEMPTS = 6
"""Chosen: about half a minute of trying; catching up may still bring the content later."""


class MessageFetches:
    """The ids whose content is wanted."""

    def __init__(self) -> None:
        self._wanted: dict[str, None] = {}
        self._in_flight: FetchMessages | None = None
        self._not_before = 0.0
        self._attempt = 0

    def want(self, message_id: str) -> None:
        """This message's content is missing; repeats are fine."""
        if self._in_flight is None or message_id not in self._in_flight.message_ids:
            self._wanted[message_id] = None

    def pump(self, now: float) -> list[FetchMessages]:
        """The call that is due, if any."""
        if not self._wanted or self._in_flight is not None or now < self._not_before:
            return []
        batch = tuple(self._wanted)[:MAX_BATCH]
        for message_id in batch:
            del self._wanted[message_id]
        self._in_flight = FetchMessages(batch)
        return [self._in_flight]

    def succeeded(self) -> None:
        """The call was answered, whatever it brought."""
        self._in_flight, self._attempt = None, 0

    def failed(
        self, operation: FetchMessages, failure: Failure, now: float, jitter: float
    ) -> tuple[str, ...]:
        """The call failed; returns the ids that are given up."""
        self._in_flight = None
        self._attempt += 1
        if not failure.is_transient or self._attempt >= MAX_ATTEMPTS:
            self._attempt = 0
            return operation.message_ids
        self._not_before = now + backoff_s(
            self._attempt - 1, jitter=jitter, floor_s=failure.retry_after_s or 0.0
        )
        self._wanted = dict.fromkeys([*operation.message_ids, *self._wanted])
        return ()

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        return self._not_before if self._wanted and self._in_flight is None else None
