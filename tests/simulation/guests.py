"""What the server knows of a guest: her session, what may be said in it, and how it ends."""

from __future__ import annotations

import math
from collections import deque

from tests.simulation.servers import Json
from tests.simulation.truth import Truth
from tests.simulation.virtual_time import VirtualClock

SESSION_LIFE_S = 86_400
JWT_LIFE_S = 600.0
PER_S = 2.0
"""Messages and typing."""
PAGES_PER_MIN, MINUTE_S = 10, 60.0
"""Of the history."""
EXPIRED, NO_SESSION = 4006, 4007


class Guest:
    """One guest, session after session."""

    life_s = SESSION_LIFE_S

    def __init__(self, truth: Truth, clock: VirtualClock) -> None:
        self.truth = truth
        self.token: str | None = None
        """Of the session; None where there is none."""
        self.jwts: dict[str, float] = {}
        self.files: dict[str, str] = {}
        """Names by id, of what was announced."""
        self.arrived: set[str] = set()
        self.is_of_account = False
        """Somebody has signed in with this session: who has not may not go on with it."""
        self._clock = clock
        self._ends_s = float("inf")
        self._budget = PER_S
        self._budget_at = 0.0
        self._pages: deque[float] = deque(maxlen=PAGES_PER_MIN)
        """When the newest of those that were given were."""
        self._records: list[tuple[int, Json]] = []
        """Of the history, what is no message."""

    @property
    def is_expired(self) -> bool:
        return self._clock.true_epoch() > self._ends_s

    @property
    def is_live(self) -> bool:
        return self.token is not None and not self.is_expired

    @property
    def expires(self) -> int:
        """When the session ends, in seconds since the epoch."""
        return int(self._ends_s)

    # --- the session

    def configure(self, token: str, *, starts_new: bool) -> bool:
        """Go on with the session of this token, or begin one; whether it has begun."""
        is_new = starts_new or token != self.token
        if is_new and (self.token is not None or starts_new):
            self._begin_another()
        self.token = token
        self._touch()
        return is_new

    def close(self) -> None:
        """The guest leaves it for good."""
        self._begin_another()
        self.token = None

    def clear(self) -> None:
        self.truth.clear()
        self._forget()
        self.token = None

    def expire(self) -> None:
        self._ends_s = self._clock.true_epoch() - 1.0

    def _begin_another(self) -> None:
        self.truth.begin_another()
        self._forget()

    def _forget(self) -> None:
        self._ends_s = float("inf")
        self.is_of_account = False
        self._records.clear()
        self._pages.clear()
        self.jwts.clear()
        self.files.clear()
        self.arrived.clear()

    def _touch(self) -> None:
        self._ends_s = self._clock.true_epoch() + SESSION_LIFE_S

    def session_body(self, *, is_new: bool) -> Json:
        return {
            "connected": True,
            "newSession": is_new,
            "readOnly": self.truth.is_over,
            "durationSeconds": SESSION_LIFE_S,
            "expirationDate": self.expires,
        }

    def refusal_of(self, token: str) -> int | None:
        """The code with which a request of this session is refused; None: it is not."""
        if token != self.token:
            return NO_SESSION
        return EXPIRED if self.is_expired else None

    def too_fast(self) -> int | None:
        """Counts a message; how long to wait if there are too many."""
        now = self._clock.elapsed_s
        self._budget = min(PER_S, self._budget + PER_S * (now - self._budget_at))
        self._budget_at = now
        if self._budget < 1.0:
            return math.ceil((1.0 - self._budget) / PER_S)
        self._budget -= 1.0
        self._touch()
        return None

    # --- history and files

    def issue(self, jwt: str) -> int:
        """Let this JWT open the history; when it ends."""
        self.jwts[jwt] = self._clock.elapsed_s + JWT_LIFE_S
        return int(self._clock.true_epoch() + JWT_LIFE_S)

    def has_issued(self, jwt: str) -> bool:
        return not self.is_expired and self.jwts.get(jwt, 0.0) > self._clock.elapsed_s

    def too_many_pages(self) -> int | None:
        """Counts a page; how long to wait if there are too many."""
        now = self._clock.elapsed_s
        if len(self._pages) == PAGES_PER_MIN and (left_s := self._pages[0] + MINUTE_S - now) > 0:
            return math.ceil(left_s)
        self._pages.append(now)
        return None

    def record(self, record: Json) -> None:
        self._records.append((len(self.truth.messages), record))

    def with_records(self, messages: list[Json]) -> list[Json]:
        for position, record in reversed(self._records):
            messages.insert(position, record)
        return messages

    def forget_file(self, id_: str) -> None:
        self.files.pop(id_, None)
        self.arrived.discard(id_)
