"""Bot Framework ``.transcript`` files: an array of activities, as its emulator and its bots save them.

Source: microsoft/BotFramework-Emulator a89a783c, the transcript samples and their loader.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ipygenesys._core.model.content import QuickReplies, QuickReply
from ipygenesys._core.model.inputs import Connect, FrameReceived, StreamOpened
from ipygenesys._core.model.messages import Attachment, Role
from ipygenesys._core.model.platform_events import MessageArrived, PlatformEvent, TypingNoticed
from ipygenesys._core.model.profile import Profile
from ipygenesys._protocols.tolerant import MAX_ID_CHARACTERS, name_of, time_ms_of
from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.entries import AnyEntry, Ended, FrameIn, FrameOut, StreamBegan
from ipygenesys._recordings.foreign.capture import UNREADABLE, Data, unreadable
from ipygenesys._recordings.foreign.leading import Leader

PROFILE = Profile(
    own_role="customer", capabilities=frozenset({"receive_typing", "send_typing"}), is_send_idempotent=True
)
_ROLES: dict[str, Role] = {"bot": "bot", "user": "customer", "agent": "agent"}


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    id: Any = None
    name: Any = None
    role: Any = None


class Activity(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One of the array."""

    type: Any = None
    id: Any = None
    timestamp: Any = None
    local_timestamp: Any = None
    text: Any = None
    from_: _Account = msgspec.field(default=_Account(), name="from")
    recipient: _Account = _Account()
    attachments: Any = None
    suggested_actions: Any = None

    @property
    def time_ms(self) -> int | None:
        """Milliseconds since the epoch."""
        times = (time_ms_of(each) for each in (self.timestamp, self.local_timestamp) if isinstance(each, str))
        return next((time_ms for time_ms in times if time_ms), None)

    @property
    def role(self) -> Role | None:
        """Of who says it; where that is not told, it is not who hears it."""
        if (role := _ROLES.get(str(self.from_.role).lower())) is not None:
            return role
        heard_by = _ROLES.get(str(self.recipient.role).lower())
        return None if heard_by is None else "bot" if heard_by == "customer" else "customer"


def looks_like_activities(start: bytes) -> bool:
    """Whether a file that begins like this may be one."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") and b'"type"' in start and b'"from"' in start


def activities_in(name: str, data: Data) -> list[msgspec.Raw]:
    """The activities, unread.

    Raises:
        NoRecording: it is damaged, or holds none.
    """
    try:
        raws = msgspec.json.decode(data, type=list[msgspec.Raw])
    except UNREADABLE:
        raise unreadable(name, "it is not a whole JSON array of activities") from None
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


def events_of(activity: Activity, number: int, role: Role | None) -> tuple[PlatformEvent, ...]:
    """What it says, in neutral words; traces, events of programs and the like say nothing.

    Args:
        activity: one of them.
        number: which, for those without an id.
        role: of who says it.
    """
    who = str(activity.from_.id)[:MAX_ID_CHARACTERS] if activity.from_.id else None
    if activity.type == "typing":
        return (TypingNoticed(participant_id=who, is_typing=True, time_ms=activity.time_ms),)
    if activity.type != "message":
        return ()
    id_ = activity.id if isinstance(activity.id, str) and activity.id else f"activity-{number}"
    replies = [
        QuickReply(
            text=str(each.get("title") or each.get("value") or ""), payload=str(each.get("value") or "")
        )
        for each in _objects(activity.suggested_actions, "actions")
    ]
    files = [each for each in _objects({"": activity.attachments}, "") if each.get("contentUrl")]
    return (
        MessageArrived(
            id=id_[:MAX_ID_CHARACTERS],
            text=activity.text if isinstance(activity.text, str) else "",
            participant_id=who,
            sender=name_of(activity.from_.name) if isinstance(activity.from_.name, str) else None,
            role=role,
            time_ms=activity.time_ms,
            attachments=tuple(
                Attachment(
                    name=name_of(str(each.get("name") or "file")) or "file",
                    media_type=str(each.get("contentType")),
                )
                for each in files
            ),
            content=(QuickReplies(replies=tuple(replies)),) if replies else (),
        ),
    )


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
    roles: dict[Any, Role | None] = {}
    for number, raw in enumerate(raws):
        if (activity := activity_of(raw)) is None:
            continue
        role = roles[activity.from_.id] = activity.role or roles.get(activity.from_.id)
        at_s = leader.now_s if activity.time_ms is None else activity.time_ms / 1000
        yield from leader.until(at_s)
        text = bytes(raw).decode("utf-8", "replace")
        kind = FrameOut if role == "customer" else FrameIn
        yield kind(at_s=leader.now_s, stream=leader.generation, data=text)
        yield from leader.take(at_s, FrameReceived(leader.generation, events_of(activity, number, role)))
    yield Ended(at_s=leader.now_s)
