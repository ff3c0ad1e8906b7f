"""A stream that promised a heartbeat and says nothing."""

from __future__ import annotations

from ipygenesys._core.silence import SilenceWatch


def test_a_stream_that_promises_nothing_may_be_silent_for_ever() -> None:
    watch = SilenceWatch()
    watch.heard(100.0)
    assert watch.next_deadline() is None
    assert not watch.is_over(1e9)


def test_silence_is_over_at_its_limit_and_every_frame_begins_it_anew() -> None:
    watch = SilenceWatch(35.0)
    watch.heard(100.0)
    watch.heard(120.0)
    assert watch.next_deadline() == 155.0
    assert not watch.is_over(154.9)
    assert watch.is_over(155.0)


def test_without_a_stream_there_is_nothing_to_hear() -> None:
    watch = SilenceWatch(35.0)
    assert watch.next_deadline() is None
    watch.heard(100.0)
    watch.stream_lost()
    assert watch.next_deadline() is None
    assert not watch.is_over(1e9)
