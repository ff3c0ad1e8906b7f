"""Keeps the guests' sessions of web messaging, their limits and lifetimes; pure, ``now`` is an argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from ipygenesys.simulator.state.accounts import RateLimiter
from ipygenesys.simulator.state.conversation import ConversationChanged, Event
from ipygenesys.simulator.state.deadlines import Deadlines
from ipygenesys.simulator.state.guest_accounts import GuestAccounts
from ipygenesys.simulator.state.guest_errors import GuestError, TooFast
from ipygenesys.simulator.state.organisation import Deployment, GuestLimits

EXPIRED = "Session expired"


@dataclass(frozen=True)
class PresenceRecord:
    """Something in a guest's history that is no message."""

    id: str
    type: str
    time_s: float
    is_inbound: bool


@dataclass
class Session:
    """A guest's session: a view of the conversation from where it began; its token is its identity."""

    token: str = field(repr=False)
    conversation_id: str
    starts_after: int
    """Sequence of the last message that is not in the session."""
    began_s: float
    expires_at: float
    user: str | None = None
    """Who has signed in."""
    is_read_only: bool = False
    is_closed: bool = False
    is_expired: bool = False
    was_auto_started: bool = False
    presences: list[PresenceRecord] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        """Whether it was neither closed nor found to have expired."""
        return not (self.is_closed or self.is_expired)

    def is_over(self, now: float) -> bool:
        """Whether it has expired."""
        return self.is_expired or self.expires_at <= now


@dataclass(frozen=True)
class Configured:
    """A session as it was found or made."""

    session: Session
    is_new: bool
    cleared: Session | None = None
    """The live session that this one takes the place of."""


@dataclass
class Bucket:
    """So many calls at once, and no more than that per second; keys are forgotten when they are full again.

    Source: onMessage per second and session, N and F 23587; that the limit is a bucket is not known.
    """

    per_s: float
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)

    def wait_s(self, key: str, now: float) -> float:
        """Seconds still to wait, 0 when the call is accepted (and then counted)."""
        size = max(1.0, self.per_s)
        self._levels = {
            k: (level, at)
            for k, (level, at) in self._levels.items()
            if level + (now - at) * self.per_s < size
        }
        level, at = self._levels.get(key, (size, now))
        level = min(size, level + (now - at) * self.per_s)
        if level < 1.0 - 1e-9:
            return (1.0 - level) / self.per_s
        self._levels[key] = (level - 1.0, now)
        return 0.0


