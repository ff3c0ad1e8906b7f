"""The rows of an inbox of any conversations: each has a chat of its own, and its events say what happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from ipygenesys._core.inbox.desk import Desk
from ipygenesys._core.inbox.figures import Kpis
from ipygenesys._core.inbox.pools import ALL, Answered, Scope
from ipygenesys._core.inbox.rows import Kind, Row
from ipygenesys._core.inbox.told import ConversationTold, Part, Said, TextsTold, TypingTold
from ipygenesys._core.measures.response_times import responses
from ipygenesys._core.model.events import (
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageReceived,
    MessageStatusChanged,
    StatusChanged,
    TypingChanged,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Command
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.platform_events import ReceiptStatus
from ipygenesys._inboxes.source import Clock
from ipygenesys._io.conversation.views import Views
from ipygenesys._io.inbox.changes import Changes

if TYPE_CHECKING:
    from ipygenesys.chat import Chat

_SETTLED: dict[str, ReceiptStatus] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "unread": "sent",
}
"""The server has it."""
_KINDS: dict[str, Kind] = {"image": "image", "audio": "audio", "video": "video"}
_WORST_FIRST = ("failed", "reconnecting", "connecting", "idle", "connected", "read_only", "closed")


class ChatRows:
    """Chats as a source of rows.

    Args:
        chats: by the names of their rows.
    """

    def __init__(self, chats: Mapping[str, Chat]) -> None:
        self.chats = chats
        self._desk = Desk()
        self._typing: dict[str, set[str]] = {}
        self._statuses: dict[str, str] = dict.fromkeys(chats, "idle")
        self._main = next(iter(chats.values()))._gateway
        self.changes = Changes(self._main.report_bug)
        for row_id, chat in chats.items():
            chat._gateway.add_listener(partial(self._hear, row_id))

    @property
    def rows(self) -> Mapping[str, Row]:
        """By conversation."""
        return self._desk.rows

    @property
    def clock(self) -> Clock:
        """Of the first of them; they share a thread."""
        return self._main.clock

    @property
    def status(self) -> str:
        """That of the one that is worst off."""
        return min(self._statuses.values(), key=_WORST_FIRST.index)

    @property
    def problems(self) -> Mapping[str, Failure]:
        """Why some of them are not connected."""
        found = {}
        for row_id, chat in self.chats.items():
            if (failure := chat._gateway.session.connection.failure) is not None:
                words = f"{row_id}: {failure.message}"
                found[f"connection {row_id}"] = msgspec.structs.replace(failure, message=words)
        return found

    def kpis(self, scope: Scope = ALL) -> Kpis:
        """The figures, now."""
        return self._desk.pools.kpis(self.server_now_ms(), scope)

    def answered(self) -> Answered:
        """How long answers took, now; of these all messages are here."""
        by_agent, bots = defaultdict[str, list[float]](list), list[float]()
        for chat in self.chats.values():
            for response in responses(chat.messages):
                of_whom = bots if response.role == "bot" else by_agent[response.sender]
                of_whom.append(response.response_time_s)
        agents = [seconds for each in by_agent.values() for seconds in each]
        return Answered(agents, dict(by_agent), bots, self._desk.pools.unanswered)

    def server_now_ms(self) -> int:
        """By the first one's server."""
        now = self._main.clock.now()
        return now.wall_ms if now.server_ms is None else now.server_ms

    def in_sight(self, ids: Collection[str]) -> None:
        """Their texts are here anyway."""

    def selected(self, conversation_id: str | None) -> None:
        """Somebody looks at this one."""
        self._desk.select(conversation_id, self.clock.monotonic())
        self._tell_changes()

    def add_views(self, views: Views) -> Callable[[], object]:
        """Each gateway's timer serves them."""
        ends = [chat._gateway.add_views(_Ticking(self, views)) for chat in self.chats.values()]
        return lambda: [end() for end in ends]

    def settle(self) -> None:
        """That was all for now."""
        self._main.settle()

    def call_soon(self, call: Callable[[], object]) -> None:
        """On the thread that they share."""
        for chat in self.chats.values():
            chat._life.begin()
        self._main.call_soon(call)

    # --- what happens in them ---------------------------------------------------------------------------------

    def _hear(self, row_id: str, event: Event) -> None:
        match event:
            case (
                MessageReceived(message)
                | MessagePlaced(message=message)
                | MessageStatusChanged(message=message)
            ):
                self._said(row_id, [message])
            case HistoryPrepended(count=count):
                self._said(row_id, self.chats[row_id].messages[:count])
            case TypingChanged(names):
                self._types(row_id, set(names))
            case StatusChanged(status=status):
                self._statuses[row_id] = status
                self._said(row_id, self.chats[row_id].messages)
                if status == "read_only":
                    self._over(row_id)
            case _:
                return
        self._tell_changes()

    def _said(self, row_id: str, messages: Sequence[Message]) -> None:
        parts: dict[str, Part] = {}
        for message in messages:
            if message.status in _SETTLED:
                part = parts.setdefault(message.sender, _part(message))
                parts[message.sender] = msgspec.structs.replace(part, said=(*part.said, _as_said(message)))
        self._take(ConversationTold(conversation_id=row_id, parts=tuple(parts.values())))
        all_messages = self.chats[row_id].messages
        if all_messages and (last := all_messages[-1]).status in _SETTLED:
            self._take(TextsTold(row_id, {last.id: last.text}))

    def _over(self, row_id: str) -> None:
        customers = {message.sender for message in self.chats[row_id].messages if message.role == "customer"}
        parts = tuple(Part(id=name, is_over=True) for name in customers or {""})
        self._take(ConversationTold(conversation_id=row_id, parts=parts))

    def _types(self, row_id: str, names: set[str]) -> None:
        before, self._typing[row_id] = self._typing.get(row_id, set()), names
        for name in before ^ names:
            is_typing = name in names
            self._take(TypingTold(conversation_id=row_id, name=name, is_typing=is_typing, duration_s=3600.0))

    def _take(self, event: ConversationTold | TextsTold | TypingTold) -> None:
        self._desk.take(event, self.clock.monotonic())

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return self._desk.next_deadline()

    def tick(self) -> None:
        """Let go of what is over."""
        self._desk.tick(self.clock.monotonic())
        self._tell_changes()

    def _tell_changes(self) -> None:
        for row_id in self._desk.take_changed():
            self.changes.tell(row_id)


class _Ticking(Views):
    """The views of an inbox on one gateway's timer, and what time brings to its rows."""

    def __init__(self, rows: ChatRows, views: Views) -> None:
        self._rows = rows
        self._views = views

    def commands(self) -> list[Command]:
        return []

    def renew(self) -> None:
        self._views.renew()

    def flush(self) -> None:
        self._rows.tick()
        self._views.flush()

    def next_deadline(self) -> float | None:
        deadlines = (self._views.next_deadline(), self._rows.next_deadline())
        return min((at for at in deadlines if at is not None), default=None)


def _part(message: Message) -> Part:
    """Whoever has said it. They are there; since when, a message does not tell."""
    return Part(id=message.sender, role=message.role, name=message.sender, is_connected=True)


def _as_said(message: Message) -> Said:
    return Said(
        id=message.id, time_ms=message.time_ms, kind=_kind_of(message), status=_SETTLED[message.status]
    )


def _kind_of(message: Message) -> Kind:
    if message.content:
        return "structured"
    if not message.attachments:
        return "text"
    return _KINDS.get((message.attachments[0].media_type or "").partition("/")[0], "file")
