"""Plays the person on the other side: reads, thinks, types at a human pace, answers.

Usually that is the agent; with a real agent's client it can be the customer.

Pure: it is told what happened and when, and says what it does and when. Times come from the seeded random source
that it is given, so the same seed and the same inputs make the same schedule.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ipygenesys.simulator.person.script import Line, Script
from ipygenesys.simulator.person.small_talk import SmallTalk

if TYPE_CHECKING:
    from random import Random

    from ipygenesys.simulator.state.conversation import Side, Turn

REFRESH_TYPING_S = 3.5
"""Real seconds whatever the speed: a client forgets an indicator that is not refreshed (contract: 4 s)."""


@dataclass(frozen=True)
class Deliver:
    """The agent's device has the message."""

    message_id: str


@dataclass(frozen=True)
class Read:
    """The agent has read the message."""

    message_id: str


@dataclass(frozen=True)
class Typing:
    """The agent starts, goes on or stops typing."""

    typing: bool


@dataclass(frozen=True)
class Say:
    """The person (or the system) sends a message."""

    text: str = field(repr=False)
    role: Literal["agent", "bot", "customer", "system"] = "agent"
    content: str | Sequence[dict[str, Any]] | None = field(default=None, repr=False)
    """Parts of a message, or the name of a sample of ``rich_content``."""
    name: str | None = None
    """None: the agent's own, or System."""


@dataclass(frozen=True)
class Leave:
    """Whoever it is ends the conversation."""


@dataclass(frozen=True)
class Break:
    """The script wants a fault; the parameters are those of the control plane."""

    params: dict[str, Any]


@dataclass(frozen=True)
class _Answer:
    """Time to think of an answer, unless the customer has written more since."""

    text: str = field(repr=False)
    heard: int


Act = Deliver | Read | Typing | Say | Leave | Break


@dataclass(frozen=True)
class DialogueState:
    """How far a dialogue has come; ``mismatches`` are turns (from 0) of the other side whose text was not the file's."""

    position: int
    turns: int
    done: bool
    mismatches: tuple[int, ...]
    turn: Turn | None = None
    """What comes next, and whose turn it is."""


