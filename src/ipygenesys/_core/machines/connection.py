"""The connection machine: when to open a stream, when to close it, how long to wait, when to give up.

Theory of operation. Streams are numbered by *generation*; a lost one is never reused. At most two exist at a time: the
*active* one, whose authentication the server has let pass, and an *opening* one. A planned move (a renewed token)
opens the next stream while the active one goes on, and closes the old one once the new one is open: no gap.
What a loss means is decided by ``stream_loss.classify``. Whatever the server does,
nothing here loops: losses wait by backoff and breaker, moves keep their distance, and what cannot succeed is an end.
"""

from __future__ import annotations

from collections import deque

import msgspec

from ipygenesys._core.machines.backoff import backoff_s, soonest
from ipygenesys._core.machines.breaker import Breaker
from ipygenesys._core.model.effects import CloseStream, OpenStream
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import ConnectionStatus
from ipygenesys._core.model.stream_loss import StreamLoss, classify, failure_of

STABLE_S = 10.0
"""A stream that lived shorter counts as a failed try: the backoff goes on growing."""
SUSPECT_WINDOW_S = 60.0
MAX_SUSPECTS = 3
POISON_WINDOW_S = 600.0
"""Chosen: a frame that was too large may be sent again for this long; a second one within it is an end."""
MAX_MOVES = 10
MOVES_WINDOW_S = 300.0
"""Chosen: planned moves within it, so that a server which asks each new stream to move on gets no loop."""


