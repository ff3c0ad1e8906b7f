"""Sends whose answer was lost: history is read until it shows them, or cannot show them any more."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import PAGE_SIZE, CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.sending import Sending
from ipygenesys._core.session.step_effects import StepEffects

MAX_PAGES_BACK = 10
"""Chosen: how far back history is read for a send whose answer was lost, at most."""


class LostSends:
    """When to look into history, how far back, and what its silence means."""

    def __init__(
        self,
        profile: Profile,
        connection: Connection,
        timeline: Timeline,
        catch_up: CatchUp,
        sending: Sending,
        effects: StepEffects,
    ) -> None:
        self._connection = connection
        self._timeline = timeline
        self._catch_up = catch_up
        self._sending = sending
        self._outbox = sending.outbox
        self._effects = effects
        self._learns_by_stream = profile.sends_on_stream
        self._pages_back: int | None = None
        """Read so far; None while the newest page tells."""

    def caught_up(self, now: float) -> None:
        """History was read up to now."""
        self._pages_back = self._pages_back or 0
        self._decide(now)

    def page_read(self, now: float) -> None:
        """An older page has come, perhaps because it was asked for here."""
        if self._pages_back is not None:
            self._pages_back += 1
            self._decide(now)

    def page_failed(self) -> None:
        """An older page could not be had: the next look begins anew."""
        self._pages_back = None

    def history_is_gone(self, now: float) -> None:
        """There is no history, and there will be none: the user has to decide."""
        self._pages_back = None
        self._sending.tell(self._outbox.reconciled(now, is_final=True))

    def pump(self, now: float) -> None:
        """Look again when it is time, and leave to the user what was looked for long enough."""
        if not self._outbox:
            return
        if self._outbox.is_check_due(now):
            if not self._catch_up.is_enabled:
                self.history_is_gone(now)
            elif self._connection.status not in ("idle", "closed") and not self._has_yet_to_learn_who_we_are:
                self._catch_up.request(now)
        self._sending.tell(self._outbox.undecided(now))

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        return self._outbox.next_check() if self._outbox else None

    def _decide(self, now: float) -> None:
        """What history does not show goes out again, waits, or is the user's to decide."""
        if not self._has_to_read_back(now):
            self._pages_back = None
            self._sending.tell(self._outbox.reconciled(now))

    def _has_to_read_back(self, now: float) -> bool:
        """The newest page does not reach back to when the oldest of the lost sends was handed over."""
        earliest_ms, oldest = self._outbox.earliest_checked_ms, self._timeline.oldest
        if self._catch_up.fills_back:
            return True  # The pages between are on their way.
        if earliest_ms is None or oldest is None or not self._catch_up.has_older:
            return False
        if oldest.time_ms < earliest_ms or (self._pages_back or 0) >= MAX_PAGES_BACK:
            return False
        self._effects.call(*self._catch_up.load_older(self._catch_up.oldest, PAGE_SIZE, now))
        return True

    @property
    def _has_yet_to_learn_who_we_are(self) -> bool:
        """The first opening tells which part is ours; before it, history would show our messages as another's."""
        return self._learns_by_stream and not self._connection.has_been_open
