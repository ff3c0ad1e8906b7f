"""What came of a script: each scenario with its conversation, its steps and what was answered how fast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.matching import Comparison
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import Pick, Say, Step, Upload

Outcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True)
class Turn:
    """What became of a step. ``waited_s``: from its beginning until then."""

    step: Step
    outcome: Literal["passed", "failed", "not played"]
    waited_s: float = 0.0
    words: str = ""
    """Why it failed."""
    instead: tuple[tuple[Message, Comparison], ...] = ()
    """What came instead, nearest first."""
    message: Message | None = None
    """What was found, or said."""


@dataclass(frozen=True)
class ScenarioResult:
    """``outcome``: "failed" where something else came than was expected, "error" where it could not be played."""

    scenario: Scenario
    outcome: Outcome
    turns: Sequence[Turn] = field(default=(), repr=False)
    messages: Sequence[Message] = field(default=(), repr=False)
    words: str = field(default="", repr=False)
    """Why it failed, was not played or was skipped."""
    began: dt.datetime | None = None
    seconds: float = 0.0
    tries: int = 1
    conversation_id: str | None = None
    """The platform's, where credentials were given to ask for it; else the name that a guest goes by here, ``guest-…``."""
    held_back: int = 0
    """Calls that had to wait for the platform's limits."""

    @property
    def name(self) -> str:
        return self.scenario.name

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"

    @property
    def failed_turn(self) -> Turn | None:
        """The step at which it failed."""
        return next((turn for turn in self.turns if turn.outcome == "failed"), None)

    @property
    def response_times_s(self) -> tuple[float, ...]:
        """From each thing said to what answered it first, by the platform's clock, in seconds."""
        times, asked = [], None
        for message in self.messages:
            if message.is_own:
                asked = message.time_ms
            elif asked is not None and message.role != "system":
                times.append((message.time_ms - asked) / 1000)
                asked = None
        return tuple(times)

    @property
    def said(self) -> int:
        """How many steps said something."""
        return sum(
            isinstance(turn.step, Say | Pick | Upload) and turn.outcome == "passed" for turn in self.turns
        )
