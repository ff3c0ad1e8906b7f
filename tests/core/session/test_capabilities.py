"""What the platform lacks is told once, and nothing more of it is tried."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.effects import Call
from ipygenesys._core.model.events import CapabilitiesChanged, ErrorRaised
from ipygenesys._core.model.inputs import Connect, Disconnect, NoteKeystroke, ReconnectNow
from ipygenesys._core.model.operations import FetchHistory, SetTyping
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationChanged,
    ConversationEnded,
    OwnPartLearned,
)
from tests import examples as eg
from tests.core.driver import Driver


def test_a_server_without_history_loses_that_capability_with_one_word(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    driver.fail(FetchHistory, eg.failure("not_found"))
    assert "history" not in driver.session.capabilities
    assert driver.emitted(CapabilitiesChanged) == [CapabilitiesChanged(driver.session.capabilities)]
    assert driver.wait(1000.0) == []


def test_a_server_that_takes_no_typing_loses_that_capability(live: Driver) -> None:
    live.step(NoteKeystroke())
    live.fail(SetTyping, eg.failure("not_found"))
    assert live.emitted(CapabilitiesChanged)
    assert "send_typing" not in live.session.capabilities
    assert live.emitted(ErrorRaised)
    live.clock.advance(10.0)
    assert live.step(NoteKeystroke()) == []


def test_where_the_protocol_sends_no_typing_keys_say_nothing() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    driver.connect()
    assert driver.step(NoteKeystroke()) == []
    assert driver.session.typing_notifier.next_deadline() is None
    assert not any(isinstance(effect, Call) for effect in driver.wait(100.0))


def test_where_a_deployment_has_no_history_none_is_read(live: Driver) -> None:
    able = live.session.capabilities
    live.hears(CapabilitiesLearned(able - {"history"}))
    assert live.wait(1000.0) == []
    live.hears(CapabilitiesLearned(able))
    assert "history" in live.session.capabilities


def test_who_only_watches_is_connected_as_everybody_else_and_may_not_write() -> None:
    driver = Driver(eg.profile(capabilities=frozenset({"history"})))
    statuses = [driver.session.connection.status]
    driver.connect()
    statuses.append(driver.session.connection.status)
    driver.lose()
    statuses.append(driver.session.connection.status)
    assert statuses == ["idle", "connected", "reconnecting"]
    assert not driver.session.allowed.can_send


def test_who_takes_part_may_write_until_the_conversation_is_over(live: Driver) -> None:
    answers = [live.session.allowed.can_send]
    live.lose()
    assert live.session.connection.status == "reconnecting"
    answers.append(live.session.allowed.can_send)
    live.step(ReconnectNow())
    live.open()
    live.hears(ConversationChanged(is_open=False))
    answers.append(live.session.allowed.can_send)
    live.hears(ConversationChanged(is_open=True))
    answers.append(live.session.allowed.can_send)
    assert answers == [True, True, False, True]


def test_nobody_may_write_where_the_stream_has_failed_or_was_closed(live: Driver, driver: Driver) -> None:
    live.hears(ConversationEnded(eg.failure("not_found")))
    assert (live.session.connection.status, live.session.allowed.can_send) == ("failed", False)
    driver.step(Disconnect())
    assert (driver.session.connection.status, driver.session.allowed.can_send) == ("closed", False)


def test_who_has_no_part_looks_on_until_there_is_one() -> None:
    driver = Driver(eg.profile(own_role="agent", own_participant_id=None, is_role_own=False))
    answers = [driver.session.allowed.looks_on]
    driver.connect()
    driver.hears(OwnPartLearned(()), CapabilitiesLearned(frozenset({"history"})))
    answers.append(driver.session.allowed.looks_on)
    assert CapabilitiesChanged(frozenset({"history"}), looks_on=True) in driver.emitted(CapabilitiesChanged)
    driver.hears(OwnPartLearned(("part",)), CapabilitiesLearned(frozenset({"history", "receive_read"})))
    answers.append(driver.session.allowed.looks_on)
    assert answers == [False, True, False]


@pytest.mark.parametrize(("asked", "count"), [(None, 0), (False, 0), (True, 1)])
def test_who_looks_on_has_nothing_unread_unless_that_is_asked_for(asked: bool | None, count: int) -> None:
    watching = frozenset({"history"})
    driver = Driver(eg.profile(own_participant_id=None, capabilities=watching))
    driver.session.allowed.count_unread(asked)
    driver.connect()
    driver.hears(eg.arrived(1))
    timeline = driver.session.conversation.timeline
    assert (timeline.unread_count, timeline.first_unread_index) == (count, 0 if count else None)
    assert timeline[0].status == "unread"


def test_what_is_withheld_cannot_be_done_whatever_was_granted() -> None:
    driver = Driver()
    driver.step(Connect())
    driver.open()
    allowed = driver.session.allowed
    before = allowed.can_send
    allowed.withheld = frozenset({"send", "attachments"})
    assert (before, allowed.can_send, allowed.uploads) == (True, False, None)
    assert not driver.session.capabilities & allowed.withheld
