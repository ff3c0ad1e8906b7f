"""Pages of history: what is news, what fills a gap, and how an older page is told."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.catch_up import RECONCILE_S
from ipygenesys._core.machines.conversation import blocks, packing
from ipygenesys._core.machines.conversation.packing import Held, unpacked
from ipygenesys._core.model.effects import Call
from ipygenesys._core.model.events import ErrorRaised, HistoryPrepended, MessagePlaced, OlderHistoryFailed
from ipygenesys._core.model.failures import FailureKind
from ipygenesys._core.model.inputs import Connect, Disconnect, LoadOlder, MarkAllRead, Send
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, PostMessage
from ipygenesys._core.model.platform_events import (
    ConversationChanged,
    ConversationCleared,
    History,
    MessageArrived,
)
from tests import examples as eg
from tests.core.driver import Driver


def filling_back(driver: Driver) -> Driver:
    driver.connect()
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.succeed(FetchHistory, eg.history(eg.arrived(5), has_more=True))
    return driver


def test_messages_from_before_we_came_are_not_received_but_missed_ones_are(driver: Driver) -> None:
    driver.connect(eg.arrived(1))
    assert driver.received == []
    driver.lose()
    driver.wait(3.0)
    driver.open()
    assert driver.call(FetchHistory) == FetchHistory(after="m1", limit=200)
    driver.succeed(FetchHistory, eg.history(eg.arrived(2)))
    assert driver.received == ["m2"]


def test_what_a_page_tells_of_the_conversation_itself_counts(driver: Driver) -> None:
    driver.connect(eg.arrived(1))
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.succeed(FetchHistory, History((), has_more=False, learned=(ConversationChanged(is_open=False),)))
    assert driver.session.connection.status == "read_only"


def test_a_live_message_that_the_first_page_of_history_has_overtaken_is_received(driver: Driver) -> None:
    driver.connect(eg.arrived(1), eg.own_arrived(2))
    driver.hears(eg.arrived(1))
    driver.hears(eg.arrived(1))
    driver.hears(eg.own_arrived(2))
    assert driver.received == ["m1"]


def test_pages_between_an_empty_start_and_the_newest_page_are_fetched_and_news(driver: Driver) -> None:
    driver.connect()
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.succeed(FetchHistory, eg.history(eg.arrived(5), eg.arrived(6), has_more=True))
    assert driver.call(FetchHistory) == FetchHistory(before="m5", limit=200)
    driver.succeed(FetchHistory, eg.history(eg.arrived(3), eg.arrived(4), has_more=True))
    driver.succeed(FetchHistory, eg.history(eg.arrived(1), eg.arrived(2)))
    assert driver.ids == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert sorted(driver.received) == driver.ids
    assert not any(isinstance(call, FetchHistory) for call in driver.calls)


def test_filling_back_ends_at_what_is_held(driver: Driver) -> None:
    driver.connect(eg.arrived(1))
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.fail(FetchHistory, eg.failure("not_found"))
    driver.succeed(FetchHistory, eg.history(eg.arrived(4), has_more=True))
    driver.succeed(FetchHistory, eg.history(eg.arrived(1), eg.arrived(3), has_more=True))
    assert driver.ids == ["m1", "m3", "m4"]
    assert not any(isinstance(call, FetchHistory) for call in driver.calls)


def test_filling_back_that_fails_for_now_goes_on_by_itself(driver: Driver) -> None:
    filling_back(driver).fail(FetchHistory, eg.failure("rate_limited", retry_after_s=7.0))
    assert driver.wait(6.9) == []
    driver.wait(2.0)
    assert driver.calls == [FetchHistory(before="m5", limit=200)]
    driver.succeed(FetchHistory, eg.history(eg.arrived(4)))
    assert driver.ids == ["m4", "m5"]
    assert driver.received == ["m5", "m4"]


def test_filling_back_that_fails_waits_for_the_stream(driver: Driver) -> None:
    filling_back(driver).fail(FetchHistory, eg.failure("lost"))
    driver.lose()
    driver.wait(1.4)
    assert driver.calls == []
    driver.wait(2.0)
    driver.open()
    assert FetchHistory(before="m5", limit=200) in driver.calls


def test_filling_back_that_is_refused_is_left_to_who_scrolls_up(driver: Driver) -> None:
    filling_back(driver).fail(FetchHistory, eg.failure("permission"))
    driver.wait(60.0)
    assert driver.calls == []
    driver.step(LoadOlder())
    assert driver.call(FetchHistory) == FetchHistory(before="m5", limit=200)


def test_a_hole_that_shows_while_older_pages_have_to_wait_waits_with_them(driver: Driver) -> None:
    filling_back(driver)
    driver.fail(FetchHistory(before="m5", limit=200), eg.failure("rate_limited", retry_after_s=60.0))
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.fail(FetchHistory(after="m5", limit=200), eg.failure("not_found"))
    driver.succeed(FetchHistory, eg.history(eg.arrived(7), has_more=True))
    driver.wait(50.0)
    assert FetchHistory(before="m7", limit=200) not in driver.calls
    driver.wait(20.0)
    assert FetchHistory(before="m7", limit=200) in driver.calls


def test_older_messages_are_prepended_in_one_event(driver: Driver) -> None:
    driver.connect(eg.arrived(8), eg.arrived(9), has_more=True)
    driver.step(LoadOlder(50))
    assert driver.called() == [FetchHistory(before="m8", limit=50)]
    driver.succeed(FetchHistory, eg.history(eg.arrived(6), eg.arrived(7), has_more=True))
    assert driver.emitted(HistoryPrepended) == [HistoryPrepended(count=2, has_older=True)]
    assert driver.emitted(MessagePlaced) == []
    assert driver.ids == ["m6", "m7", "m8", "m9"]
    assert driver.received == []


def test_an_older_page_that_is_no_block_is_told_message_by_message(driver: Driver) -> None:
    driver.connect(eg.arrived(5), eg.arrived(9), has_more=True)
    driver.step(LoadOlder(50))
    driver.succeed(FetchHistory, eg.history(eg.arrived(4), eg.arrived(5), eg.arrived(7)))
    assert driver.emitted(HistoryPrepended) == [HistoryPrepended(count=0, has_older=False)]
    assert len(driver.emitted(MessagePlaced)) == 2
    assert driver.ids == ["m4", "m5", "m7", "m9"]


def test_an_older_page_that_fails_says_so_and_can_be_asked_for_again(driver: Driver) -> None:
    driver.connect(eg.arrived(8), has_more=True)
    driver.step(LoadOlder(50))
    driver.fail(FetchHistory, eg.failure("unavailable"))
    assert driver.emitted(OlderHistoryFailed) == [OlderHistoryFailed(eg.failure("unavailable"))]
    driver.step(LoadOlder(50))
    assert driver.called() == [FetchHistory(before="m8", limit=50)]


def test_nothing_older_is_asked_for_where_there_is_nothing(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    assert live.step(LoadOlder(50)) == []


def test_history_answered_with_nothing_is_asked_for_again(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    driver.succeed(FetchHistory, None)
    assert driver.wait(3.0) == [Call(FetchHistory(limit=200), is_again=True)]


def test_older_pages_leave_no_hole_behind_a_message_that_we_sent_before_history_was_read(
    driver: Driver,
) -> None:
    driver.step(Send("d1", "hello"))
    driver.succeed(PostMessage, eg.own_arrived(1, text="hello"))
    driver.connect(eg.arrived(3), eg.arrived(4), has_more=True)
    driver.step(LoadOlder(50))
    assert driver.called() == [FetchHistory(before="m3", limit=50)]
    driver.succeed(FetchHistory, eg.history(eg.own_arrived(1, text="hello"), eg.arrived(2)))
    assert driver.ids == ["m1", "m2", "m3", "m4"]
    assert not driver.session.catch_up.has_older


def test_of_a_newest_page_that_is_read_anew_only_what_is_newer_than_all_that_was_read_is_news(
    driver: Driver,
) -> None:
    driver.connect(eg.arrived(3))
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.fail(FetchHistory, eg.failure("not_found"))
    assert driver.calls == [FetchHistory(limit=200)]
    same_time = eg.arrived(2, time_ms=eg.arrived(3).time_ms)
    untimed = eg.arrived(5, time_ms=None)
    page = (eg.arrived(1), same_time, eg.arrived(3), eg.arrived(4), untimed)
    driver.succeed(FetchHistory, eg.history(*page))
    assert driver.received == ["m4", "m5"]


def test_what_goes_on_from_a_known_message_is_news_whatever_its_time(driver: Driver) -> None:
    driver.connect(eg.arrived(3))
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.succeed(FetchHistory, eg.history(eg.arrived(2)))
    assert driver.received == ["m2"]


def test_a_conversation_that_history_still_has_is_not_cleared_by_an_older_page(driver: Driver) -> None:
    driver.connect(eg.arrived(2), eg.arrived(3), has_more=True)
    driver.hears(ConversationCleared(by_us=False, is_certain=False))
    driver.succeed(FetchHistory, eg.history(eg.arrived(4)))
    driver.step(LoadOlder(50))
    driver.succeed(FetchHistory, eg.history(eg.arrived(1)))
    assert driver.ids == ["m1", "m2", "m3", "m4"]


def test_what_may_be_cleared_of_a_long_conversation_is_unpacked_once(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bytes] = []

    def counted(block: bytes) -> Held:
        looked.append(block)
        return unpacked(block)

    monkeypatch.setattr(blocks, "SIZE", 8)
    monkeypatch.setattr(blocks, "AT_HAND", 1)
    for module in (blocks, packing):
        monkeypatch.setattr(module, "unpacked", counted)
    driver.connect()
    driver.hears(*map(eg.arrived, range(1, 161)))
    driver.hears(ConversationCleared(by_us=False, is_certain=False))
    looked.clear()
    assert driver.session._history._older_than(eg.arrived(100).time_ms) == {f"m{n}" for n in range(1, 100)}
    assert len(looked) <= 160 / 8


def test_pages_that_fail_are_counted(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    driver.fail(FetchHistory, eg.failure("unavailable"))
    assert driver.session.conversation.counters["history_failed"] == 1


def test_a_refusal_is_told_once_and_what_was_missed_meanwhile_comes_with_the_next_look(
    driver: Driver,
) -> None:
    driver.connect()
    driver.lose()
    driver.wait(3.0)
    driver.open()
    for told in (1, 0):
        driver.fail(FetchHistory, eg.failure("authentication"))
        assert len(driver.emitted(ErrorRaised)) == told
        driver.wait(RECONCILE_S)
    driver.succeed(FetchHistory, eg.history(eg.arrived(1)))
    assert driver.ids == ["m1"]


@pytest.mark.parametrize("kind", ["not_found", "rejected"])
def test_a_message_to_go_on_from_that_the_server_has_forgotten_is_no_error(
    driver: Driver, kind: FailureKind
) -> None:
    driver.connect(eg.arrived(1))
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.fail(FetchHistory, eg.failure(kind))
    assert driver.emitted(ErrorRaised) == []
    assert driver.session.conversation.counters[kind] == 1
    assert driver.called() == [FetchHistory()]

    driver.fail(FetchHistory, eg.failure(kind))
    assert len(driver.emitted(ErrorRaised)) == 1
    assert driver.called() == []


def test_older_messages_that_the_server_has_asked_to_wait_with_are_not_asked_for_and_it_is_said_why(
    driver: Driver,
) -> None:
    driver.connect(eg.arrived(8), has_more=True)
    driver.step(LoadOlder(50))
    driver.fail(FetchHistory, eg.failure("rate_limited", retry_after_s=30.0))
    driver.wait(10.0)
    driver.step(LoadOlder(50))
    assert not [op for op in driver.calls if isinstance(op, FetchHistory) and op.before is not None]
    failed = [event for event in driver.events if isinstance(event, OlderHistoryFailed)]
    assert [event.failure.retry_after_s for event in failed] == [30.0, 20.0]


# --- what is said while the stream opens ------------------------------------------------------------------

CAME_MS = eg.START_MS + 10_500


def coming(driver: Driver, *messages: MessageArrived) -> Driver:
    """Who came at a moment, before these were read."""
    driver.step(Connect(asked=driver.clock.now._replace(wall_ms=CAME_MS)))
    driver.open()
    driver.succeed(FetchHistory, eg.history(*messages))
    return driver


def test_what_was_said_since_we_came_is_news_though_history_brings_it(driver: Driver) -> None:
    before, after = eg.arrived(1, time_ms=CAME_MS - 1), eg.arrived(2, time_ms=CAME_MS + 1)
    coming(driver, before, after, eg.arrived(3, time_ms=None), eg.own_arrived(4, time_ms=CAME_MS + 1))
    assert driver.received == ["m2"]
    assert driver.session.was_missed_by_the_stream("m2")
    assert not driver.session.was_missed_by_the_stream("m1")


def test_it_is_news_once_whatever_the_stream_brings(driver: Driver) -> None:
    coming(driver, eg.arrived(2, time_ms=CAME_MS + 1))
    driver.hears(eg.arrived(2, time_ms=CAME_MS + 1))
    assert driver.received == ["m2"]


def test_it_is_news_though_its_content_comes_later(driver: Driver) -> None:
    coming(driver, eg.bare(1, time_ms=CAME_MS - 1), eg.bare(2, time_ms=CAME_MS + 1))
    for number in (1, 2):
        driver.succeed(FetchMessage, eg.arrived(number))
    assert driver.received == ["m2"]


def test_who_comes_again_is_told_of_all_that_was_missed(driver: Driver) -> None:
    coming(driver)
    driver.step(Disconnect())
    driver.connect(eg.arrived(1, time_ms=CAME_MS + 1))
    assert driver.received == ["m1"]


# --- unread -----------------------------------------------------------------------------------------------


def test_scrolling_up_brings_nothing_unread(driver: Driver) -> None:
    driver.connect(eg.arrived(8), eg.arrived(9), has_more=True)
    assert driver.told_unread == 2
    driver.step(LoadOlder(50))
    driver.succeed(FetchHistory, eg.history(eg.arrived(6), eg.arrived(7)))
    assert driver.told_unread == 2
    assert driver.session.conversation.timeline.first_unread_index == 2
    driver.step(MarkAllRead("m9"))
    driver.hears(eg.arrived(10))
    assert driver.told_unread == 3


def test_what_comes_is_unread_where_only_a_draft_was_there_before(driver: Driver) -> None:
    driver.step(Send("d1", "hello"))
    driver.connect()
    driver.hears(eg.arrived(1))
    assert driver.told_unread == 1


def test_of_equal_times_only_what_is_listed_after_what_was_read_is_news(driver: Driver) -> None:
    driver.connect(eg.arrived(3))
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.fail(FetchHistory, eg.failure("not_found"))
    at_once = {"time_ms": eg.arrived(3).time_ms}
    page = (eg.arrived(2, **at_once), eg.arrived(3), eg.arrived(4, **at_once))
    driver.succeed(FetchHistory, eg.history(*page))
    assert driver.received == ["m4"]


def test_what_a_stream_drops_in_need_can_be_had_again(driver: Driver) -> None:
    assert driver.session.has_history
