"""Casts the scripted people of each conversation: who they are, how fast, and what they play."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ipygenesys.simulator.person.bot import Bot
from ipygenesys.simulator.person.dialogue import some_dialogue
from ipygenesys.simulator.person.flow import BotFlow
from ipygenesys.simulator.person.person import Person
from ipygenesys.simulator.person.players import Players
from ipygenesys.simulator.person.script import Script
from ipygenesys.simulator.state.conversation import Side
from ipygenesys.simulator.state.settings import Settings


class Casting:
    """Same settings, same people."""

    def __init__(self, settings: Settings, script: Script) -> None:
        self._settings, self._script = settings, script
        self._flow = None if settings.bot is None else BotFlow.load(settings.bot)

    def players(self, number: int, now: float) -> Players:
        """Those of the conversation of this number, which counts from 1."""
        settings = self._settings
        players = Players(settings.person, lambda side: self._person(side, number))
        turns = settings.dialogue
        if turns is None and settings.person == "both" and self._script.answers:
            # Two people of small talk would never end.
            turns = some_dialogue(settings.seed + number)
        if turns is not None:
            players.play(now, turns)
        return players

    def _person(self, side: Side, number: int) -> Person:
        settings, script = self._settings, self._script
        second = settings.person == "both" and side == "customer"
        if second or number > 1:  # What goes wrong goes wrong for all: once is enough.
            script = replace(script, faults=())
        if self._flow and side == "agent":
            return Bot(self._flow, script, Random(settings.seed), speed=settings.speed)
        part, nth = "customer" if second else "agent", f"/{number}" if number > 1 else ""
        return Person(script, Random(f"{settings.seed}/{part}{nth}"), speed=settings.speed, side=side)
