"""What is noted of a conversation besides its state: each event that was heard, and the times of messages."""

from __future__ import annotations

import copy

from ipygenesys._core.measures.event_log import EventLog
from ipygenesys._core.measures.message_times import MessageTimes
from ipygenesys._core.model.inputs import CallSucceeded, FrameReceived, Input, Now
from ipygenesys._core.model.messages import Role
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent


class Noted:
    """Of one conversation.

    Args:
        own_role: ours in it.
    """

    def __init__(self, own_role: Role) -> None:
        self.events = EventLog()
        self.times = MessageTimes(own_role)

    def heard(
        self,
        events: tuple[PlatformEvent, ...],
        raw_bytes: int | None,
        monotonic_s: float,
        epoch_s: float,
        *,
        is_live: bool,
    ) -> None:
        """A frame was read, or an answer.

        Args:
            events: what it says.
            raw_bytes: of the frame; None for an answer.
            monotonic_s: when, in seconds.
            epoch_s: the same in seconds since the epoch, by our clock.
            is_live: it has just happened; else it is what was there when we came.
        """
        self._note(events, raw_bytes, monotonic_s, int(epoch_s * 1000), is_live=is_live)

    def stepped(self, input_: Input, now: Now) -> None:
        """The session is told something: of ours, or in answer to a call."""
        match input_:
            case FrameReceived():
                pass  # It was heard.
            case CallSucceeded(result=History(messages, learned=learned)):
                self._note((*messages, *learned), None, now.monotonic, now.wall_ms, is_live=False)
            case CallSucceeded(result=MessageArrived() as message):
                self._note((message,), None, now.monotonic, now.wall_ms, is_live=False)
            case _:
                self.times.commanded(input_, now.monotonic)

    def copy(self) -> Noted:
        """What is noted so far, to go on from another time."""
        twin = copy.copy(self)
        twin.events, twin.times = self.events.copy(), self.times.copy()
        return twin

    def _note(
        self,
        events: tuple[PlatformEvent, ...],
        raw_bytes: int | None,
        monotonic_s: float,
        time_ms: int,
        *,
        is_live: bool,
    ) -> None:
        self.events.note(events, raw_bytes, time_ms, monotonic_s)
        for event in events:
            self.times.heard(event, monotonic_s, time_ms, is_live=is_live)
