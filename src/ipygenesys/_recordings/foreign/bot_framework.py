"""Bot Framework ``.transcript`` files: an array of activities, as its emulator and its bots save them.

Copilot Studio's are an object with ``activities``, whose roles are numbers and whose times are seconds.
Source: microsoft/BotFramework-Emulator a89a783c, the transcript samples and their loader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ipygenesys._core.model.content import (
    MAX_ROWS,
    Button,
    Card,
    Carousel,
    Content,
    QuickReplies,
    QuickReply,
    Unsupported,
)
from ipygenesys._core.model.inputs import Connect, FrameReceived, StreamOpened
from ipygenesys._core.model.messages import Attachment, Role
from ipygenesys._core.model.platform_events import MessageArrived, PlatformEvent, TypingNoticed
from ipygenesys._core.model.profile import Profile
from ipygenesys._protocols.tolerant import MAX_ID_CHARACTERS, name_of, url_in, words_in
from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.entries import AnyEntry, Ended, FrameIn, FrameOut, StreamBegan
from ipygenesys._recordings.foreign.capture import UNREADABLE, Data, epoch_s, plain, unreadable
from ipygenesys._recordings.foreign.leading import Leader

PROFILE = Profile(
    own_role="customer", capabilities=frozenset({"receive_typing", "send_typing"}), is_send_idempotent=True
)
_ROLES: dict[str, Role] = {
    "bot": "bot", "skill": "bot", "0": "bot", "user": "customer", "1": "customer", "agent": "agent",
}  # fmt: skip
_TYPE = re.compile(rb'"type"\s*:\s*"(?:message|conversationUpdate|typing|trace|event|endOfConversation)"')
_CARD = "application/vnd.microsoft.card."
_WORDED = frozenset({"hero", "thumbnail", "receipt", "signin", "oauth", "audio", "video", "animation"})
"""Cards with a title, words and buttons."""


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    id: Any = None
    name: Any = None
    role: Any = None

    @property
    def known_role(self) -> Role | None:
        """As it is told."""
        return _ROLES.get(str(self.role).lower())


class Activity(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One of the array."""

    type: Any = None
    id: Any = None
    timestamp: Any = None
    local_timestamp: Any = None
    text: Any = None
    reply_to_id: Any = None
    from_: _Account | None = msgspec.field(default=None, name="from")
    recipient: _Account | None = None
    attachments: Any = None
    attachment_layout: Any = None
    suggested_actions: Any = None

    @property
    def time_ms(self) -> int | None:
        """Milliseconds since the epoch."""
        times = (epoch_s(each) for each in (self.timestamp, self.local_timestamp))
        at_s = next((each for each in times if each is not None), None)
        return None if at_s is None else round(at_s * 1000)

    @property
    def who(self) -> _Account:
        """Who says it."""
        return self.from_ or _Account()


class _Wrapped(msgspec.Struct):
    activities: list[msgspec.Raw]


def looks_like_activities(start: bytes) -> bool:
    """Whether a file that begins like this may be one."""
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    is_list = head.startswith(b"[") or (head.startswith(b"{") and b'"activities"' in head[:200])
    return is_list and _TYPE.search(start) is not None


def activities_in(name: str, data: Data) -> list[msgspec.Raw]:
    """The activities, unread.

    Raises:
        NoRecording: it is damaged, or holds none.
    """
    try:
        found = msgspec.json.decode(plain(data), type=list[msgspec.Raw] | _Wrapped)
    except UNREADABLE:
        raise unreadable(name, "it is not a whole JSON array of activities") from None
    raws = found if isinstance(found, list) else found.activities
    if not any((each := activity_of(raw)) is not None and each.type == "message" for raw in raws):
        raise NoRecording(
            f"{name} is an array, but no Bot Framework transcript: no activity in it is a message."
        )
    return raws


def activity_of(raw: msgspec.Raw) -> Activity | None:
    """One of them; None for what is none."""
    try:
        return msgspec.json.decode(raw, type=Activity)
    except UNREADABLE:
        return None


def roles_in(raws: list[msgspec.Raw]) -> dict[Any, Role]:
    """Who is what, by id: as some activity tells of who says or hears it; else a bot's word answers another one."""
    told: dict[Any, Role] = {}
    unsure: dict[Any, bool] = {}
    for activity in filter(None, map(activity_of, raws)):
        for account in (activity.from_, activity.recipient):
            if account is not None and (role := account.known_role or _ROLES.get(str(account.id).lower())):
                told.setdefault(str(account.id), role)
        if activity.type == "message":
            who = str(activity.who.id)
            unsure[who] = unsure.get(who, False) or bool(activity.reply_to_id)
    others = {told.get(who) for who in unsure} - {None}
    for who, answers in unsure.items():
        is_bot = answers if "bot" not in others and "customer" not in others else "bot" not in others
        told.setdefault(who, "bot" if is_bot else "customer")
    return told


