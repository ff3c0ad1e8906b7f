"""What we have read: acknowledged once, never what was not seen, across reconnects."""

from __future__ import annotations

from ipygenesys._core.model.effects import Call
from ipygenesys._core.model.events import ErrorRaised, ReadPositionMoved
from ipygenesys._core.model.inputs import Connect, Disconnect, MarkAllRead, NoteSeen, Send
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, MarkRead, MarkReadUpTo
from tests import examples as eg
from tests.core.driver import Driver


def status_of(driver: Driver, index: int = 0) -> str:
    return driver.timeline[index].status


def is_settled(driver: Driver) -> bool:
    return driver.session.is_settled


def test_a_message_is_read_only_after_the_server_has_accepted_it(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1", "m1", "nobody")))
    assert live.wait(0.2) == [Call(MarkRead("m1"))]
    assert status_of(live) == "unread"
    live.succeed(MarkRead)
    assert status_of(live) == "read"
    assert live.told_unread == 0
    assert live.step(NoteSeen(("m1",))) == []


def test_a_message_whose_author_only_its_content_tells_is_acknowledged_once_it_is_there(live: Driver) -> None:
    """It was ours, of a frame with an odd field, and the user marked all read (schedule 255 with odd fields)."""
    live.hears(eg.arrived(1), *(eg.bare(number, participant_id="somebody") for number in (2, 3, 4)))
    live.step(MarkAllRead())
    assert live.wait(0.2) == [Call(MarkRead("m1"))]
    assert set(live.session.receipts.pending) == {"m1", "m2", "m3", "m4"}
    live.succeed(MarkRead)
    live.succeed(FetchMessage("m2"), eg.own_arrived(2, participant_id="somebody"))
    live.succeed(FetchMessage("m3"), eg.arrived(3, participant_id="somebody else"))
    live.fail(FetchMessage("m4"), eg.failure("rejected"))
    assert live.wait(0.2) == [Call(MarkRead("m3")), Call(MarkRead("m4"))]


def test_messages_seen_together_are_one_call(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2))
    live.step(NoteSeen(("m1", "m2")))
    assert live.wait(0.2) == [Call(MarkReadUpTo("m2", ("m1", "m2")))]
    live.succeed(MarkReadUpTo)
    assert [message.status for message in live.timeline] == ["read", "read"]


def test_one_call_for_all_waits_until_nothing_in_between_can_be_missing(live: Driver) -> None:
    """The numbers show a hole, from the first one on (schedule 20448) and by content that came late (20725)."""
    live.hears(eg.arrived(3), eg.bare(4))
    live.succeed(FetchMessage, eg.arrived(4))
    live.step(NoteSeen(("m3", "m4")))
    assert live.wait(0.2) == [Call(MarkRead("m3")), Call(MarkRead("m4"))]


def test_content_that_comes_late_shows_a_hole_too() -> None:
    driver = Driver()
    driver.connect(eg.arrived(1))
    driver.hears(eg.bare(3))
    driver.succeed(FetchMessage, eg.arrived(3))
    assert driver.wait(1.0) == [Call(FetchHistory(after="m1"))]


def test_one_call_for_all_would_acknowledge_what_was_not_seen(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2), eg.arrived(3))
    live.step(NoteSeen(("m2", "m3")))
    assert live.wait(0.2) == [Call(MarkRead("m2")), Call(MarkRead("m3"))]


def test_before_history_is_known_each_message_has_its_own_call(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    driver.hears(eg.arrived(8), eg.arrived(9))
    driver.step(NoteSeen(("m8", "m9")))
    assert driver.wait(0.2) == [Call(MarkRead("m8")), Call(MarkRead("m9"))]


def test_while_the_server_has_older_messages_each_message_has_its_own_call(driver: Driver) -> None:
    driver.connect(eg.arrived(8), eg.arrived(9), has_more=True)
    driver.step(NoteSeen(("m8", "m9")))
    assert driver.wait(0.2) == [Call(MarkRead("m8")), Call(MarkRead("m9"))]


def test_our_own_messages_are_never_acknowledged(live: Driver) -> None:
    live.hears(eg.own_arrived(1))
    live.step(NoteSeen(("m1",)))
    live.step(MarkAllRead())
    assert live.wait(1.0) == []


def test_everything_or_everything_up_to_a_message_can_be_marked_read(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2), eg.arrived(3))
    live.step(MarkAllRead("m2"))
    assert live.wait(0.2) == [Call(MarkReadUpTo("m2", ("m1", "m2")))]
    live.step(MarkAllRead())
    assert live.wait(0.2) == [Call(MarkRead("m3"))]


