"""What a store is told, what it gives back, and what the next run makes of that."""

from __future__ import annotations

from typing import Any

from ipygenesys._core.machines.outbox import LAG_S, LAST_CHECK_S
from ipygenesys._core.model.effects import Call
from ipygenesys._core.model.inputs import Connect, Discard, NoteSeen, Restore, Send, Tick
from ipygenesys._core.model.kept import (
    DurableState,
    ForgetDraft,
    ForgetSeen,
    KeepDraft,
    KeepReadPosition,
    KeepSeen,
)
from ipygenesys._core.model.operations import FetchHistory, MarkRead, PostMessage
from ipygenesys._core.model.platform_events import History
from ipygenesys._core.session.lost_sends import MAX_PAGES_BACK
from tests import examples as eg
from tests.core.driver import Driver

KEEPS = (KeepDraft, ForgetDraft, KeepSeen, ForgetSeen, KeepReadPosition)


def durable(state: DurableState | None = None, **profile: Any) -> Driver:
    driver = Driver(eg.profile(**profile))
    driver.restore(state)
    return driver


def next_run(killed: Driver, **profile: Any) -> Driver:
    """The program was killed, and starts again."""
    driver = durable(killed.left_behind, **profile)
    driver.clock.advance(killed.clock.monotonic - driver.clock.monotonic)
    return driver


def kept_of(driver: Driver) -> list[object]:
    return [effect for effect in driver.effects if isinstance(effect, KEEPS)]


def test_when_a_message_was_handed_over_is_written_down_once_the_server_has_told_its_clock() -> None:
    driver = durable(is_send_idempotent=False)
    driver.step(Send("d1", "hello"))
    driver.clock.advance(2.0)
    driver.clock.learn(10_000)
    driver.step(Tick())
    (keep,) = kept_of(driver)
    assert isinstance(keep, KeepDraft)
    assert keep.draft.after == (8_000, "")
    driver.step(Tick())
    assert kept_of(driver) == []


def test_without_a_store_nothing_is_kept() -> None:
    driver = Driver()
    driver.connect(eg.arrived(1))
    driver.step(Send("d1", "hello"))
    driver.step(NoteSeen(("m1",)))
    assert kept_of(driver) == []
    assert driver.session.outbox.touched == {}


def test_a_message_is_written_down_before_it_goes_out_and_forgotten_once_it_is_accepted() -> None:
    driver = durable()
    driver.connect()
    driver.step(Send("d1", "hello"))
    keep, *rest = driver.effects
    assert isinstance(keep, KeepDraft)
    assert (keep.draft.state, keep.draft.text, keep.draft.attempts) == ("in_flight", "hello", 1)
    assert Call(PostMessage("d1", "hello")) in rest
    driver.succeed(PostMessage, eg.own_arrived(1, text="hello", draft_id="d1"))
    assert kept_of(driver) == [ForgetDraft("d1")]
    assert driver.left_behind == DurableState()


def test_a_message_that_had_to_wait_is_written_down_before_it_goes_out_too() -> None:
    driver = durable()
    driver.connect()
    driver.step(Send("d1", "one"))
    driver.step(Send("d2", "two"))
    driver.succeed(PostMessage, eg.own_arrived(1, draft_id="d1"))
    assert driver.kept["d2"].state == "in_flight"


def test_what_was_kept_does_not_change_with_the_draft() -> None:
    driver = durable()
    driver.connect()
    driver.step(Send("d1", "hello"))
    kept = driver.kept["d1"]
    driver.fail(PostMessage, eg.failure("rejected"))
    assert kept.state == "in_flight"
    assert driver.kept["d1"].state == "failed"
    driver.step(Discard("d1"))
    assert kept_of(driver) == [ForgetDraft("d1")]


def test_a_message_that_was_under_way_is_looked_for_in_history_and_found_by_its_id() -> None:
    killed = durable()
    killed.connect()
    killed.step(Send("d1", "hello"))
    driver = next_run(killed)
    assert [(m.id, m.status, m.text) for m in driver.timeline] == [("d1", "sending", "hello")]
    driver.connect(eg.own_arrived(1, text="hello", draft_id="d1"))
    assert [(m.id, m.draft_id, m.status) for m in driver.timeline] == [("m1", "d1", "sent")]
    assert not any(isinstance(call, PostMessage) for call in driver.calls)
    assert driver.left_behind == DurableState()


def test_a_message_that_never_arrived_goes_out_again_where_the_server_recognises_it() -> None:
    killed = durable()
    killed.connect()
    killed.step(Send("d1", "hello"))
    driver = next_run(killed)
    driver.connect()
    assert driver.calls == [PostMessage("d1", "hello")]


def test_messages_that_were_not_sent_yet_go_out_in_their_order() -> None:
    killed = durable(sends_on_stream=True)
    killed.step(Send("d1", "one"))
    killed.step(Send("d2", "two"))
    driver = next_run(killed, sends_on_stream=True)
    assert driver.calls == []
    driver.connect()
    assert driver.calls == [PostMessage("d1", "one")]
    driver.succeed(PostMessage, eg.own_arrived(1, text="one", draft_id="d1"))
    assert driver.calls == [PostMessage("d2", "two")]