def events_of(activity: Activity, number: int, role: Role | None) -> tuple[PlatformEvent, ...]:
    """What it says, in neutral words; traces, events of programs and the like say nothing.

    Args:
        activity: one of them.
        number: which, for those without an id.
        role: of who says it.
    """
    who = str(activity.who.id)[:MAX_ID_CHARACTERS] if activity.who.id else None
    if activity.type == "typing":
        return (TypingNoticed(participant_id=who, is_typing=True, time_ms=activity.time_ms),)
    if activity.type != "message":
        return ()
    id_ = activity.id if isinstance(activity.id, str) and activity.id else f"activity-{number}"
    replies = [
        QuickReply(text=_words(each.get("title") or each.get("value")), payload=_words(each.get("value")))
        for each in _objects(activity.suggested_actions, "actions")[:MAX_ROWS]
    ]
    attached = _objects({"": activity.attachments}, "")
    return (
        MessageArrived(
            id=id_[:MAX_ID_CHARACTERS],
            text=activity.text if isinstance(activity.text, str) else "",
            participant_id=who,
            sender=name_of(activity.who.name) if isinstance(activity.who.name, str) else None,
            role=role,
            time_ms=activity.time_ms,
            attachments=tuple(
                Attachment(
                    name=name_of(str(each.get("name") or "file")) or "file",
                    media_type=str(each.get("contentType")),
                )
                for each in attached
                if each.get("contentUrl")
            ),
            content=(
                *_parts(
                    [each for each in attached if not each.get("contentUrl")], activity.attachment_layout
                ),
                *((QuickReplies(replies=tuple(replies)),) if replies else ()),
            ),
        ),
    )


def _parts(attached: list[dict[str, Any]], layout: Any) -> list[Content]:
    """Cards as cards; what else stands in a message is named."""
    parts = [_part(each) for each in attached[:MAX_ROWS]]
    cards = [part for part in parts if isinstance(part, Card)]
    if layout == "carousel" and len(cards) > 1 and len(cards) == len(parts):
        return [Carousel(cards=tuple(cards))]
    return parts


def _part(attachment: dict[str, Any]) -> Content:
    kind, content = str(attachment.get("contentType")), attachment.get("content")
    if not isinstance(content, dict) or kind.removeprefix(_CARD) not in _WORDED:
        return Unsupported(type=kind.removeprefix(_CARD)[:MAX_ID_CHARACTERS])
    described = filter(None, (_words(content.get(name)) for name in ("subtitle", "text")))
    return Card(
        title=_words(content.get("title")),
        description="\n".join(described),
        buttons=tuple(_button(each) for each in _objects(content, "buttons")[:MAX_ROWS]),
    )


def _button(action: dict[str, Any]) -> Button:
    value, words = action.get("value"), _words(action.get("title") or action.get("value"))
    if action.get("type") in ("openUrl", "signin", "downloadFile"):
        return Button(text=words, url=url_in(value if isinstance(value, str) else None))
    return Button(text=words, payload=_words(value) or words)


def _words(value: Any) -> str:
    return words_in(value if isinstance(value, str) else "" if value is None else str(value))


def _objects(holder: Any, name: str) -> list[dict[str, Any]]:
    listed = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def entries_of(raws: list[msgspec.Raw], by: str) -> Iterator[AnyEntry]:
    """A transcript as a recording of ours.

    Args:
        raws: its activities.
        by: who turns it into one.
    """
    times = (each.time_ms for raw in raws if (each := activity_of(raw)) is not None)
    first_ms = next((time_ms for time_ms in times if time_ms is not None), 0)
    leader = Leader(PROFILE, first_ms / 1000)
    yield leader.header(protocol="BotFramework", by=f"Bot Framework, read by {by}")
    yield from leader.take(leader.start_s, Connect())
    yield StreamBegan(at_s=leader.start_s, stream=leader.generation)
    yield from leader.take(leader.start_s, StreamOpened(leader.generation))
    roles = roles_in(raws)
    for number, raw in enumerate(raws):
        if (activity := activity_of(raw)) is None:
            continue
        role = activity.who.known_role or roles.get(str(activity.who.id))
        at_s = leader.now_s if activity.time_ms is None else activity.time_ms / 1000
        yield from leader.until(at_s)
        text = bytes(raw).decode("utf-8", "replace")
        kind = FrameOut if role == "customer" else FrameIn
        yield kind(at_s=leader.now_s, stream=leader.generation, data=text)
        yield from leader.take(at_s, FrameReceived(leader.generation, events_of(activity, number, role)))
    yield Ended(at_s=leader.now_s)
