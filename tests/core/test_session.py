"""The session as a whole: inputs in, effects out, and what must hold whatever happens."""

from __future__ import annotations

import pytest

from ipygenesys._core.catch_up import RECONCILE_S
from ipygenesys._core.connection import CloseStream, OpenStream
from ipygenesys._core.effects import Call, CancelSend, Emit
from ipygenesys._core.events import (
    CapabilitiesChanged,
    DraftUnresolved,
    ErrorRaised,
    HistoryPrepended,
    MessagePlaced,
    MessageReceived,
    MessageStatusChanged,
    OlderHistoryFailed,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.failures import FailureKind
from ipygenesys._core.inputs import (
    CallFailed,
    CallSucceeded,
    Connect,
    Discard,
    Disconnect,
    FrameReceived,
    HoldTyping,
    Input,
    LoadOlder,
    MarkAllRead,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    Retry,
    Send,
    StopComposing,
    StreamOpened,
    TokenRenewed,
    ViewsGone,
)
from ipygenesys._core.model import OutgoingFile
from ipygenesys._core.operations import (
    FetchHistory,
    FetchMessage,
    MarkRead,
    MarkReadUpTo,
    PostMessage,
    SetTyping,
)
from ipygenesys._core.outbox import TOTAL_S
from ipygenesys._core.platform_events import (
    ConversationChanged,
    ConversationEnded,
    FrameIgnored,
    MessageArrived,
)
from ipygenesys._core.sending import KNOW_FIRST_S
from tests import examples as eg
from tests.core.driver import Driver
from tests.core.machine import SessionMachine

ON, OFF = SetTyping(True), SetTyping(False)


@pytest.fixture
def driver() -> Driver:
    return Driver()


@pytest.fixture
def live(driver: Driver) -> Driver:
    """Connected and caught up with an empty conversation."""
    driver.connect()
    return driver


def status_of(driver: Driver, index: int = 0) -> str:
    return driver.timeline[index].status


def is_settled(driver: Driver) -> bool:
    return driver.session.is_settled


# --- connecting -------------------------------------------------------------------------------------------


def test_nothing_happens_before_somebody_asks(driver: Driver) -> None:
    assert driver.session.next_deadline() is None
    assert driver.session.is_settled
    assert driver.wait(1000.0) == []


def test_connecting_says_so_and_then_reads_history(driver: Driver) -> None:
    assert driver.step(Connect()) == [OpenStream(1), Emit(StatusChanged(status="connecting"))]
    assert driver.step(StreamOpened(1)) == [
        Call(FetchHistory(limit=200)),
        Emit(StatusChanged(status="connected")),
    ]


def test_a_lost_stream_is_explained_and_counted_down(live: Driver) -> None:
    (effect,) = live.lose()
    assert effect == Emit(
        StatusChanged(status="reconnecting", detail="The event stream was closed (1006).", retry_in_s=1.5)
    )
    assert live.session.status_at(live.clock.monotonic + 1.0).retry_in_s == pytest.approx(0.5)
    assert live.session.status_at(live.clock.monotonic + 9.0).retry_in_s == 0.0
    assert OpenStream(2) in live.wait(1.5)


def test_the_user_can_reconnect_at_once(live: Driver) -> None:
    live.lose()
    assert OpenStream(2) in live.step(ReconnectNow())


def test_a_renewed_token_moves_the_stream_without_a_gap(live: Driver) -> None:
    assert live.step(TokenRenewed()) == [OpenStream(2)]
    live.hears(eg.arrived(1))
    assert live.step(StreamOpened(2))[0] == CloseStream(1)
    assert live.called() == [FetchHistory(after="m1", limit=200)]
    assert live.ids == ["m1"]


def test_frames_of_a_stream_that_no_longer_counts_are_ignored(live: Driver) -> None:
    assert live.step(FrameReceived(99, (eg.arrived(1),))) == []
    assert live.ids == []


def test_a_disconnect_closes_the_stream_and_everything_stays_known(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.typing(participant_id=eg.OTHER_AGENT))
    effects = live.step(Disconnect())
    assert effects == [CloseStream(1), Emit(TypingChanged(())), Emit(StatusChanged(status="closed"))]
    assert live.ids == ["m1"]
    assert live.session.next_deadline() is None


def test_a_session_that_only_views_wanted_ends_with_them(driver: Driver) -> None:
    driver.step(Connect(by_call=False))
    driver.open()
    assert CloseStream(1) in driver.step(ViewsGone())
    assert driver.told.status == "idle"


def test_a_session_that_a_call_wanted_outlives_its_views(live: Driver) -> None:
    live.step(Connect(by_call=False))
    assert live.step(ViewsGone()) == []


def test_views_that_go_do_not_reopen_what_was_closed(live: Driver) -> None:
    live.step(Disconnect())
    assert live.step(ViewsGone()) == []
    assert live.told.status == "closed"


def test_after_a_disconnect_history_is_not_read_any_more(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    driver.step(Disconnect())
    driver.succeed(FetchHistory, eg.history(eg.arrived(1)))
    assert driver.ids == ["m1"]
    assert driver.wait(1000.0) == []


# --- messages ---------------------------------------------------------------------------------------------


def test_a_live_message_is_placed_received_and_counted(live: Driver) -> None:
    message = eg.message(1)
    assert live.hears(eg.arrived(1)) == [
        Emit(MessagePlaced(message=message, index=0)),
        Emit(MessageReceived(message)),
        Emit(UnreadChanged(1)),
    ]


def test_messages_from_before_we_came_are_not_received_but_missed_ones_are(driver: Driver) -> None:
    driver.connect(eg.arrived(1))
    assert driver.received == []
    driver.lose()
    driver.wait(3.0)
    driver.open()
    assert driver.call(FetchHistory) == FetchHistory(after="m1", limit=200)
    driver.succeed(FetchHistory, eg.history(eg.arrived(2)))
    assert driver.received == ["m2"]


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


def filling_back(driver: Driver) -> Driver:
    driver.connect()
    driver.lose()
    driver.wait(3.0)
    driver.open()
    driver.succeed(FetchHistory, eg.history(eg.arrived(5), has_more=True))
    return driver


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


def test_the_content_of_a_bare_message_is_fetched_once(live: Driver) -> None:
    live.hears(eg.bare(1))
    assert live.called() == [FetchMessage("m1")]
    live.hears(eg.bare(1))
    assert live.called() == []
    live.succeed(FetchMessage, eg.arrived(1))
    assert live.received == ["m1"]
    assert live.timeline[0].text == "text 1"


def test_content_that_cannot_be_fetched_is_unavailable_and_counted(live: Driver) -> None:
    live.hears(eg.bare(1), eg.bare(2))
    live.fail(FetchMessage("m1"), eg.failure("permission"))
    assert live.timeline[0].is_unavailable
    assert live.session.conversation.counters["message_unavailable"] == 1
    live.succeed(FetchMessage("m2"), eg.arrived(2))
    live.hears(eg.bare(3))
    assert live.called() == [FetchMessage("m3")]


def test_content_that_cannot_be_fetched_for_now_is_fetched_again(live: Driver) -> None:
    live.hears(eg.bare(1))
    live.fail(FetchMessage, eg.failure("unavailable"))
    assert not live.timeline[0].is_unavailable
    assert live.wait(3.0) == [Call(FetchMessage("m1"), is_again=True)]
    assert live.session.conversation.counters["calls_repeated"] == 1
    live.succeed(FetchMessage, eg.arrived(1))
    assert live.timeline[0].text == "text 1"


@pytest.mark.parametrize("kind", ["not_found", "unsupported"])
def test_a_server_that_cannot_give_single_messages_is_asked_once(live: Driver, kind: FailureKind) -> None:
    live.hears(eg.bare(1))
    live.fail(FetchMessage, eg.failure(kind))
    live.hears(eg.bare(2))
    assert live.called() == []
    assert all(message.is_unavailable for message in live.timeline)


def test_one_missing_message_does_not_mean_that_none_can_be_fetched(live: Driver) -> None:
    live.hears(eg.bare(1), eg.bare(2))
    live.succeed(FetchMessage("m1"), eg.arrived(1))
    live.fail(FetchMessage("m2"), eg.failure("not_found"))
    live.hears(eg.bare(3))
    assert live.called() == [FetchMessage("m3")]


def test_frames_that_say_nothing_to_us_are_counted_and_an_oversized_one_is_looked_up(live: Driver) -> None:
    for reason in ("malformed", "unknown_event", "other_conversation", "malformed"):
        assert live.hears(FrameIgnored(reason)) == []
    assert live.session.conversation.counters["malformed"] == 2
    live.hears(FrameIgnored("oversized"))
    assert live.called() == [FetchHistory(limit=200)]


def test_a_receipt_shows_as_a_change_of_state_only(live: Driver) -> None:
    live.hears(eg.own_arrived(1))
    (effect,) = live.hears(eg.receipt("m1", "read"))
    assert isinstance(effect, Emit)
    assert isinstance(effect.event, MessageStatusChanged)


# --- sending ----------------------------------------------------------------------------------------------


def test_a_message_is_shown_sent_and_then_accepted(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    assert live.called() == [PostMessage("d1", "hello")]
    assert [(m.id, m.status) for m in live.timeline] == [("d1", "sending")]
    assert not is_settled(live)
    live.succeed(PostMessage, eg.own_arrived(1, text="hello"))
    assert [(m.id, m.draft_id, m.status) for m in live.timeline] == [("m1", "d1", "sent")]
    assert live.received == []
    assert is_settled(live)


def test_the_same_request_to_send_is_taken_once(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    assert live.step(Send("d1", "hello")) == []
    live.succeed(PostMessage, eg.own_arrived(1, text="hello"))
    assert live.step(Send("d1", "hello")) == []
    assert live.ids == ["m1"]


def test_an_echo_before_the_answer_is_the_answer(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.hears(eg.own_arrived(1, text="hello", draft_id="d1"))
    assert live.ids == ["m1"]
    live.fail(PostMessage, eg.failure("lost"))
    assert live.ids == ["m1"]
    assert status_of(live) == "sent"


def test_an_echo_without_the_draft_id_before_the_answer_is_the_same_message(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.hears(eg.bare(1, participant_id=None))
    live.succeed(PostMessage, eg.own_arrived(1, text="hello"))
    live.succeed(FetchMessage, eg.own_arrived(1, text="hello"))
    assert live.ids == ["m1"]
    assert live.timeline[0].is_own
    assert live.session.conversation.timeline.unread_count == 0


def test_sending_ends_our_typing(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.clock.advance(1.0)
    live.step(Send("d1", "hello"))
    assert OFF in live.called()


def test_a_refused_send_can_be_retried_or_discarded(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.fail(PostMessage, eg.failure("rejected"))
    assert [(m.id, m.status, m.error) for m in live.timeline] == [("d1", "failed", "It failed: rejected.")]
    live.step(Retry("d1"))
    assert live.called() == [PostMessage("d1", "hello")]
    assert live.step(Retry("d1")) == []
    assert live.step(Discard("d1")) == []
    live.fail(PostMessage, eg.failure("rejected"))
    live.step(Discard("d1"))
    assert live.ids == []


FILE = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=1)


def test_a_file_on_its_way_can_be_cancelled_and_what_waits_behind_it_goes_out(live: Driver) -> None:
    live.step(Send("d1", "", None, FILE))
    live.step(Send("d2", "hello"))
    assert live.step(Discard("d1")) == [CancelSend("d1")]
    assert live.step(Discard("d1")) == []
    assert live.ids == ["d1", "d2"]
    live.fail(PostMessage, eg.failure("cancelled"))
    assert live.ids == ["d2"]
    assert live.called() == [PostMessage("d2", "hello")]


def test_a_message_that_went_out_before_it_could_be_cancelled_stays(live: Driver) -> None:
    live.step(Send("d1", "", None, FILE))
    live.step(Discard("d1"))
    live.succeed(PostMessage, eg.own_arrived(1, draft_id="d1"))
    assert live.ids == ["m1"]


def test_a_message_that_waits_can_be_discarded(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.step(Send("d2", "again"))
    live.step(Discard("d2"))
    assert live.ids == ["d1"]
    live.succeed(PostMessage, eg.own_arrived(1, draft_id="d1"))
    assert live.called() == []


def test_a_message_that_fails_after_the_server_took_it_goes_out_again_as_a_new_one_once(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.succeed(PostMessage, eg.own_arrived(1, draft_id="d1", text="hello"))
    live.hears(eg.receipt("m1", "failed"))
    live.step(Retry("d1"))
    live.step(Retry("d1"))
    (again,) = [call for call in live.calls if isinstance(call, PostMessage)]
    assert again.text == "hello"
    assert again.draft_id != "d1"
    assert [message.status for message in live.timeline] == ["failed", "sending"]


def test_an_old_error_is_not_shown_to_views_of_a_new_stream(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(1.0)
    live.fail(MarkRead, eg.failure("permission"))
    assert live.session.last_error is not None
    live.lose()
    live.wait(3.0)
    live.open()
    assert live.session.last_error is None


def test_where_messages_travel_on_the_stream_they_wait_for_it() -> None:
    driver = Driver(eg.profile(sends_on_stream=True, is_send_idempotent=False))
    driver.step(Connect())
    driver.step(Send("d1", "hello"))
    assert not any(isinstance(call, PostMessage) for call in driver.calls)
    driver.wait(60.0)
    driver.open()
    driver.succeed(FetchHistory, eg.history())
    assert driver.call(PostMessage) == PostMessage("d1", "hello")


def test_messages_that_wait_for_a_stream_that_will_not_come_have_failed_and_can_be_retried() -> None:
    driver = Driver(eg.profile(sends_on_stream=True, is_send_idempotent=False))
    driver.step(Connect())
    driver.step(Send("d1", "hello"))
    driver.lose(code=None, failure=eg.failure("permission"))
    assert status_of(driver) == "failed"
    driver.step(Connect())
    driver.step(Retry("d1"))
    driver.open()
    driver.succeed(FetchHistory, eg.history())
    assert driver.call(PostMessage) == PostMessage("d1", "hello")


def test_a_first_message_follows_the_history_that_tells_later_whether_it_has_arrived() -> None:
    """With our clock an hour ahead it could not be told from what was said before (schedule 42434)."""
    driver = Driver(eg.profile(sends_on_stream=True, is_send_idempotent=False))
    driver.step(Connect())
    driver.step(Send("d1", "text 2"))
    driver.open()
    assert driver.called() == [FetchHistory(limit=200)]
    driver.succeed(
        FetchHistory, eg.history(eg.own_arrived(1, text="text 2", time_ms=eg.START_MS - 3_601_000))
    )
    assert driver.called() == [PostMessage("d1", "text 2")]
    driver.fail(PostMessage, eg.failure("lost"))
    driver.hears(eg.own_arrived(2, time_ms=eg.START_MS - 3_600_000))
    assert [(message.id, message.draft_id) for message in driver.timeline] == [("m1", None), ("m2", "d1")]


def test_a_first_message_does_not_wait_long_for_history() -> None:
    driver = Driver(eg.profile(sends_on_stream=True, is_send_idempotent=False))
    driver.step(Connect())
    driver.step(Send("d1", "hello"))
    driver.open()
    driver.wait(KNOW_FIRST_S - 0.1)
    assert not any(isinstance(call, PostMessage) for call in driver.calls)
    driver.wait(0.1)
    assert driver.call(PostMessage) == PostMessage("d1", "hello")


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


# --- history ----------------------------------------------------------------------------------------------


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


def test_a_server_without_history_loses_that_capability_with_one_word(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    driver.fail(FetchHistory, eg.failure("not_found"))
    assert "history" not in driver.session.capabilities
    assert driver.emitted(CapabilitiesChanged) == [CapabilitiesChanged(driver.session.capabilities)]
    assert driver.wait(1000.0) == []


def test_a_passing_failure_of_history_is_counted_and_a_refusal_is_shown(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    assert driver.fail(FetchHistory, eg.failure("unavailable")) == []
    assert driver.session.conversation.counters["unavailable"] == 1
    driver.wait(3.0)
    driver.fail(FetchHistory, eg.failure("permission"))
    assert driver.emitted(ErrorRaised) == [ErrorRaised(eg.failure("permission"))]
    assert driver.session.last_error == eg.failure("permission")


# --- typing -----------------------------------------------------------------------------------------------


def test_who_types_is_said_when_it_changes(live: Driver) -> None:
    assert live.hears(eg.typing()) == [Emit(TypingChanged(("Agent",)))]
    assert live.hears(eg.typing()) == []
    assert live.hears(eg.presence(name="Ann")) == [Emit(TypingChanged(("Ann",)))]
    assert live.wait(6.5) == [Emit(TypingChanged(()))]


def test_a_lost_stream_ends_their_typing(live: Driver) -> None:
    live.hears(eg.typing())
    live.lose()
    assert live.told_typing == ()


def test_the_first_key_is_told_and_five_idle_seconds_end_it(live: Driver) -> None:
    assert live.step(NoteKeystroke()) == [Call(ON)]
    live.succeed(SetTyping)
    assert live.wait(5.0) == [Call(OFF)]
    live.succeed(SetTyping)
    assert is_settled(live)


def test_leaving_the_composer_ends_our_typing(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.clock.advance(1.0)
    assert live.step(StopComposing()) == [Call(OFF)]


def test_closing_ends_our_typing(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.clock.advance(1.0)
    live.step(Disconnect())
    assert live.called() == [OFF]
    assert not is_settled(live)
    live.succeed(SetTyping)
    assert is_settled(live)


def test_keys_are_not_told_while_there_is_no_stream(live: Driver) -> None:
    live.lose()
    assert live.step(NoteKeystroke()) == []


def test_a_program_may_hold_typing_until_it_sends(live: Driver) -> None:
    assert live.step(HoldTyping()) == [Call(ON)]
    live.succeed(SetTyping)
    assert live.wait(4.0) == [Call(ON)]
    live.succeed(SetTyping)
    live.clock.advance(1.0)
    live.step(Send("d1", "hello"))
    assert OFF in live.called()


def test_a_server_that_takes_no_typing_loses_that_capability(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.fail(SetTyping, eg.failure("not_found"))
    assert live.emitted(CapabilitiesChanged)
    assert "send_typing" not in live.session.capabilities
    assert live.emitted(ErrorRaised)
    live.clock.advance(10.0)
    assert live.step(NoteKeystroke()) == []


def test_a_rate_limited_typing_call_is_only_counted(live: Driver) -> None:
    live.step(NoteKeystroke())
    assert live.fail(SetTyping, eg.failure("rate_limited", retry_after_s=1.0)) == []
    assert live.session.conversation.counters["rate_limited"] == 1


def test_where_the_protocol_sends_no_typing_keys_say_nothing() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    driver.connect()
    assert driver.step(NoteKeystroke()) == []
    assert driver.session.typing_notifier.next_deadline() is None
    assert not any(isinstance(effect, Call) for effect in driver.wait(100.0))


# --- read -------------------------------------------------------------------------------------------------


def test_a_message_is_read_only_after_the_server_has_accepted_it(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1", "m1", "nobody")))
    assert live.wait(0.2) == [Call(MarkRead("m1"))]
    assert status_of(live) == "unread"
    live.succeed(MarkRead)
    assert status_of(live) == "read"
    assert live.told_unread == 0
    assert live.step(NoteSeen(("m1",))) == []


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
    live.hears(eg.arrived(1), eg.arrived(2), eg.arrived(3, time_ms=None))  # Our clock puts it first.
    live.step(MarkAllRead("m2"))
    assert live.wait(0.2) == [Call(MarkRead("m3")), Call(MarkRead("m1")), Call(MarkRead("m2"))]
    for _ in range(3):
        live.succeed(MarkRead)
    live.hears(eg.arrived(3), eg.arrived(4), eg.arrived(5))
    live.step(MarkAllRead())
    assert live.wait(0.2) == [Call(MarkReadUpTo("m5", ("m4", "m5")))]


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


# --- the conversation's own state -------------------------------------------------------------------------


def test_a_conversation_that_is_over_is_read_only(live: Driver) -> None:
    assert live.hears(ConversationChanged(is_open=False)) == [Emit(StatusChanged(status="read_only"))]
    assert live.step(NoteKeystroke()) == []
    assert live.hears(ConversationChanged(is_open=True)) == [Emit(StatusChanged(status="connected"))]


def test_a_send_answered_with_nothing_is_unknown_and_does_not_hold_up_the_next(live: Driver) -> None:
    live.step(Send("d1", "one"))
    live.step(Send("d2", "two"))
    live.succeed(PostMessage, None)
    assert status_of(live) == "sending"
    live.succeed(FetchHistory, eg.history(eg.own_arrived(1, text="one", draft_id="d1")))
    assert PostMessage("d2", "two") in live.called()


def test_history_answered_with_nothing_is_asked_for_again(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    driver.succeed(FetchHistory, None)
    assert driver.wait(3.0) == [Call(FetchHistory(limit=200), is_again=True)]


@pytest.mark.parametrize("result", [None, eg.bare(1)])
def test_a_fetched_message_without_content_is_unavailable(
    live: Driver, result: MessageArrived | None
) -> None:
    live.hears(eg.bare(1))
    live.succeed(FetchMessage, result)
    assert live.timeline[0].is_unavailable
    assert live.calls == []


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


def test_the_end_of_the_conversation_ends_all_typing(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.hears(eg.typing())
    live.clock.advance(1.0)
    live.hears(ConversationChanged(is_open=False))
    assert live.told_typing == ()
    assert live.called() == [OFF]


def test_losing_the_stream_ends_our_typing_at_once(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.clock.advance(1.0)
    live.lose()
    assert live.called() == [OFF]


def test_a_program_that_holds_typing_is_not_interrupted_by_a_lost_stream(live: Driver) -> None:
    live.step(HoldTyping())
    live.succeed(SetTyping)
    live.clock.advance(1.0)
    live.lose()
    assert OFF not in live.called()


def test_a_bare_message_in_an_older_page_is_fetched_too(driver: Driver) -> None:
    driver.connect(eg.arrived(8), has_more=True)
    driver.step(LoadOlder(50))
    driver.succeed(FetchHistory, eg.history(eg.arrived(6), eg.bare(7, time_ms=eg.START_MS + 7000)))
    assert driver.called() == [FetchMessage("m7")]
    driver.succeed(FetchMessage, eg.arrived(7))
    assert [message.text for message in driver.timeline] == ["text 6", "text 7", "text 8"]
    assert driver.received == []


def test_a_message_that_turns_out_to_be_ours_is_not_acknowledged(live: Driver) -> None:
    live.hears(eg.bare(1, participant_id=None))
    live.step(NoteSeen(("m1",)))
    live.succeed(FetchMessage, eg.own_arrived(1))
    assert live.wait(1.0) == []


def test_a_conversation_that_the_platform_has_ended_is_left_alone(live: Driver) -> None:
    live.step(HoldTyping())
    live.succeed(SetTyping)
    live.hears(eg.typing())
    live.clock.advance(1.0)
    effects = live.hears(ConversationEnded(eg.failure("rejected")))
    assert CloseStream(1) in effects
    assert live.told == StatusChanged(status="failed", detail="It failed: rejected.")
    assert live.told_typing == ()
    assert live.called() == [OFF]
    live.succeed(SetTyping)
    assert live.wait(1000.0) == []
    assert OpenStream(2) in live.step(ReconnectNow())


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


def test_a_stream_that_opens_after_the_end_is_closed_and_nothing_is_read(driver: Driver) -> None:
    driver.step(Connect())
    driver.step(Disconnect())
    assert driver.step(StreamOpened(1)) == [CloseStream(1)]


@pytest.mark.parametrize(
    "input_",
    [
        "nonsense",
        FrameReceived(1, ("nonsense",)),  # type: ignore[arg-type]
        CallSucceeded("nonsense"),  # type: ignore[arg-type]
        CallFailed("nonsense", eg.failure("rejected")),  # type: ignore[arg-type]
    ],
)
def test_what_a_session_does_not_know_it_passes_over(live: Driver, input_: Input) -> None:
    assert live.step(input_) == []


TestSession = SessionMachine.TestCase


def test_typing_is_not_held_in_a_conversation_that_is_over(live: Driver) -> None:
    live.hears(ConversationChanged(is_open=False))
    assert live.step(HoldTyping()) == []
    live.step(Disconnect())
    assert live.step(HoldTyping()) == []
    assert live.wait(100.0) == []
