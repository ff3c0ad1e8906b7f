"""The life of the stream: opened, kept awake, lost, ended, begun anew, and what stops with it."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.session_life import SessionLife
from ipygenesys._core.machines.silence import SilenceWatch
from ipygenesys._core.machines.typing_indicator import TypingNotifier
from ipygenesys._core.model.effects import CloseStream
from ipygenesys._core.model.events import SessionExpiring
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.messages import ConnectionStatus
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._core.session.wake import WakeWatch

_DEAF = "The server sends no more events of this conversation, and asks for another stream too often."
_SILENT = "Nothing was heard on the event stream for too long, not even a heartbeat."


class StreamLife:
    """Leads the connection by what the user wants, the server says, and three watches find."""

    def __init__(
        self,
        profile: Profile,
        connection: Connection,
        conversation: Conversation,
        typing: TypingNotifier,
        catch_up: CatchUp,
        effects: StepEffects,
    ) -> None:
        self._connection = connection
        self._conversation = conversation
        self._typing = typing
        self._catch_up = catch_up
        self._effects = effects
        self._session = SessionLife(profile.life_rules)
        self.silence = SilenceWatch(profile.silence_s)
        self._wake = WakeWatch()
        self._is_wanted_by_call = False
        """A stream that was asked for by a call outlives the views."""

    # --- wanted by the user -------------------------------------------------------------------------------

    def connect(self, *, by_call: bool) -> None:
        """The user wants the stream."""
        self._is_wanted_by_call |= by_call
        self._effects.add(self._connection.connect())

    def disconnect(self, why: Failure | None) -> None:
        """The user does not want it any more."""
        self._close("closed")
        self._connection.failure = why

    def views_gone(self) -> None:
        """Nobody looks: the stream goes too, unless a call has asked for it."""
        if not self._is_wanted_by_call and self._connection.status != "closed":
            self._close("idle")

    def another_wanted(self) -> None:
        """The user has asked for another conversation, which needs a stream."""
        self._is_wanted_by_call = True

    def start_over(self, now: float) -> None:
        """Another conversation: what its history holds comes after all that is here."""
        self._stop_what_needs_it()
        self._catch_up.forget(now)
        self._session.forget()
        self._effects.add(self._connection.start_over())

    # --- opened and lost ----------------------------------------------------------------------------------

    def opened(self, generation: int, now: float) -> bool:
        """The server has let our authentication pass; whether this stream counts."""
        self._effects.add(self._connection.stream_opened(generation, now))
        if not self._connection.is_current(generation):
            return False
        self.silence.heard(now)
        self._session.stream_opened(now)
        self._catch_up.stream_opened(now)
        return True

    def heard(self, now: float) -> None:
        """A frame came on a stream that counts."""
        self.silence.heard(now)
        self._session.heard(now)

    def lost(self, generation: int, loss: StreamLoss, now: Now) -> None:
        """A stream has ended, or could not be opened."""
        self._effects.add(self._connection.stream_lost(generation, loss, now.monotonic, now.jitter))
        if not self._connection.is_open:
            self._conversation.typing.stopped_all()
            self._typing.interrupt()
            self._stop_listening()

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

    # --- ended --------------------------------------------------------------------------------------------

    def conversation_changed(self, *, is_open: bool, why: Failure | None) -> None:
        """The conversation can only be read from now on, or is open again."""
        self._connection.set_read_only(not is_open, why)
        if not is_open:
            self._stop_typing()

    def conversation_ended(self, failure: Failure) -> None:
        """The platform has ended it; only the user can begin again."""
        self._stop_what_needs_it()
        self._effects.add(self._connection.give_up(failure))

    def session_expired(self, failure: Failure) -> None:
        """No stream will bring more, but what was said can be read."""
        self._stop_what_needs_it()
        self._session.forget()
        self._effects.add(self._connection.end_read_only(failure))

    def end_learned(self, remaining_s: float, now: float) -> None:
        """The server has said how long the session goes on."""
        self._session.learned(remaining_s, now)

    # --- watched ------------------------------------------------------------------------------------------

    def look_at_the_clocks(self, now: Now) -> None:
        """At each step: the machine may have slept."""
        if self._wake.has_slept(now):
            self._conversation.counters["woken"] += 1
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
        self._conversation.counters["health_check_failed"] += 1
        if failure.kind == "lost":
            self._effects.add(self._connection.renew(now))

    def pump(self, now: float) -> None:
        """Ask whether the session lives, and tell of its end, when it is time."""
        self._effects.call(*self._session.pump(now))
        if (remaining_s := self._session.notice(now)) is not None:
            self._effects.emit(SessionExpiring(remaining_s))

    def next_deadline(self) -> float | None:
        """When ``tick``, ``pump`` or ``look_at_the_clocks`` has something to do."""
        moments = (
            self._connection.next_deadline(),
            self.silence.next_deadline(),
            self._session.next_deadline(),
            self._wake.next_deadline() if self._connection.is_wanted else None,
        )
        return min((at for at in moments if at is not None), default=None)

    def _close(self, status: ConnectionStatus) -> None:
        self._is_wanted_by_call = False
        self._stop_what_needs_it()
        self._effects.add(self._connection.close(status))

    def _stop_what_needs_it(self) -> None:
        self._stop_typing()
        self._stop_listening()

    def _stop_typing(self) -> None:
        self._conversation.typing.stopped_all()
        self._typing.stop()

    def _stop_listening(self) -> None:
        self._catch_up.stream_lost()
        self._session.stream_lost()
        self.silence.stream_lost()