def test_while_a_message_may_stand_in_a_wrong_place_each_is_acknowledged_by_itself(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2), eg.arrived(3, time_ms=None))  # It may be older than it seems.
    live.step(MarkAllRead("m2"))
    assert live.wait(0.2) == [Call(MarkRead("m1")), Call(MarkRead("m2"))]
    for _ in range(2):
        live.succeed(MarkRead)
    live.hears(eg.arrived(3), eg.arrived(4), eg.arrived(5))
    live.step(MarkAllRead())
    assert live.wait(0.2) == [Call(MarkReadUpTo("m5", ("m3", "m4", "m5")))]


def test_receipts_wait_for_the_stream_and_survive_its_loss(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.lose()
    live.wait(1.0)
    assert live.calls == []
    assert not is_settled(live)
    live.wait(2.0)
    live.open()
    live.wait(0.2)
    assert live.call(MarkRead) == MarkRead("m1")


def test_a_missing_permission_is_shown_once_and_the_messages_stay_unread(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(0.2)
    live.fail(MarkRead, eg.failure("permission"))
    assert live.emitted(ErrorRaised) == [ErrorRaised(eg.failure("permission"))]
    assert status_of(live) == "unread"
    assert not [effect for effect in live.wait(100.0) if isinstance(effect, Call)]
    live.step(MarkAllRead())
    assert live.called() == [MarkRead("m1")]


def test_a_server_without_the_batch_call_is_not_an_error(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2))
    live.step(NoteSeen(("m1", "m2")))
    live.wait(0.2)
    live.fail(MarkReadUpTo, eg.failure("not_found"))
    assert live.emitted(ErrorRaised) == []
    assert live.called() == [MarkRead("m1"), MarkRead("m2")]


def test_what_was_seen_is_acknowledged_before_a_close_is_complete(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.step(Disconnect())
    assert live.called() == [MarkRead("m1")]
    assert not is_settled(live)
    live.succeed(MarkRead)
    assert is_settled(live)
    assert status_of(live) == "read"


def test_a_close_does_not_wait_for_receipts_that_were_refused(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(0.2)
    live.fail(MarkRead, eg.failure("permission"))
    live.step(Disconnect())
    assert live.called() == []
    assert is_settled(live)


def test_where_the_protocol_sends_no_receipts_none_is_collected() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    driver.connect(eg.arrived(1))
    driver.step(NoteSeen(("m1",)))
    driver.step(MarkAllRead())
    assert driver.session.receipts.pending == ()
    assert driver.session.is_settled


def test_where_nothing_new_was_seen_history_is_not_asked() -> None:
    driver = Driver(eg.profile(capabilities=eg.ALL_CAPABILITIES - {"send_read"}))
    driver.connect()
    driver.step(NoteSeen(("m1",)))
    assert driver.wait(3.0) == []


def test_receipts_that_a_token_was_refused_for_go_out_on_the_next_stream(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(0.2)
    live.fail(MarkRead, eg.failure("authentication"))
    live.lose()
    live.wait(3.0)
    live.open()
    live.wait(0.2)
    assert MarkRead("m1") in live.calls


def test_a_batch_that_fails_for_now_is_counted(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2))
    live.step(MarkAllRead())
    live.wait(0.2)
    live.fail(MarkReadUpTo, eg.failure("unavailable"))
    assert live.session.conversation.counters["unavailable"] == 1


def test_two_messages_of_which_the_second_follows_a_gap_are_acknowledged_each_by_itself(
    driver: Driver,
) -> None:
    driver.connect(eg.arrived(1))
    driver.hears(eg.arrived(3))
    driver.step(NoteSeen(("m1", "m3")))
    assert driver.wait(0.2) == [Call(MarkRead("m1")), Call(MarkRead("m3"))]


def test_a_read_position_is_told_once() -> None:
    driver = Driver(eg.profile(capabilities=eg.ALL_CAPABILITIES - {"send_read"}))
    driver.connect(eg.arrived(1))
    driver.step(NoteSeen(("m1",)))
    driver.wait(3.0)
    moved = [event for event in driver.events if isinstance(event, ReadPositionMoved)]
    assert moved == [ReadPositionMoved(eg.arrived(1).time_ms or 0)]


def test_where_nobody_takes_receipts_who_answers_has_read_what_stood_before() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    driver.connect()
    driver.hears(eg.arrived(1), eg.arrived(2))
    driver.step(Send("d1", "hello"))
    assert driver.told_unread == 0
    driver.hears(eg.arrived(3))
    assert driver.told_unread == 1


def test_a_server_is_told_only_of_what_was_displayed_whatever_is_answered(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(Send("d1", "hello"))
    live.wait(1.0)
    assert not [call for call in live.calls if isinstance(call, MarkRead | MarkReadUpTo)]
    assert status_of(live) == "unread"
