"""One test for each flaw of the tutorial that is decided in the core: reference/realtime.md, section 1."""

# Decided elsewhere, and tested there:
#   1-7    the API's reality: hosts, scopes, SDK         -> README, tests/io, tests/simulator
#   8, 10  secrets and server errors on screen           -> tests/io, tests/e2e
#   9      whose credentials                             -> README
#   12, 13 a token at each attempt, none before a login  -> tests/io (the core asks for the stream only: test_flaw_13)
#   19     heartbeat of the socket                       -> tests/io
#   28     stick to the bottom only if there already     -> js/test, tests/view
#   36     owned tasks                                   -> tests/io
#   38     what counts as seen                           -> js/test, tests/view (the core asks for nothing unseen)
#   46     timeouts and cancellation                     -> tests/io
#   50     the limiter of the REST layer                 -> tests/io (priority of messages over typing: test_flaw_50)

from __future__ import annotations

import pytest

from ipygenesys._core.machines.backoff import backoff_s, parse_retry_after
from ipygenesys._core.machines.send_rate import MARGIN
from ipygenesys._core.model.effects import Call, CloseStream, Emit, OpenStream
from ipygenesys._core.model.events import ErrorRaised, StatusChanged
from ipygenesys._core.model.failures import ErrorDetails, FailureKind, failure_of_status
from ipygenesys._core.model.inputs import (
    Connect,
    Disconnect,
    FrameReceived,
    MarkAllRead,
    NoteKeystroke,
    NoteSeen,
    Send,
    StopComposing,
    StreamLost,
    StreamOpened,
    Tick,
    TokenRenewed,
)
from ipygenesys._core.model.operations import (
    FetchHistory,
    FetchMessage,
    MarkRead,
    MarkReadUpTo,
    PostMessage,
    SetTyping,
)
from ipygenesys._core.model.platform_events import FrameIgnored
from ipygenesys._core.model.stream_loss import StreamLoss
from tests import examples as eg
from tests.core.driver import Driver

ON, OFF = SetTyping(True), SetTyping(False)


@pytest.fixture
def live() -> Driver:
    driver = Driver()
    driver.connect()
    return driver


def type_for(driver: Driver, seconds: float, *, every: float = 0.25) -> list[float]:
    """Press keys at a steady pace; returns when "on" was told."""
    told = list[float]()
    end = driver.clock.monotonic + seconds
    while driver.clock.monotonic < end:
        effects = driver.step(NoteKeystroke())
        if Call(ON) in effects:
            told.append(driver.clock.monotonic)
            driver.succeed(SetTyping)
        assert Call(OFF) not in effects
        driver.wait(every)
    return told


def typists(driver: Driver) -> tuple[str, ...]:
    return driver.session.conversation.typing.participant_ids


# --- secrets ----------------------------------------------------------------------------------------------


def test_flaw_11_nothing_that_carries_text_shows_it(live: Driver) -> None:
    live.step(Send("d1", "secret words"))
    live.hears(eg.arrived(1, text="secret words"))
    words = repr((live.effects, live.events, live.calls, live.timeline, live.session.outbox.get("d1")))
    assert "secret words" not in words


# --- event stream -----------------------------------------------------------------------------------------


def test_flaw_13_no_stream_is_opened_before_somebody_asks() -> None:
    driver = Driver()
    assert driver.wait(3600.0) == []
    assert driver.step(Connect())[0] == OpenStream(1)


