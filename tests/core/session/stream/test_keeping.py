"""A stream that nobody has a conversation by, such as an inbox's: kept all the same."""

from __future__ import annotations

from collections import Counter

from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.model.effects import Call, CloseStream, Effect
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.operations import CheckHealth
from ipygenesys._core.model.profile import LifeRules, Profile, TypingRules
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._core.session.stream.keeping import StreamKeeping

PROFILE = Profile(
    own_role="agent",
    capabilities=frozenset(),
    is_send_idempotent=False,
    typing_rules=TypingRules(),
    life_rules=LifeRules(health_check_s=15.0),
    silence_s=35.0,
)


def at(seconds: float) -> Now:
    return Now(seconds, round(seconds * 1000), 0.5)


class Kept:
    """A stream that has opened."""

    def __init__(self) -> None:
        self.connection, self.counters = Connection(), Counter[str]()
        self.effects = StepEffects(self.counters)
        self.keeping = StreamKeeping(PROFILE, self.connection, self.counters, self.effects)
        self.effects.add(self.connection.connect())
        self.take()
        assert self.keeping.opened(1, 0.0)

    def take(self) -> list[Effect]:
        return self.effects.take()


def test_silence_is_asked_into_and_ends_the_stream() -> None:
    kept = Kept()
    kept.keeping.pump(15.0)
    assert kept.take() == [Call(CheckHealth())]

    for late in (100.0, 110.0):  # The frames may lie unread: it is looked at twice.
        kept.keeping.tick(at(late))

    assert kept.take() == [CloseStream(1)]
    assert kept.connection.retry_at is not None
    assert not kept.connection.is_open
    kept.keeping.pump(200.0)
    assert kept.take() == []


def test_a_stream_that_does_not_count_any_more_was_not_opened() -> None:
    kept = Kept()

    assert not kept.keeping.opened(7, 0.0)
    assert kept.take() == [CloseStream(7)]


def test_what_is_no_answer_of_the_platform_is_counted_each_time_a_stream_is_opened() -> None:
    kept = Kept()
    page = Failure(kind="protocol", message="The answer to users/me is a web page.", code="not.an.answer")
    for generation in (1, 1):
        kept.keeping.lost(generation, StreamLoss(failure=page), at(1.0))
    kept.keeping.lost(1, StreamLoss(close_code=1006), at(2.0))
    assert kept.counters["protocol"] == 2
