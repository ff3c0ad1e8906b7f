"""Keeps the scripted people of all conversations, and knows who of them acts next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ipygenesys.simulator.person.person import Act, DialogueState
from ipygenesys.simulator.person.players import Players
from ipygenesys.simulator.state.deadlines import Deadlines

if TYPE_CHECKING:
    from ipygenesys.simulator.state.conversation import Message, Played, Side, Turn

Listener = Callable[[str], object]


class Stage:
    """The players of each conversation."""

    def __init__(self) -> None:
        self._players: dict[str, Players] = {}
        self._deadlines: Deadlines[str] = Deadlines()
        self._listeners: dict[str, list[Listener]] = {}

    def enter(self, conversation_id: str, players: Players) -> None:
        """These play in the conversation from now on."""
        self._players[conversation_id] = players
        self._changed(conversation_id)

    def clear(self) -> None:
        """Nobody plays any more; who listens goes on listening."""
        self._players.clear()
        self._deadlines = Deadlines()

    def players(self, conversation_id: str) -> Players:
        """Who plays there."""
        return self._players[conversation_id]

    def listen(self, conversation_id: str, tell: Listener) -> None:
        """Tells what the dialogue has somebody say next whom nobody plays, now and whenever it has gone on."""
        self._listeners.setdefault(conversation_id, []).append(tell)
        tell(self._players[conversation_id].prompt)

    # --- inputs

    def arrive(self, conversation_id: str, now: float, side: Side) -> None:
        """Somebody has come on that side."""
        self._players[conversation_id].arrive(now, side)
        self._changed(conversation_id)

    def hear(self, now: float, message: Message) -> None:
        """Something was said."""
        self._players[message.conversation_id].hear(now, message)
        self._changed(message.conversation_id)

    def stand_down(self, conversation_id: str, side: Side) -> bool:
        """A real client acts on this side; whether that is news."""
        is_news = self._players[conversation_id].stand_down(side)
        self._changed(conversation_id)
        return is_news

    def play(
        self,
        conversation_id: str,
        now: float,
        turns: Sequence[Turn],
        *,
        speed: float | None = None,
        played: Played | None = None,
    ) -> None:
        """Plays a dialogue there."""
        self._players[conversation_id].play(now, turns, speed=speed, played=played)
        self._changed(conversation_id)

    # --- outputs

    def dialogue(self, conversation_id: str) -> DialogueState | None:
        """How far the dialogue has come, None without one."""
        players = self._players.get(conversation_id)
        return None if players is None else players.dialogue()

    def next_deadline(self) -> float | None:
        """When the next act is due."""
        return self._deadlines.next()

    def due(self, now: float) -> list[tuple[str, Side, Act]]:
        """What is done up to now: where, by whom, and what."""
        acts = []
        for conversation_id in self._deadlines.take(now):
            acts += [(conversation_id, *act) for act in self._players[conversation_id].due(now)]
            self._changed(conversation_id)
        return acts

    def _changed(self, conversation_id: str) -> None:
        players = self._players[conversation_id]
        self._deadlines.set(conversation_id, players.next_deadline())
        for tell in self._listeners.get(conversation_id, ()):
            tell(players.prompt)
