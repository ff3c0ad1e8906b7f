"""Plays a bot on the other side: it follows a flow, and is as fast as bots are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ipygenesys.simulator.person.flow import BotFlow, BotTalk, Over, Pause, Said, Trouble, Turned
from ipygenesys.simulator.person.person import Break, Deliver, Leave, Person, Read, Say, Typing

if TYPE_CHECKING:
    from random import Random

    from ipygenesys.simulator.person.script import Script

THINK_S = 0.2
"""Chosen: from what it hears to what it says, at speed 1."""


class Bot(Person):
    """Begins when the guest does; answers each thing that is said, in order."""

    def __init__(self, flow: BotFlow, script: Script, rng: Random, *, speed: float = 1.0) -> None:
        super().__init__(script, rng, speed=speed)
        self._flow = BotTalk(flow)

    def start(self, now: float) -> None:
        """A guest is there; only the first call counts."""
        if not self.is_started and not self._is_replaced:
            self.is_started = True
            self._plan(now, self._flow.begin())

    def hear(self, now: float, message_id: str, text: str) -> None:
        """The guest has said something."""
        if self._is_replaced:
            return
        self._at(now, Deliver(message_id))
        self._at(now, Read(message_id))
        self._plan(now, self._flow.hear(text))

    def _plan(self, now: float, turned: Iterable[Turned]) -> None:
        at = max(now, self._busy_until)
        for one in turned:
            match one:
                case Pause(seconds):
                    self._at(at, Typing(True))
                    at += seconds / self._speed
                case Trouble(params):
                    self._at(at, Break(params))
                case Over():
                    self._at(at, Leave())
                case Said(text, name, content):
                    self._at(at, Typing(True))
                    at += THINK_S / self._speed
                    self._at(at, Say(text, "bot" if name is None else "agent", content, name or "Bot"))
                    self._at(at, Typing(False))
        self._busy_until = at
