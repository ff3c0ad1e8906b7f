"""Plays a scenario: told what came and when, says what to do next and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ipygenesys._core.model.content import Option
from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.matching import Comparison, compare, options_meant, with_variables
from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.results import Turn
from ipygenesys._scripts.model.steps import (
    Converse,
    Expect,
    ExpectEnd,
    ExpectNothing,
    ExpectTyping,
    Pick,
    Say,
    Step,
    Type,
    Upload,
    Wait,
)
from ipygenesys._scripts.model.variables import filled

SETTLE_S = 1.0
"""Chosen: messages can come in the wrong order, so that one that is not the next has so long to be overtaken."""


@dataclass(frozen=True)
class Act:
    """Something to do now: its step, with its texts filled in; for a pick, the options meant."""

    step: Say | Pick | Upload | Type | Converse
    options: tuple[Option, ...] = ()


@dataclass
class Situation:
    """What is known of the conversation; the shell keeps it up to date."""

    heard: Sequence[Message] = ()
    """Messages of the others with their content, in the platform's order."""
    typed_at: float | None = None
    """When the other side was last seen typing."""
    has_left: bool = False
    """The other side has."""
    ended: str | None = None
    """Why nothing more can be said or heard."""
    ended_at: float = 0.0


@dataclass
class Player:
    """One scenario. ``step(now)`` gives what is to be done; ``done`` when there is nothing left, or something failed.

    Expectations that follow each other are looked at together, again with every message: what comes late and belongs
    before what has been found takes its place, so that no delay is needed to get the order right.
    """

    steps: Sequence[Step]
    timeout_s: float = 10.0
    variables: Mapping[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    """Before something is done."""
    situation: Situation = field(default_factory=Situation)
    turns: list[Turn] = field(default_factory=list)
    done: bool = False
    _at: int = 0
    _began: float | None = None
    _acted_at: float = 0.0
    _block: int = 0
    _used: tuple[str, ...] = ()
    _found: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._found = dict(self.variables)

    @property
    def passed(self) -> bool:
        """All steps were played, and none failed."""
        return self.done and all(turn.outcome == "passed" for turn in self.turns)

    def step(self, now: float) -> Act | None:
        """What to do now, if anything. Call it again until it gives None, and whenever something has come or is due."""
        while not self.done:
            if self._at == len(self.steps):
                self.done = True
                break
            if self._began is None:
                self._begin(now)
            before = self._at
            try:
                act = self._go_on(self.steps[self._at], now)
            except ScriptError as error:
                self._fail(now, str(error))
                break
            if act is not None:
                self._acted_at = now  # What is answered may be seen before we hear that it was sent.
                return act
            if self._at == before:
                break
        return None

    def next_deadline(self) -> float | None:
        """When to call ``step`` though nothing has come."""
        if self.done or self._began is None or self._at == len(self.steps):
            return None
        step = self.steps[self._at]
        match step:
            case Say() | Upload() | Type() | Converse():
                return self._began + self.pause_s
            case Wait(seconds=seconds) | ExpectNothing(seconds=seconds):
                return self._began + seconds
            case Expect(is_next=True) if self._candidates():
                return self._began + min(SETTLE_S, self._limit(step))
            case _:
                limit, over_at = self._began + self._limit(step), self._over_at
                return limit if over_at is None else min(limit, over_at)

    def acted(self, now: float, problem: str | None = None, message: Message | None = None) -> None:
        """What ``step`` has asked for was done, with this message of ours, or could not be."""
        if problem is not None:
            self._fail(now, problem)
        else:
            self._pass(now, message)

    # --- one step -----------------------------------------------------------------------------------------

    @property
    def _has_ended(self) -> bool:
        """Nothing more can be said."""
        return self.situation.ended is not None

    @property
    def _over_at(self) -> float | None:
        """Nothing more will come from then on: what was said before the end can come after it."""
        return None if self.situation.ended is None else self.situation.ended_at + SETTLE_S

    def _is_over(self, now: float) -> bool:
        return self._over_at is not None and now >= self._over_at

    def _begin(self, now: float) -> None:
        self._began = now

    def _limit(self, step: Step) -> float:
        within = getattr(step, "within_s", None)
        return self.timeout_s if within is None else float(within)

    def _waited(self, now: float) -> float:
        return now - (now if self._began is None else self._began)

    def _go_on(self, step: Step, now: float) -> Act | None:
        match step:
            case Say() | Upload() | Type() | Converse():
                return self._do(step, now)
            case Pick():
                return self._pick(step, now)
            case Wait(seconds=seconds):
                if self._waited(now) >= seconds:
                    self._pass(now)
            case Expect():
                self._expect(step, now)
            case ExpectTyping():
                self._expect_typing(step, now)
            case ExpectNothing(seconds=seconds):
                self._expect_nothing(seconds, now)
            case ExpectEnd():
                self._expect_end(step, now)
        return None

    def _do(self, step: Say | Upload | Type | Converse, now: float) -> Act | None:
        if self._has_ended:
            self._fail(now, f"Nothing can be said any more: {self.situation.ended}")
            return None
        if self._waited(now) < self.pause_s:
            return None
        match step:
            case Say():
                step = Say(filled(step.text, self._found, step.place), step.place)
            case Upload():
                path, text = (filled(words, self._found, step.place) for words in (step.path, step.text))
                step = Upload(path, text, step.place)
            case Type() | Converse():
                pass
        return Act(step)

    def _pick(self, step: Pick, now: float) -> Act | None:
        words = tuple(filled(word, self._found, step.place) for word in step.words)
        for message in reversed(self.situation.heard):
            if options := options_meant(words, message):
                return Act(Pick(words, step.within_s, step.place), tuple(options))
        if self._is_over(now):
            self._fail(now, f"The conversation ended before it was offered: {self.situation.ended}")
        elif self._waited(now) >= self._limit(step):
            asked = ", ".join(repr(word) for word in words)
            self._fail(now, f"Nothing offered {asked} within {self._limit(step):g} s.")
        return None

    # --- expectations -------------------------------------------------------------------------------------

    def _candidates(self) -> list[Message]:
        """What has come and was not found by a step before."""
        heard = self.situation.heard
        last = max((i for i, message in enumerate(heard) if message.id in self._used), default=-1)
        return [m for m in heard[last + 1 :] if m.text is not None or m.content]

    def _expect(self, step: Expect, now: float) -> None:
        self._place_late()
        step = replace(step, wanted=with_variables(step.wanted, self._found, step.place))
        compared = [(message, compare(step.wanted, message)) for message in self._candidates()]
        fit = next(((m, c) for m, c in compared if c.fits), None)
        is_late = self._waited(now) >= self._limit(step)
        if step.is_not:
            if fit is not None:
                self._fail(now, "It came, though it should not.", compared, step)
            elif is_late or self._is_over(now):
                self._pass(now)
            return
        if fit is not None and (not step.is_next or fit[0] is compared[0][0]):
            message, comparison = fit
            self._found.update(comparison.found)
            if step.let:
                self._found[step.let] = message.text or ""
            self._used = (*self._used, message.id)
            self._pass(now, message)
            return
        is_wrong = step.is_next and bool(compared) and self._waited(now) >= min(SETTLE_S, self._limit(step))
        if step.is_optional and (is_late or is_wrong or self._is_over(now)):
            self._pass(now)
        elif self._is_over(now):
            self._fail(now, f"The conversation ended before it came: {self.situation.ended}", compared, step)
        elif is_wrong:
            self._fail(now, "Something else came next.", compared, step)
        elif is_late:
            self._fail(now, f"It did not come within {self._limit(step):g} s.", compared, step)

    def _place_late(self) -> None:
        """Looks again at the expectations since we last did something, for messages that have come late."""
        heard = {message.id: position for position, message in enumerate(self.situation.heard)}
        block = [
            turn
            for turn in self.turns[self._block :]
            if isinstance(turn.step, Expect) and turn.message is not None
        ]
        floor = self._used[: len(self._used) - len(block)]
        used, last = list(floor), max((heard.get(one, -1) for one in floor), default=-1)
        for turn in block:
            assert isinstance(turn.step, Expect)
            wanted = with_variables(turn.step.wanted, self._found, turn.step.place)
            after = self.situation.heard[last + 1 :]
            fit = next((m for m in after if compare(wanted, m).fits), turn.message)
            assert fit is not None
            used.append(fit.id)
            last = heard.get(fit.id, last)
        self._used = tuple(used)

    def _expect_typing(self, step: ExpectTyping, now: float) -> None:
        typed_at = self.situation.typed_at
        if typed_at is not None and typed_at >= self._acted_at:
            self._pass(now)
        elif self._is_over(now) or self._waited(now) >= self._limit(step):
            self._fail(now, f"Nobody was seen typing within {self._limit(step):g} s.")

    def _expect_nothing(self, seconds: float, now: float) -> None:
        self._place_late()
        if came := self._candidates():
            self._fail(now, f"More was said within {seconds:g} s.", [(m, Comparison()) for m in came])
        elif self._waited(now) >= seconds or self._is_over(now):
            self._pass(now)

    def _expect_end(self, step: ExpectEnd, now: float) -> None:
        if self.situation.ended is not None or (step.or_left and self.situation.has_left):
            self._pass(now)
        elif self._waited(now) >= self._limit(step):
            self._fail(now, f"The conversation went on for {self._limit(step):g} s.")

    # --- what became of it --------------------------------------------------------------------------------

    def _pass(self, now: float, message: Message | None = None) -> None:
        step = self.steps[self._at]
        self.turns.append(Turn(step, "passed", self._waited(now), message=message))
        if isinstance(step, Say | Pick | Upload | Type | Converse):
            self._block = len(self.turns)
        self._at, self._began = self._at + 1, None

    def _fail(
        self,
        now: float,
        words: str,
        instead: Sequence[tuple[Message, Comparison]] = (),
        step: Step | None = None,
    ) -> None:
        nearest_first = sorted(instead, key=lambda pair: (len(pair[1].problems), -pair[1].likeness))
        step = step or self.steps[self._at]
        self.turns.append(Turn(step, "failed", self._waited(now), words, tuple(nearest_first)))
        self.turns += [Turn(rest, "not played") for rest in self.steps[self._at + 1 :]]
        self.done = True
