"""What a frame became, what it changed, and why it changed nothing: told in any language; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

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


class Told(msgspec.Struct, frozen=True):
    """Something to say, before it is known in which language; names of events and ids are the same in all of them."""

    key: str
    """Of the words, in explanations/."""
    values: Mapping[str, str | int | Told] = {}


def in_words(told: Told, words: Mapping[str, str]) -> str:
    """It, in the language of these words."""
    values = told.values.items()
    return words[told.key].format_map(
        {name: in_words(each, words) if isinstance(each, Told) else each for name, each in values}
    )


def became(event: PlatformEvent) -> Told:
    """The neutral event, without the words that somebody said."""
    name = type(event).__name__
    match event:
        case said.MessageArrived(id=id_, text=text):
            length = Told("noText") if text is None else Told("characters", {"count": len(text)})
            role = Told(f"role.{event.role or 'unknown'}")
            return Told("arrived", {"event": name, "id": id_, "role": role, "length": length})
        case said.ReceiptArrived(message_id=id_, status=status):
            return Told("receipt", {"event": name, "status": Told(f"status.{status}"), "id": id_})
        case said.TypingNoticed(is_typing=is_typing):
            return Told("eventHow", {"event": name, "how": Told("on" if is_typing else "off")})
        case said.PresenceChanged(has_joined=has_joined):
            return Told("eventHow", {"event": name, "how": Told("joined" if has_joined else "left")})
        case said.FrameIgnored(reason):
            return Told("eventHow", {"event": name, "how": reason})
        case _:
            return _named(event)


def changed(effects: Sequence[Effect]) -> list[Told]:
    """What followed in the conversation, and what is asked of the platform because of it."""
    told = [_event(effect.event) for effect in effects if isinstance(effect, Emit)]
    calls = (type(each.operation).__name__ for each in effects if isinstance(each, Call))
    return told + [Told("asks", {"operation": name}) for name in calls]


def _event(event: Event) -> Told:
    match event:
        case MessagePlaced(message=message, index=index, former_index=former, former_id=former_id):
            values: dict[str, str | int | Told] = {
                "id": message.id,
                "place": index,
                "status": Told(f"status.{message.status}"),
            }
            if former is None:
                return Told("placed", values)
            if former_id is not None and former_id != message.id:
                return Told("echoed", {**values, "draft": former_id})
            return Told("placedAgain", values)
        case MessageStatusChanged(message=message):
            return Told("isNow", {"id": message.id, "status": Told(f"status.{message.status}")})
        case MessageRemoved(message=message):
            return Told("gone", {"id": message.id})
        case MessageReceived(message):
            return Told("heard", {"id": message.id})
        case TypingChanged(names):
            return Told("type", {"count": len(names)}) if names else Told("nobodyTypes")
        case UnreadChanged(count):
            return Told("unread", {"count": count})
        case StatusChanged(status=status):
            return Told("connectionIs", {"status": Told(f"connection.{status}")})
        case _:
            return _named(event)


def _named(event: object) -> Told:
    return Told("event", {"event": type(event).__name__})


def ignored(
    events: Sequence[PlatformEvent],
    effects: Sequence[Effect],
    *,
    is_us: Callable[[str | None], bool],
    is_known: Callable[[str], bool],
    are_duplicates: bool,
) -> Told | None:
    """Why nothing changed; None: something did."""
    reasons = [Told(f"ignored.{event.reason}") for event in events if isinstance(event, said.FrameIgnored)]
    if reasons:
        return reasons[0]
    if any(isinstance(effect, Emit | Call) for effect in effects):
        return None
    return Told(f"ignored.{_reason(events, is_us, is_known, are_duplicates)}")


def _reason(
    events: Sequence[PlatformEvent],
    is_us: Callable[[str | None], bool],
    is_known: Callable[[str], bool],
    are_duplicates: bool,
) -> str:
    match events[0] if events else None:
        case None:
            return "saysNothing"
        case said.Answered():
            return "answer"
        case said.TypingNoticed(participant_id=who):
            return "ownTyping" if is_us(who) else "knownTyping"
        case said.MessageArrived(participant_id=who) if are_duplicates and is_us(who):
            return "ownEcho"
        case said.MessageArrived(id=id_) if are_duplicates or is_known(id_):
            return "duplicate"
        case said.ReceiptArrived(participant_id=who):
            return "ownReceipt" if is_us(who) else "knownReceipt"
        case _:
            return "remembered"


def message_id_in(events: Iterable[PlatformEvent]) -> str | None:
    """The first message that is spoken of."""
    ids = (getattr(event, "message_id", None) or getattr(event, "id", None) for event in events)
    return next((id_ for id_ in ids if isinstance(id_, str)), None)