class Connection:
    """One conversation's stream, over all its reconnects."""

    def __init__(self) -> None:
        self.status: ConnectionStatus = "idle"
        self.failure: Failure | None = None
        """Why it is reconnecting, can only be read, or has failed."""
        self._over: Failure | None = None
        """Why it can only be read, whatever becomes of its streams."""
        self.retry_at: float | None = None
        self.newest = 0
        """The stream that was asked for last."""
        self._active: int | None = None
        self._opening: int | None = None
        self._opened_at: float | None = None
        self._attempt = 0
        self._reauthenticated = False
        self._wants_fresh_token = False
        self._suspects: list[float] = []
        self._poisoned_at = float("-inf")
        self._breaker = Breaker()
        self._is_deaf = False
        """Nothing comes by the active stream any more."""
        self._move_at: float | None = None
        """When the active stream has to give way to another one."""
        self._moves: deque[float] = deque(maxlen=MAX_MOVES)
        """When the last planned moves began."""

    @property
    def has_been_open(self) -> bool:
        """Some stream was, at some time."""
        return self._opened_at is not None

    @property
    def is_open(self) -> bool:
        """Frames flow."""
        return self._active is not None

    @property
    def is_wanted(self) -> bool:
        """There is a stream, or one is being tried for."""
        return self._active is not None or self._opening is not None or self.retry_at is not None

    @property
    def is_opening(self) -> bool:
        """A stream is on its way, the first or the next one."""
        return self._opening is not None

    @property
    def active(self) -> int | None:
        """The stream on which frames flow."""
        return self._active

    def is_current(self, generation: int) -> bool:
        """Whether frames of this stream count."""
        return generation in (self._active, self._opening)

    def connect(self) -> list[OpenStream]:
        """The user wants the stream, for the first time or again after a failure or a close."""
        if self.status not in ("idle", "closed", "failed"):
            return []
        self._attempt, self._reauthenticated, self._suspects, self.failure = 0, False, [], None
        self._poisoned_at = float("-inf")
        self._breaker.reset()
        self.status = "connecting"
        return self._open()

    def reconnect_now(self) -> list[OpenStream]:
        """The user does not want to wait for the next try."""
        if self.status == "failed":
            return self.connect()
        if self.retry_at is None:
            return []
        return self._open()

    def renew(self, now: float, *, is_deaf: bool = False) -> list[OpenStream]:
        """Move to a stream with the newest token; the old one goes on until then. Soon after another move, later.

        Args:
            now: monotonic seconds.
            is_deaf: the old one is of no use; where the next one does not open, there is none.
        """
        self._is_deaf |= is_deaf
        if self._active is None or self._opening is not None:
            return []
        is_full = len(self._moves) == MAX_MOVES
        if is_full and now < (earliest := self._moves[0] + MOVES_WINDOW_S):
            self._move_at = earliest if self._move_at is None else min(self._move_at, earliest)
            return []
        self._moves.append(now)
        return self._open()

    def woken(self, now: float) -> list[OpenStream]:
        """The machine has slept: whatever was open may be dead, and waiting for the next try is over."""
        if not self.is_wanted or self._opening is not None:
            return []
        self._moves.append(now)
        return self._open()

    def renew_at(self, at: float) -> None:
        """The stream that is opening or active must not live longer than this."""
        self._move_at = at

    def stream_opened(self, generation: int, now: float) -> list[CloseStream]:
        """The server has let the authentication pass; returns the stream that this one replaces."""
        if generation == self._active:
            return []
        if generation != self._opening:
            return [CloseStream(generation)]
        replaced = self._active
        self._active, self._opening, self._opened_at, self.retry_at = generation, None, now, None
        self.failure, self._is_deaf = self._over, False
        if self.status != "read_only":
            self.status = "connected"
        return [] if replaced is None else [CloseStream(replaced)]

    def stream_lost(
        self, generation: int, loss: StreamLoss, now: float, jitter: float
    ) -> list[OpenStream | CloseStream]:
        """A stream has ended or could not be opened; a loss of one that does not count any more is ignored."""
        if not self.is_current(generation):
            return []
        was_active = generation == self._active
        was_stable = was_active and self._opened_at is not None and now - self._opened_at >= STABLE_S
        if was_active:
            self._active = None
            self._move_at = None
        if generation == self._opening:
            self._opening = None
        closes: list[CloseStream] = []
        if self._is_deaf and self._active is not None:
            closes = [CloseStream(self._active)]
            self._active = self._move_at = None
        self._is_deaf = False
        if was_stable:
            self._attempt, self._reauthenticated = 0, False
            self._breaker.reset()
        elif loss.failure is None:
            self._breaker.failed(now)
        self.failure = failure_of(loss)
        opens: list[OpenStream] = []
        if self._opening is None:
            is_first = was_stable or (was_active and self._attempt == 0)
            opens = self._next_try(loss, now, jitter, is_first=is_first)
        elif self.status != "read_only":
            self.status = "reconnecting"  # The successor is on its way already.
        if self.status == "read_only" and self._over is not None:
            self.failure = self._over  # It concerns the user more than what became of the stream.
        return [*closes, *opens]

    def tick(self, now: float) -> list[OpenStream]:
        """Open the stream if the wait is over, or the next one if this one has lived long enough."""
        if self._move_at is not None and now >= self._move_at:
            self._move_at = None
            return self.renew(now)
        if self.retry_at is None or now < self.retry_at:
            return []
        return self._open()

    def close(self, status: ConnectionStatus = "closed") -> list[CloseStream]:
        """The user, or the absence of one, ends it."""
        streams = [CloseStream(g) for g in (self._active, self._opening) if g is not None]
        self._active = self._opening = self.retry_at = self.failure = self._over = self._move_at = None
        self._is_deaf = False
        self.status = status
        return streams

    def give_up(self, failure: Failure) -> list[CloseStream]:
        """The platform has ended the conversation; only the user can begin again."""
        streams = self.close("failed")
        self.failure = failure
        return streams

    def end_read_only(self, failure: Failure) -> list[CloseStream]:
        """The session is over: no stream will bring more, but what was said can be read."""
        streams = self.close("read_only")
        self.failure = failure
        return streams

    def start_over(self) -> list[OpenStream | CloseStream]:
        """Another conversation begins, on another stream."""
        return [*self.close("idle"), *self.connect()]

    def set_read_only(self, is_read_only: bool, why: Failure | None = None) -> None:
        """The conversation is over, or open again."""
        if is_read_only and self.status in ("connected", "connecting", "reconnecting"):
            self.status = "read_only"
            self.failure = self._over = why
        elif not is_read_only and self.status == "read_only":
            self.status, self._over = "reconnecting", None
            if self.is_open:
                self.status, self.failure = "connected", None

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return soonest(self.retry_at, self._move_at)

    def _next_try(self, loss: StreamLoss, now: float, jitter: float, *, is_first: bool) -> list[OpenStream]:
        verdict = classify(loss)
        if verdict == "suspect":
            self._suspects = [at for at in self._suspects if now - at < SUSPECT_WINDOW_S] + [now]
            verdict = "fatal" if len(self._suspects) >= MAX_SUSPECTS else "transient"
        if verdict == "poison":
            verdict = "fatal" if now - self._poisoned_at < POISON_WINDOW_S else "transient"
            self._poisoned_at = now
        if verdict == "reauthenticate":
            verdict = "fatal" if self._reauthenticated else "expired"
            self._reauthenticated = True
            is_first = True
        self._wants_fresh_token |= verdict == "expired"
        if verdict == "fatal" and self._active is None:
            self.status, self.retry_at = "failed", None
            return []
        if self._active is None and self.status != "read_only":
            self.status = "connecting" if self._opened_at is None else "reconnecting"
        if verdict == "expired" and is_first and not self._breaker.is_open:
            self._attempt += 1
            return self._open()
        floor_s = (loss.failure.retry_after_s if loss.failure else None) or 0.0
        if loss.failure and loss.failure.kind == "rate_limited":
            floor_s = max(floor_s, 1.0)
        if self._breaker.is_open and self.failure is not None:
            self.failure = msgspec.structs.replace(self.failure, message=f"{self.failure.message} {_PAUSED}")
        wait_s = backoff_s(self._attempt, jitter=jitter, floor_s=floor_s)
        self.retry_at = max(now + wait_s, self._breaker.not_before)
        self._attempt += 1
        return []

    def _open(self) -> list[OpenStream]:
        self.newest += 1
        self._opening, self.retry_at = self.newest, None
        fresh_token, self._wants_fresh_token = self._wants_fresh_token, False
        return [OpenStream(self.newest, fresh_token)]


_PAUSED = "This has happened too often: there is one try a minute until a stream lasts."
