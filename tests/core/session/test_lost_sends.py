"""Sends whose answer was lost: looked for in history, sent again or left to the user, never twice."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import RECONCILE_S
from ipygenesys._core.machines.outbox import LAST_CHECK_S, TOTAL_S
from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.effects import Call
from ipygenesys._core.model.events import DraftUnresolved
from ipygenesys._core.model.inputs import Connect, LoadOlder, Send
from ipygenesys._core.model.kept import DurableState
from ipygenesys._core.model.operations import FetchHistory, PostMessage
from ipygenesys._core.session.sending import KNOW_FIRST_S
from tests import examples as eg
from tests.core.driver import Driver


def status_of(driver: Driver, index: int = 0) -> str:
    return driver.timeline[index].status


def looks_until_decided(driver: Driver) -> int:
    """History shows nothing new, however often it is read; how often it was read."""
    looks = 0
    while driver.timeline[-1].status == "sending":
        if any(isinstance(call, FetchHistory) for call in driver.calls):
            looks += 1
            driver.succeed(FetchHistory, eg.history())
        else:
            driver.wait(0.25)
    return looks


def test_a_lost_answer_is_resolved_by_history(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.fail(PostMessage, eg.failure("lost"))
    assert status_of(live) == "sending"
    live.succeed(FetchHistory, eg.history(eg.own_arrived(1, text="hello", draft_id="d1")))
    assert [(m.id, m.status) for m in live.timeline] == [("m1", "sent")]
    assert live.called() == []


def test_a_lost_send_goes_out_again_where_the_server_recognises_it(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.fail(PostMessage, eg.failure("lost"))
    live.succeed(FetchHistory, eg.history())
    assert live.called() == [PostMessage("d1", "hello")]
    assert status_of(live) == "sending"


def test_a_lost_send_waits_for_the_user_where_it_might_be_sent_twice() -> None:
    driver = Driver(eg.profile(is_send_idempotent=False))
    driver.connect()
    driver.step(Send("d1", "hello"))
    driver.fail(PostMessage, eg.failure("lost"))
    looks_until_decided(driver)
    assert driver.events[-1] == DraftUnresolved("d1")
    assert driver.called() == []
    assert driver.timeline[0].status == "unknown"
    driver.wait(300.0)
    assert not any(isinstance(call, PostMessage) for call in driver.calls)


def test_history_may_show_a_message_some_seconds_after_the_server_took_it() -> None:
    driver = Driver(eg.profile(is_send_idempotent=False))
    driver.connect()
    driver.step(Send("d1", "hello"))
    driver.fail(PostMessage, eg.failure("lost"))
    driver.succeed(FetchHistory, eg.history())
    assert driver.timeline[0].status == "sending"
    driver.wait(1.0)
    driver.succeed(FetchHistory, eg.history())
    driver.wait(2.0)
    driver.succeed(FetchHistory, eg.history(eg.own_arrived(1, text="hello", draft_id=None)))
    assert [(m.id, m.draft_id, m.status) for m in driver.timeline] == [("m1", "d1", "sent")]
    assert not driver.emitted(DraftUnresolved)


def test_a_lost_send_is_left_to_the_user_when_history_cannot_be_read_in_time() -> None:
    driver = Driver(eg.profile(is_send_idempotent=False))
    driver.connect()
    driver.step(Send("d1", "hello"))
    driver.fail(PostMessage, eg.failure("lost"))
    driver.wait(TOTAL_S)
    assert driver.timeline[0].status == "unknown"
    assert driver.events[-1] == DraftUnresolved("d1")


def test_a_page_that_was_asked_for_before_a_send_was_lost_does_not_decide(live: Driver) -> None:
    live.wait(RECONCILE_S)
    early = live.call(FetchHistory)
    live.step(Send("d1", "hello"))
    live.fail(PostMessage, eg.failure("lost"))
    assert live.succeed(early, eg.history()) == [Call(early)]
    live.succeed(FetchHistory, eg.history())
    assert live.called() == [PostMessage("d1", "hello")]


def test_without_history_a_lost_send_goes_out_again_at_once_but_not_for_ever() -> None:
    driver = Driver(eg.profile(capabilities=frozenset()))
    driver.connect()
    driver.step(Send("d1", "hello"))
    for _ in range(3):
        driver.fail(PostMessage, eg.failure("lost"))
    assert driver.calls == []
    assert driver.timeline[0].status == "unknown"
    assert driver.emitted(DraftUnresolved) == [DraftUnresolved("d1")]


def test_a_send_answered_with_nothing_is_unknown_and_does_not_hold_up_the_next(live: Driver) -> None:
    live.step(Send("d1", "one"))
    live.step(Send("d2", "two"))
    live.succeed(PostMessage, None)
    assert status_of(live) == "sending"
    live.succeed(FetchHistory, eg.history(eg.own_arrived(1, text="one", draft_id="d1")))
    assert PostMessage("d2", "two") in live.called()


def test_where_it_turns_out_that_there_is_no_history_a_lost_send_is_the_users_at_once() -> None:
    driver = Driver(eg.profile(is_send_idempotent=False))
    driver.step(Connect())
    driver.open()
    driver.step(Send("d1", "hello"))
    driver.wait(KNOW_FIRST_S)
    driver.fail(PostMessage, eg.failure("lost"))
    assert status_of(driver) == "sending"
    driver.fail(FetchHistory, eg.failure("not_found"))
    assert status_of(driver) == "unknown"


def test_an_older_page_that_somebody_else_has_asked_for_does_not_decide(driver: Driver) -> None:
    driver.connect(eg.arrived(5), has_more=True)
    driver.step(LoadOlder(50))
    driver.step(Send("d1", "hello"))
    driver.fail(PostMessage, eg.failure("lost"))
    older = next(call for call in driver.calls if call == FetchHistory(before="m5", limit=50))
    driver.succeed(older, eg.history(eg.arrived(4)))
    assert not any(isinstance(call, PostMessage) for call in driver.calls)


def test_while_a_gap_is_being_filled_nothing_is_decided(driver: Driver) -> None:
    driver.connect()
    driver.step(Send("d1", "hello"))
    driver.fail(PostMessage, eg.failure("lost"))
    driver.succeed(FetchHistory, eg.history(eg.arrived(5), has_more=True))
    assert driver.calls == [FetchHistory(before="m5", limit=200)]
    driver.succeed(FetchHistory, eg.history(eg.own_arrived(1, draft_id="d1"), eg.arrived(2)))
    assert driver.ids == ["m1", "m2", "m5"]
    assert driver.calls == []


def test_where_sends_travel_on_the_stream_a_lost_one_is_looked_for_at_once() -> None:
    driver = Driver(eg.profile(sends_on_stream=True))
    driver.connect()
    driver.step(Send("d1", "hello"))
    driver.fail(PostMessage, eg.failure("lost"))
    assert driver.calls == [FetchHistory(limit=200)]


def test_where_it_is_known_who_we_are_history_is_looked_into_before_the_stream_has_opened() -> None:
    driver = Driver()
    lost = Draft(draft_id="d1", text="hello", since=0.0, created_ms=driver.clock.wall_ms, state="in_flight")
    driver.restore(DurableState(drafts=(lost,)))
    driver.step(Connect())
    driver.wait(LAST_CHECK_S)
    assert driver.calls == [FetchHistory(limit=200)]


def test_history_is_not_looked_into_before_it_is_known_who_we_are_even_where_the_first_stream_has_failed() -> (
    None
):
    """It would show what an earlier run has sent as somebody else's (schedule 89949)."""
    driver = Driver(eg.profile(sends_on_stream=True, is_send_idempotent=False))
    lost = Draft(draft_id="d1", text="hello", since=0.0, created_ms=driver.clock.wall_ms, state="in_flight")
    driver.restore(DurableState(drafts=(lost,)))
    driver.step(Connect())
    driver.lose(None, eg.failure("permission"))
    assert driver.session.connection.status == "failed"
    driver.wait(LAST_CHECK_S)
    assert driver.calls == []