def test_flaw_14_reconnects_are_jittered_capped_and_reset_only_by_a_stream_that_lasted(live: Driver) -> None:
    live.clock.jitter = 0.999
    waits = list[float]()
    for _ in range(9):
        live.lose(failure=eg.failure("unreachable"))
        waits.append(live.told.retry_in_s or 0.0)
        live.wait(waits[-1])
    assert waits == pytest.approx([3, 3, 3, 4, 8, 16, 30, 30, 30], rel=0.01)
    live.open()
    live.clock.advance(1.0)
    live.lose(failure=eg.failure("unreachable"))
    assert live.told.retry_in_s == pytest.approx(30.0, rel=0.01)
    live.wait(30.0)
    live.open()
    live.clock.jitter = 0.5
    live.clock.advance(10.0)
    live.lose()
    assert live.told.retry_in_s == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("code", "status", "is_tried_again"),
    [(1006, "reconnecting", True), (1002, "failed", False), (4001, "reconnecting", True)],
)
def test_flaw_15_what_a_close_code_says_decides(
    live: Driver, code: int, status: str, is_tried_again: bool
) -> None:
    effects = live.lose(code) + live.wait(3600.0)
    assert any(isinstance(effect, OpenStream) for effect in effects) == is_tried_again
    assert (live.told.status == "failed") == (status == "failed")


def test_flaw_16_a_close_of_ours_is_not_followed_by_a_reconnect(live: Driver) -> None:
    assert CloseStream(1) in live.step(Disconnect())
    assert live.step(StreamLost(1, StreamLoss(close_code=1000))) == []
    assert live.wait(3600.0) == []


def test_flaw_17_a_stream_that_is_replaced_starts_no_third_one(live: Driver) -> None:
    assert live.step(TokenRenewed()) == [OpenStream(2)]
    assert live.step(TokenRenewed()) == []
    assert CloseStream(1) in live.step(StreamOpened(2))
    assert live.step(StreamLost(1, StreamLoss(close_code=1000))) == []
    assert not [effect for effect in live.wait(10.0) if isinstance(effect, OpenStream)]


def test_flaw_18_frames_of_an_old_stream_do_not_count(live: Driver) -> None:
    live.step(TokenRenewed())
    live.step(StreamOpened(2))
    assert live.step(FrameReceived(1, (eg.arrived(1),))) == []


def test_flaw_20_a_stream_about_to_end_is_replaced_in_time(live: Driver) -> None:
    assert live.lose(4001)[0] == OpenStream(2, fresh_token=True)


