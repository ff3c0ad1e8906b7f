"""When messages were delivered and read, how long their authors typed, when agents came: as it is heard.

What is noted is kept beside the messages, for those alone of which something was heard, and within bounds.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable
from typing import TypeVar

import msgspec

from ipygenesys._core.machines.typing_indicator import DEFAULT_DURATION_S, MAX_DURATION_S
from ipygenesys._core.model.inputs import HoldTyping, Input, NoteKeystroke, Send, StopComposing
from ipygenesys._core.model.messages import Role
from ipygenesys._core.model.platform_events import (
    MessageArrived,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    TypingNoticed,
)

MAX_MESSAGES = 100_000
"""Chosen: of more, the oldest notes make room."""
MAX_PEOPLE = 1_000
"""Likewise, of who types, and of messages that may come twice."""
KEYS_S = 5.0
"""Between two keys of ours, before it counts as a pause."""
_US = ("us",)
"""The typist that we are: no participant's id."""
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard of one message."""

    delivered_ms: int | None = None
    """Milliseconds since the epoch, by the server's clock where it tells; the first receipt counts."""
    read_ms: int | None = None
    typing_before_s: float | None = None


class AgentCame(msgspec.Struct, frozen=True, kw_only=True):
    """An agent has taken the conversation while we were listening."""

    sender: str
    time_ms: int


class _Spell(msgspec.Struct):
    """Somebody's typing since their last message: spans, one after the other."""

    typed_s: float = 0.0
    """Of the spans that are over."""
    began: float | None = None
    """Of the span that goes on."""
    until: float = 0.0
    """It is over then, if nothing more is heard."""

    def on(self, now: float, duration_s: float) -> None:
        if self.began is None or now > self.until:
            self.off(now)
            self.began = now
        self.until = now + duration_s

    def off(self, now: float) -> float:
        if self.began is not None:
            self.typed_s += max(min(now, self.until) - self.began, 0.0)
            self.began = None
        return self.typed_s


class MessageTimes:
    """Of one conversation."""

    def __init__(self, own_role: Role = "customer") -> None:
        self._own_role = own_role
        self._times: dict[str, Times] = {}
        self._spells: dict[Hashable, _Spell] = {}
        self._came: dict[str, AgentCame] = {}
        self._arrived: dict[str, bool] = {}
        """The newest messages: platforms list them again and again."""

    def copy(self) -> MessageTimes:
        """The same times, to which others can be added."""
        twin = copy.copy(self)
        twin._times, twin._came, twin._arrived = self._times.copy(), self._came.copy(), self._arrived.copy()
        twin._spells = {who: copy.copy(spell) for who, spell in self._spells.items()}
        return twin

    def of(self, id_: str, draft_id: str | None = None) -> Times:
        """What is known of a message."""
        known = self._times.get(id_, Times())
        ours = self._times.get(draft_id or "")
        return known if ours is None else msgspec.structs.replace(known, typing_before_s=ours.typing_before_s)

    @property
    def agents_came(self) -> tuple[AgentCame, ...]:
        """By when; those who were there before us are not among them."""
        return tuple(self._came.values())

    def commanded(self, command: Input, now: float) -> None:
        """We type, or say something; ``now`` in monotonic seconds."""
        match command:
            case NoteKeystroke():
                self._spell(_US).on(now, KEYS_S)
            case HoldTyping():
                self._spell(_US).on(now, float("inf"))
            case StopComposing():
                self._spell(_US).off(now)
            case Send(draft_id):
                self._typed(_US, draft_id, now)
            case _:
                pass

    def heard(self, event: PlatformEvent, now: float, time_ms: int, *, is_live: bool = True) -> None:
        """Somebody else's doings, or an echo of ours.

        Args:
            event: what was said.
            now: monotonic seconds.
            time_ms: the same, in milliseconds since the epoch, for what brings no time of its own.
            is_live: it has just happened; else we only learn of it.
        """
        match event:
            case TypingNoticed():
                self._typing(event, now)
            case MessageArrived(id=id_):
                if id_ not in self._arrived:
                    _put(self._arrived, id_, is_live, MAX_PEOPLE)
                    if is_live and self._spells and (who := self._typist_of(event)) is not None:
                        self._typed(who, id_, now)
            case ReceiptArrived(message_id=id_, status="delivered") if self.of(id_).delivered_ms is None:
                self._note(id_, delivered_ms=event.time_ms or time_ms)
            case ReceiptArrived(message_id=id_, status="read") if self.of(id_).read_ms is None:
                self._note(id_, read_ms=event.time_ms or time_ms)
            case PresenceChanged(participant_id=str(id_), has_joined=True, role="agent", name=name) if (
                is_live and id_ not in self._came
            ):
                _put(self._came, id_, AgentCame(sender=name or "Agent", time_ms=time_ms), MAX_PEOPLE)
            case _:
                pass

    def _typing(self, event: TypingNoticed, now: float) -> None:
        spell, duration_s = self._spell(event.participant_id or ""), event.duration_s
        if event.is_typing:
            wanted = DEFAULT_DURATION_S if duration_s is None or not duration_s > 0 else duration_s
            spell.on(now, min(wanted, MAX_DURATION_S))
        else:
            spell.off(now)

    def _typist_of(self, message: MessageArrived) -> str | None:
        """Whose typing has led to it: the author's, or that of whoever types unnamed on the other side."""
        if message.participant_id and message.participant_id in self._spells:
            return message.participant_id
        is_ours = message.role == self._own_role or message.draft_id is not None
        return None if is_ours or "" not in self._spells else ""

    def _typed(self, who: Hashable, id_: str, now: float) -> None:
        spell = self._spells.pop(who, None)
        if spell is not None and (typed_s := spell.off(now)) > 0:
            self._note(id_, typing_before_s=round(typed_s, 3))

    def _spell(self, who: Hashable) -> _Spell:
        spell = self._spells.get(who)
        if spell is None:
            spell = _Spell()
            _put(self._spells, who, spell, MAX_PEOPLE)
        return spell

    def _note(self, id_: str, **times: float | None) -> None:
        _put(self._times, id_, msgspec.structs.replace(self.of(id_), **times), MAX_MESSAGES)


def _put(kept: dict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]
