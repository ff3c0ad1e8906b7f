"""Plays a scenario as ovotech's runner would: its pauses, what it holds back, and what it never hears. Pure.

Frames are held for a second, sorted by the platform's time, and given out one a second, whatever they are: echoes and
typing take their turn, too. A wait hears what is given out while it waits; each text is said 2 s later and a held frame's
time, and what is given out meanwhile is lost. Where a scenario fails and frames came in the wrong order, it is played once
more with a hold of 6 s. Source: ovotech/genesys-web-messaging-tester d5b365c.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.platform_events import (
    MessageArrived,
    PlatformEvent,
    PresenceChanged,
    TypingNoticed,
)
from ipygenesys._scripts.model.steps import Step
from ipygenesys._scripts.play.player import Act, Player

SAY_S = 2.0
HOLD_S = 1.0
HOLD_AGAIN_S = 6.0
INTERVAL_S = 1.0


@dataclass(frozen=True)
class Frame:
    """Something that came: of a message its id."""

    time_ms: int
    """By the platform."""
    came_at: float
    message_id: str | None = None
    is_end: bool = False


@dataclass
class Pool:
    """What came and was not given out yet."""

    hold_s: float = HOLD_S
    given: list[Frame] = field(default_factory=list)
    was_disordered: bool = False
    _held: list[Frame] = field(default_factory=list)
    _newest_ms: int = 0
    _due: float | None = None

    def hear(self, frame: Frame) -> None:
        """It has come."""
        self.was_disordered |= frame.time_ms < self._newest_ms
        self._newest_ms = max(self._newest_ms, frame.time_ms)
        self._held.append(frame)
        if self._due is None:
            self._due = frame.came_at + INTERVAL_S

    def give_out(self, now: float) -> bool:
        """One, if its time has come; whether it is to be asked again."""
        if self._due is None or now < self._due:
            return False
        self._held.sort(key=lambda frame: frame.time_ms)
        if self._due - self._held[0].came_at >= self.hold_s:
            self.given.append(self._held.pop(0))
        self._due = self._due + INTERVAL_S if self._held else None
        return True

    def next_deadline(self) -> float | None:
        """When ``give_out`` may have something."""
        return self._due


@dataclass
class OvotechPlayer(Player):
    """A player to which ``frames`` tells what comes."""

    hold_s: float = HOLD_S
    pool: Pool = field(init=False)
    _from: int = 0
    """Of what was given out, the first that the step hears."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.pool = Pool(self.hold_s)
        self.pause_s = SAY_S + self.hold_s

    def frames(self, now: float, events: tuple[PlatformEvent, ...], time_ms: int) -> None:
        """These have come; ``time_ms`` is for those that tell none."""
        for event in events:
            match event:
                case MessageArrived(id=id_, time_ms=at):
                    self.pool.hear(Frame(at or time_ms, now, id_))
                case TypingNoticed(time_ms=at):
                    self.pool.hear(Frame(at or time_ms, now))
                case PresenceChanged(has_joined=False):  # Its end, also where the guest may go on writing.
                    self.pool.hear(Frame(time_ms, now, is_end=True))
                    self.situation.ended = self.situation.ended or "the other side has left."
                case _:
                    pass

    def step(self, now: float) -> Act | None:
        """As ``Player.step``, with each frame that is given out until now."""
        while (act := super().step(now)) is None and not self.done and self.pool.give_out(now):
            pass
        return act

    def next_deadline(self) -> float | None:
        """When to call ``step`` though nothing has come."""
        moments = (super().next_deadline(), None if self.done else self.pool.next_deadline())
        return min((at for at in moments if at is not None), default=None)

    def _begin(self, now: float) -> None:
        super()._begin(now)
        self._from = len(self.pool.given)

    def _limit(self, step: Step) -> float:
        return super()._limit(step) + self.hold_s

    @property
    def _heard(self) -> list[Frame]:
        return self.pool.given[self._from :]

    def _candidates(self) -> list[Message]:
        by_id = {message.id: message for message in self.situation.heard}
        found = (by_id.get(frame.message_id or "") for frame in self._heard)
        return [message for message in found if message is not None and message.text is not None]

    def _place_late(self) -> None:
        """What was given out stays where it was."""

    @property
    def _has_ended(self) -> bool:
        # Only before it waits: what ends meanwhile is not looked at again.
        return any(frame.is_end for frame in self.pool.given[: self._from])

    @property
    def _over_at(self) -> float | None:
        return next((frame.came_at for frame in self._heard if frame.is_end), None)