class Person:
    """A scripted human; ``speed`` 10 does everything ten times as fast."""

    def __init__(self, script: Script, rng: Random, *, speed: float = 1.0, side: Side = "agent") -> None:
        if not speed > 0:
            raise ValueError("speed must be greater than 0")
        self.side: Side = side
        """Whom the person plays."""
        self._script = script
        self._is_replaced = False
        self._rng = rng
        self._speed = speed
        self._talk = SmallTalk(rng)
        self._replies = list(script.replies)
        self._heap: list[tuple[float, int, Act | _Answer]] = []
        self._serial = 0
        self._heard = 0
        self._busy_until = 0.0
        self._typing = False
        self.is_started = False
        self._turns: tuple[Turn, ...] | None = None
        self._position = 0
        self._unspoken = 0
        self._early: list[str] = []
        self._mismatches: list[int] = []

    # --- inputs

    def start(self, now: float) -> None:
        """Somebody is in the conversation now; only the first call counts."""
        if self.is_started or self._is_replaced:
            return
        self.is_started = True
        for after_s, params in self._script.faults:
            self._at(now + after_s / self._speed, Break(params))
        if self._turns is not None:
            self._advance(now)
            return
        script = self._script
        opening = script.opening if self.side == "agent" else script.customer_opening
        for number, line in enumerate(opening):
            self._speak(now, line, first=number == 0)

    def hear(self, now: float, message_id: str, text: str) -> None:
        """The other one has sent a message."""
        if self._is_replaced:
            return
        self._heard += 1
        reads = self._script.reads or self._turns is not None
        if reads:
            delivered = now + self._spread(self._script.pace.deliver_s)
            read_at = delivered + self._spread(self._script.pace.read_s, extra_s=self._reading_s(text))
            self._at(delivered, Deliver(message_id))
            self._at(read_at, Read(message_id))
            self._busy_until = max(self._busy_until, read_at)
        if self._turns is not None:
            self._early.append(text)
            self._advance(now)
        elif self._script.answers and reads:
            self._at(read_at, _Answer(text, self._heard))

    def stand_down(self) -> bool:
        """A real client has taken the person's part: nothing more is said or done; whether that is news."""
        is_news, self._is_replaced = not self._is_replaced, True
        self._heap.clear()
        self._typing = False
        return is_news

    def play(
        self, now: float, turns: Sequence[Turn], *, speed: float | None = None, side: Side | None = None
    ) -> None:
        """Plays a dialogue from now on, in place of the script."""
        if speed is not None and not speed > 0:
            raise ValueError("speed must be greater than 0")
        self._speed = speed or self._speed
        self.side, self._is_replaced = side or self.side, False
        self._heap = [entry for entry in self._heap if isinstance(entry[2], Deliver | Read)]
        heapq.heapify(self._heap)
        self._busy_until = now
        self._turns, self._position, self._unspoken = tuple(turns), 0, 0
        self._early, self._mismatches = [], []
        if self._typing:
            self._at(now, Typing(False))
        if self.is_started:
            self._advance(now)

    # --- outputs

    def next_deadline(self) -> float | None:
        """When the next act is due."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[Act]:
        """What the agent does up to now, in order; each act once."""
        acts: list[Act] = []
        while self._heap and self._heap[0][0] <= now:
            at, _, act = heapq.heappop(self._heap)
            if isinstance(act, _Answer):
                self._answer(at, act)
                continue
            if isinstance(act, Typing):
                self._typing = act.typing
            elif isinstance(act, Say) and self._turns is not None:
                self._unspoken -= 1
            acts.append(act)
        return acts

    def dialogue(self) -> DialogueState | None:
        """How far the dialogue has come, None without one."""
        if self._turns is None:
            return None
        position, turns = self._position - self._unspoken, self._turns
        is_done = position == len(turns)
        turn = None if is_done else turns[position]
        return DialogueState(position, len(turns), is_done, tuple(self._mismatches), turn)

    # --- planning

    def _advance(self, now: float) -> None:
        turns = self._turns or ()
        while self._position < len(turns):
            turn = turns[self._position]
            if turn.who not in (self.side, "system"):
                if not self._early:
                    return
                if self._early.pop(0) != turn.text:
                    self._mismatches.append(self._position)
            else:
                self._unspoken += 1
                self._speak(now, turn.text, is_system=turn.who == "system")
            self._position += 1

    def _answer(self, now: float, act: _Answer) -> None:
        if act.heard == self._heard:
            if self._replies:
                self._speak(now, self._replies.pop(0))
                return
            for line in self._talk.answer(act.text):
                self._speak(now, line)

    def _speak(self, now: float, line: str | Line, *, is_system: bool = False, first: bool = False) -> None:
        text, content = (line.text, line.content) if isinstance(line, Line) else (line, None)
        begins = max(now, self._busy_until) + self._spread(self._script.pace.think_s)
        if is_system:
            self._at(begins, Say(text, "system"))
            self._busy_until = begins
            return
        ends = begins + self._typing_s(text, first=first)
        self._at(begins, Typing(True))
        refresh = begins + REFRESH_TYPING_S
        while refresh < ends:
            self._at(refresh, Typing(True))
            refresh += REFRESH_TYPING_S
        self._at(ends, Say(text, self.side, content))
        self._at(ends, Typing(False))
        self._busy_until = ends

    def _typing_s(self, text: str, *, first: bool) -> float:
        pace = self._script.pace
        if first:
            return self._spread(pace.first_typing_s)
        low, high = pace.typing_s
        seconds = len(text) / self._rng.uniform(*pace.chars_per_s)
        return min(max(seconds, low), high) / self._speed

    def _reading_s(self, text: str) -> float:
        return min(len(text), 200) * self._script.pace.read_per_char_s

    def _spread(self, bounds: tuple[float, float], *, extra_s: float = 0.0) -> float:
        return (self._rng.uniform(*bounds) + extra_s) / self._speed

    def _at(self, at: float, act: Act | _Answer) -> None:
        self._serial += 1
        heapq.heappush(self._heap, (at, self._serial, act))
