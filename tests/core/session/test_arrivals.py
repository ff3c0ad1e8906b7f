"""Messages on their way into the timeline, and the content that has to be fetched."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.effects import Call, Emit
from ipygenesys._core.model.events import MessagePlaced, MessageReceived, UnreadChanged
from ipygenesys._core.model.failures import FailureKind
from ipygenesys._core.model.inputs import LoadOlder, NoteSeen, Send
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, FetchMessages, MarkRead, PostMessage
from ipygenesys._core.model.platform_events import ConversationCleared, MessageArrived
from tests import examples as eg
from tests.core.driver import Driver


def test_a_live_message_is_placed_received_and_counted(live: Driver) -> None:
    message = eg.message(1)
    assert live.hears(eg.arrived(1)) == [
        Emit(MessagePlaced(message=message, index=0)),
        Emit(MessageReceived(message)),
        Emit(UnreadChanged(1)),
    ]


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
    assert live.session.conversation.counters["unavailable"] == 1
    assert live.wait(3.0) == [Call(FetchMessage("m1"), is_again=True)]
    assert live.session.conversation.counters["calls_repeated"] == 1
    live.succeed(FetchMessage, eg.arrived(1))
    assert live.timeline[0].text == "text 1"


@pytest.mark.parametrize("kind", ["not_found", "unsupported"])
def test_a_server_that_cannot_give_single_messages_is_asked_once(live: Driver, kind: FailureKind) -> None:
    live.hears(eg.bare(1))
    live.fail(FetchMessage, eg.failure(kind))
    live.hears(eg.bare(2))
    assert not any(isinstance(call, FetchMessage) for call in live.calls)
    assert all(message.is_unavailable for message in live.timeline)


@pytest.mark.parametrize("kind", ["not_found", "unsupported"])
def test_where_single_messages_cannot_be_had_history_has_their_content(
    live: Driver, kind: FailureKind
) -> None:
    live.hears(eg.bare(1))
    live.fail(FetchMessage, eg.failure(kind))
    assert live.called() == [FetchHistory()]
    live.succeed(FetchHistory, eg.history(eg.arrived(1)))
    live.hears(eg.bare(2))
    assert live.called() == [FetchHistory(after="m1")]
    live.succeed(FetchHistory, eg.history(eg.bare(2), eg.bare(3)))
    assert [(message.text, message.is_unavailable) for message in live.timeline] == [
        ("text 1", False),
        (None, True),
        (None, True),
    ]
    assert live.called() == [FetchHistory(after="m3")], "the third may have come too early"
    live.succeed(FetchHistory, eg.history())
    assert live.called() == []


def test_one_missing_message_does_not_mean_that_none_can_be_fetched(live: Driver) -> None:
    live.hears(eg.bare(1), eg.bare(2))
    live.succeed(FetchMessage("m1"), eg.arrived(1))
    live.fail(FetchMessage("m2"), eg.failure("not_found"))
    live.hears(eg.bare(3))
    assert live.called() == [FetchMessage("m3")]


def test_an_echo_without_the_draft_id_before_the_answer_is_the_same_message(live: Driver) -> None:
    live.step(Send("d1", "hello"))
    live.hears(eg.bare(1, participant_id=None))
    live.succeed(PostMessage, eg.own_arrived(1, text="hello"))
    live.succeed(FetchMessage, eg.own_arrived(1, text="hello"))
    assert live.ids == ["m1"]
    assert live.timeline[0].is_own
    assert live.session.conversation.timeline.unread_count == 0


@pytest.mark.parametrize("result", [None, eg.bare(1)])
def test_a_fetched_message_without_content_is_unavailable(
    live: Driver, result: MessageArrived | None
) -> None:
    live.hears(eg.bare(1))
    live.succeed(FetchMessage, result)
    assert live.timeline[0].is_unavailable
    assert live.calls == []


def test_a_bare_message_in_an_older_page_is_fetched_too(driver: Driver) -> None:
    driver.connect(eg.arrived(8), has_more=True)
    driver.step(LoadOlder(50))
    driver.succeed(FetchHistory, eg.history(eg.arrived(6), eg.bare(7, time_ms=eg.START_MS + 7000)))
    assert driver.called() == [FetchMessage("m7")]
    driver.succeed(FetchMessage, eg.arrived(7))
    assert [message.text for message in driver.timeline] == ["text 6", "text 7", "text 8"]
    assert driver.received == []


def test_content_that_was_asked_for_before_a_clearing_does_not_bring_the_message_back(live: Driver) -> None:
    live.hears(eg.bare(1))
    live.hears(ConversationCleared(by_us=False))
    live.succeed(FetchMessage, eg.arrived(1))
    assert live.ids == []
    assert live.received == []


def test_of_content_asked_for_together_only_what_was_cleared_stays_away() -> None:
    live = Driver(eg.profile(fetches_in_bulk=True))
    live.connect()
    second, third = (eg.bare(n, sequence=None, time_ms=eg.START_MS + 1000 * n) for n in (2, 3))
    live.hears(second, third)
    live.hears(ConversationCleared(by_us=False, is_certain=False))
    live.succeed(FetchHistory, eg.history(third))
    live.succeed(FetchMessages, eg.history(eg.arrived(2), eg.arrived(3)))
    assert live.ids == ["m3"]
    assert live.timeline[0].text == "text 3"


def test_a_message_that_turns_out_to_be_ours_is_not_acknowledged(live: Driver) -> None:
    live.hears(eg.bare(1, participant_id=None))
    live.step(NoteSeen(("m1",)))
    live.succeed(FetchMessage, eg.own_arrived(1))
    assert live.wait(1.0) == []


def test_a_message_of_somebody_else_that_comes_again_is_acknowledged_all_the_same(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.hears(eg.arrived(1))
    assert live.wait(0.2) == [Call(MarkRead("m1"))]
