"""The stream: who wants it, how it is moved, lost and closed, and what stops with it."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.connection import MAX_MOVES
from ipygenesys._core.model.effects import CloseStream, Emit, OpenStream
from ipygenesys._core.model.events import SessionExpiring, StatusChanged, TypingChanged
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import (
    Connect,
    Disconnect,
    HoldTyping,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    StartNew,
    StreamOpened,
    TokenRenewed,
    ViewsGone,
)
from ipygenesys._core.model.operations import (
    CheckHealth,
    FetchHistory,
    MarkRead,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.model.platform_events import (
    ConversationChanged,
    ConversationEnded,
    MoveRequested,
    SessionExpired,
    SessionLifeLearned,
)
from ipygenesys._core.model.profile import LifeRules
from tests import examples as eg
from tests.core.driver import Driver

ON, OFF = SetTyping(True), SetTyping(False)


def status_of(driver: Driver) -> str:
    return driver.told.status


def is_settled(driver: Driver) -> bool:
    return driver.session.is_settled


def test_a_lost_stream_is_explained_and_counted_down(live: Driver) -> None:
    (effect,) = live.lose()
    assert effect == Emit(
        StatusChanged(
            status="reconnecting",
            detail="The event stream was closed (1006).",
            retry_in_s=1.5,
            cause="unreachable",
        )
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


def test_a_disconnect_closes_the_stream_and_everything_stays_known(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.typing(participant_id=eg.OTHER_AGENT))
    effects = live.step(Disconnect())
    assert effects == [CloseStream(1), Emit(TypingChanged(())), Emit(StatusChanged(status="closed"))]
    assert live.ids == ["m1"]
    assert live.session.next_deadline() is None


def test_who_did_not_ask_for_the_disconnect_is_told_why(live: Driver) -> None:
    live.step(Disconnect(Failure(kind="cancelled", message="The cell was run again.")))
    assert live.told == StatusChanged(
        status="closed", detail="The cell was run again.", cause="cancelled", retry_in_s=None
    )


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


def test_a_lost_stream_ends_their_typing(live: Driver) -> None:
    live.hears(eg.typing())
    live.lose()
    assert live.told_typing == ()


def test_closing_ends_our_typing(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.clock.advance(1.0)
    live.step(Disconnect())
    assert live.called() == [OFF]
    assert not is_settled(live)
    live.succeed(SetTyping)
    assert is_settled(live)


def test_a_conversation_that_is_over_is_read_only(live: Driver) -> None:
    assert live.hears(ConversationChanged(is_open=False)) == [Emit(StatusChanged(status="read_only"))]
    assert live.step(NoteKeystroke()) == []
    assert live.hears(ConversationChanged(is_open=True)) == [Emit(StatusChanged(status="connected"))]


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


def test_a_conversation_that_the_platform_has_ended_is_left_alone(live: Driver) -> None:
    live.step(HoldTyping())
    live.succeed(SetTyping)
    live.hears(eg.typing())
    live.clock.advance(1.0)
    effects = live.hears(ConversationEnded(eg.failure("rejected")))
    assert CloseStream(1) in effects
    assert live.told == StatusChanged(status="failed", detail="It failed: rejected.", cause="rejected")
    assert live.told_typing == ()
    assert live.called() == [OFF]
    live.succeed(SetTyping)
    assert live.wait(1000.0) == []
    assert OpenStream(2) in live.step(ReconnectNow())


def test_a_stream_that_opens_after_the_end_is_closed_and_nothing_is_read(driver: Driver) -> None:
    driver.step(Connect())
    driver.step(Disconnect())
    assert driver.step(StreamOpened(1)) == [CloseStream(1)]


LIFE = eg.profile(life_rules=LifeRules(health_check_s=30.0, notice_s=300.0))


def test_another_conversation_that_was_asked_for_outlives_the_views(driver: Driver) -> None:
    driver.step(Connect(by_call=False))
    driver.open()
    driver.step(StartNew())
    driver.step(ViewsGone())
    assert status_of(driver) == "connected"
    driver.succeed(StartNewConversation)
    driver.step(ViewsGone())
    assert status_of(driver) == "connecting"


def test_after_a_close_only_views_want_what_only_they_have_asked_for(live: Driver) -> None:
    live.step(Disconnect())
    live.step(Connect(by_call=False))
    live.open()
    live.step(ViewsGone())
    assert status_of(live) == "idle"


def test_the_end_of_a_session_that_is_over_is_not_announced() -> None:
    expired, left = Driver(LIFE), Driver(LIFE)
    for driver in (expired, left):
        driver.connect()
        driver.hears(SessionLifeLearned(400.0))
    expired.hears(SessionExpired(eg.failure("rejected")))
    left.step(StartNew())
    left.succeed(StartNewConversation)
    left.open()
    for driver in (expired, left):
        driver.wait(500.0)
        assert not any(isinstance(event, SessionExpiring) for event in driver.events)


def test_a_stream_that_says_nothing_from_its_opening_on_is_left() -> None:
    driver = Driver(eg.profile(silence_s=10.0))
    driver.connect()
    driver.wait(10.4)
    assert status_of(driver) == "connected"
    driver.wait(0.2)
    assert status_of(driver) == "reconnecting"


def test_where_there_is_no_stream_its_silence_is_not_waited_for() -> None:
    driver = Driver(eg.profile(silence_s=10.0))
    driver.connect()
    driver.step(Disconnect())
    assert driver.session.next_deadline() is None


def test_a_stream_that_does_not_count_leaves_an_error_on_screen(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(0.2)
    live.fail(MarkRead, eg.failure("permission"))
    assert live.step(StreamOpened(99)) == [CloseStream(99)]
    assert live.session.last_error == eg.failure("permission")


def test_a_server_is_asked_for_a_sign_of_life_after_its_last_frame_and_after_a_refusal_again() -> None:
    driver = Driver(LIFE)
    driver.connect()
    driver.wait(20.0)
    driver.hears()
    driver.wait(29.9)
    assert driver.calls == []
    driver.wait(0.2)
    assert driver.calls == [CheckHealth()]
    driver.fail(CheckHealth, eg.failure("rejected"))
    driver.wait(30.0)
    assert driver.calls == [CheckHealth()]


def test_a_move_that_is_due_soon_is_not_made_at_once(live: Driver) -> None:
    assert live.hears(MoveRequested(0.5)) == []
    assert OpenStream(2) in live.wait(0.5)


def test_a_deaf_stream_is_said_to_be_lost_once_the_server_has_asked_for_another_too_often(
    live: Driver,
) -> None:
    for _ in range(MAX_MOVES):
        live.hears(MoveRequested(is_deaf=True))
        live.open()
    live.hears(MoveRequested(is_deaf=True))
    statuses = [event for event in live.events if isinstance(event, StatusChanged)]
    assert [event.status for event in statuses[-2:]] == ["connected", "reconnecting"]
    assert "no more events" in str(statuses[-1].detail)
    assert statuses[-1].retry_in_s is not None
