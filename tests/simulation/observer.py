"""An observer of one gateway: it hears every event, and checks it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ipygenesys._core.machines.typing_indicator import DEFAULT_DURATION_S, GRACE_S
from ipygenesys._core.model.events import (
    ErrorRaised,
    Event,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
    ReadPositionMoved,
    StatusChanged,
    TypingChanged,
)
from ipygenesys._core.model.messages import Message
from ipygenesys._io.conversation.gateway import Gateway

Report = Callable[[str, str], None]
Note = Callable[[str], None]
RANK = {"sending": 0, "unknown": 1, "unread": 2, "sent": 2, "failed": 3, "delivered": 4, "read": 5}
LONGEST_TYPING_S = DEFAULT_DURATION_S + GRACE_S


class Observer:
    """What a user would notice, in one life of a client.

    Args:
        gateway: the client.
        loop: where it runs.
        report: takes a violation.
        note: takes how each event shows itself.
    """

    def __init__(self, gateway: Gateway, loop: asyncio.AbstractEventLoop, report: Report, note: Note) -> None:
        self.gateway = gateway
        self.seen: set[str] = set()
        self.received: set[str] = set()
        self.caught_up_at: float | None = None
        self.news_from: str | None = None
        """The oldest message that was here then: what is older is no news."""
        self.covered_to_ms = 0
        """Who reads on the newest page has left behind what is older than that page."""
        self.uncovered: set[str] = set()
        """What was on it, of the same time as the oldest that it left behind may be."""
        self._loop = loop
        self._report = report
        self._note = note
        self._rank: dict[str, int] = {}
        self._position_ms = 0
        self._typing_heard_at = 0.0
        self._is_typing_shown = False

    @property
    def timeline(self) -> tuple[Message, ...]:
        return tuple(self.gateway.session.conversation.timeline.copy())

    @property
    def status(self) -> str:
        return self.gateway.session.connection.status

    def typing_was_said(self) -> None:
        """That somebody types has come in."""
        self._typing_heard_at = self._loop.time()

    def page_came(self) -> None:
        """The first one tells the conversation as it was when we came."""
        if self.caught_up_at is None and self.gateway.session.catch_up.has_completed:
            self.caught_up_at = self._loop.time()
            self.news_from = next((each.id for each in self.timeline if not each.is_draft), None)

    def hear(self, event: Event) -> None:
        self._note(repr(event))
        match event:
            case MessagePlaced(message=message, former_id=former):
                self._advances(message, former)
            case MessageStatusChanged(message=message):
                self._advances(message, message.id)
            case MessageRemoved(message=message):
                self._rank.pop(message.id, None)
            case MessageReceived(message=message):
                if message.is_own:
                    self._report("I1", "a message of our own was received")
                if message.id in self.received:
                    self._report("I2", "a message was received twice")
                self.received.add(message.id)
            case TypingChanged(names):
                self.check_typing()
                self._is_typing_shown = bool(names)
            case ReadPositionMoved(time_ms):
                if time_ms <= self._position_ms:
                    self._report("I5", "the read position moved back")
                self._position_ms = time_ms
                if self.gateway.session.catch_up.has_older:
                    first_ms = self.timeline[0].time_ms
                    self.covered_to_ms = max(self.covered_to_ms, first_ms)
                    self.uncovered |= {each.id for each in self.timeline if each.time_ms == first_ms}
            case ErrorRaised(failure) if failure.code == "internal":
                self._report("I10", failure.message)
            case StatusChanged(status="failed", detail=None):
                self._report("I10", "failed without a word")
            case _:
                pass

    def _advances(self, message: Message, former: str | None) -> None:
        """A message's state never goes back, except that a draft is sent again."""
        before = self._rank.pop(former, None) if former is not None else None
        rank = self._rank[message.id] = RANK[message.status]
        if before is not None and rank < before and not message.is_draft and former == message.id:
            self._report("I5", f"a status went back to {message.status}")

    def check_typing(self) -> None:
        """Nobody is shown typing for longer than what was said allows."""
        late_s = self._loop.time() - (self._typing_heard_at + LONGEST_TYPING_S)
        if self._is_typing_shown and late_s > 0.01:
            self._report("I7", f"shown typing for {late_s:.1f} s too long")
