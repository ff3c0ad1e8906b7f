"""What ovotech's runner makes of a script, by its rules, on a clock of steps: the other side of a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

STEP_MS = 10


@dataclass(frozen=True)
class Reply:
    """What the bot does after a text. ``early_ms``: how far its time lies before that, as where frames overtake others."""

    after_ms: int
    text: str | None
    """None: it types."""
    early_ms: int = 0
    is_end: bool = False


Bot = Sequence[Sequence[Reply]]
"""By the number of the text that is said to it."""


@dataclass(frozen=True)
class Came:
    """A frame. ``is_ours``: the echo of a text."""

    at_ms: int
    time_ms: int
    text: str | None = None
    is_ours: bool = False
    is_end: bool = False


def frames_after(say: int, at_ms: int, bot: Bot) -> list[Came]:
    """The echo, and what the bot answers."""
    replies = bot[say] if say < len(bot) else ()
    answers = [
        Came(at_ms + reply.after_ms, at_ms + reply.after_ms - reply.early_ms, reply.text, is_end=reply.is_end)
        for reply in replies
    ]
    return [Came(at_ms, at_ms, "echo", is_ours=True), *answers]


@dataclass
class Rules:
    """One run of one scenario. ``steps`` are the file's mappings."""

    steps: Sequence[dict[str, Any]]
    bot: Bot
    timeout_ms: int = 10_000
    hold_ms: int = 1_000
    was_disordered: bool = False
    now_ms: int = 0
    _coming: list[Came] = field(default_factory=list)
    _pool: list[Came] = field(default_factory=list)
    _interval_ms: int | None = None
    _newest_ms: int = -1
    _is_disconnected: bool = False

    def failed_at(self) -> int | None:
        """The step at which it fails; None: it passes."""
        said = 0
        for number, step in enumerate(self.steps):
            if "say" in step:
                if self._is_disconnected:
                    return number
                self._pass_time(self.now_ms + 2_000 + self.hold_ms)
                self._coming += frames_after(said, self.now_ms, self.bot)
                said += 1
            elif not self._wait(step):
                return number
        return None

    def _wait(self, step: dict[str, Any]) -> bool:
        until_ms = self.now_ms + self.timeout_ms + self.hold_ms
        while self.now_ms < until_ms:
            for came in self._tick():
                if came.is_end:
                    return False
                if not came.is_ours and came.text is not None and fits(step, came.text):
                    return True
        return False

    def _pass_time(self, until_ms: int) -> None:
        while self.now_ms < until_ms:
            self._tick()

    def _tick(self) -> list[Came]:
        """What is given out in the next moment."""
        self.now_ms += STEP_MS
        for came in [one for one in self._coming if one.at_ms <= self.now_ms]:
            self._coming.remove(came)
            self.was_disordered |= came.time_ms < self._newest_ms
            self._newest_ms = max(self._newest_ms, came.time_ms)
            self._pool.append(came)
            if self._interval_ms is None:
                self._interval_ms = came.at_ms + 1_000
        if self._interval_ms is None or self.now_ms < self._interval_ms:
            return []
        first = min(self._pool, key=lambda one: one.time_ms)
        is_old = self._interval_ms - first.at_ms >= self.hold_ms
        if is_old:
            self._pool.remove(first)
            self._is_disconnected |= first.is_end
        self._interval_ms = self._interval_ms + 1_000 if self._pool else None
        return [first] if is_old else []


def fits(step: dict[str, Any], text: str) -> bool:
    if "waitForReplyContaining" in step:
        return str(step["waitForReplyContaining"]).lower() in text.lower()
    return re.search(step["waitForReplyMatching"], text, re.I | re.M | re.A) is not None


def verdict(steps: Sequence[dict[str, Any]], bot: Bot) -> int | None:
    """With the second run, where there is one."""
    first = Rules(steps, bot)
    failed_at = first.failed_at()
    if failed_at is not None and first.was_disordered:
        return Rules(steps, bot, hold_ms=6_000).failed_at()
    return failed_at
