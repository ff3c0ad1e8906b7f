"""The session as a whole: inputs in, effects out, and what must hold whatever happens."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.effects import Call, Emit, OpenStream
from ipygenesys._core.model.events import StatusChanged
from ipygenesys._core.model.inputs import (
    CallFailed,
    CallSucceeded,
    Connect,
    FrameReceived,
    Input,
    StreamOpened,
)
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import FrameIgnored
from tests import examples as eg
from tests.core.driver import Driver
from tests.core.machine import SessionMachine


def test_nothing_happens_before_somebody_asks(driver: Driver) -> None:
    assert driver.session.next_deadline() is None
    assert driver.session.is_settled
    assert driver.wait(1000.0) == []


def test_connecting_says_so_and_then_reads_history(driver: Driver) -> None:
    assert driver.step(Connect()) == [OpenStream(1), Emit(StatusChanged(status="connecting"))]
    assert driver.step(StreamOpened(1)) == [
        Call(FetchHistory(limit=200)),
        Emit(StatusChanged(status="connected")),
    ]


def test_frames_of_a_stream_that_no_longer_counts_are_ignored(live: Driver) -> None:
    assert live.step(FrameReceived(99, (eg.arrived(1),))) == []
    assert live.ids == []


def test_frames_that_say_nothing_to_us_are_counted_and_an_oversized_one_is_looked_up(live: Driver) -> None:
    for reason in ("malformed", "unknown_event", "other_conversation", "malformed"):
        assert live.hears(FrameIgnored(reason)) == []
    assert live.session.conversation.counters["malformed"] == 2
    live.hears(FrameIgnored("oversized"))
    assert live.called() == [FetchHistory(limit=200)]


@pytest.mark.parametrize(
    "input_",
    [
        "nonsense",
        FrameReceived(1, ("nonsense",)),  # type: ignore[arg-type]
        CallSucceeded("nonsense"),  # type: ignore[arg-type]
        CallFailed("nonsense", eg.failure("rejected")),  # type: ignore[arg-type]
    ],
)
def test_what_a_session_does_not_know_it_passes_over(live: Driver, input_: Input) -> None:
    assert live.step(input_) == []


TestSession = SessionMachine.TestCase
