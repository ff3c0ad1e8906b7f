"""The queue between the wire and the session: what waits, what is dropped, and what is said about it."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines import inbound_queue
from ipygenesys._core.machines.inbound_queue import MAX_BYTES, PATIENCE_S, InboundQueue
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import ConversationChanged, FrameIgnored, PlatformEvent
from tests import examples as eg
from tests.core.driver import Driver


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound_queue, "MAX_FRAMES", 3)
    monkeypatch.setattr(inbound_queue, "BACKLOG", 2)
    monkeypatch.setattr(inbound_queue, "MAX_TOGETHER", 2)


def put(queue: InboundQueue, *events: PlatformEvent, now: float = 0.0, size: int = 10) -> float | None:
    return queue.put(events, size, now, has_history=True)


def full(*first: PlatformEvent) -> InboundQueue:
    queue = InboundQueue()
    for event in (*first, *(eg.arrived(number) for number in range(1, 4 - len(first)))):
        assert put(queue, event) is None
    return queue


def all_of(queue: InboundQueue) -> list[PlatformEvent]:
    taken: list[PlatformEvent] = []
    while (events := queue.take()) is not None:
        taken += events
    return taken


def test_frames_come_out_as_they_went_in_and_many_at_a_time_only_from_a_backlog() -> None:
    queue = full()
    assert len(queue) == 3
    assert queue.take() == (eg.arrived(1), eg.arrived(2))
    assert put(queue, eg.arrived(4)) is None
    assert queue.take() == (eg.arrived(3),)
    assert queue.take() == (eg.arrived(4),)
    assert queue.take() is None


def test_who_takes_many_together_need_not_wait_for_a_backlog() -> None:
    queue = InboundQueue(backlog=1)
    for number in range(1, 4):
        assert put(queue, eg.arrived(number)) is None

    assert queue.take() == (eg.arrived(1), eg.arrived(2))
    assert queue.take() == (eg.arrived(3),)


def test_a_frame_that_says_nothing_is_a_sign_of_life() -> None:
    queue = InboundQueue()
    assert put(queue) is None
    assert queue.take() == ()


def test_a_full_queue_makes_the_reader_wait_and_loses_nothing() -> None:
    queue = full()
    assert put(queue, eg.arrived(4), now=10.0) == PATIENCE_S
    assert put(queue, eg.arrived(4), now=11.0) == PATIENCE_S - 1.0
    queue.take()
    assert put(queue, eg.arrived(4), now=12.0) is None
    assert all_of(queue) == [eg.arrived(3), eg.arrived(4)]


def test_room_makes_the_patience_whole_again() -> None:
    queue = full()
    put(queue, eg.arrived(4), now=10.0)
    queue.take()
    put(queue, eg.arrived(4), now=12.0)
    put(queue, eg.arrived(5), now=12.0)
    assert put(queue, eg.arrived(6), now=14.0) == PATIENCE_S


def test_typing_makes_room_at_once() -> None:
    queue = full(eg.typing())
    assert put(queue, eg.arrived(4)) is None
    assert all_of(queue) == [eg.arrived(1), eg.arrived(2), eg.arrived(4)]


def test_what_is_said_with_something_else_stays() -> None:
    queue = InboundQueue()
    queue.put((eg.typing(), eg.arrived(1)), 10, 0.0, has_history=True)
    queue.put((eg.arrived(2),), 10, 0.0, has_history=True)
    queue.put((eg.arrived(3),), 10, 0.0, has_history=True)
    assert put(queue, eg.typing()) == PATIENCE_S
    assert all_of(queue)[0] == eg.typing()


def test_a_reader_that_has_waited_long_enough_reads_on_and_history_has_to_repair_it() -> None:
    queue = full()
    put(queue, eg.arrived(4), now=0.0)
    for number in (4, 5):
        assert put(queue, eg.arrived(number), now=PATIENCE_S) is None
    assert put(queue, eg.typing(), now=PATIENCE_S) is None
    assert put(queue, ConversationChanged(False), now=PATIENCE_S) is None
    assert all_of(queue) == [
        *(eg.arrived(number) for number in range(1, 4)),
        ConversationChanged(False),
        FrameIgnored("overflow"),
        FrameIgnored("overflow"),
    ]


def test_without_history_messages_are_taken_even_then() -> None:
    queue = full()
    put(queue, eg.arrived(4), now=0.0)
    assert queue.put((eg.arrived(4),), 10, PATIENCE_S, has_history=False) is None
    assert all_of(queue)[-1] == eg.arrived(4)


def test_large_frames_fill_it_too() -> None:
    queue = InboundQueue()
    assert put(queue, eg.arrived(1), size=MAX_BYTES) is None
    assert queue.is_full
    assert put(queue, eg.arrived(2)) == PATIENCE_S
    queue.take()
    assert not queue.is_full


def test_a_gap_makes_the_session_read_history() -> None:
    driver = Driver()
    driver.connect(eg.arrived(1))
    driver.hears(FrameIgnored("overflow"))
    assert driver.called() == [FetchHistory(after="m1")]
    assert driver.session.conversation.counters["overflow"] == 1


def test_patience_comes_back_only_with_room() -> None:
    queue = full()
    put(queue, eg.arrived(4), now=0.0)
    for _ in range(3):
        put(queue, ConversationChanged(False), now=PATIENCE_S)
    queue.take()
    assert len(queue) == 4
    assert put(queue, eg.arrived(4), now=PATIENCE_S) is None
    assert all_of(queue)[-1] == FrameIgnored("overflow")
