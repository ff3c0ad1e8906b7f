"""What a frame became, what it changed, and why it changed nothing, in words; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ipygenesys._core.model import platform_events as said
from ipygenesys._core.model.effects import Call, Effect, Emit
from ipygenesys._core.model.events import (
    Event,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.model.platform_events import PlatformEvent

_IGNORED: dict[str, str] = {
    "malformed": "not understood: it is malformed",
    "odd_field": "a field of it was not understood; the rest was read",
    "unknown_event": "of a class that is not known",
    "unknown_value": "it holds a value that is not known",
    "other_conversation": "for another conversation",
    "oversized": "too large",
    "overflow": "dropped: more came than could be taken; history will tell",
}


def became(event: PlatformEvent) -> str:
    """The neutral event, without the words that somebody said."""
    match event:
        case said.MessageArrived(id=id_, text=text):
            length = "no text yet" if text is None else f"{len(text)} characters"
            return f"MessageArrived {id_} ({event.role or 'role unknown'}, {length})"
        case said.ReceiptArrived(message_id=id_, status=status):
            return f"ReceiptArrived {status} for {id_}"
        case said.TypingNoticed(is_typing=is_typing):
            return f"TypingNoticed {'on' if is_typing else 'off'}"
        case said.PresenceChanged(has_joined=has_joined):
            return f"PresenceChanged {'joined' if has_joined else 'left'}"
        case said.FrameIgnored(reason):
            return f"FrameIgnored {reason}"
        case _:
            return type(event).__name__


def changed(effects: Sequence[Effect]) -> list[str]:
    """What followed in the conversation, and what is asked of the platform because of it."""
    lines = [_event(effect.event) for effect in effects if isinstance(effect, Emit)]
    return lines + [f"asks for {type(each.operation).__name__}" for each in effects if isinstance(each, Call)]


def _event(event: Event) -> str:
    match event:
        case MessagePlaced(message=message, index=index, former_index=None):
            return f"new message {message.id} at place {index} ({message.status})"
        case MessagePlaced(message=message, former_id=former_id) if former_id not in (None, message.id):
            return f"draft {former_id} is now message {message.id} ({message.status}): its echo"
        case MessagePlaced(message=message, index=index):
            return f"message {message.id} changed, at place {index} ({message.status})"
        case MessageStatusChanged(message=message):
            return f"message {message.id} is {message.status}"
        case MessageRemoved(message=message):
            return f"message {message.id} is gone"
        case MessageReceived(message):
            return f"handlers hear of message {message.id}"
        case TypingChanged(names):
            return f"{len(names)} type" if names else "nobody types"
        case UnreadChanged(count):
            return f"{count} unread"
        case StatusChanged(status=status):
            return f"the connection is {status}"
        case _:
            return type(event).__name__


def ignored(
    events: Sequence[PlatformEvent],
    effects: Sequence[Effect],
    *,
    is_us: Callable[[str | None], bool],
    is_known: Callable[[str], bool],
    are_duplicates: bool,
) -> str | None:
    """Why nothing changed; None: something did."""
    reasons = [_IGNORED[event.reason] for event in events if isinstance(event, said.FrameIgnored)]
    if any(isinstance(effect, Emit | Call) for effect in effects):
        return reasons[0] if reasons else None
    if reasons:
        return reasons[0]
    if not events:
        return "it says nothing to the conversation: a heartbeat, or an answer to whoever waits for it"
    event = events[0]
    match event:
        case said.Answered():
            return "an answer, for whoever waits for it"
        case said.TypingNoticed(participant_id=who) if is_us(who):
            return "our own typing, which comes back to us"
        case said.TypingNoticed():
            return "typing that was known already, or is out of date"
        case said.MessageArrived(participant_id=who) if are_duplicates and is_us(who):
            return "the echo of a message of ours that was known already"
        case said.MessageArrived(id=id_) if are_duplicates or is_known(id_):
            return "a duplicate: the message was known already"
        case said.ReceiptArrived(participant_id=who) if is_us(who):
            return "a receipt of ours, which comes back to us"
        case said.ReceiptArrived():
            return "a receipt that tells nothing new, or waits for its message"
        case _:
            return "nothing that anybody is told of: it is remembered, or was known already"


def message_id_in(events: Iterable[PlatformEvent]) -> str | None:
    """The first message that is spoken of."""
    ids = (getattr(event, "message_id", None) or getattr(event, "id", None) for event in events)
    return next((id_ for id_ in ids if isinstance(id_, str)), None)
