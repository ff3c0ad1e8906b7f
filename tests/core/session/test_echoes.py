"""A send and its echo: shown once, whichever comes first, and whatever is lost."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.outbox import Outbox
from ipygenesys._core.model.events import DraftUnresolved, MessageReceived
from ipygenesys._core.model.inputs import Connect, Retry, Send
from ipygenesys._core.model.operations import FetchHistory, FetchMessages, PostMessage
from ipygenesys._core.model.platform_events import FrameIgnored, History, OwnPartLearned
from ipygenesys._core.session.echoes import Echoes
from tests import examples as eg
from tests.core.agents import ME, agent, connected_agent, from_guest, from_me, without_text
from tests.core.driver import Driver


@pytest.fixture
def live() -> Driver:
    return connected_agent()


def test_our_message_that_overtakes_the_answer_of_its_send_shows_once(live: Driver) -> None:
    live.step(Send("d1", "text 1"))
    live.hears(without_text(from_me(1)))
    assert live.ids == ["d1"]
    live.succeed(PostMessage, from_me(1))
    assert live.ids == ["m1"]
    assert [(message.draft_id, message.text) for message in live.timeline] == [("d1", "text 1")]


def test_a_lost_answer_is_resolved_by_the_text_of_what_came_meanwhile(live: Driver) -> None:
    live.step(Send("d1", "text 1"))
    live.hears(without_text(from_me(1)))
    live.fail(PostMessage, eg.failure("lost"))
    assert set(live.ids) == {"d1", "m1"}
    live.succeed(FetchMessages, History((from_me(1),), False))
    assert [(message.id, message.draft_id, message.status) for message in live.timeline] == [
        ("m1", "d1", "sent")
    ]
    assert live.session.is_settled


def test_a_lost_answer_is_resolved_by_history(live: Driver) -> None:
    live.step(Send("d1", "text 1"))
    live.fail(PostMessage, eg.failure("lost"))
    live.wait(0.0)
    live.succeed(FetchHistory, History((from_me(1),), False))
    assert live.ids == ["m1"]


def test_the_same_words_from_long_ago_are_not_the_send_whose_answer_was_lost() -> None:
    live = agent()
    live.step(Connect())
    live.hears(OwnPartLearned((ME,)))
    live.step(Send("d1", "text 1"))
    live.fail(PostMessage, eg.failure("lost"))
    live.open()
    live.succeed(FetchHistory, History((from_me(1, time_ms=eg.START_MS - 3_600_000),), False))
    assert live.ids == ["m1", "d1"]
    assert [message.status for message in live.timeline] == ["sent", "sending"]
    live.wait(60.0)
    assert [message.status for message in live.timeline] == ["sent", "unknown"]


def test_a_lost_send_that_history_does_not_show_is_the_users_to_decide_and_never_sent_again_by_itself(
    live: Driver,
) -> None:
    live.step(Send("d1", "text 1"))
    live.fail(PostMessage, eg.failure("lost"))
    live.succeed(FetchHistory, History((), False))
    live.wait(60.0)
    assert DraftUnresolved("d1") in live.events
    assert not any(isinstance(call, PostMessage) for call in live.calls)
    live.step(Retry("d1"))
    assert live.called() == [PostMessage("d1", "text 1")]


def test_our_message_from_elsewhere_is_shown_once_the_send_under_way_has_failed(live: Driver) -> None:
    live.step(Send("d1", "mine"))
    live.hears(from_me(1))
    assert live.ids == ["d1"]
    live.fail(PostMessage, eg.failure("rejected"))
    assert live.ids == ["m1", "d1"]


def test_an_echo_that_names_its_draft_is_not_held() -> None:
    live = agent()
    live.connect()
    live.step(Send("d1", "text 1"))
    live.hears(from_me(1, draft_id="d1"))
    assert live.ids == ["m1"]
    live.fail(PostMessage, eg.failure("lost"))
    assert live.ids == ["m1"]


def test_a_guests_message_is_not_held_by_a_send(live: Driver) -> None:
    live.step(Send("d1", "mine"))
    live.hears(from_guest(1))
    assert live.ids == ["m1", "d1"]
    assert live.emitted(MessageReceived)


def test_our_message_from_elsewhere_is_shown_once_the_send_under_way_has_succeeded(live: Driver) -> None:
    live.step(Send("d1", "text 1"))
    live.hears(without_text(from_me(2)))
    assert live.ids == ["d1"]
    live.succeed(PostMessage, from_me(1))
    assert live.ids == ["m1", "m2"]


def test_of_one_second_our_message_stands_where_it_is_listed_though_its_send_is_still_under_way(
    live: Driver,
) -> None:
    """What came live and is listed after it does not wait, and stood first for ever (schedule 13330)."""
    ours, reply = (make(n, time_ms=eg.START_MS + 1000) for n, make in ((1, from_me), (2, from_guest)))
    live.step(Send("d1", "text 1"))
    live.hears(reply, FrameIgnored("overflow"))
    live.succeed(FetchHistory, History.listed([ours, reply], has_more=False))
    assert live.ids == ["m2", "d1"]
    live.fail(PostMessage, eg.failure("lost"))
    assert live.ids == ["m1", "m2"]


def echoes_of(outbox: Outbox) -> Echoes:
    conversation = Conversation(own_role="customer", own_participant_id=eg.CUSTOMER)
    return Echoes(returns_draft_ids=False, conversation=conversation, outbox=outbox)


def test_of_a_page_of_old_messages_what_was_said_before_the_send_is_not_held() -> None:
    outbox = Outbox(is_idempotent=False)
    outbox.submit("d1", "yes", 100.0)
    outbox.pump(100.0, after=(2_000_000, "m0"))
    earliest_ms = outbox.earliest_in_flight_ms
    assert earliest_ms is not None
    echoes = echoes_of(outbox)
    before = eg.own_arrived(1, draft_id=None, time_ms=earliest_ms - 1)
    assert not echoes.hold(before, is_old=True)
    assert echoes.hold(before)
    then = eg.own_arrived(2, draft_id=None, time_ms=earliest_ms)
    assert echoes.hold(then, is_old=True)
    assert echoes.hold(eg.own_arrived(3, draft_id=None, time_ms=None), is_old=True)
    assert [arrived.id for arrived in echoes.take_held()] == ["m1", "m2", "m3"]
    assert echoes.take_held() == []


def test_only_our_own_words_are_taken_for_a_send_whose_answer_was_lost() -> None:
    outbox = Outbox(is_idempotent=False)
    outbox.submit("d1", "yes", 100.0)
    outbox.pump(100.0, after=(0, ""))
    outbox.failed("d1", eg.failure("lost"), 100.0, 0.5)
    echoes = echoes_of(outbox)
    assert echoes.recognised(eg.own_arrived(1, text="yes", draft_id=None)).draft_id == "d1"
    for other in (eg.arrived(1, text="yes"), eg.bare(1, participant_id=eg.CUSTOMER)):
        assert echoes.recognised(other) == other


def test_content_without_an_author_is_ours_if_its_message_is_known_to_be_ours() -> None:
    outbox = Outbox(is_idempotent=False)
    outbox.submit("d1", "yes", 100.0)
    outbox.pump(100.0, after=(0, ""))
    outbox.failed("d1", eg.failure("lost"), 100.0, 0.5)
    conversation = Conversation(own_role="agent", own_participant_id=eg.AGENT, is_role_own=False)
    echoes = Echoes(returns_draft_ids=False, conversation=conversation, outbox=outbox)
    content = eg.arrived(1, text="yes", participant_id=None, role="agent", sequence=None)
    assert echoes.recognised(content) == content
    conversation.message_arrived(eg.bare(1), eg.START_MS, is_news=True)
    assert echoes.recognised(content).draft_id == "d1"
