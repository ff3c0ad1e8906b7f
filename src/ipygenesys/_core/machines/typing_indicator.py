"""Typing, both ways: who types to us (expires by itself) and what we tell the server (throttled, exact edges).

Rules and sources: protocols/messaging-events.md "Typing" and reference/realtime.md 2.2. Times are monotonic seconds.
"""

from __future__ import annotations

from collections import deque

from ipygenesys._core.machines.backoff import RETRY_AFTER_DEFAULT_S, soonest
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import SetTyping
from ipygenesys._core.model.profile import MIN_SPACING_S, TypingRules

DEFAULT_DURATION_S = 5.0
"""How long an indicator lasts that does not say so. Source: Genesys' mobile SDK, UserTypingProvider."""
MAX_DURATION_S = 15.0
GRACE_S = 1.5
"""Chosen: a refresh may be this late without a flicker."""

IDLE_S = 5.0


class TypingStatus:
    """Who is typing to us: one deadline per participant, in the order in which they began."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._said_ms: dict[str, int] = {}
        """By participant: the time of their newest message, server clock. Under no name: of anybody's."""

    def said(self, participant_id: str, time_ms: int, *, is_new: bool) -> None:
        """A message of theirs has come; a new one is what they have typed, and may be of whoever types unnamed."""
        for id_ in (participant_id, ""):
            if time_ms > self._said_ms.get(id_, 0):
                self._said_ms[id_] = time_ms
            if is_new and self._until:
                self.stopped(id_)

    def is_outdated(self, participant_id: str, time_ms: int | None) -> bool:
        """Typing of that time was overtaken by the message that it led to."""
        return time_ms is not None and time_ms < self._said_ms.get(participant_id, 0)

    def started(self, participant_id: str, now: float, duration_s: float | None = None) -> bool:
        """Note a typing event; True if somebody new is typing."""
        is_new = participant_id not in self._until
        wanted = DEFAULT_DURATION_S if duration_s is None or not duration_s > 0 else duration_s
        self._until[participant_id] = now + min(wanted, MAX_DURATION_S) + GRACE_S
        return is_new

    def stopped(self, participant_id: str) -> bool:
        """Note a stop, a message or a departure of that participant; True if it was typing."""
        return self._until.pop(participant_id, None) is not None

    def stopped_all(self) -> bool:
        """Forget everybody, as when the stream is lost; True if anybody was typing."""
        any_typing = bool(self._until)
        self._until.clear()
        return any_typing

    def expire(self, now: float) -> bool:
        """Drop who has not been heard of in time; True if anybody was dropped."""
        if not self._until:
            return False
        late = [participant for participant, until in self._until.items() if until <= now]
        for participant in late:
            del self._until[participant]
        return bool(late)

    @property
    def participant_ids(self) -> tuple[str, ...]:
        """Who is typing now."""
        return tuple(self._until)

    def next_deadline(self) -> float | None:
        """When ``expire`` has something to do."""
        return min(self._until.values(), default=None)


