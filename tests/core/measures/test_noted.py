"""What is noted, from frames and from the answers of calls."""

from __future__ import annotations

from ipygenesys._core.measures.noted import Noted
from ipygenesys._core.model.inputs import CallSucceeded, FrameReceived, NoteKeystroke, Now, Send
from ipygenesys._core.model.operations import FetchHistory, PostMessage
from ipygenesys._core.model.platform_events import History, MessageArrived, MoveRequested, ReceiptArrived

NOW = Now(monotonic=5.0, wall_ms=7_000, jitter=0.5)


def test_a_frame_is_noted_once_with_its_size_and_what_it_tells_of_messages() -> None:
    noted = Noted("customer")
    receipt = ReceiptArrived(message_id="m1", participant_id="a", status="read")
    noted.heard((receipt,), 99, 5.0, 7.25, is_live=True)
    noted.stepped(FrameReceived(1, (receipt,)), NOW)

    assert [(row.time_ms, row.raw_bytes) for row in noted.events] == [(7_250, 99)]
    assert noted.times.of("m1").read_ms == 7_250


def test_answers_of_calls_are_noted_without_one() -> None:
    noted = Noted("customer")
    page = History((MessageArrived(id="m1"),), has_more=False, learned=(MoveRequested(),))
    noted.stepped(CallSucceeded(FetchHistory(limit=1), page), NOW)
    noted.stepped(CallSucceeded(PostMessage("d1", "hi"), MessageArrived(id="m2")), NOW)

    assert [(row.event, row.frame, row.raw_bytes) for row in noted.events] == [
        ("MessageArrived", 1, None),
        ("MoveRequested", 1, None),
        ("MessageArrived", 2, None),
    ]


def test_what_we_do_is_heard_by_the_times() -> None:
    noted = Noted("customer")
    noted.stepped(NoteKeystroke(), NOW)
    noted.stepped(Send("d1", "hi"), NOW._replace(monotonic=7.0))

    assert noted.times.of("m1", "d1").typing_before_s == 2.0


def test_a_copy_goes_its_own_way() -> None:
    noted = Noted("customer")
    noted.stepped(NoteKeystroke(), NOW)
    noted.heard((MessageArrived(id="m1"),), 9, 5.0, 7.0, is_live=True)
    copy = noted.copy()
    noted.stepped(Send("d1", "hi"), NOW._replace(monotonic=7.0))
    noted.heard(
        (ReceiptArrived(message_id="m1", participant_id="a", status="read"),), 9, 8.0, 8.0, is_live=True
    )

    assert [row.event for row in copy.events] == ["MessageArrived"]
    assert copy.times.of("m1").read_ms is None and copy.times.of("m2", "d1").typing_before_s is None
    copy.stepped(Send("d2", "hi"), NOW._replace(monotonic=6.0))
    copy.heard((MessageArrived(id="m2"),), 9, 9.0, 9.0, is_live=True)
    assert copy.times.of("m3", "d2").typing_before_s == 1.0
    assert [(row.event, row.frame) for row in copy.events] == [("MessageArrived", 1), ("MessageArrived", 2)]
    assert [row.event for row in noted.events] == ["MessageArrived", "ReceiptArrived"]
