"""Plays the scripted people of one conversation: one side of it, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ipygenesys.simulator.person.person import Act, DialogueState, Person

if TYPE_CHECKING:
    from ipygenesys.simulator.state.conversation import Message, Played, Side, Turn


class Players:
    """Who is played; each person hears what the other side says, whoever says it."""

    def __init__(self, played: Played, new_person: Callable[[Side], Person]) -> None:
        self._new_person = new_person
        self._persons = [new_person(side) for side in _sides(played)]

    @property
    def sides(self) -> tuple[Side, ...]:
        """Whom they play."""
        return tuple(person.side for person in self._persons)

    @property
    def are_started(self) -> bool:
        """Whether anybody came for whom they are there."""
        return any(person.is_started for person in self._persons)

    @property
    def prompt(self) -> str:
        """The dialogue's next line, where it is for somebody to say whom nobody plays; else empty."""
        state = self.dialogue()
        turn = None if state is None else state.turn
        return "" if turn is None or turn.who in (*self.sides, "system") else turn.text

    # --- inputs

    def arrive(self, now: float, side: Side) -> None:
        """Somebody is in the conversation; the first who is not on a person's own side brings them to life."""
        if any(person.side != side for person in self._persons):
            for person in self._persons:
                person.start(now)

    def hear(self, now: float, message: Message) -> None:
        """Something was said; what the system says is no answer to anybody."""
        if message.sender.role == "system":
            return
        for person in self._persons:
            if message.is_inbound == (person.side == "agent"):
                person.hear(now, message.id, message.text)

    def stand_down(self, side: Side) -> bool:
        """A real client acts on this side; whether that is news."""
        return any(person.stand_down() for person in self._persons if person.side == side)

    def play(
        self, now: float, turns: Sequence[Turn], *, speed: float | None = None, played: Played | None = None
    ) -> None:
        """Plays a dialogue from now on, in place of the script."""
        sides = _sides(played) if played else self.sides
        old, is_started = self._persons, self.are_started
        self._persons = [self._player(side, old, alone=len(sides) == 1) for side in sides]
        for person, side in zip(self._persons, sides, strict=True):
            person.is_started = is_started
            person.play(now, turns, speed=speed, side=side)

    def _player(self, side: Side, persons: Sequence[Person], *, alone: bool) -> Person:
        """Who plays a side from now on: whoever did, or one who changes sides, or somebody new."""
        same = [person for person in persons if person.side == side]
        return next(iter([*same, *(persons if alone else ())]), None) or self._new_person(side)

    # --- outputs

    def next_deadline(self) -> float | None:
        """When the next act is due."""
        times = [at for at in (person.next_deadline() for person in self._persons) if at is not None]
        return min(times, default=None)

    def due(self, now: float) -> list[tuple[Side, Act]]:
        """What they do up to now: whose act, and which."""
        return [(person.side, act) for person in self._persons for act in person.due(now)]

    def dialogue(self) -> DialogueState | None:
        """How far the dialogue has come, None without one."""
        # Whoever has stood down has stopped where they were.
        states = [state for state in (person.dialogue() for person in self._persons) if state is not None]
        return max(states, key=lambda state: state.position, default=None)


def _sides(played: Played) -> tuple[Side, ...]:
    return ("agent", "customer") if played == "both" else (played,)
