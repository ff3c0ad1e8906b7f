"""A session that can die: checked while all is quiet, its end announced in time.

Times are monotonic seconds. Source of the three moments: Genesys' mobile SDK, uml/sessionDuration.
"""

from __future__ import annotations

from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.model.operations import CheckHealth
from ipygenesys._core.model.profile import LifeRules

CHECK_BEFORE_NOTICE_S = 10.0
CHECK_AFTER_END_S = 2.0
"""The server's clock decides: it is asked before the user is told, and when it should have said something."""
SAME_END_S = 20.0
"""Chosen: two answers that differ by less mean the same end, which is announced once."""


class SessionLife:
    """When to ask for a sign of life, and when to announce the end."""

    def __init__(self, rules: LifeRules | None = None) -> None:
        self._rules = rules or LifeRules()
        self._is_open = False
        self._in_flight = False
        self._heard_at = 0.0
        self._checked_at = float("-inf")
        self._ends_at: float | None = None
        self._checks: list[float] = []
        """Moments before which the server has to be asked, silence or not; latest first."""
        self._notice_at: float | None = None
        self._noticed_end = float("-inf")

    def stream_opened(self, now: float) -> None:
        """The server has just spoken."""
        self._is_open, self._in_flight, self._heard_at = True, False, now

    def stream_lost(self) -> None:
        """Nobody can be asked; the end comes all the same."""
        self._is_open = self._in_flight = False

    def heard(self, now: float) -> None:
        """The server has said something."""
        self._heard_at = now

    def learned(self, remaining_s: float, now: float) -> None:
        """The server has said how long the session goes on."""
        self._ends_at = now + max(remaining_s, 0.0)
        notice = self._ends_at - self._rules.notice_s
        is_known = abs(self._ends_at - self._noticed_end) < SAME_END_S
        self._notice_at = None if is_known else max(notice, now)
        moments = (self._ends_at + CHECK_AFTER_END_S, notice - CHECK_BEFORE_NOTICE_S)
        self._checks = [at for at in moments if at > now]

    def forget(self) -> None:
        """The session is over."""
        self._ends_at = self._notice_at = None
        self._checks = []

    def answered(self) -> None:
        """A check has had its answer, or will have none."""
        self._in_flight = False

    def pump(self, now: float) -> list[CheckHealth]:
        """The check that is due, if any."""
        due = self._check_due()
        if due is None or now < due:
            return []
        self._checks = [at for at in self._checks if at > now]
        self._checked_at, self._in_flight = now, True
        return [CheckHealth()]

    def notice(self, now: float) -> float | None:
        """How long the session lasts, when it is time to say so; once for each end that is learned."""
        if self._notice_at is None or self._ends_at is None or now < self._notice_at:
            return None
        self._notice_at, self._noticed_end = None, self._ends_at
        return max(self._ends_at - now, 0.0)

    def next_deadline(self) -> float | None:
        """When ``pump`` or ``notice`` has something to do."""
        return soonest(self._check_due(), self._notice_at)

    def _check_due(self) -> float | None:
        if not self._is_open or self._in_flight or not self._rules.health_check_s:
            return None
        quiet = self._heard_at + self._rules.health_check_s
        wanted = min([quiet, *self._checks])
        return max(wanted, self._checked_at + self._rules.health_check_s)
