"""Messages on their way out: in order, one call at a time, never sent twice, never lost in silence.

A send whose answer was lost is neither sent nor failed: it is *checked* against history, which may show a message some
seconds after the server took it. Only what stays undecided becomes ``unknown``, and from then on the user decides,
nobody else. A protocol whose server recognises the draft id sends such a draft again, under the same id, as soon as
history lacks it; on the others a message is recognised by its words and by its place after what was known when it was
handed over. What may lie at the server is never called failed.
"""

from __future__ import annotations

from ipygenesys._core.machines.backoff import backoff_s
from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.draft import Draft, may_be, words_of
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.model.platform_events import MessageArrived

TOTAL_S = 30.0
"""A draft that could not be handed over in this time has failed; one that could not be checked in it is unknown.
Source: reference/realtime.md 5."""
MAX_LOST_ANSWERS = 3
MAX_ATTEMPTS = 3
"""Of a call that the server answers; one that does not reach it is made again for ``TOTAL_S``.
Source: reference/realtime.md 5."""
LAG_S = 10.0
"""Chosen: by then history shows what the server has taken."""
FIRST_CHECK_S, LAST_CHECK_S = 1.0, 4.0
"""Between two looks into history; each time twice as long."""
STALE_MS = 600_000
"""Chosen: what was left behind by an earlier run for longer than this does not go out by itself any more."""

_NOT_SENT = "The program ended before this was sent."
_ENDED_MEANWHILE = "The program ended before the answer came."


