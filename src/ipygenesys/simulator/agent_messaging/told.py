"""Says which topics are told what of an event; the same for all channels, so it is made once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.bodies import Bodies
from ipygenesys.simulator.agent_messaging.topics import CONVERSATIONS
from ipygenesys.simulator.state.conversation import (
    Conversation,
    ConversationChanged,
    Event,
    LegChanged,
    Message,
    MessagePosted,
    MessageWithdrawn,
    Part,
    PresenceChanged,
    QueueObserved,
    ReceiptIssued,
    Rerouted,
    TypingChanged,
)

Told = tuple[str, str, bytes]
"""A topic, the event's type, and the event's body."""


@dataclass
class Telling:
    """What the notification service tells of one event."""

    event: Event
    bodies: Bodies
    now: float

    def to(self, names: frozenset[str]) -> Iterator[Told]:
        """What a channel with these topics is told."""
        for topic, kind, body in self._topics:
            if topic in names:
                yield topic, kind, body(self)

    @cached_property
    def _topics(self) -> list[tuple[str, str, Callable[[Telling], bytes]]]:
        match self.event:
            case TypingChanged(conversation_id, who, True) if who.role == "customer":
                users = _users(self._parts(conversation_id), is_typing=True)
                return [(wire.USER_TYPING_TOPIC.format(user_id=u), "typing", Telling._typing) for u in users]
            case MessagePosted() | MessageWithdrawn():
                return self._conversation_topics()
            case ReceiptIssued(m) if not m.is_inbound:
                return self._conversation_topics()
            case ConversationChanged() | LegChanged() | PresenceChanged() if not self._conversation.parts:
                return self._conversation_topics()
            case Rerouted(_, changed):
                return self._conversation_topics(changed)
            case QueueObserved(queue_id):
                topic = wire.QUEUE_OBSERVATIONS_TOPIC.format(queue_id=queue_id)
                return [(topic, "observations", Telling._observed)]
            case _:
                return []

    def _conversation_topics(
        self, changed: tuple[Part, ...] = ()
    ) -> list[tuple[str, str, Callable[[Telling], bytes]]]:
        # A queue or a user hears of a conversation as long as it has a part in it, and of that part's end.
        parts = [
            p for p in self._parts(self.event.conversation_id) if not p.ended_s or p.is_live or p in changed
        ]
        users = _users(parts)
        queues = dict.fromkeys(p.queue_id for p in parts if p.queue_id is not None)
        by_media = [
            *(wire.USER_MESSAGES_TOPIC.format(user_id=u) for u in users),
            *(wire.QUEUE_MESSAGES_TOPIC.format(queue_id=q) for q in queues),
        ]
        return [
            *((topic, "message", Telling._media) for topic in by_media),
            *((CONVERSATIONS.format(id=u), "message", Telling._generic) for u in users),
        ]

    # --- what it is about

    @property
    def _conversation(self) -> Conversation:
        return self.bodies.conversation_of(self.event.conversation_id)

    def _parts(self, conversation_id: str) -> list[Part]:
        return self.bodies.parts(self.bodies.conversation_of(conversation_id))

    @property
    def _named(self) -> list[Message]:
        """The messages that an event names: the newest, and the one that it is about."""
        conversation = self._conversation
        messages = conversation.messages[-wire.Unverified.MESSAGES_IN_EVENT :]
        changed = getattr(self.event, "message", None)
        if changed is not None and changed.sequence < messages[0].sequence:
            return [changed, *messages]
        return messages

    # --- bodies

    def _media(self) -> bytes:
        return self._media_body

    @cached_property
    def _media_body(self) -> bytes:
        return msgspec.json.encode(self.bodies.message_event(self._conversation, self._named))

    def _generic(self) -> bytes:
        return msgspec.json.encode(self.bodies.generic_event(self._conversation, self._named))

    def _typing(self) -> bytes:
        assert isinstance(self.event, TypingChanged)
        body = self.bodies.typing_event(self.event.conversation_id, self.event.participant, self.now)
        return msgspec.json.encode(body)

    def _observed(self) -> bytes:
        assert isinstance(self.event, QueueObserved)
        data: list[dict[str, Any]] = [
            {"metric": metric, "count": count, **({} if value is None else {"calculatedMetricValue": value})}
            for metric, count, value in self.event.counts
        ]
        return msgspec.json.encode({"results": [{"mediaType": "message", "data": data}]})


def _users(parts: Iterable[Part], *, is_typing: bool = False) -> dict[str, None]:
    """The users who have these parts; with ``is_typing`` those who can be written to."""
    return {
        p.user_id: None
        for p in parts
        if p.user_id is not None and not (is_typing and p.state not in ("connected", "parked"))
    }
