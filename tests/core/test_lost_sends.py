"""Sends whose answer was lost: looked for in history, sent again or left to the user, never twice."""

from __future__ import annotations

from ipygenesys._core.catch_up import RECONCILE_S
from ipygenesys._core.effects import Call
from ipygenesys._core.events import DraftUnresolved
from ipygenesys._core.inputs import Send
from ipygenesys._core.operations import FetchHistory, PostMessage
from ipygenesys._core.outbox import TOTAL_S
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