class Guests:
    """All sessions of the deployment."""

    def __init__(
        self, limits: GuestLimits, *, new_id: Callable[[], str], new_secret: Callable[[], str]
    ) -> None:
        self.limits = limits
        self.accounts = GuestAccounts(new_secret)
        self._new_id = new_id
        self._new_secret = new_secret
        self._sessions: dict[str, Session] = {}
        self._of_conversation: dict[str, dict[str, None]] = {}
        """The tokens that had a session there."""
        self._ends: Deadlines[str] = Deadlines()
        self._configures = RateLimiter(limits.configures_per_min)
        self._messages = Bucket(limits.messages_per_s)
        self.history_pages = RateLimiter(limits.history_pages_per_min)
        self._jwts: dict[str, tuple[Session, float]] = {}

    def set_limits(self, limits: GuestLimits) -> None:
        """Other limits from now on; what has been counted is forgotten."""
        self.limits = limits
        self._configures = RateLimiter(limits.configures_per_min)
        self._messages = Bucket(limits.messages_per_s)
        self.history_pages = RateLimiter(limits.history_pages_per_min)

    # --- sessions

    def configure(
        self,
        token: str,
        now: float,
        *,
        start_new: bool,
        conversation_id: str,
        position: int,
        user: str | None = None,
    ) -> Configured:
        """Finds the token's session, or makes one of this conversation, which begins after ``position``.

        Raises:
            GuestError: too often, expired, or a signed-in session would become an anonymous one.
        """
        quota = self._configures.hit(token, now)
        if quota.exceeded:
            raise self._too_fast(quota.reset_s, "ConfigureSession rate too high for this session")
        found = self._sessions.get(token)
        if found is not None and not found.is_closed and not start_new:
            if found.is_over(now):
                raise GuestError(4006, EXPIRED)
            if found.user is not None and user is None:
                raise GuestError(4017, "An authenticated session cannot be downgraded")
            found.user = user
            self.touch(found, now)
            return Configured(found, is_new=False)
        session = Session(token, conversation_id, position, now, 0.0, user=user)
        self._sessions[token] = session
        self._of_conversation.setdefault(conversation_id, {})[token] = None
        self.touch(session, now)
        is_live = found is not None and not (found.is_closed or found.is_over(now) or found.is_read_only)
        return Configured(session, is_new=True, cleared=found if is_live else None)

    def find(self, token: str) -> Session | None:
        """The session of a token, in whatever state."""
        return self._sessions.get(token)

    def session(self, token: str, now: float) -> Session:
        """The live session of a token.

        Raises:
            GuestError: not found, closed or expired.
        """
        session = self._sessions.get(token)
        if session is None or session.is_closed:
            raise GuestError(4007, "Session not found")
        if session.is_over(now):
            raise GuestError(4006, EXPIRED)
        return session

    def touch(self, session: Session, now: float) -> None:
        """Activity extends a session."""
        self._expires(session, now + self.limits.session_duration_s)

    def _expires(self, session: Session, at: float) -> None:
        session.expires_at = at
        if self._sessions.get(session.token) is session and not session.is_closed:
            self._ends.set(session.token, at)

    def end(self, session: Session) -> None:
        """Closes or clears a session: its token is free again."""
        session.is_closed = True
        if self._sessions.get(session.token) is session:
            self._ends.set(session.token, None)

    def end_all(self) -> None:
        """Clears every session."""
        for session in self._live():
            self.end(session)

    def last_of(self, user: str | None) -> Session | None:
        """The session that a signed-in user began last, in whatever state."""
        mine = [s for s in self._sessions.values() if user is not None and s.user == user]
        return mine[-1] if mine else None

    def signed_in_elsewhere(self, session: Session) -> list[Session]:
        """The other live sessions of the same user."""
        return [
            s
            for s in self._sessions.values()
            if s is not session and s.user == session.user and s.user is not None and not s.is_closed
        ]

    def admit_message(self, session: Session, now: float) -> None:
        """Counts one onMessage.

        Raises:
            TooFast: over the limit.
        """
        if (wait_s := self._messages.wait_s(session.token, now)) > 0:
            raise self._too_fast(wait_s, "Message rate too high for this session")

    def _too_fast(self, wait_s: float, text: str) -> TooFast:
        return TooFast(math.ceil(self.limits.retry_after_s or max(1.0, wait_s)), text)

    # --- history

    def issue_jwt(self, session: Session, now: float) -> tuple[str, int]:
        """What the history call wants, and when it ends (epoch seconds)."""
        lifetime_s = self.limits.history_jwt_lifetime_s
        self._jwts = {value: entry for value, entry in self._jwts.items() if entry[1] > now}
        value = self._new_secret()
        self._jwts[value] = (session, now + lifetime_s)
        return value, int(now + lifetime_s)

    def session_of(self, jwt: str, now: float) -> Session | None:
        """Whose history a JWT opens, if it is known and alive."""
        session, ends_at = self._jwts.get(jwt, (None, 0.0))
        return session if now < ends_at else None

    def expire_jwts(self) -> None:
        """Makes every JWT invalid at once, those of signed-in guests too."""
        self._jwts.clear()
        self.accounts.expire_all()

    def record(self, session: Session, kind: str, now: float, *, is_inbound: bool) -> PresenceRecord:
        """Keeps a presence event for the history."""
        record = PresenceRecord(self._new_id(), kind, now, is_inbound)
        session.presences.append(record)
        return record

    def note(self, event: Event, deployment: Deployment, now: float) -> None:
        """The end of the conversation makes sessions read-only, if the deployment says so."""
        if not isinstance(event, ConversationChanged):
            return
        has_ended = event.state == "disconnected"
        for token in self._of_conversation.get(event.conversation_id, ()):
            session = self._sessions[token]
            if session.conversation_id != event.conversation_id or not session.is_live:
                continue
            session.is_read_only = has_ended and deployment.conversation_disconnect == "ReadOnly"
            if has_ended and deployment.conversation_disconnect is not None:
                self.record(session, "Disconnect", now, is_inbound=False)

    # --- time

    def next_deadline(self) -> float | None:
        """When the next session expires."""
        return self._ends.next()

    def expire(self, now: float) -> list[Session]:
        """The sessions that have expired since the last call."""
        over = [self._sessions[token] for token in self._ends.take(now)]
        for session in over:
            session.is_expired = True
        return over

    def expire_all(self, now: float) -> None:
        """Every session's time is over now."""
        for session in self._live():
            self._expires(session, now)

    def _live(self) -> list[Session]:
        return [s for s in self._sessions.values() if s.is_live]