def test_where_no_ids_come_back_the_place_after_what_was_known_tells_the_same_words_apart() -> None:
    killed = durable(is_send_idempotent=False)
    killed.connect()
    killed.step(Send("d1", "yes"))
    killed.succeed(PostMessage, eg.own_arrived(1, text="yes", draft_id=None))
    killed.step(Send("d2", "yes"))
    first, second = (eg.own_arrived(n, text="yes", draft_id=None) for n in (1, 2))

    arrived = next_run(killed, is_send_idempotent=False)
    arrived.connect(first, second)
    assert [(m.id, m.draft_id) for m in arrived.timeline] == [("m1", None), ("m2", "d2")]

    lost = next_run(killed, is_send_idempotent=False)
    lost.connect(first)
    assert lost.ids == ["m1", "d2"]
    while lost.timeline[1].status == "sending":
        lost.wait(0.5)
        if any(isinstance(call, FetchHistory) for call in lost.calls):
            lost.succeed(FetchHistory, eg.history())
    assert lost.timeline[1].status == "unknown"
    assert not any(isinstance(call, PostMessage) for call in lost.calls)


def lost_long_ago(**profile: Any) -> Driver:
    """Killed with a send under way, after m1; since then the others have written a lot."""
    killed = durable(is_send_idempotent=False, **profile)
    killed.connect(eg.arrived(1))
    killed.step(Send("d1", "yes"))
    return next_run(killed, is_send_idempotent=False, **profile)


def page(*numbers: int, has_more: bool) -> History:
    return History(tuple(eg.arrived(number) for number in numbers), has_more)


def test_history_is_read_back_to_where_a_lost_send_would_stand() -> None:
    driver = lost_long_ago()
    driver.connect(*(eg.arrived(n) for n in (21, 22)), has_more=True)
    assert driver.calls == [FetchHistory(before="m21")]
    driver.succeed(FetchHistory, page(11, 12, has_more=True))
    assert driver.calls == [FetchHistory(before="m11")]
    mine = eg.own_arrived(2, text="yes", draft_id=None)
    driver.succeed(FetchHistory, History((eg.arrived(1), mine), True))
    assert driver.calls == []
    assert [m.draft_id for m in driver.timeline if m.id == "m2"] == ["d1"]
    assert driver.session.outbox.is_settled


def test_a_page_on_the_way_back_that_cannot_be_had_is_asked_for_with_the_next_look() -> None:
    driver = lost_long_ago()
    driver.connect(eg.arrived(21), has_more=True)
    driver.fail(FetchHistory, eg.failure("unavailable"))
    assert driver.timeline[-1].status == "sending"
    driver.wait(LAST_CHECK_S)
    assert driver.calls == [FetchHistory(after="m21")]
    driver.succeed(FetchHistory, eg.history())
    assert driver.calls == [FetchHistory(before="m21")]


def test_history_is_not_read_back_for_ever() -> None:
    driver = lost_long_ago()
    driver.connect(eg.arrived(1000), has_more=True)
    driver.clock.advance(LAG_S)
    pages = 0
    while driver.calls:
        call = driver.call(FetchHistory)
        assert isinstance(call, FetchHistory)
        pages += call.before is not None
        driver.succeed(call, eg.history() if call.before is None else page(1000 - pages, has_more=True))
    assert pages == MAX_PAGES_BACK
    assert driver.timeline[-1].status == "unknown"


def test_after_a_page_that_cannot_be_had_the_next_look_may_go_back_as_far_as_any() -> None:
    driver = lost_long_ago()
    driver.connect(eg.arrived(1000), has_more=True)
    for number in range(999, 994, -1):
        driver.succeed(FetchHistory, page(number, has_more=True))
    driver.fail(FetchHistory, eg.failure("unavailable"))
    driver.wait(LAST_CHECK_S)
    driver.succeed(FetchHistory, eg.history())
    pages = 0
    while driver.calls:
        pages += 1
        driver.succeed(FetchHistory, page(995 - pages, has_more=True))
    assert pages == MAX_PAGES_BACK


def test_what_was_seen_is_kept_until_the_server_has_accepted_it() -> None:
    driver = durable()
    driver.connect(eg.arrived(1), eg.arrived(2), has_more=True)
    driver.step(NoteSeen(("m1", "m2")))
    assert kept_of(driver) == [KeepSeen(("m1", "m2"))]
    driver.wait(1.0)
    driver.succeed(MarkRead("m1"))
    assert kept_of(driver) == [ForgetSeen(("m1",))]
    assert driver.left_behind.seen == ("m2",)


def test_of_what_was_seen_in_an_earlier_run_only_what_history_shows_unread_is_acknowledged() -> None:
    state = DurableState(seen=("m1", "m2", "m9"))
    driver = durable(state)
    driver.connect(eg.arrived(1, status="read"), eg.arrived(2), has_more=True)
    driver.wait(1.0)
    assert driver.calls == [MarkRead("m2"), MarkRead("m9")]
    assert driver.left_behind.seen == ("m2", "m9")


def test_without_history_what_was_seen_is_acknowledged_with_the_stream() -> None:
    state = DurableState(seen=("m1",))
    never = durable(state, capabilities=eg.ALL_CAPABILITIES - {"history"})
    never.connect()
    never.wait(1.0)
    assert never.calls == [MarkRead("m1")]

    no_more = durable(state)
    no_more.step(Connect())
    no_more.open()
    no_more.fail(FetchHistory, eg.failure("unsupported"))
    no_more.wait(1.0)
    assert no_more.calls == [MarkRead("m1")]


def test_our_own_read_position_is_kept_where_the_platform_takes_no_receipts() -> None:
    driver = durable(capabilities=eg.ALL_CAPABILITIES - {"send_read"})
    driver.connect(eg.arrived(1), eg.arrived(2))
    driver.step(NoteSeen(("m1",)))
    assert kept_of(driver) == [KeepReadPosition(eg.arrived(1).time_ms or 0)]


def test_an_empty_state_is_restored_like_any_other() -> None:
    driver = Driver()
    assert driver.step(Restore(DurableState())) == []
