"""Sending: in order, when the stream and history allow it, and what the user does with drafts; our typing."""

from __future__ import annotations

import hashlib
import uuid

import pytest

from ipygenesys._core.machines.send_rate import MARGIN
from ipygenesys._core.model.effects import Call, CancelSend
from ipygenesys._core.model.inputs import (
    Connect,
    Discard,
    Disconnect,
    EndSending,
    HoldTyping,
    NoteKeystroke,
    Retry,
    Send,
    StopComposing,
)
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import FetchHistory, PostMessage, SetTyping
from ipygenesys._core.model.platform_events import ConversationChanged
from ipygenesys._core.session.sending import KNOW_FIRST_S
from tests import examples as eg
from tests.core.driver import Driver

ON, OFF = SetTyping(True), SetTyping(False)
FILE = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=1)


def status_of(driver: Driver, index: int = 0) -> str:
    return driver.timeline[index].status


def is_settled(driver: Driver) -> bool:
    return driver.session.is_settled


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


def test_an_echo_that_comes_again_changes_nothing(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    echo = eg.own_arrived(1, text="hello", draft_id="d1")
    live.hears(echo)
    assert live.hears(echo) == []
    assert live.ids == ["m1"]


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


def test_a_send_that_fails_for_now_is_counted_and_goes_out_again(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.fail(PostMessage, eg.failure("unreachable"))
    assert status_of(live) == "sending"
    assert live.session.conversation.counters["unreachable"] == 1
    assert Call(PostMessage("d1", "hello"), is_again=True) in live.wait(3.0)


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


def test_typing_is_not_held_in_a_conversation_that_is_over(live: Driver) -> None:
    live.hears(ConversationChanged(is_open=False))
    assert live.step(HoldTyping()) == []
    live.step(Disconnect())
    assert live.step(HoldTyping()) == []
    assert live.wait(100.0) == []


@pytest.mark.parametrize("is_accepted", [True, False])
def test_the_platform_counts_a_message_from_its_answer_on(is_accepted: bool) -> None:
    driver = Driver(eg.profile(max_sends_per_s=1))
    driver.connect()
    driver.step(Send("d1", "one"))
    driver.step(Send("d2", "two"))
    driver.clock.advance(0.9)
    if is_accepted:
        driver.succeed(PostMessage, eg.own_arrived(1, draft_id="d1"))
    else:
        driver.fail(PostMessage, eg.failure("rejected"))
    driver.wait(MARGIN - 0.01)
    assert driver.calls == []
    driver.wait(0.02)
    assert driver.calls == [PostMessage("d2", "two")]


def test_a_message_waits_for_a_stream_that_is_coming_back() -> None:
    driver = Driver(eg.profile(sends_on_stream=True))
    driver.connect()
    driver.lose()
    driver.step(Send("d1", "hello"))
    assert status_of(driver) == "sending"


def test_that_we_have_stopped_typing_is_told_at_the_end_though_the_stream_is_closed_by_then() -> None:
    driver = Driver(eg.profile(sends_on_stream=True))
    driver.connect()
    driver.step(HoldTyping())
    driver.succeed(SetTyping)
    driver.step(Disconnect())
    assert OFF not in driver.called() and not is_settled(driver)
    assert driver.wait(0.5) == [Call(OFF)]
    driver.succeed(SetTyping)
    assert is_settled(driver)


def test_the_sooner_of_a_message_and_typing_is_due(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.fail(PostMessage, eg.failure("unavailable"))
    live.step(NoteKeystroke())
    live.succeed(SetTyping)
    assert live.session.next_deadline() == live.session.outbox.next_deadline()


def test_in_an_empty_conversation_a_lost_send_is_known_however_far_our_clock_is_ahead() -> None:
    driver = Driver(eg.profile(is_send_idempotent=False))
    driver.connect()
    driver.step(Send("d1", "hello"))
    driver.fail(PostMessage, eg.failure("lost"))
    long_ago = driver.clock.wall_ms - 86_400_000
    driver.succeed(FetchHistory, eg.history(eg.own_arrived(1, text="hello", time_ms=long_ago)))
    assert [(message.id, message.draft_id) for message in driver.timeline] == [("m1", "d1")]


HOUR_MS = 3_600_000


@pytest.mark.parametrize("ahead_ms", [-HOUR_MS, HOUR_MS])
@pytest.mark.parametrize("knows_before", [False, True])
def test_a_message_sent_blind_is_recognised_by_the_servers_clock_however_wrong_ours_is(
    ahead_ms: int, knows_before: bool
) -> None:
    """The first history is late and the answer is lost; the same words were said before (schedule 98745)."""
    driver = Driver(eg.profile(sends_on_stream=True, is_send_idempotent=False))
    server_ms = driver.clock.wall_ms - ahead_ms
    if knows_before:
        driver.clock.learn(server_ms)
    driver.step(Connect())
    driver.step(Send("d1", "hello"))
    driver.open()
    driver.wait(KNOW_FIRST_S)
    driver.fail(PostMessage, eg.failure("lost"))
    driver.wait(2.0)
    sent_ms = server_ms + 3_000
    if not knows_before:
        driver.clock.learn(sent_ms + 2_000)
    before = eg.own_arrived(1, text="hello", time_ms=sent_ms - 60_000)
    driver.succeed(FetchHistory, eg.history(before, eg.own_arrived(2, text="hello", time_ms=sent_ms)))
    assert [(message.id, message.draft_id) for message in driver.timeline] == [("m1", None), ("m2", "d1")]


def test_the_second_of_two_messages_has_an_id_that_follows_from_the_first() -> None:
    driver = Driver(eg.profile(files_go_alone=True))
    driver.connect()
    driver.step(Send("d1", "words", None, FILE))
    (_, words) = driver.timeline
    digits = list(hashlib.blake2b(b"d1", digest_size=16).hexdigest())
    digits[12] = digits[16] = "8"
    assert words.id == str(uuid.UUID("".join(digits)))
    assert (uuid.UUID(words.id).version, uuid.UUID(words.id).variant) == (8, uuid.RFC_4122)


def test_at_the_end_what_waits_has_failed_and_what_is_under_way_is_unknown(live: Driver) -> None:
    live.step(Send("d1", "under way"))
    live.step(Send("d2", "waits"))
    live.step(Disconnect())
    live.step(EndSending(eg.failure("cancelled")))
    assert [status_of(live, index) for index in range(2)] == ["unknown", "failed"]
    live.step(EndSending(eg.failure("cancelled")))
    assert [status_of(live, index) for index in range(2)] == ["unknown", "failed"]