def test_flaw_21_what_was_missed_is_read_from_history_once_and_in_order(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.lose()
    live.wait(2.0)
    live.open()
    live.hears(eg.arrived(4))
    live.succeed(FetchHistory, eg.history(*(eg.arrived(n) for n in (1, 2, 3, 4))))
    assert live.ids == ["m1", "m2", "m3", "m4"]
    assert live.received == ["m1", "m2", "m3", "m4"]


def test_flaw_22_a_gap_is_noticed_and_order_is_the_servers(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.wait(120.0)
    live.succeed(FetchHistory, eg.history(eg.arrived(1)))
    live.hears(eg.arrived(3))
    assert live.wait(1.0) == [Call(FetchHistory(after="m1", limit=200))]
    live.succeed(FetchHistory, eg.history(eg.arrived(2), eg.arrived(3)))
    assert live.ids == ["m1", "m2", "m3"]


def test_flaw_23_text_sender_and_server_time_are_kept_and_a_bare_frame_is_fetched(live: Driver) -> None:
    live.hears(eg.arrived(1))
    assert live.timeline == (eg.message(1),)
    live.hears(eg.bare(2))
    assert live.called() == [FetchMessage("m2")]
    live.succeed(FetchMessage, eg.arrived(2))
    assert live.session.conversation.timeline.get("m2") == eg.message(2)


def test_flaw_24_our_own_messages_are_neither_unread_nor_acknowledged(live: Driver) -> None:
    live.hears(eg.own_arrived(1))
    assert live.timeline[0].status == "sent"
    live.step(MarkAllRead())
    live.step(NoteSeen(("m1",)))
    assert live.wait(10.0) == []


def test_flaw_25_a_frame_that_cannot_be_read_is_no_message_and_no_end(live: Driver) -> None:
    live.hears(FrameIgnored("malformed"), eg.arrived(1))
    assert live.session.conversation.counters["malformed"] == 1
    assert live.ids == ["m1"]


def test_flaw_26_a_duplicate_costs_nothing_and_changes_nothing(live: Driver) -> None:
    live.hears(*(eg.arrived(n) for n in range(1, 1001)))
    assert live.hears(*(eg.arrived(n) for n in range(1, 1001))) == []
    assert live.session.conversation.counters["duplicate"] == 1000


def test_flaw_27_frames_of_other_conversations_are_counted(live: Driver) -> None:
    live.hears(FrameIgnored("other_conversation"))
    assert live.session.conversation.counters["other_conversation"] == 1


# --- typing -----------------------------------------------------------------------------------------------


def test_flaw_29_a_steady_typist_is_shown_from_the_first_keystroke(live: Driver) -> None:
    start = live.clock.monotonic
    assert type_for(live, 2.0) == [start]


def test_flaw_30_typing_is_refreshed_every_four_seconds(live: Driver) -> None:
    start = live.clock.monotonic
    assert type_for(live, 13.0) == [start, start + 4.0, start + 8.0, start + 12.0]


@pytest.mark.parametrize("edge", ["idle", "send", "clear", "close", "disconnect"])
def test_flaw_31_every_way_to_stop_ends_typing_once(live: Driver, edge: str) -> None:
    type_for(live, 1.0)
    effects = {
        "idle": lambda: live.wait(5.0),
        "send": lambda: live.step(Send("d1", "hello")),
        "clear": lambda: live.step(StopComposing()),
        "close": lambda: live.step(Disconnect()),
        "disconnect": lambda: live.lose(),
    }[edge]()
    assert effects.count(Call(OFF)) == 1
    live.succeed(SetTyping)
    assert live.wait(0.9).count(Call(OFF)) == 0


def test_flaw_32_leaving_an_untouched_composer_says_nothing(live: Driver) -> None:
    assert live.step(StopComposing()) == []


def test_flaw_33_their_typing_expires_is_theirs_alone_and_never_ours(live: Driver) -> None:
    live.hears(eg.typing(), eg.typing(participant_id=eg.OTHER_AGENT), eg.typing(participant_id=eg.CUSTOMER))
    assert typists(live) == (eg.AGENT, eg.OTHER_AGENT)
    live.hears(eg.arrived(1))
    assert typists(live) == (eg.OTHER_AGENT,)
    live.wait(6.5)
    assert typists(live) == ()


def test_flaw_34_a_rate_limited_typing_call_is_not_repeated_when_it_is_stale(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.fail(SetTyping, eg.failure("rate_limited", retry_after_s=20.0))
    assert [effect for effect in live.wait(60.0) if isinstance(effect, Call)] == []


def test_flaw_35_on_and_off_cannot_overtake_each_other(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.step(StopComposing())
    assert live.wait(3.0) == []
    assert live.succeed(SetTyping) == [Call(OFF)]


def test_flaw_37_messages_can_be_sent_and_have_a_state(live: Driver) -> None:
    assert Call(PostMessage("d1", "hello")) in live.step(Send("d1", "hello"))
    assert live.timeline[0].status == "sending"


# --- receipts ---------------------------------------------------------------------------------------------


def test_flaw_38_a_message_that_only_arrived_is_not_read(live: Driver) -> None:
    live.hears(eg.arrived(1))
    assert live.wait(60.0) == []
    assert live.told_unread == 1


def test_flaw_39_a_failed_receipt_leaves_the_message_unread_and_is_tried_again(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(0.2)
    live.hears(eg.arrived(2))
    live.fail(MarkRead, eg.failure("unavailable"))
    assert live.told_unread == 2
    assert live.wait(3.0) == [Call(MarkRead("m1"), is_again=True)]
    live.succeed(MarkRead)
    assert [message.status for message in live.timeline] == ["read", "unread"]


def test_flaw_40_messages_seen_while_a_receipt_flies_are_not_asked_for_again(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2))
    live.step(NoteSeen(("m1",)))
    live.wait(0.2)
    live.step(NoteSeen(("m1", "m2")))
    assert live.wait(0.2) == [Call(MarkRead("m2"))]


def test_flaw_41_sixty_unread_messages_are_one_call_or_four_at_a_time(live: Driver) -> None:
    live.hears(*(eg.arrived(n) for n in range(1, 61)))
    live.step(MarkAllRead())
    (call,) = live.wait(0.2)
    assert isinstance(call, Call)
    assert isinstance(call.operation, MarkReadUpTo)
    assert len(call.operation.batch) == 60
    live.fail(MarkReadUpTo, eg.failure("unsupported"))
    answered = 0
    while live.calls:
        assert len(live.calls) <= 4
        live.succeed(MarkRead)
        answered += 1
    assert answered == 60
    assert live.told_unread == 0


def test_flaw_42_receipts_survive_a_reconnect(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.lose()
    live.wait(2.0)
    live.open()
    live.wait(0.2)
    assert MarkRead("m1") in live.calls


# --- REST -------------------------------------------------------------------------------------------------


def test_flaw_43_trying_again_has_an_end(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    tries = 0
    while any(isinstance(call, PostMessage) for call in live.calls):
        tries += 1
        live.fail(PostMessage, eg.failure("rate_limited", retry_after_s=5.0))
        live.wait(7.0)
    assert tries <= 7
    assert live.timeline[0].status == "failed"


def test_flaw_44_the_wait_doubles_has_jitter_and_respects_the_server() -> None:
    assert backoff_s(6, jitter=0.0) < backoff_s(6, jitter=0.5) < backoff_s(6, jitter=0.9) < 30.0
    assert backoff_s(0, jitter=0.0, floor_s=40.0) == 40.0


@pytest.mark.parametrize("header", ["Wed, 21 Oct 2015 07:28:00 GMT", "0", "-1", "1e300", "junk", "", None])
def test_flaw_45_no_retry_after_makes_a_storm_or_waits_for_ever(header: str | None) -> None:
    assert 0.5 <= parse_retry_after(header, now_epoch=1_800_000_000.0) <= 120.0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "authentication"),
        (403, "permission"),
        (404, "not_found"),
        (429, "rate_limited"),
        (503, "unavailable"),
    ],
)
def test_flaw_47_failures_are_told_apart_by_status_and_not_by_words(status: int, kind: FailureKind) -> None:
    details = ErrorDetails(code="words about 401")
    failure = failure_of_status(status, what="x", details=details, needs=(), retry_after_s=None)
    assert failure.kind == kind


def test_flaw_48_a_refusal_is_shown_and_a_passing_failure_is_counted(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(0.2)
    live.fail(MarkRead, eg.failure("unavailable"))
    assert live.session.conversation.counters["unavailable"] == 1
    live.wait(3.0)
    assert Emit(ErrorRaised(eg.failure("permission"))) in live.fail(MarkRead, eg.failure("permission"))


def test_flaw_49_what_passes_is_tried_again_and_a_refused_token_is_replaced_once() -> None:
    driver = Driver()
    driver.step(Connect())
    assert driver.lose(None, eg.failure("unavailable"))[0] == Emit(driver.told)
    driver.wait(3.0)
    assert driver.lose(None, eg.failure("authentication"))[0] == OpenStream(3, fresh_token=True)
    driver.lose(None, eg.failure("authentication"))
    assert driver.told == StatusChanged(
        status="failed", detail="It failed: authentication.", cause="authentication"
    )


def test_flaw_50_messages_go_before_typing_where_the_platform_counts_both() -> None:
    driver = Driver(eg.profile(max_sends_per_s=1))
    driver.connect()
    driver.step(NoteKeystroke())
    assert ON in driver.calls
    driver.step(Send("d1", "hello"))
    driver.succeed(SetTyping)
    driver.step(NoteKeystroke())
    driver.clock.advance(MARGIN)
    driver.step(Tick())
    assert driver.called() == [PostMessage("d1", "hello")]