class TypingNotifier:
    """What we tell the server: on at the first key, refreshed every 4 s, off exactly once; one call in flight.

    The state that the user is in (``_is_typing``) and the state that the server has heard of (``_told``) are kept
    apart; ``pump`` sends the difference as soon as spacing, flight and rate limit allow, so the latest state wins.
    """

    def __init__(self, rules: TypingRules | None = None) -> None:
        self.is_enabled = True
        self._rules = rules or TypingRules()
        self._is_typing = False
        self._is_held = False
        self._told = False
        self._in_flight: SetTyping | None = None
        self._last_key = 0.0
        self._last_on = 0.0
        """When the last "on" that was heard had been sent."""
        self._sent_at = 0.0
        self._spaced_until = 0.0
        self._not_before = 0.0
        """What a rate limit has asked for."""
        self._sent: deque[float] = deque(maxlen=self._rules.per_minute)
        """When the last calls went out."""
        self._is_unheard = False
        """A rate limit has turned an "on" away: it is made up for as soon as that allows, if it is still true."""

    def keystroke(self, now: float) -> None:
        """The draft changed and is not empty."""
        self._is_typing = True
        self._last_key = now

    def hold(self, now: float) -> None:
        """A program says that it is writing: refreshed without keys, until ``stop``."""
        self._is_held = True
        self.keystroke(now)

    def stop(self) -> None:
        """The draft was cleared, sent, left or hidden."""
        self._is_typing = self._is_held = False

    def interrupt(self) -> None:
        """The stream is lost: keys count no more, but a program that holds typing goes on."""
        self._is_typing = self._is_held

    def succeeded(self) -> None:
        """The server has taken the call in flight."""
        self._landed()

    def failed(self, failure: Failure, now: float) -> None:
        """The call in flight failed. Perishable: it is not repeated, except that a rate limit has not heard it at all."""
        if failure.kind == "rate_limited":
            self._in_flight = None
        else:
            self._landed()
        self.refused(failure, now)

    def refused(self, failure: Failure, now: float) -> None:
        """The last call was turned away after all, where the answer comes later or not at all."""
        if failure.kind == "rate_limited":
            wait = failure.retry_after_s or RETRY_AFTER_DEFAULT_S
            self._not_before = max(self._not_before, now + wait)
            self._spaced_until = self._sent_at + MIN_SPACING_S
            self._is_unheard = self._is_typing
        elif failure.kind in ("permission", "unsupported", "not_found"):
            self.is_enabled = False

    def pump(self, now: float) -> list[SetTyping]:
        """The call that is due, if any."""
        if self._is_held:
            self._last_key = now
        if self._is_typing and now >= self._last_key + IDLE_S:
            self._is_typing = False
        if not self._is_typing and not self._rules.has_off and not self._in_flight:
            self._told = False  # The others' indicator runs out by itself; there is nothing to say.
        if not self.is_enabled or self._in_flight or now < self._earliest:
            return []
        is_old = self._is_unheard or self._last_key >= self._last_on + self._rules.refresh_s
        refresh = self._is_typing and self._told and is_old
        if self._is_typing == self._told and not refresh:
            return []
        self._in_flight = SetTyping(self._is_typing)
        self._is_unheard = False
        self._sent_at = now
        self._sent.append(now)
        self._spaced_until = now + self._rules.spacing_s
        return [self._in_flight]

    def clear_cool_down(self) -> None:
        """A message of ours has ended the others' indicator: the next key shows again at once."""
        if not self._rules.has_off:
            self._spaced_until, self._told = 0.0, False

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do: the idle edge, or a call that had to wait."""
        if not self.is_enabled or self.is_idle:
            return None
        if self._is_held and self._told:
            due = 0.0 if self._is_unheard else self._last_on + self._rules.refresh_s
            return None if self._in_flight else max(due, self._earliest)
        idle = self._last_key + IDLE_S if self._is_typing else None
        has_news = self._is_typing != self._told or (self._is_typing and self._is_unheard)
        waits = self._earliest if not self._in_flight and has_news else None
        return soonest(idle, waits)

    @property
    def is_idle(self) -> bool:
        """Nobody types here, and there is nothing to say of it: ``pump`` has nothing to do."""
        return not (self._is_typing or self._told or self._in_flight or self._is_held)

    @property
    def is_settled(self) -> bool:
        """The server has heard that nobody types here, and no call is under way."""
        return not self.is_enabled or not (self._told or self._in_flight or self._is_typing)

    @property
    def _earliest(self) -> float:
        is_full = self._rules.per_minute > 0 and len(self._sent) == self._rules.per_minute
        return max(self._spaced_until, self._not_before, self._sent[0] + 60.0 if is_full else 0.0)

    def _landed(self) -> None:
        # A call that failed otherwise may have been heard; taking it as heard keeps "off" exact and repeats nothing.
        if self._in_flight:
            self._told = self._in_flight.is_typing
            if self._told:
                self._last_on = self._sent_at
        self._in_flight = None
