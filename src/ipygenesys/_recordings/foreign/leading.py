"""Leads a session through what somebody else has recorded, and writes down what it is told: entries of ours.

No tool keeps what a session knows besides the frames: that the stream is open, that a timer has gone off. So the session
itself is asked: where it waits for something, it is told so at the time at which that would have come. Nothing of what it
wants done is done; what it asks for is answered from the file, if that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ipygenesys._core.model.effects import Call, OpenStream
from ipygenesys._core.model.inputs import CallSucceeded, Input, Now, Tick
from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.operations import Operation
from ipygenesys._core.model.profile import LifeRules, Profile, TypingRules
from ipygenesys._core.session.session import Session
from ipygenesys._recordings.entries import AnyEntry, Header, InputTaken
from ipygenesys._recordings.foreign.capture import written

MAX_TICKS_S = 60.0
"""Chosen: of a silence, in which timers go off; after it nothing goes off that another one would not do as well."""

NOT_FROM_A_FILE: frozenset[Capability] = frozenset({"history", "attachments"})
"""What a session would ask for by itself."""


class Leader:
    """Of one session.

    Args:
        profile: who we were.
        start_s: when it begins, in seconds since the epoch.
        answer: what becomes of a call that the session wants made.
    """

    def __init__(
        self, profile: Profile, start_s: float, answer: Callable[[Operation], Input] = CallSucceeded
    ) -> None:
        self.profile = _quiet(profile)
        self.session = Session(self.profile)
        self.now_s = self.start_s = start_s
        self.generation = 0
        """Of the stream that the session wants, or has."""
        self._answer = answer

    def header(self, *, protocol: str, by: str, title: str = "") -> Header:
        """The first entry."""
        return Header(
            at_s=self.start_s,
            started=written(self.start_s),
            by=by,
            protocol=protocol,
            title=title,
            profile=self.profile,
        )

    def until(self, at_s: float) -> Iterator[AnyEntry]:
        """Let the timers go off that would have gone off by then."""
        end_s = min(at_s, self.now_s + MAX_TICKS_S)
        while (due := self.session.next_deadline()) is not None and self.start_s + due < end_s:
            yield from self.take(self.start_s + due, Tick())
        self.now_s = max(at_s, self.now_s)

    def take(self, at_s: float, input_: Input) -> Iterator[AnyEntry]:
        """Tell the session; what it asks for is answered at once."""
        self.now_s = max(at_s, self.now_s)
        now = Now(self.now_s - self.start_s, int(self.now_s * 1000), 0.5)
        effects = self.session.step(input_, now)
        yield InputTaken(at_s=self.now_s, now=now, input=input_)
        for effect in effects:
            if isinstance(effect, OpenStream):
                self.generation = effect.generation
            elif isinstance(effect, Call):
                yield from self.take(at_s, self._answer(effect.operation))


def _quiet(profile: Profile) -> Profile:
    """Without what a live line is watched for: a file is silent for its own reasons."""
    return msgspec.structs.replace(
        profile,
        capabilities=profile.capabilities - NOT_FROM_A_FILE,
        uploads=None,
        silence_s=0.0,
        life_rules=LifeRules(),
        typing_rules=TypingRules(),
        conversation_key=None,
    )
