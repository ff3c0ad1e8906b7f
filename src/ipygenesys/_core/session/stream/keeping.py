"""A stream kept alive: opened, watched for silence and sleep, lost, moved to another one; whatever comes by it."""

from __future__ import annotations

from collections import Counter

from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.session_life import SessionLife
from ipygenesys._core.machines.silence import SilenceWatch
from ipygenesys._core.model.effects import CloseStream
from ipygenesys._core.model.events import SessionExpiring
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._core.session.wake import WakeWatch

_DEAF = "The server sends no more events of this conversation, and asks for another stream too often."
_SILENT = "Nothing was heard on the event stream for too long, not even a heartbeat."


class StreamKeeping:
    """Leads the connection by what the server says and three watches find."""

    def __init__(
        self, profile: Profile, connection: Connection, counters: Counter[str], effects: StepEffects
    ) -> None:
        self._connection = connection
        self._counters = counters
        self._effects = effects
        self._session = SessionLife(profile.life_rules)
        self.silence = SilenceWatch(profile.silence_s)
        self._wake = WakeWatch()

    # --- opened and lost ----------------------------------------------------------------------------------

    def opened(self, generation: int, now: float) -> bool:
        """The server has let our authentication pass; whether this stream counts."""
        self._effects.add(self._connection.stream_opened(generation, now))
        if not self._connection.is_current(generation):
            return False
        self.silence.heard(now)
        self._session.stream_opened(now)
        return True

    def heard(self, now: float) -> None:
        """A frame came on a stream that counts."""
        self.silence.heard(now)
        self._session.heard(now)

    def lost(self, generation: int, loss: StreamLoss, now: Now) -> None:
        """A stream has ended, or could not be opened."""
        if loss.failure is not None and loss.failure.kind == "protocol":
            self._effects.count(loss.failure)  # Such as a web page in place of an answer.
        self._effects.add(self._connection.stream_lost(generation, loss, now.monotonic, now.jitter))
        if not self._connection.is_open:
            self._fell_silent()

    def refused(self, failure: Failure, now: Now) -> None:
        """It is of no use any more: as if it had been lost for this reason."""
        if (generation := self._connection.active) is not None:
            self._effects.add([CloseStream(generation)])
            self.lost(generation, StreamLoss(failure=failure), now)

    def move_requested(self, in_s: float, now: Now, *, is_deaf: bool) -> None:
        """The server wants us on another stream, at once or by then; nobody is to believe in one that is deaf."""
        if in_s > 0:
            self._connection.renew_at(now.monotonic + in_s)
            return
        self._effects.add(self._connection.renew(now.monotonic, is_deaf=is_deaf))
        if is_deaf and not self._connection.is_opening:
            self.refused(Failure(kind="unavailable", message=_DEAF), now)

    # --- watched ------------------------------------------------------------------------------------------

    def look_at_the_clocks(self, now: Now) -> None:
        """At each step: the machine may have slept."""
        if self._wake.has_slept(now):
            self._counters["woken"] += 1
            self._effects.add(self._connection.woken(now.monotonic))

    def tick(self, now: Now) -> None:
        """A deadline has come, perhaps that of the silence or of the next try."""
        if self.silence.is_over(now.monotonic):
            self.refused(Failure(kind="unreachable", message=_SILENT), now)
        self._effects.add(self._connection.tick(now.monotonic))

    def checked(self) -> None:
        """The health check was answered."""
        self._session.answered()

    def check_failed(self, failure: Failure, now: float) -> None:
        """A server that says nothing, though its socket lives, is left for a new stream."""
        self._session.answered()
        self._counters["health_check_failed"] += 1
        if failure.kind == "lost":
            self._effects.add(self._connection.renew(now))

    def pump(self, now: float) -> None:
        """Ask whether the session lives, and tell of its end, when it is time."""
        if checks := self._session.pump(now):
            self._effects.call(*checks)
        if (remaining_s := self._session.notice(now)) is not None:
            self._effects.emit(SessionExpiring(remaining_s))

    def next_deadline(self) -> float | None:
        """When ``tick``, ``pump`` or ``look_at_the_clocks`` has something to do."""
        return soonest(
            self._connection.next_deadline(),
            self.silence.next_deadline(),
            self._session.next_deadline(),
            self._wake.next_deadline() if self._connection.is_wanted else None,
        )

    def _fell_silent(self) -> None:
        """No stream is open any more."""
        self._session.stream_lost()
        self.silence.stream_lost()
