"""Pages of history: asked for, put into the timeline, told as one block if older than all that is known."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp, is_lost
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.news import said_since
from ipygenesys._core.model.events import (
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageReceived,
    OlderHistoryFailed,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History
from ipygenesys._core.session.arrivals import Arrivals
from ipygenesys._core.session.lost_sends import LostSends
from ipygenesys._core.session.reading import Reading
from ipygenesys._core.session.step_effects import StepEffects


class HistoryPages:
    """What a page brings, and what it tells by what it does not hold."""

    def __init__(
        self,
        conversation: Conversation,
        catch_up: CatchUp,
        arrivals: Arrivals,
        lost_sends: LostSends,
        reading: Reading,
        effects: StepEffects,
    ) -> None:
        self._conversation = conversation
        self._catch_up = catch_up
        self._arrivals = arrivals
        self._lost_sends = lost_sends
        self._reading = reading
        self._effects = effects
        self._came: Now | None = None
        self._first_pages: set[str] = set()
        """What history had of the time before we came."""
        self.early_news: frozenset[str] = frozenset()
        """What the first page has brought that was said since we came, before the stream could bring it."""
        self._doubtful: frozenset[str] = frozenset()
        """Messages of which history has to tell whether the platform has forgotten them."""

    def came(self, now: Now) -> None:
        """The stream is wanted for the first time: what is said from now on is news."""
        self._came = self._came or now

    def load_older(self, limit: int, now: float) -> None:
        """Ask for the page before the oldest message held, unless the server has asked to wait with that."""
        if (refusal := self._catch_up.older_refusal(now)) is not None:
            self._effects.emit(OlderHistoryFailed(refusal))
        self._effects.call(*self._catch_up.load_older(self._catch_up.oldest, limit, now))

    def pump(self, now: float) -> None:
        """Ask for the pages that are due."""
        for page in self._catch_up.pump(now):
            self._effects.call(page, is_again=self._catch_up.is_again(page))

    def succeeded(self, operation: FetchHistory, page: History, now: Now) -> None:
        """A page has come."""
        if self._is_void(operation):
            return
        is_news, fills_back = self._catch_up.has_completed, self._catch_up.fills_back
        is_complete = self._catch_up.succeeded(operation, page, now.monotonic)
        self._forget_what_was_cleared(operation, page)
        if operation.before is not None:
            self._older_page(operation.before, page, now, is_news=fills_back)
            return
        if is_news:
            news = self._from_the_hole(page) if operation.after is None else None
        else:
            news = self.early_news = self._since_we_came(page, now)
            timeline = self._conversation.timeline
            unknown = {arrived.id for arrived in page.messages if timeline.get(arrived.id) is None}
            self._first_pages |= unknown - news
        for arrived in page.messages:
            self._arrivals.arrived(arrived, now, is_news=news is None or arrived.id in news)
        if not is_news:
            self._conversation.timeline.count_from_here()
        if is_complete:
            self._reading.take_up_left_behind(now.monotonic)
            self._lost_sends.caught_up(now.monotonic)

    def failed(self, operation: FetchHistory, failure: Failure, now: Now) -> None:
        """A page could not be had."""
        if self._is_void(operation):
            return
        is_told = self._catch_up.is_refused
        self._catch_up.failed(operation, failure, now.monotonic, now.jitter)
        self._conversation.counters["history_failed"] += 1
        if not self._catch_up.is_enabled:
            self._reading.take_up_left_behind(now.monotonic)
            self._lost_sends.history_is_gone(now.monotonic)
        elif operation.before is not None:
            self._lost_sends.page_failed()
            self._effects.emit(OlderHistoryFailed(failure))
        elif is_told or is_lost(operation, failure):
            self._effects.count(failure)
        else:
            self._effects.report(failure)

    def overtaken(self, message_id: str) -> None:
        """A message that was written after we came, though the first page of history brought it first, is news."""
        if message_id not in self._first_pages:
            return
        self._first_pages.discard(message_id)
        message = self._conversation.timeline.get(message_id)
        if message is not None and message.text is not None and not message.is_own:
            self._effects.emit(MessageReceived(message))

    def doubt(self, now: float) -> None:
        """The platform may have forgotten all that is here."""
        self._doubtful = self._conversation.timeline.ids()
        self._catch_up.distrust(now)

    def _is_void(self, operation: FetchHistory) -> bool:
        """Asked for before the conversation was cleared: it would bring back what is forgotten."""
        if not self._catch_up.is_void(operation):
            return False
        if operation.before is not None:  # Somebody waits for it.
            self._effects.emit(HistoryPrepended(count=0, has_older=self._catch_up.has_older))
        return True

    def _since_we_came(self, page: History, now: Now) -> frozenset[str]:
        """What of the first page is news: the stream, which was opening, has missed it."""
        came = self._came
        return frozenset(
            arrived.id
            for arrived in page.messages
            if came is not None and arrived.time_ms is not None and said_since(arrived.time_ms, came, now)
        )

    def _from_the_hole(self, page: History) -> frozenset[str]:
        """What was said after all that had been read when the newest page was read anew; of equal times the list tells."""
        from_ms, from_id = self._catch_up.hole_from_ms, self._catch_up.hole_from
        is_after = all(arrived.id != from_id for arrived in page.messages)
        news = set()
        for arrived in page.messages:
            time_ms = arrived.time_ms
            if from_ms is None or time_ms is None or time_ms > from_ms or (time_ms == from_ms and is_after):
                news.add(arrived.id)
            is_after |= arrived.id == from_id
        return frozenset(news)

    def _forget_what_was_cleared(self, operation: FetchHistory, page: History) -> None:
        """History that goes on from a message was not cleared; else what is older than its beginning is forgotten.

        That it holds one of those in doubt proves nothing: a stream that was opened since may have brought it.
        """
        if operation.after is not None:
            self._doubtful = frozenset()
            return
        self._doubtful -= {arrived.id for arrived in page.messages}
        if self._doubtful and not self._catch_up.has_older:
            if gone := self._older_than(self._begin_ms(operation, page)):
                self._effects.emit(*self._conversation.cleared(gone))
                self._arrivals.forget(gone)
            self._doubtful = frozenset()

    def _begin_ms(self, operation: FetchHistory, page: History) -> int | None:
        """When history begins, whose last page this is; None if there is none."""
        if page.messages:
            return page.messages[0].time_ms
        # A last page may be empty: then it begins where the page before it did.
        after_it = self._conversation.timeline.get(operation.before or "")
        return None if after_it is None else after_it.time_ms

    def _older_than(self, begin_ms: int | None) -> frozenset[str]:
        """Those in doubt that were said before that; None is for all."""
        return frozenset(
            message.id
            for message in self._conversation.timeline.copy()
            if message.id in self._doubtful and (begin_ms is None or message.time_ms < begin_ms)
        )

    def _older_page(self, before: str, page: History, now: Now, *, is_news: bool) -> None:
        timeline = self._conversation.timeline
        bare = [m.id for m in page.messages if not m.has_content and timeline.get(m.id) is None]
        events: list[Event] = []
        news = self._from_the_hole(page) if is_news else frozenset()
        with timeline.before(before, len(page.messages)):
            for arrived in page.messages:
                events += self._arrivals.old_arrived(arrived, now, is_news=arrived.id in news)
        self._tell_as_a_block(events)
        for message_id in dict.fromkeys(bare):
            self._arrivals.fetch(message_id, now.monotonic)
        self._lost_sends.page_read(now.monotonic)

    def _tell_as_a_block(self, events: list[Event]) -> None:
        """One event for all of a page, unless the server's order and its times disagree."""
        # Offers that turn out to be answered stand in the page itself, where what follows does not move them.
        answered = [e for e in events if isinstance(e, MessagePlaced) and e.index == e.former_index]
        placed = [e for e in events if e not in answered]
        is_block = all(
            isinstance(event, MessagePlaced) and event.former_id is None and event.index == position
            for position, event in enumerate(placed)
        )
        has_older = self._catch_up.has_older
        if is_block:
            self._effects.emit(HistoryPrepended(count=len(placed), has_older=has_older), *answered)
        else:
            self._effects.emit(*events, HistoryPrepended(count=0, has_older=has_older))
