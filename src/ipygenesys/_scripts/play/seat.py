"""The seat of a scenario in a run: whether it waits, is played or is over, and its conversation meanwhile."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ipygenesys._core.model.messages import Message
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.recordings.in_memory import InMemory
from ipygenesys._scripts.model.results import Outcome, ScenarioResult, Turn
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.play.player import Player


@dataclass(eq=False)
class Seat:
    """Written on the thread that plays; read on any. ``told`` is called whenever something of it has changed."""

    number: int
    """From 1, in the script's order."""
    scenario: Scenario
    told: Callable[[], object] = lambda: None
    result: ScenarioResult | None = None
    conversation: InMemory | None = None
    """Of the last try; None where none has begun, or where it has made room."""
    began_s: float | None = None
    """Since the epoch."""
    messages: Sequence[Message] = field(default=(), repr=False)
    conversation_id: str | None = None
    _player: Player | None = None

    def begin(self, player: Player, gateway: Gateway) -> None:
        """It is played from now on."""
        conversation = InMemory()
        gateway.begin(conversation)
        self.conversation = conversation
        self._player, self.began_s = player, time.time()
        self.told()

    def end(self, result: ScenarioResult) -> None:
        """This has come of it."""
        self.result = result
        self.told()

    def stop(self, words: str) -> None:
        """Nothing more comes of it."""
        began, seconds = None, 0.0
        if self.began_s is not None:
            began, seconds = dt.datetime.fromtimestamp(self.began_s, dt.UTC), time.time() - self.began_s
        self.end(
            ScenarioResult(
                self.scenario,
                "error",
                self.turns,
                self.messages,
                words,
                began,
                seconds,
                conversation_id=self.conversation_id,
            )
        )

    @property
    def state(self) -> Outcome | Literal["waiting", "playing"]:
        """How far it is."""
        if self.result is not None:
            return self.result.outcome
        return "waiting" if self._player is None else "playing"

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was played so far."""
        if self.result is not None:
            return tuple(self.result.turns)
        return () if self._player is None else tuple(self._player.turns)
