"""A stream that promised a heartbeat and says nothing."""

from __future__ import annotations

from ipygenesys._core.machines.silence import LOOK_AGAIN_S, SilenceWatch


def test_a_stream_that_promises_nothing_may_be_silent_for_ever() -> None:
    watch = SilenceWatch()
    watch.heard(100.0)
    assert watch.next_deadline() is None
    assert not watch.is_over(1e9)


def test_silence_is_over_at_a_second_look_past_its_limit_and_every_frame_begins_it_anew() -> None:
    watch = SilenceWatch(35.0)
    watch.heard(100.0)
    watch.heard(120.0)
    assert watch.next_deadline() == 155.0
    assert not watch.is_over(154.9)
    assert not watch.is_over(155.0)
    assert watch.next_deadline() == 155.0 + LOOK_AGAIN_S
    assert not watch.is_over(155.4)
    assert watch.is_over(155.5)


def test_what_was_waiting_in_the_socket_while_the_program_stood_still_ends_the_silence() -> None:
    watch = SilenceWatch(35.0)
    watch.heard(100.0)
    assert not watch.is_over(190.0), "it has read nothing yet"
    assert watch.next_deadline() == 190.0 + LOOK_AGAIN_S
    watch.heard(190.1)
    assert watch.next_deadline() == 225.1
    assert not watch.is_over(190.5)
    assert not watch.is_over(225.1), "the next silence is looked at twice as well"


def test_another_stream_is_not_doubted_for_the_silence_of_the_last() -> None:
    watch = SilenceWatch(35.0)
    watch.heard(100.0)
    assert not watch.is_over(135.0)
    watch.stream_lost()
    assert watch.next_deadline() is None
    watch.heard(136.0)
    assert watch.next_deadline() == 171.0


def test_without_a_stream_there_is_nothing_to_hear() -> None:
    watch = SilenceWatch(35.0)
    assert watch.next_deadline() is None
    watch.heard(100.0)
    watch.stream_lost()
    assert watch.next_deadline() is None
    assert not watch.is_over(1e9)