class Outbox:
    """The drafts of one conversation, oldest first."""

    def __init__(self, *, is_idempotent: bool) -> None:
        self._is_idempotent = is_idempotent
        self._drafts: dict[str, Draft] = {}
        self.touched: dict[str, None] = {}
        """Drafts that have changed, or are gone, since somebody last emptied this."""

    def __contains__(self, draft_id: object) -> bool:
        return draft_id in self._drafts

    def __len__(self) -> int:
        return len(self._drafts)

    def get(self, draft_id: str) -> Draft | None:
        """The draft, unless the server has it or it was discarded."""
        return self._drafts.get(draft_id)

    def submit(
        self,
        draft_id: str,
        text: str,
        now: float,
        created_ms: int = 0,
        *,
        answer: Answer | None = None,
        file: OutgoingFile | None = None,
    ) -> Draft:
        """Queue a message; a draft id that is already known is not queued again."""
        self._touch(draft_id)
        draft = Draft(
            draft_id=draft_id, text=text, since=now, created_ms=created_ms, answer=answer, file=file
        )
        return self._drafts.setdefault(draft_id, draft)

    def restore(self, draft: Draft, now: float, wall_ms: int) -> Draft:
        """Take over what an earlier run has left behind: what may lie at the server is checked, not sent."""
        is_stale = wall_ms - draft.created_ms > STALE_MS
        draft.leave_behind(now, wall_ms)
        if draft.state in ("in_flight", "checking"):
            draft.failure = Failure(kind="lost", message=_ENDED_MEANWHILE)
            draft.lost_answers = MAX_LOST_ANSWERS if is_stale else 1
            self._check(draft, now)
            draft.not_before = now + LAST_CHECK_S  # The stream that opens first brings history with it.
        elif draft.state == "queued" and is_stale:
            self._give_up(draft, Failure(kind="unreachable", message=_NOT_SENT))
        return self._drafts.setdefault(draft.draft_id, draft)

    # --- calls --------------------------------------------------------------------------------------------

    def pump(self, now: float, after: tuple[int, str] | None = None) -> list[PostMessage]:
        """The call that is due, if any; ``after`` is the time and id of the newest message that is known."""
        head = self._head()
        if head is None or now < head.not_before:
            return []
        self._touch(head.draft_id)
        head.hand_over(now, after)
        return [PostMessage(head.draft_id, head.text, head.answer, head.file)]

    def learn_time(self, now: float, server_ms: int) -> None:
        """The server's clock is known: it tells when the drafts were handed over that have no other place."""
        for draft in self._drafts.values():
            if draft.learn_time(now, server_ms):
                self._touch(draft.draft_id)

    def is_again(self, post: PostMessage) -> bool:
        """It was made before, and failed."""
        return self._drafts[post.draft_id].attempts > 1

    def accepted(self, draft_id: str, message_id: str | None = None) -> bool:
        """The server has it as this message: by its answer, its echo on the stream, or in history.

        Lost sends of the same words are others, which the next run would not know.
        """
        self._touch(draft_id)
        accepted = self._drafts.pop(draft_id, None)
        words = None if accepted is None or message_id is None else words_of(accepted.text)
        for draft in self._drafts.values():
            if message_id is not None and words_of(draft.text) == words:
                self._touch(draft.draft_id)
                draft.others = (*draft.others, message_id)
        return accepted is not None

    def is_given_up(self, draft_id: str, failure: Failure) -> bool:
        """Whether the call of a draft that the user has given up came to nothing: then the draft is gone."""
        draft = self._drafts.get(draft_id)
        if draft is None or not draft.is_cancelled or failure.may_have_been_carried_out:
            return False
        self._touch(draft_id)
        del self._drafts[draft_id]
        return True

    def failed(self, draft_id: str, failure: Failure, now: float, jitter: float) -> Draft | None:
        """The call failed; returns the draft in its new state, or None if an echo has overtaken the failure."""
        draft = self._drafts.get(draft_id)
        if draft is None:
            return None
        self._touch(draft_id)
        draft.failure = failure
        if failure.was_held_back:
            draft.attempts -= 1
        wait = backoff_s(max(draft.attempts - 1, 0), jitter=jitter, floor_s=failure.retry_after_s or 0.0)
        is_last = failure.status is not None and draft.attempts >= MAX_ATTEMPTS
        if failure.may_have_been_carried_out:
            draft.lost_answers += 1
            self._check(draft, now)
        elif failure.is_transient and not is_last and now + wait <= draft.since + TOTAL_S:
            draft.state = "queued"
            draft.not_before = now + wait
        else:
            self._give_up(draft, failure)
        return draft

    def give_up(self, failure: Failure, *, is_end: bool = False) -> list[Draft]:
        """There will be no stream to send what is queued on, and at the end no answer; the user may try again."""
        states = ("queued", "in_flight", "checking") if is_end else ("queued",)
        for draft in (given_up := [d for d in self._drafts.values() if d.state in states]):
            draft.may_be_at_server |= draft.state == "in_flight"
            self._give_up(draft, failure)
        return given_up

    # --- lost answers -------------------------------------------------------------------------------------

    @property
    def is_checking(self) -> bool:
        """History has to tell whether a send has arrived."""
        return any(draft.state == "checking" for draft in self._drafts.values())

    @property
    def earliest_checked_ms(self) -> int | None:
        """How far back history has to be known to tell; server clock."""
        return min((d.earliest_ms for d in self.under_way if d.state == "checking"), default=None)

    @property
    def earliest_in_flight_ms(self) -> int | None:
        """The server cannot have taken what is under way before this time; its clock."""
        return next((d.earliest_ms for d in self.under_way if d.state == "in_flight"), None)

    @property
    def under_way(self) -> list[Draft]:
        """Those that the server may have, as nobody knows which messages."""
        return [draft for draft in self._drafts.values() if draft.state in ("in_flight", "checking")]

    def is_check_due(self, now: float) -> bool:
        """Time for another look into history; asked once for each."""
        due = [d for d in self._drafts.values() if d.state == "checking" and d.not_before <= now]
        for draft in due:
            draft.not_before = now + min(FIRST_CHECK_S * 2.0**draft.checks, LAST_CHECK_S)
            draft.checks += 1
        return bool(due)

    def reconciled(self, now: float, *, is_final: bool = False) -> list[Draft]:
        """History up to now was read and holds none of the drafts that are checked; returns those that change.

        Args:
            now: monotonic seconds.
            is_final: history will not show more later: there is none.
        """
        changed = []
        for draft in (each for each in self._drafts.values() if each.state == "checking"):
            if self._is_idempotent and draft.lost_answers < MAX_LOST_ANSWERS and not draft.is_cancelled:
                self._requeue(draft, now)
            elif is_final or now >= draft.since + LAG_S:
                self._leave_to_the_user(draft)
            else:
                continue
            changed.append(draft)
        return changed

    def undecided(self, now: float) -> list[Draft]:
        """Drafts that could not be checked in time."""
        late = [d for d in self.under_way if d.state == "checking" and now >= d.since + TOTAL_S]
        for draft in late:
            self._leave_to_the_user(draft)
        return late

    def lost_as(self, arrived: MessageArrived) -> str | None:
        """Which send whose answer was lost this message of ours is, where the server returns no draft ids."""
        return next((d.draft_id for d in self._drafts.values() if may_be(d, arrived)), None)

    def next_check(self) -> float | None:
        """When ``is_check_due`` or ``undecided`` has something to say."""
        checked = [d for d in self._drafts.values() if d.state == "checking"]
        return min((min(d.not_before, d.since + TOTAL_S) for d in checked), default=None)

    # --- the user -----------------------------------------------------------------------------------------

    def retry(self, draft_id: str, now: float) -> Draft | None:
        """The user asks to send a failed or unknown draft again."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.state not in ("failed", "unknown"):
            return None
        draft.attempts, draft.lost_answers, draft.is_cancelled = 0, 0, False
        self._requeue(draft, now)
        return draft

    def discard(self, draft_id: str) -> bool:
        """The user gives up a draft that is not under way, nor being looked for."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.state in ("in_flight", "checking"):
            return False
        self._touch(draft_id)
        del self._drafts[draft_id]
        return True

    def cancel(self, draft_id: str) -> bool:
        """The user gives up a draft that is under way: that can work as long as its file is."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.state != "in_flight" or draft.file is None or draft.is_cancelled:
            return False
        self._touch(draft_id)
        draft.is_cancelled = True
        return True

    # --- state --------------------------------------------------------------------------------------------

    @property
    def is_in_flight(self) -> bool:
        """A send is under way."""
        return any(draft.state == "in_flight" for draft in self._drafts.values())

    @property
    def is_settled(self) -> bool:
        """Nothing is queued or in flight."""
        return not any(draft.state in ("in_flight", "queued") for draft in self._drafts.values())

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        return head.not_before if (head := self._head()) else None

    def _head(self) -> Draft | None:
        """The first in the queue, unless another one has to come first: the one under way, or one that is checked.

        What is checked may have to go out again before it, or could not be told from it.
        """
        if self.is_in_flight:
            return None
        head = next((d for d in self._drafts.values() if d.state == "queued"), None)
        if head is None:
            return None
        checked = (d for d in self._drafts.values() if d.state == "checking")
        is_held = any(self._is_idempotent or words_of(d.text) == words_of(head.text) for d in checked)
        return None if is_held else head

    def _requeue(self, draft: Draft, now: float) -> None:
        self._touch(draft.draft_id)
        draft.state, draft.since, draft.not_before, draft.failure = "queued", now, now, None

    def _check(self, draft: Draft, now: float) -> None:
        draft.state, draft.since, draft.not_before = "checking", now, now
        draft.may_be_at_server, draft.checks = True, 0

    def _give_up(self, draft: Draft, failure: Failure) -> None:
        self._touch(draft.draft_id)
        draft.state, draft.failure = "unknown" if draft.may_be_at_server else "failed", failure

    def _leave_to_the_user(self, draft: Draft) -> None:
        self._touch(draft.draft_id)
        draft.state = "unknown"

    def _touch(self, draft_id: str) -> None:
        self.touched[draft_id] = None
