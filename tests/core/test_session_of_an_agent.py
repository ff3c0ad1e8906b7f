"""The session where frames hold no text, no draft ids come back, and a role does not say who we are."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.effects import Call, CloseStream, OpenStream
from ipygenesys._core.model.events import ErrorRaised
from ipygenesys._core.model.inputs import Connect, Disconnect, FrameReceived, Restore, Send, StreamOpened
from ipygenesys._core.model.kept import DurableState
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import FetchHistory, FetchMessages, PostMessage
from ipygenesys._core.model.platform_events import History, MoveRequested, OwnPartLearned, StreamRefused
from tests import examples as eg
from tests.core.agents import COLLEAGUE, ME, agent, connected_agent, from_guest, from_me, without_text
from tests.core.driver import Driver


@pytest.fixture
def live() -> Driver:
    return connected_agent()


# --- content in bulk --------------------------------------------------------------------------------------


def test_a_file_with_a_text_goes_out_as_two_messages_where_a_message_holds_one_of_them() -> None:
    driver = agent(files_go_alone=True)
    driver.connect()
    driver.hears(OwnPartLearned((ME,)))
    file = OutgoingFile(path="/tmp/a", name="a", media_type="text/plain", size_bytes=1)
    driver.step(Send("d1", "the invoice", None, file))
    assert driver.called() == [PostMessage("d1", "", None, file)]
    driver.step(Send("d1", "the invoice", None, file))
    first, second = driver.timeline
    assert [(first.id, first.text), second.text] == [("d1", ""), "the invoice"]
    driver.succeed(PostMessage, eg.own_arrived(1, participant_id=ME, role="agent", text=""))
    assert driver.called() == [PostMessage(second.id, "the invoice")]
    driver.step(Send("d3", "", None, file))
    driver.step(Send("d4", "only words"))
    assert [message.text for message in driver.timeline[2:]] == ["", "only words"]


def test_bare_messages_of_one_frame_are_fetched_in_one_call(live: Driver) -> None:
    live.hears(*(without_text(from_guest(n)) for n in range(1, 4)))
    assert live.called() == [FetchMessages(("m1", "m2", "m3"))]
    live.succeed(FetchMessages, History(tuple(from_guest(n) for n in range(1, 4)), False))
    assert [message.text for message in live.timeline] == ["text 1", "text 2", "text 3"]
    assert live.received == ["m1", "m2", "m3"]


def test_what_the_bulk_answer_lacks_is_unavailable(live: Driver) -> None:
    live.hears(without_text(from_guest(1)), without_text(from_guest(2)))
    live.succeed(FetchMessages, History((from_guest(2),), False))
    assert [message.is_unavailable for message in live.timeline] == [True, False]
    assert live.received == ["m2", "m1"]


def test_an_answer_that_holds_nothing_leaves_all_of_them_unavailable(live: Driver) -> None:
    live.hears(without_text(from_guest(1)))
    live.succeed(FetchMessages, None)
    assert live.timeline[0].is_unavailable


def test_a_bulk_call_that_failed_for_now_is_made_again(live: Driver) -> None:
    live.hears(without_text(from_guest(1)))
    live.fail(FetchMessages, eg.failure("unavailable"))
    assert not live.timeline[0].is_unavailable
    assert Call(FetchMessages(("m1",)), is_again=True) in live.wait(4.0)


def test_a_refused_bulk_call_is_reported_and_given_up(live: Driver) -> None:
    live.hears(without_text(from_guest(1)))
    live.fail(FetchMessages, eg.failure("permission"))
    assert live.timeline[0].is_unavailable
    assert live.emitted(ErrorRaised) == [ErrorRaised(eg.failure("permission"))]
    assert live.session.conversation.counters["message_unavailable"] == 1


def test_a_bulk_answer_means_nothing_to_a_session_that_does_not_fetch_in_bulk() -> None:
    live = agent(fetches_in_bulk=False)
    live.connect()
    live.calls.append(FetchMessages(("m1",)))
    live.succeed(FetchMessages, History((from_guest(1),), False))
    live.calls.append(FetchMessages(("m2",)))
    live.fail(FetchMessages, eg.failure("unavailable"))
    assert live.ids == ["m1"]


# --- who we are -------------------------------------------------------------------------------------------


def test_another_agents_message_is_not_ours(live: Driver) -> None:
    live.hears(from_me(1), eg.arrived(2, participant_id=COLLEAGUE, role="agent", sequence=None))
    assert [message.is_own for message in live.timeline] == [True, False]


def test_another_agents_typing_shows(live: Driver) -> None:
    live.hears(eg.presence(COLLEAGUE, name="Ben", role="agent"), eg.typing(participant_id=COLLEAGUE))
    assert live.session.conversation.typing_names == ("Ben",)
    live.hears(eg.typing(participant_id=ME))
    assert live.session.conversation.typing_names == ("Ben",)


# --- streams that end by themselves -----------------------------------------------------------------------


def test_a_stream_moves_when_its_time_has_come() -> None:
    live = agent()
    live.step(Connect())
    live.hears(MoveRequested(in_s=3600.0))
    live.open()
    assert live.wait(3599.0) == [] or not any(isinstance(effect, OpenStream) for effect in live.effects)
    assert OpenStream(2) in live.wait(1.0)
    live.step(FrameReceived(2, (MoveRequested(in_s=3600.0),)))
    assert CloseStream(1) in live.step(StreamOpened(2))
    assert OpenStream(3) in live.wait(3600.0)


def test_a_lost_stream_takes_the_time_of_its_move_with_it(live: Driver) -> None:
    live.hears(MoveRequested(in_s=100.0))
    live.lose()
    live.wait(5.0)
    live.open()
    assert not any(isinstance(effect, OpenStream) for effect in live.wait(200.0))


def test_a_closed_conversation_moves_no_more(live: Driver) -> None:
    live.hears(MoveRequested(in_s=100.0))
    live.step(Disconnect())
    assert live.wait(200.0) == []


def test_a_revoked_token_ends_the_stream_and_the_next_one_gets_another() -> None:
    live = agent()
    live.connect()
    refused = eg.failure("authentication")
    effects = live.hears(StreamRefused(refused))
    assert CloseStream(1) in effects
    assert OpenStream(2, fresh_token=True) in effects
    assert live.session.connection.status == "reconnecting"


def test_a_stream_that_is_only_opening_cannot_be_refused_twice() -> None:
    live = agent()
    live.step(Connect())
    assert live.hears(StreamRefused(eg.failure("authentication"))) == []


def test_silence_past_the_limit_ends_the_stream() -> None:
    live = agent(silence_s=35.0, capabilities=frozenset())
    live.connect()
    live.wait(30.0)
    live.hears()
    assert live.wait(35.0) == []
    effects = live.wait(0.5)
    assert CloseStream(1) in effects
    assert live.session.connection.status == "reconnecting"
    assert any(isinstance(effect, OpenStream) for effect in live.wait(5.0))
    live.open()
    live.step(Disconnect())
    assert live.wait(100.0) == []


def test_what_an_earlier_run_left_is_not_looked_for_before_the_opening_has_told_who_we_are() -> None:
    """Our own message would be shown as another's, and its draft as unknown (schedule 42115)."""
    left = Draft(draft_id="d1", text="text 1", since=0.0, created_ms=eg.START_MS, state="checking")
    live = agent(sends_on_stream=True)
    live.step(Restore(DurableState(drafts=(left,))))
    live.step(Connect())
    live.wait(20.0)
    assert live.calls == []
    live.hears(OwnPartLearned((ME,)))
    live.open()
    assert [type(call) for call in live.calls] == [FetchHistory]
