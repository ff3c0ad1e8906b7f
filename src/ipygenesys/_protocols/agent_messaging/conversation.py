"""What an agent's adapter knows of its conversation: people, our part, what was told.

Theory of operation. A notification names the conversation's people and messages again and again, and never a text.
This memory turns such a snapshot into what is new in it, so that the core hears of each change once. It is the
gateway's alone (``AgentMessaging.fresh``) and holds nothing that a new stream would have to reset: whoever forgets it
only says things twice.
"""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.platform_events import FrameIgnored, PlatformEvent, TypingNoticed
from ipygenesys._protocols.agent_messaging.content import (
    OVER,
    LooseEvent,
    Reference,
    person_of,
    references_of,
)
from ipygenesys._protocols.agent_messaging.messages import AgentMessages
from ipygenesys._protocols.agent_messaging.people import AgentPeople
from ipygenesys._protocols.tolerant import UNREADABLE, decode, is_id, time_ms_of
from ipygenesys._wire import agent_messaging as wire

_UNKNOWN_VALUE = FrameIgnored("unknown_value")


class AgentConversation:
    """One conversation, as its notifications and bodies tell it."""

    def __init__(self, conversation_id: str) -> None:
        self.conversation_id = conversation_id
        self.people = AgentPeople()
        self.messages = AgentMessages(self.people)
        self.heard = 0
        """Notifications so far: whether one has overtaken an answer."""
        self.untold: list[PlatformEvent] = []
        """What a call has learned on its way; it is told with whatever comes next."""

    def conversation_event(self, body: msgspec.Raw) -> tuple[PlatformEvent, ...]:
        """What is new in a notification about conversations of ours.

        Raises:
            msgspec.DecodeError: it cannot be read at all.
        """
        event = decode(body, LooseEvent)
        if event.id != self.conversation_id:
            return (FrameIgnored("other_conversation"),)
        self.heard += 1
        untold = self.take_untold()
        events, messages = self._participants(event)
        messages.sort(key=lambda each: each.time_ms or 0)
        return (*untold, *events, *self.messages.news(messages), *self.people.state_news())

    def take_untold(self) -> tuple[PlatformEvent, ...]:
        """What a call has learned since this was last asked for."""
        untold, self.untold = tuple(self.untold), []
        return untold

    def snapshot(self, body: bytes) -> tuple[PlatformEvent, ...]:
        """Who is there, and whether it is over: a notification of that may have been lost, or overtaken by an older one.

        Raises:
            msgspec.DecodeError: it is no conversation.
        """
        event = decode(body, LooseEvent)
        untold = self.take_untold()
        events, _ = self._participants(event)
        known = (each for each in events if not isinstance(each, FrameIgnored))
        return (*untold, *known, *self.people.state_news())

    def _participants(self, event: LooseEvent) -> tuple[list[PlatformEvent], list[Reference]]:
        events: list[PlatformEvent] = []
        messages: list[Reference] = []
        for raw in event.participants or ():
            try:
                participant = decode(raw, wire.EventParticipant)
            except UNREADABLE:
                events.append(FrameIgnored("malformed"))
                continue
            if participant.id is None or not is_id(participant.id):
                continue
            state, known = participant.state or "", self.people.get(participant.id)
            is_over = state in OVER if state or known is None else known.is_over
            person = person_of(participant, is_over=is_over)
            events += self.people.meet(person, participant.purpose, [state])
            self.people.follow_own(participant.id, state)
            messages += references_of(participant.messages or (), person.id)
        return events, messages

    def typing_event(self, body: msgspec.Raw) -> tuple[PlatformEvent, ...]:
        """The customer types.

        Raises:
            msgspec.DecodeError: it cannot be read.
        """
        event = decode(body, wire.TypingEvent)
        if event.conversation_id != self.conversation_id:
            return (FrameIgnored("other_conversation"),)
        message = event.normalized_message or wire.NormalizedMessage()
        if (message.direction or "Inbound") != "Inbound":
            return ()
        events: list[PlatformEvent] = []
        for each in message.events or ():
            if each.event_type != "Typing" or each.typing is None:
                events.append(_UNKNOWN_VALUE)
                continue
            if each.typing.type not in ("On", "Off"):
                events.append(_UNKNOWN_VALUE)
                continue
            duration = each.typing.duration
            events.append(
                TypingNoticed(
                    participant_id=self.people.customer_id,
                    is_typing=each.typing.type == "On",
                    duration_s=None if duration is None else duration / 1000,
                    time_ms=time_ms_of(message.channel.time) if message.channel else None,
                )
            )
        return tuple(events)
