"""Messages on their way out: in order, one call at a time, never sent twice, never lost in silence.

A send whose answer was lost is ``unknown``, not failed: history decides (``reconciled``). Only a protocol whose server
recognises the draft id sends such a draft again, under the same id.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ipygenesys._core.backoff import backoff_s
from ipygenesys._core.content import Answer
from ipygenesys._core.failures import Failure
from ipygenesys._core.model import OutgoingFile
from ipygenesys._core.operations import PostMessage

TOTAL_S = 30.0
"""A draft that could not be handed over in this time has failed. Source: reference/realtime.md 5."""
MAX_LOST_ANSWERS = 3

DraftState = Literal["queued", "in_flight", "unknown", "failed"]


class Draft(msgspec.Struct):
    """A message that the server has not accepted yet."""

    draft_id: str
    text: str
    since: float
    """Of the last request to send it; monotonic seconds."""
    answer: Answer | None = None
    file: OutgoingFile | None = None
    state: DraftState = "queued"
    not_before: float = 0.0
    attempts: int = 0
    lost_answers: int = 0
    failure: Failure | None = None
    is_cancelled: bool = False
    """The user has given it up while its file was on its way; it ends where the call that is under way says."""

    def __repr__(self) -> str:
        return f"<Draft {self.state}>"


class Outbox:
    """The drafts of one conversation, oldest first."""

    def __init__(self, *, is_idempotent: bool) -> None:
        self._is_idempotent = is_idempotent
        self._drafts: dict[str, Draft] = {}

    def __contains__(self, draft_id: object) -> bool:
        return draft_id in self._drafts

    def get(self, draft_id: str) -> Draft | None:
        """The draft, unless the server has it or it was discarded."""
        return self._drafts.get(draft_id)

    def submit(
        self,
        draft_id: str,
        text: str,
        now: float,
        *,
        answer: Answer | None = None,
        file: OutgoingFile | None = None,
    ) -> Draft:
        """Queue a message; a draft id that is already known is not queued again."""
        return self._drafts.setdefault(draft_id, Draft(draft_id, text, now, answer, file))

    def pump(self, now: float) -> list[PostMessage]:
        """The call that is due, if any."""
        head = self._head()
        if head is None or head.state == "in_flight" or now < head.not_before:
            return []
        head.state = "in_flight"
        head.attempts += 1
        return [PostMessage(head.draft_id, head.text, head.answer, head.file)]

    def accepted(self, draft_id: str) -> bool:
        """The server has it: by its answer, its echo on the stream, or in history."""
        return self._drafts.pop(draft_id, None) is not None

    def is_given_up(self, draft_id: str, failure: Failure) -> bool:
        """Whether the call of a draft that the user has given up came to nothing: then the draft is gone."""
        draft = self._drafts.get(draft_id)
        if draft is None or not draft.is_cancelled or failure.may_have_been_carried_out:
            return False
        del self._drafts[draft_id]
        return True

    def failed(self, draft_id: str, failure: Failure, now: float, jitter: float) -> Draft | None:
        """The call failed; returns the draft in its new state, or None if an echo has overtaken the failure."""
        draft = self._drafts.get(draft_id)
        if draft is None:
            return None
        draft.failure = failure
        wait = backoff_s(draft.attempts - 1, jitter=jitter, floor_s=failure.retry_after_s or 0.0)
        if failure.may_have_been_carried_out:
            draft.lost_answers += 1
            draft.state = "unknown"
        elif failure.is_transient and now + wait <= draft.since + TOTAL_S:
            draft.state = "queued"
            draft.not_before = now + wait
        else:
            draft.state = "failed"
        return draft

    def reconciled(self, now: float) -> list[Draft]:
        """History up to now was read and holds none of the unknown drafts; returns those that go out again."""
        if not self._is_idempotent:
            return []
        again = [
            d
            for d in self._drafts.values()
            if d.state == "unknown" and d.lost_answers < MAX_LOST_ANSWERS and not d.is_cancelled
        ]
        for draft in again:
            self._requeue(draft, now)
        return again

    def give_up(self, failure: Failure) -> list[Draft]:
        """There will be no stream to send what is queued on; the user may try again."""
        queued = [draft for draft in self._drafts.values() if draft.state == "queued"]
        for draft in queued:
            draft.state, draft.failure = "failed", failure
        return queued

    def unknown_with(self, text: str) -> str | None:
        """The oldest draft with this text whose answer was lost: where the server returns no draft ids."""
        unknown = (d for d in self._drafts.values() if d.state == "unknown" and d.text == text)
        return next((draft.draft_id for draft in unknown), None)

    @property
    def is_in_flight(self) -> bool:
        """A send is under way."""
        return any(draft.state == "in_flight" for draft in self._drafts.values())

    def unresolved(self) -> tuple[str, ...]:
        """Drafts of which history does not decide and that do not go out again by themselves."""
        return tuple(draft.draft_id for draft in self._drafts.values() if draft.state == "unknown")

    def retry(self, draft_id: str, now: float) -> Draft | None:
        """The user asks to send a failed or unknown draft again."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.state not in ("failed", "unknown"):
            return None
        draft.attempts = draft.lost_answers = 0
        draft.is_cancelled = False
        self._requeue(draft, now)
        return draft

    def discard(self, draft_id: str) -> bool:
        """The user gives up a draft that is not under way."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.state == "in_flight":
            return False
        del self._drafts[draft_id]
        return True

    def cancel(self, draft_id: str) -> bool:
        """The user gives up a draft that is under way: that can work as long as its file is."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.state != "in_flight" or draft.file is None or draft.is_cancelled:
            return False
        draft.is_cancelled = True
        return True

    @property
    def is_settled(self) -> bool:
        """Nothing is queued or in flight."""
        return self._head() is None

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        head = self._head()
        return head.not_before if head and head.state == "queued" else None

    def _head(self) -> Draft | None:
        """The draft in flight, or else the first in the queue: a retried one may stand before the one in flight."""
        in_flight = (d for d in self._drafts.values() if d.state == "in_flight")
        queued = (d for d in self._drafts.values() if d.state == "queued")
        return next(in_flight, None) or next(queued, None)

    def _requeue(self, draft: Draft, now: float) -> None:
        draft.state, draft.since, draft.not_before, draft.failure = "queued", now, now, None
