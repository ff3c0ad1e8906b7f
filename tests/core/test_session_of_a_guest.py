"""The session on the guest's side of the real platform: no typing off, no receipts, a session that ends."""

from __future__ import annotations

import msgspec
import pytest

from ipygenesys._core.machines.catch_up import RECONCILE_S
from ipygenesys._core.machines.send_rate import MARGIN
from ipygenesys._core.model.content import Answer, QuickReplies, QuickReply
from ipygenesys._core.model.effects import Call, CloseStream, Emit, OpenStream
from ipygenesys._core.model.events import (
    CapabilitiesChanged,
    ErrorRaised,
    HistoryPrepended,
    MessageRemoved,
    ReadPositionMoved,
    SessionExpiring,
    StatusChanged,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import (
    Clear,
    Connect,
    LoadOlder,
    MarkAllRead,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    RefreshAttachments,
    Send,
    StartNew,
    StopComposing,
    StreamOpened,
)
from ipygenesys._core.model.messages import Attachment, OutgoingFile
from ipygenesys._core.model.operations import (
    CheckHealth,
    ClearConversation,
    FetchHistory,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.model.platform_events import (
    Answered,
    CapabilitiesLearned,
    ConversationChanged,
    ConversationCleared,
    History,
    MessageArrived,
    MoveRequested,
    SessionExpired,
    SessionLifeLearned,
    TypingNoticed,
    TypingRefused,
)
from ipygenesys._core.model.profile import LifeRules, TypingRules
from tests import examples as eg
from tests.core.driver import Driver

ON, OFF = SetTyping(True), SetTyping(False)
EXPIRED = Failure(kind="rejected", message="The session has expired.", code="4006")
NAMELESS = {"participant_id": None}


@pytest.fixture
def live() -> Driver:
    """A guest that is connected and has caught up."""
    driver = Driver(
        eg.profile(
            own_participant_id=None,
            capabilities=eg.ALL_CAPABILITIES - {"send_read", "receive_read"},
            is_send_idempotent=False,
            typing_rules=TypingRules(refresh_s=5.0, spacing_s=5.0, has_off=False),
            max_sends_per_s=2,
            life_rules=LifeRules(health_check_s=30.0, notice_s=300.0),
        )
    )
    driver.connect()
    return driver


# --- typing without an off --------------------------------------------------------------------------------


def test_stopping_says_nothing_and_the_next_spell_keeps_its_distance(live: Driver) -> None:
    assert live.step(NoteKeystroke()) == [Call(ON)]
    live.succeed(SetTyping)
    assert live.step(StopComposing()) == []
    assert live.session.is_settled
    live.clock.advance(1.0)
    assert live.step(NoteKeystroke()) == []
    assert Call(ON) in live.wait(4.0)


def test_a_message_of_ours_lets_the_next_key_show_at_once(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.step(Send("d1", "hello"))
    live.clock.advance(MARGIN)
    live.succeed(PostMessage, eg.own_arrived(1, text="hello"))
    assert live.step(NoteKeystroke()) == [Call(ON)]


def test_messages_and_typing_share_two_sends_a_second_and_typing_gives_way(live: Driver) -> None:
    for number in (1, 2, 3):
        live.step(Send(f"d{number}", f"text {number}"))
    live.succeed(PostMessage, eg.own_arrived(1))
    live.step(NoteKeystroke())
    live.succeed(PostMessage, eg.own_arrived(2))
    assert live.calls == []
    assert live.wait(MARGIN / 2 - 0.01) == []
    assert live.wait(0.02) == [Call(PostMessage("d3", "text 3"))]
    assert live.session.conversation.counters["calls_delayed"] == 1


def test_after_a_refusal_it_is_slower_for_good(live: Driver) -> None:
    for number in (1, 2, 3):
        live.step(Send(f"d{number}", f"text {number}"))
    live.fail(PostMessage, eg.failure("rate_limited", retry_after_s=2.0))
    live.wait(4.0)
    assert live.calls == [PostMessage("d1", "text 1")]
    live.succeed(PostMessage, eg.own_arrived(1))
    assert live.calls == []
    assert live.wait(MARGIN - 0.01) == []
    assert live.wait(0.02) == [Call(PostMessage("d2", "text 2"))]


def test_typing_that_is_refused_slows_messages_down_too(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.hears(TypingRefused(eg.failure("rate_limited", retry_after_s=2.0)))
    live.step(Send("d1", "hello"))
    assert live.calls == []
    assert live.wait(MARGIN) == [Call(PostMessage("d1", "hello"))]


def test_typing_that_met_a_rate_limit_is_made_up_for_when_it_is_over(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.hears(TypingRefused(eg.failure("rate_limited", retry_after_s=2.0)))
    assert live.wait(1.9) == []
    assert live.wait(0.2) == [Call(ON)]


def test_typing_that_is_refused_after_all_is_counted_and_a_refusal_for_good_ends_it(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    live.hears(TypingRefused(eg.failure("rate_limited", retry_after_s=3.0)))
    assert "send_typing" in live.session.capabilities
    live.hears(TypingRefused(eg.failure("permission")))
    assert live.emitted(CapabilitiesChanged)
    assert "send_typing" not in live.session.capabilities
    assert not [event for event in live.events if isinstance(event, ErrorRaised)]
    assert live.session.conversation.counters["typing_refused"] == 2
    live.wait(6.0)
    assert live.step(NoteKeystroke()) == []


def test_typing_that_came_too_fast_waits(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.succeed(SetTyping)

    live.hears(TypingRefused(Failure(kind="rate_limited", message="Too many.", retry_after_s=20.0)))

    assert "send_typing" in live.session.capabilities
    live.wait(6.0)
    live.step(NoteKeystroke())
    assert live.called() == []


# --- who types to us --------------------------------------------------------------------------------------


def test_typing_that_names_nobody_is_of_whoever_wrote_last(live: Driver) -> None:
    typing = TypingNoticed(participant_id=None, is_typing=True)
    live.hears(typing)
    assert list(live.told_typing) == ["Agent"]

    live.hears(eg.arrived(2, sender="Ann", **NAMELESS))
    assert list(live.told_typing) == []
    live.hears(eg.arrived(1, sender="Bot", role="bot", **NAMELESS), typing)
    assert list(live.told_typing) == ["Ann"]


def test_neither_we_nor_the_system_type_to_us(live: Driver) -> None:
    live.hears(
        eg.arrived(1, sender="Notice", role="system", **NAMELESS),
        eg.arrived(2, sender="Me", role="customer", **NAMELESS),
        eg.arrived(3, sender=None, **NAMELESS),
        TypingNoticed(participant_id=None, is_typing=True),
    )

    assert live.told_typing == ("Agent",)


# --- what goes out ----------------------------------------------------------------------------------------


def test_an_answer_and_a_file_go_with_their_message(live: Driver) -> None:
    answer = Answer(text="Yes", payloads=("yes",), type="quick-reply")
    file = OutgoingFile(path="a.png", name="a.png", media_type="image/png", size_bytes=3)

    live.step(Send("d1", "Yes", answer, file))

    assert live.called() == [PostMessage("d1", "Yes", answer, file)]


def test_offered_answers_stay_with_their_message(live: Driver) -> None:
    replies = (QuickReply(text="Yes", payload="yes"),)
    live.hears(eg.arrived(1, content=(QuickReplies(replies=replies),)))

    live.hears(eg.arrived(1, attachments=()))

    assert live.timeline[0].quick_replies == live.timeline[0].options == replies


def test_files_get_other_addresses_and_keep_the_rest(live: Driver) -> None:
    files = (Attachment(name="a", url="old", id="A"), Attachment(name="b", url="b"))
    live.hears(eg.arrived(1, attachments=files))

    live.step(RefreshAttachments("m1"))
    assert live.calls == [RefreshAttachment("m1", "A")]
    fresh = Attachment(name="file", url="new", id="A")
    live.succeed(RefreshAttachment, MessageArrived(id="m1", has_content=False, attachments=(fresh,)))

    assert live.timeline[0].attachments == (Attachment(name="a", url="new", id="A"), files[1])


def test_addresses_of_what_is_not_there_change_nothing(live: Driver) -> None:
    live.step(RefreshAttachments("m1"))
    assert live.calls == []

    live.hears(eg.arrived(1, attachments=(Attachment(name="a", url="old", id="A"),)))
    for answer in (None, MessageArrived(id="m2", has_content=False)):
        live.step(RefreshAttachments("m1"))
        live.succeed(RefreshAttachment, answer)
    live.step(RefreshAttachments("m1"))
    live.fail(RefreshAttachment, EXPIRED)

    assert live.emitted(ErrorRaised) == [ErrorRaised(EXPIRED)]
    assert live.timeline[0].attachments[0].url == "old"


def test_an_older_page_that_shows_what_is_being_sent_waits_for_its_answer_as_the_stream_does() -> None:
    """Shown at once, it could not be tied to its draft any more, were the answer lost (schedule 10910)."""
    driver = Driver(eg.profile(capabilities=frozenset({"history"}), is_send_idempotent=False))
    driver.connect(eg.arrived(4), has_more=True)
    driver.step(Send("d1", "text 5"))
    driver.step(LoadOlder(3))
    page = (eg.own_arrived(1, time_ms=eg.START_MS - 9_000), eg.own_arrived(5, time_ms=eg.START_MS + 3_999))
    driver.succeed(FetchHistory, eg.history(*page))
    assert driver.ids == ["m1", "m4", "d1"]
    driver.fail(PostMessage, eg.failure("lost"))
    assert driver.ids == ["m1", "m5", "m4"]
    assert driver.timeline[1].draft_id == "d1"
    assert driver.session.is_settled


def test_what_was_asked_for_before_the_conversation_was_cleared_does_not_come_back() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    driver.connect(eg.arrived(4), has_more=True)
    driver.step(LoadOlder(3))
    driver.wait(RECONCILE_S)
    newest, older = driver.calls[1], driver.calls[0]
    driver.hears(ConversationCleared(by_us=False))
    driver.succeed(older, eg.history(eg.arrived(3), has_more=True))
    assert driver.emitted(HistoryPrepended) == [HistoryPrepended(count=0, has_older=False)]
    driver.succeed(newest, eg.history(eg.arrived(5)))
    assert driver.ids == []
    asked_again = driver.call(FetchHistory)
    driver.hears(ConversationCleared(by_us=False))
    driver.fail(asked_again, eg.failure("not_found"))
    assert "history" in driver.session.capabilities
    driver.succeed(FetchHistory, eg.history(eg.arrived(6)))
    assert driver.ids == ["m6"]


def test_a_message_that_waits_for_its_answer_is_cleared_with_the_others() -> None:
    """(Schedule 30154.)"""
    driver = Driver(eg.profile(capabilities=frozenset({"history"}), is_send_idempotent=False))
    driver.connect()
    driver.step(Send("d1", "text 5"))
    driver.hears(eg.own_arrived(5))
    driver.hears(ConversationCleared(by_us=False))
    driver.fail(PostMessage, eg.failure("lost"))
    assert driver.ids == ["d1"]


# --- reading, locally -------------------------------------------------------------------------------------


def test_what_is_seen_is_read_at_once_and_moves_our_own_position(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2), eg.arrived(3))
    live.step(NoteSeen(("m2",)))
    assert live.told_unread == 2
    assert live.emitted(ReadPositionMoved) == []
    live.step(NoteSeen(("m1",)))
    assert live.emitted(ReadPositionMoved) == [ReadPositionMoved(eg.START_MS + 2000)]
    live.step(MarkAllRead())
    assert live.emitted(ReadPositionMoved) == [ReadPositionMoved(eg.START_MS + 3000)]
    assert live.calls == []
    assert live.session.is_settled


def test_our_position_waits_until_history_shows_that_nothing_in_between_is_missing(live: Driver) -> None:
    """A message that was lost on the way comes late, and would count as read in the next run: nobody saw it."""
    late, seen = (msgspec.structs.replace(eg.arrived(n), sequence=None) for n in (1, 2))
    live.hears(seen)
    live.step(NoteSeen(("m2",)))
    assert live.emitted(ReadPositionMoved) == []
    live.wait(1.0)
    live.succeed(FetchHistory, eg.history(late, seen))
    assert live.emitted(ReadPositionMoved) == []
    live.step(NoteSeen(("m1",)))
    assert live.emitted(ReadPositionMoved) == [ReadPositionMoved(eg.START_MS + 2000)]


def test_who_marks_all_read_moves_the_position_at_once(live: Driver) -> None:
    live.hears(msgspec.structs.replace(eg.arrived(2), sequence=None))
    live.step(MarkAllRead())
    assert live.emitted(ReadPositionMoved) == [ReadPositionMoved(eg.START_MS + 2000)]


def test_our_position_takes_in_a_whole_second_when_nothing_more_can_have_been_said_in_it(
    live: Driver,
) -> None:
    """What comes later with the same time would count as read in the next run."""
    second_ms = eg.START_MS // 1000 * 1000 + 2000
    message = msgspec.structs.replace(eg.arrived(2), sequence=None, time_ms=second_ms)
    live.hears(message)
    live.step(MarkAllRead())
    assert live.emitted(ReadPositionMoved) == [ReadPositionMoved(second_ms - 1)]
    live.wait(1.0)
    live.succeed(FetchHistory, eg.history(message))
    assert live.emitted(ReadPositionMoved) == [ReadPositionMoved(second_ms)]


def test_a_page_that_holds_nothing_unread_does_not_move_it_over_older_ones() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    driver.connect(eg.own_arrived(5), has_more=True)
    assert not [event for event in driver.events if isinstance(event, ReadPositionMoved)]
    driver.hears(eg.arrived(6))
    driver.step(NoteSeen(("m6",)))
    assert driver.emitted(ReadPositionMoved) == [ReadPositionMoved(eg.START_MS + 6000)]


def test_what_older_pages_bring_holds_the_position_though_it_is_not_counted_as_unread() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    driver.connect(eg.arrived(5), has_more=True)
    driver.step(LoadOlder(50))
    driver.succeed(FetchHistory, eg.history(eg.arrived(4)))
    driver.step(NoteSeen(("m5",)))
    assert driver.told_unread == 0
    assert driver.emitted(ReadPositionMoved) == []
    driver.step(NoteSeen(("m4",)))
    assert driver.emitted(ReadPositionMoved) == [ReadPositionMoved(eg.START_MS + 5000)]


def test_what_is_older_than_our_read_position_is_read() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"}), read_up_to_ms=eg.START_MS + 1000))
    driver.connect(eg.arrived(1), eg.arrived(2))
    assert [message.status for message in driver.timeline] == ["read", "unread"]


# --- what the deployment says -----------------------------------------------------------------------------


def test_what_a_deployment_allows_is_learned_and_told(live: Driver) -> None:
    live.hears(CapabilitiesLearned(frozenset({"history"})))
    assert live.emitted(CapabilitiesChanged) == [CapabilitiesChanged(frozenset({"history"}), looks_on=True)]
    assert live.step(NoteKeystroke()) == []


def test_an_answer_to_a_frame_of_ours_means_nothing_to_the_session(live: Driver) -> None:
    assert live.hears(Answered(tracing_id="t")) == []


def test_a_platform_about_to_close_the_stream_is_left_in_time(live: Driver) -> None:
    assert live.hears(MoveRequested()) == [OpenStream(2)]


def test_a_conversation_that_is_over_says_why(live: Driver) -> None:
    live.hears(ConversationChanged(is_open=False, why=eg.failure("rejected")))
    assert live.told == StatusChanged(status="read_only", detail="It failed: rejected.", cause="rejected")


# --- the session's life -----------------------------------------------------------------------------------


def test_a_quiet_server_is_asked_for_a_sign_of_life(live: Driver) -> None:
    assert live.wait(30.0) == [Call(CheckHealth())]
    assert live.wait(60.0) == []
    live.succeed(CheckHealth)
    assert live.called() == [CheckHealth()], "nothing was heard meanwhile"
    live.hears()
    live.succeed(CheckHealth)
    live.wait(29.9)
    assert CheckHealth() not in live.calls
    live.wait(0.2)
    assert CheckHealth() in live.calls


def test_a_server_that_gives_no_sign_of_life_is_left_for_a_new_stream(live: Driver) -> None:
    live.wait(30.0)
    assert live.fail(CheckHealth, eg.failure("lost")) == [OpenStream(2)]
    assert live.session.conversation.counters["health_check_failed"] == 1


def test_a_refused_health_check_is_only_counted(live: Driver) -> None:
    live.wait(30.0)
    assert live.fail(CheckHealth, eg.failure("rate_limited")) == []
    assert live.session.connection.status == "connected"


def test_the_end_of_a_session_is_announced_at_once_if_it_is_near_and_in_time_else_and_once(
    live: Driver,
) -> None:
    assert live.hears(SessionLifeLearned(300.0)) == [Emit(SessionExpiring(300.0))]
    live.hears(SessionLifeLearned(1000.0))
    live.wait(750.0)
    announced = [event for event in live.events if isinstance(event, SessionExpiring)]
    assert [round(event.remaining_s) for event in announced] == [300, 300]


def test_an_expired_session_can_be_read_but_comes_back_only_as_another_one(live: Driver) -> None:
    live.hears(eg.arrived(1), TypingNoticed(participant_id=None, is_typing=True))
    assert CloseStream(1) in live.hears(SessionExpired(EXPIRED))
    assert live.told == StatusChanged(status="read_only", detail="The session has expired.", cause="expired")
    assert live.told_typing == ()
    assert live.session.next_deadline() is None
    assert live.ids == ["m1"]
    assert live.wait(3600.0) == []
    assert live.step(StartNew()) == [Call(StartNewConversation())]
    assert OpenStream(2) in live.succeed(StartNewConversation)
    live.step(StreamOpened(2))
    assert live.called() == [FetchHistory(limit=200)]
    live.succeed(FetchHistory, eg.history(eg.arrived(5)))
    assert live.ids == ["m1", "m5"]


def test_what_waits_when_the_session_ends_fails_and_does_not_go_into_the_next_conversation() -> None:
    driver = Driver(eg.profile(is_send_idempotent=False, sends_on_stream=True, max_sends_per_s=2))
    driver.connect()
    for number in (1, 2):
        driver.step(Send(f"d{number}", f"text {number}"))

    driver.hears(SessionExpired(EXPIRED))
    driver.step(Send("d3", "too late"))

    waited, late = driver.timeline[1:]
    assert (waited.status, waited.cause, late.status, late.cause) == ("failed", "expired") * 2
    driver.step(StartNew())
    driver.succeed(StartNewConversation)
    driver.open()
    driver.wait(MARGIN)
    assert [call.draft_id for call in driver.calls if isinstance(call, PostMessage)] == ["d1"]


def test_another_conversation_begins_on_another_stream_and_what_was_said_stays(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.hears(ConversationChanged(False, EXPIRED))

    live.step(StartNew())
    assert live.calls == [StartNewConversation()]
    effects = live.succeed(StartNewConversation)

    assert [type(effect) for effect in effects[:2]] == [CloseStream, OpenStream]
    live.open()
    assert live.called() == [FetchHistory(after=None)]
    live.succeed(FetchHistory, History((), has_more=False))
    assert live.ids == ["m1"]
    assert live.told.status == "connected"


@pytest.mark.parametrize("is_over", [True, False], ids=["over", "still open"])
def test_what_is_written_once_another_conversation_was_asked_for_goes_into_that_one(is_over: bool) -> None:
    driver = Driver(eg.profile(is_send_idempotent=False, sends_on_stream=True))
    driver.connect()
    if is_over:
        driver.hears(ConversationChanged(False, EXPIRED))
    driver.step(StartNew())
    driver.step(NoteKeystroke())
    driver.step(Send("d1", "for the next one"))

    assert driver.wait(60.0) == []
    assert [message.status for message in driver.timeline] == ["sending"]
    driver.succeed(StartNewConversation)
    assert [call for call in driver.calls if isinstance(call, PostMessage)] == []
    driver.open()
    driver.succeed(FetchHistory, History((), has_more=False))
    assert [call.draft_id for call in driver.calls if isinstance(call, PostMessage)] == ["d1"]


def test_what_was_written_for_a_conversation_that_does_not_begin_fails_with_the_reason() -> None:
    driver = Driver(eg.profile(is_send_idempotent=False, sends_on_stream=True))
    driver.connect()
    driver.step(StartNew())
    driver.step(Send("d1", "for the next one"))

    driver.fail(StartNewConversation, Failure(kind="rejected", message="Not now."))

    [message] = driver.timeline
    assert (message.status, message.error) == ("failed", "Not now.")
    driver.step(Send("d2", "for this one"))
    assert [call.draft_id for call in driver.calls if isinstance(call, PostMessage)] == ["d2"]


def test_another_conversation_can_be_the_first_one() -> None:
    live = Driver(eg.profile())

    live.step(StartNew())
    live.succeed(StartNewConversation)

    assert live.told.status == "connecting"
    assert live.step(Connect()) == []


@pytest.mark.parametrize("command", [StartNew(), Clear()])
def test_what_the_user_asked_for_and_did_not_get_is_an_error(live: Driver, command: StartNew | Clear) -> None:
    live.step(command)
    assert live.fail(live.calls[0], eg.failure("lost")) == [Emit(ErrorRaised(eg.failure("lost")))]
    assert live.session.last_error == eg.failure("lost")


# --- clearing ---------------------------------------------------------------------------------------------


def test_a_conversation_that_we_clear_is_gone_and_begins_anew(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2))
    live.hears(eg.receipt("m9"))
    live.step(Send("d1", "hello"))
    live.fail(PostMessage, eg.failure("rejected"))
    live.step(Send("d2", "on its way"))
    assert live.step(Clear()) == [Call(ClearConversation())]
    assert live.succeed(ClearConversation) == []
    effects = live.hears(ConversationCleared(by_us=True))
    assert [
        event.message.id for event in live.emitted(MessageRemoved) if isinstance(event, MessageRemoved)
    ] == ["m2", "m1"]
    assert live.ids == ["d1", "d2"]
    assert live.told_unread == 0
    assert live.told.status == "connecting"
    assert CloseStream(1) in effects
    assert OpenStream(2) in effects
    live.open()
    assert live.called() == [FetchHistory(limit=200)]


def test_a_conversation_that_the_platform_clears_stays_connected(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.hears(ConversationCleared(by_us=False))
    assert live.ids == []
    assert live.told.status == "connected"
    assert live.step(LoadOlder(50)) == []
    assert live.step(ReconnectNow()) == []


IN_DOUBT = ConversationCleared(by_us=False, is_certain=False)


def unnumbered(number: int) -> MessageArrived:
    """As the guest's server says it."""
    return eg.arrived(number, sequence=None)


def test_a_conversation_that_may_be_cleared_is_empty_once_history_lacks_it(live: Driver) -> None:
    """(Schedule 43376.)"""
    live.hears(unnumbered(1), unnumbered(2))
    live.step(Send("d1", "hello"))
    live.hears(IN_DOUBT)
    live.hears(unnumbered(3))
    assert live.ids == ["m1", "m2", "m3", "d1"]
    live.wait(RECONCILE_S)
    live.succeed(FetchHistory, eg.history(unnumbered(3), unnumbered(4)))
    assert live.ids == ["m3", "m4", "d1"]
    assert live.received == ["m1", "m2", "m3", "m4"]


def test_a_conversation_that_may_be_cleared_stays_when_history_still_has_it(live: Driver) -> None:
    live.hears(unnumbered(1), unnumbered(2))
    live.hears(IN_DOUBT)
    live.wait(RECONCILE_S)
    live.succeed(FetchHistory, eg.history(unnumbered(1), unnumbered(3)))
    live.wait(RECONCILE_S)
    live.succeed(FetchHistory, eg.history())
    assert live.ids == ["m1", "m2", "m3"]
    assert live.received == ["m1", "m2", "m3"]


def test_what_a_stream_has_brought_since_a_clearing_does_not_hide_it(live: Driver) -> None:
    """It came before anything was said of a clearing, on the stream that was opened next (schedule 13826)."""
    live.hears(unnumbered(1), unnumbered(2), unnumbered(3))
    live.hears(IN_DOUBT)
    live.wait(RECONCILE_S)
    live.succeed(FetchHistory, eg.history(unnumbered(3), unnumbered(4)))
    assert live.ids == ["m3", "m4"]


def test_a_history_that_goes_on_from_what_was_read_was_not_cleared(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.hears(IN_DOUBT)
    live.wait(RECONCILE_S)
    assert live.call(FetchHistory) == FetchHistory(after="m1", limit=200)
    live.succeed(FetchHistory, eg.history())
    assert live.ids == ["m1"]


def test_only_the_end_of_history_tells_that_a_conversation_was_cleared(live: Driver) -> None:
    live.hears(unnumbered(1))
    live.hears(IN_DOUBT)
    live.wait(RECONCILE_S)
    live.succeed(FetchHistory, eg.history(unnumbered(4), has_more=True))
    assert live.ids == ["m1", "m4"]
    live.succeed(FetchHistory, eg.history(unnumbered(3)))
    assert live.ids == ["m3", "m4"]


def test_a_last_page_that_is_empty_takes_nothing_away_that_history_has(live: Driver) -> None:
    """As many messages as fill the pages (schedule 4011327)."""
    live.hears(unnumbered(1), unnumbered(4), unnumbered(5))
    live.hears(IN_DOUBT)
    live.wait(RECONCILE_S)
    live.succeed(FetchHistory, eg.history(unnumbered(3), unnumbered(5), has_more=True))
    live.succeed(FetchHistory, eg.history())
    assert live.ids == ["m3", "m4", "m5"], "the fourth may have come too late for the page"


def test_what_was_asked_for_before_the_doubt_does_not_settle_it(live: Driver) -> None:
    live.hears(unnumbered(1))
    live.wait(RECONCILE_S)
    before = live.call(FetchHistory)
    live.hears(IN_DOUBT)
    live.succeed(before, eg.history(unnumbered(1)))
    live.succeed(FetchHistory, eg.history())
    assert live.ids == []


def test_connecting_twice_after_an_end_is_one_stream(live: Driver) -> None:
    live.hears(ConversationCleared(by_us=True))
    assert live.step(Connect()) == []
