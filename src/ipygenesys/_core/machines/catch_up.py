"""Catching up: the stream promises nothing, so history is read after every (re)connect and whenever a gap shows.

The *watermark* is the newest message up to which nothing is missing: all before it came by history or with gapless
sequence numbers. A catch-up reads on from there. Source: Genesys' notification service "does not guarantee message
delivery" (MyPureCloud developer-center-blog, 2020-10-22).
"""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.backoff import backoff_s, soonest
from ipygenesys._core.machines.news import NewestSecond, before_its_second
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History, MessageArrived

PAGE_SIZE = 200
"""The most that one call returns. Source: protocols/messaging-events.md."""
GAP_PATIENCE_S = 1.0
"""A message that overtook another is not a gap yet."""
RECONCILE_S = 120.0
"""Chosen: the longest that a frame lost on an open stream stays unnoticed where nothing is numbered."""


class CatchUp:
    """When to read history, and from where."""

    def __init__(self, *, is_enabled: bool = True) -> None:
        self.is_enabled = is_enabled
        self.watermark: str | None = None
        self.oldest: str | None = None
        """The first message of the oldest page read: between it and the watermark nothing is missing."""
        self._oldest_ms: int | None = None
        self.has_older = False
        """The server has messages older than the oldest that we hold."""
        self.has_completed = False
        """The conversation as it was when we came is known: what history brings from now on is news."""
        self.fills_back = False
        """The newest page does not reach back to what was read before: the pages between are asked for."""
        self.read_up_to_ms: int | None = None
        """The time of the newest message that ever was a watermark."""
        self._read_up_to: str | None = None
        self._second = NewestSecond()
        self.hole_from_ms: int | None = None
        """The same when the hole showed that is filled back to: what is older than this is no news."""
        self.hole_from: str | None = None
        """Which message that was."""
        self._sequence: int | None = None
        self._newest_live = 0
        """The highest number that the stream has brought."""
        self._in_flight: FetchHistory | None = None
        self._older_in_flight: FetchHistory | None = None
        self._fill_not_before = 0.0
        self._older_refusal: Failure | None = None
        """The server has asked to wait with older pages."""
        self._older_not_before = 0.0
        self._void: list[FetchHistory] = []
        """Under way, of a conversation that is no more."""
        self._due: float | None = None
        self._is_open = False
        self._failures = 0
        """Of calls for the newest page that were made, since one worked."""
        self.is_refused = False
        """The newest page was refused since one worked, or since the stream was opened."""
        self._older_failures = 0
        """Likewise, while a hole is filled."""
        self._ever_worked = False

    @property
    def is_running(self) -> bool:
        """A page is on its way."""
        return self._in_flight is not None

    @property
    def knows_the_first_page(self) -> bool:
        """The conversation as it was is known, or that it does not come now."""
        return not self.is_enabled or self.has_completed or self._failures > 0

    def is_again(self, operation: FetchHistory) -> bool:
        """Whether the same was asked for before, and that failed."""
        return (self._failures if operation.before is None else self._older_failures) > 0

    @property
    def complete_up_to_ms(self) -> int:
        """Nothing that was said up to this time is missing, since the oldest message that is held; 0: who knows."""
        return (self.read_up_to_ms or 0) if self.has_completed and not self.fills_back else 0

    @property
    def settled_up_to_ms(self) -> int:
        """The same, and nothing more can be said that has such a time."""
        complete_ms = self.complete_up_to_ms
        return complete_ms if self._second.is_over else before_its_second(complete_ms)

    def stream_opened(self, now: float) -> None:
        """Whatever happened while the stream was down has to be read."""
        self._failures = self._older_failures = 0
        self.is_refused = False
        self._due = now
        self._is_open = True

    def stream_lost(self) -> None:
        """Nothing is read until the stream is back, unless somebody asks."""
        self._due = None
        self._is_open = False

    def forget(self, now: float) -> None:
        """Another conversation begins: its history has nothing of what we hold."""
        self.watermark = self.oldest = self._sequence = self.read_up_to_ms = self._read_up_to = None
        self._newest_live = 0
        self.has_older = self.fills_back = False
        self.distrust(now)

    def distrust(self, now: float) -> None:
        """What is under way may have been answered before the conversation was cleared."""
        self._void += [call for call in (self._in_flight, self._older_in_flight) if call is not None]
        self._in_flight = self._older_in_flight = None
        self._go_on(now)

    def is_void(self, operation: FetchHistory) -> bool:
        """Whether this was asked for before another conversation began: what it brings is not of this one."""
        is_void = any(call is operation for call in self._void)
        self._void = [call for call in self._void if call is not operation]
        return is_void

    def request(self, now: float, *, patience_s: float = 0.0) -> None:
        """Something may have been missed."""
        due = now + patience_s
        self._due = due if self._due is None else min(self._due, due)

    def message_arrived(self, message: MessageArrived, now: float) -> None:
        """A live message: either it follows the watermark, or it shows a gap."""
        self._second.saw(message.time_ms, now)
        if message.sequence is None:
            return
        self._newest_live = max(self._newest_live, message.sequence)
        if self._sequence is None and self.has_completed and self.watermark is None:
            # The conversation was empty when we came.
            if message.sequence in (0, 1):
                self._sequence = message.sequence - 1
            elif self._in_flight is None:  # It is not the first, unless it is counted otherwise.
                self.request(now, patience_s=GAP_PATIENCE_S)
        if self._sequence is None or message.sequence <= self._sequence:
            return
        if message.sequence == self._sequence + 1:
            self._move_to(message)
        elif self._in_flight is None:
            self.request(now, patience_s=GAP_PATIENCE_S)

    def pump(self, now: float) -> list[FetchHistory]:
        """The call that is due, if any."""
        if not self.is_enabled:
            return []
        is_filling = self.fills_back and self._is_open and now >= self._fills_at
        calls = self.load_older(self.oldest, PAGE_SIZE, now) if is_filling else []
        if self._due is None or now < self._due or self._in_flight:
            return calls
        self._due = None
        self._second.asked(now)
        self._in_flight = FetchHistory(after=self.watermark, limit=PAGE_SIZE)
        return [*calls, self._in_flight]

    def older_refusal(self, now: float) -> Failure | None:
        """Why the page before the oldest message cannot be asked for yet, and for how long."""
        if self._older_refusal is None or now >= self._older_not_before:
            return None
        return msgspec.structs.replace(self._older_refusal, retry_after_s=self._older_not_before - now)

    def load_older(self, before: str | None, limit: int, now: float) -> list[FetchHistory]:
        """The page before the oldest message held."""
        if not self.is_enabled or not self.has_older or before is None or self._older_in_flight:
            return []
        if self.older_refusal(now) is not None:
            return []
        self._older_in_flight = FetchHistory(before=before, limit=min(max(limit, 1), PAGE_SIZE))
        return [self._older_in_flight]

    def succeeded(self, operation: FetchHistory, page: History, now: float) -> bool:
        """A page has come; True if that completes a catch-up, and nothing has asked for another one meanwhile."""
        self._ever_worked = True
        if operation.before is None:
            self._failures = 0
            self.is_refused = False
        else:
            self._older_failures = 0
        if operation.before not in (None, self.oldest):
            self._older_in_flight = None
            return False  # Asked for before the newest page was read anew: it does not join that one.
        if operation.before is not None:
            page = self._checked(page)
        if page.messages and operation.after is None:
            self.oldest, self._oldest_ms = page.messages[0].id, page.messages[0].time_ms
        if operation.before is not None:
            self._older_in_flight = None
            self.has_older = page.has_more and bool(page.messages)
            self.fills_back &= self.has_older and not self._closes_the_hole(page)
            return False
        self._in_flight = None
        if operation.after is None:
            if not self.fills_back:  # A hole that is still open goes on to here.
                self.hole_from_ms, self.hole_from = self.read_up_to_ms, self._read_up_to
            self._fill_not_before = now
            self.has_older = page.has_more and bool(page.messages)
            self.fills_back = self.has_completed and self.has_older and not self._closes_the_hole(page)
        if page.messages:
            self._second.saw(page.messages[-1].time_ms, now)
        if (settled := page.newest_settled) is not None:
            self._move_to(settled)
        is_further = bool(page.messages) and self.watermark != operation.after
        if operation.after is not None and page.has_more and is_further:
            self._go_on(now)
            return False
        self.has_completed = True
        self._second.answered()
        if self._due is not None and self._due <= now:
            return False  # Something was asked for meanwhile that this page may have been too early for.
        is_behind = self._sequence is not None and self._sequence < self._newest_live
        self._newest_live = 0
        self._go_on(now + (GAP_PATIENCE_S if is_behind else RECONCILE_S))
        return True

    def failed(self, operation: FetchHistory, failure: Failure, now: float, jitter: float) -> None:
        """A page could not be had: tried again later, and with the next look if it was refused.

        A refusal may be a slip: if it were final, what is missing would be missing for good. A server that has no
        history at all is never asked again.
        """
        failures = self._failures if operation.before is None else self._older_failures
        wait = backoff_s(failures, jitter=jitter, floor_s=failure.retry_after_s or 0.0)
        was_made = not failure.was_held_back
        if operation.before is not None:
            self._older_in_flight = None
            self.fills_back &= failure.is_transient  # A gap is filled sooner or later.
            self._fill_not_before = now + wait
            if failure.retry_after_s is not None:
                self._older_refusal, self._older_not_before = failure, now + failure.retry_after_s
            self._older_failures += was_made and self.fills_back
        else:
            self._in_flight = None
        if failure.kind in ("not_found", "unsupported") and not self._ever_worked:
            self.is_enabled = False
        elif is_lost(operation, failure):
            self.watermark = self._sequence = None
            self._go_on(now)
        elif operation.before is None:
            self._failures += was_made
            self.is_refused |= not failure.is_transient
            self._go_on(now + (wait if failure.is_transient else RECONCILE_S))

    def _go_on(self, due: float) -> None:
        if self._is_open:
            self._due = due if self._due is None else min(self._due, due)

    def _move_to(self, newest: MessageArrived) -> None:
        self.watermark, self._sequence = newest.id, newest.sequence
        if (newest.time_ms or 0) >= (self.read_up_to_ms or 0):
            self.read_up_to_ms, self._read_up_to = newest.time_ms or 0, newest.id

    def _checked(self, page: History) -> History:
        """A page that reaches no further back is the last one, whatever it says: or it would be asked for for ever."""
        first = page.messages[0] if page.messages else None
        is_later = (
            first is not None
            and None not in (first.time_ms, self._oldest_ms)
            and (first.time_ms or 0) > (self._oldest_ms or 0)
        )
        is_stuck = first is not None and (first.id == self.oldest or is_later)
        return History(page.messages, has_more=False) if is_stuck else page

    def _closes_the_hole(self, page: History) -> bool:
        """Whether it reaches what had been read when the hole showed; a message from the stream alone proves nothing."""
        to_ms, to = self.hole_from_ms, self.hole_from
        return to_ms is not None and any(
            m.id == to or (m.time_ms is not None and m.time_ms < to_ms) for m in page.messages
        )

    @property
    def _fills_at(self) -> float:
        """A newest page may begin another hole, but does not shorten what the server has asked to wait."""
        return max(self._fill_not_before, self._older_not_before)

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        if not self.is_enabled:
            return None
        is_filling = self.fills_back and self._is_open and self._older_in_flight is None
        return soonest(self._due if self._in_flight is None else None, self._fills_at if is_filling else None)


def is_lost(operation: FetchHistory, failure: Failure) -> bool:
    """The server does not know the message to go on from any more: the newest page is read instead.

    Servers refuse what they do not know with 404, 410 or 400.
    """
    return operation.after is not None and failure.kind in ("not_found", "rejected")
