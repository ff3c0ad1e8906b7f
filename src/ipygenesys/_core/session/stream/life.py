"""The life of the stream: opened, kept awake, lost, ended, begun anew, and what stops with it."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.typing_indicator import TypingNotifier
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import ConnectionStatus
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._core.session.stream.keeping import StreamKeeping


class StreamLife(StreamKeeping):
    """Leads the connection by what the user wants, too, and stops what needs a stream."""

    def __init__(
        self,
        profile: Profile,
        connection: Connection,
        conversation: Conversation,
        typing: TypingNotifier,
        catch_up: CatchUp,
        effects: StepEffects,
    ) -> None:
        super().__init__(profile, connection, conversation.counters, effects)
        self._conversation = conversation
        self._typing = typing
        self._catch_up = catch_up
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
        counts = super().opened(generation, now)
        if counts:
            self._catch_up.stream_opened(now)
        return counts

    def _fell_silent(self) -> None:
        self._conversation.typing.stopped_all()
        self._typing.interrupt()
        self._stop_listening()

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
        super()._fell_silent()
