"""Handlers hear of messages in order, and soon, whatever is still on its way."""

from __future__ import annotations

from ipygenesys._core.model.inputs import Disconnect, FrameReceived, Send, StreamOpened, TokenRenewed
from ipygenesys._core.model.operations import FetchHistory, PostMessage
from ipygenesys._core.session.hearing import PATIENCE_S
from tests import examples as eg
from tests.core.driver import Driver


def test_what_a_new_stream_brings_waits_for_what_history_has_before_it(live: Driver) -> None:
    live.hears(eg.arrived(1))
    assert live.received == ["m1"]
    live.lose()
    live.wait(3.0)
    live.hears(eg.arrived(4))  # Before the stream counts as open.
    live.open()
    live.hears(eg.arrived(5))
    assert (live.received, live.ids) == (["m1"], ["m1", "m4", "m5"])

    live.succeed(FetchHistory, eg.history(*map(eg.arrived, (1, 2, 3, 4))))

    assert live.received == ["m1", "m2", "m3", "m4", "m5"]
    live.hears(eg.arrived(6))
    assert live.received[-1] == "m6"


def test_while_two_streams_overlap_the_newer_may_be_ahead(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(TokenRenewed())
    old, new = sorted(live.streams)
    live.step(FrameReceived(new, (eg.arrived(3),)))
    live.step(FrameReceived(old, (eg.arrived(2),)))
    assert live.received == ["m1"]

    live.step(StreamOpened(new))
    live.succeed(FetchHistory, eg.history())

    assert live.received == ["m1", "m2", "m3"]


def test_a_move_that_takes_long_keeps_nothing_from_being_heard(live: Driver) -> None:
    live.step(TokenRenewed())
    old, _ = sorted(live.streams)
    live.step(FrameReceived(old, (eg.arrived(1),)))
    assert live.received == ["m1"]


def test_nobody_waits_long_for_a_history_that_does_not_come(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.lose()
    live.wait(3.0)
    live.open()
    for number in (4, 3):
        live.hears(eg.arrived(number))
        live.wait(PATIENCE_S / 2 - 0.01)
    assert live.received == ["m1"]
    live.wait(0.02)
    assert live.received == ["m1", "m3", "m4"]
    live.hears(eg.arrived(6))
    live.fail(FetchHistory, eg.failure("unavailable"))
    assert live.received == ["m1", "m3", "m4", "m6"]


def test_at_the_end_nothing_waits(live: Driver) -> None:
    live.lose()
    live.wait(3.0)
    live.open()
    live.hears(eg.arrived(1))
    assert live.received == []
    live.step(Disconnect())
    assert live.received == ["m1"]


def test_what_turns_out_to_be_ours_is_not_heard(live: Driver) -> None:
    live.step(Send("d1", "text 1"))
    live.lose()
    live.wait(3.0)
    live.open()
    live.hears(eg.arrived(1, participant_id=None, role=None), eg.arrived(2))
    live.succeed(PostMessage, eg.own_arrived(1))
    live.succeed(FetchHistory, eg.history())
    assert live.received == ["m2"]
