"""What has changed is said once."""

from __future__ import annotations

from ipygenesys._core.model.effects import Emit
from ipygenesys._core.model.events import (
    CapabilitiesChanged,
    MessageStatusChanged,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.model.inputs import ReconnectNow, Tick
from ipygenesys._core.model.messages import UploadRules
from ipygenesys._core.model.platform_events import CapabilitiesLearned
from tests import examples as eg
from tests.core.driver import Driver


def test_a_receipt_shows_as_a_change_of_state_only(live: Driver) -> None:
    live.hears(eg.own_arrived(1))
    (effect,) = live.hears(eg.receipt("m1", "read"))
    assert isinstance(effect, Emit)
    assert isinstance(effect.event, MessageStatusChanged)


def test_who_types_is_said_when_it_changes(live: Driver) -> None:
    assert live.hears(eg.typing()) == [Emit(TypingChanged(("Agent",)))]
    assert live.hears(eg.typing()) == []
    assert live.hears(eg.presence(name="Ann")) == [Emit(TypingChanged(("Ann",)))]
    assert live.wait(6.5) == [Emit(TypingChanged(()))]


def test_the_countdown_is_told_again_only_when_the_next_try_has_moved(live: Driver) -> None:
    live.lose()
    assert len(live.emitted(StatusChanged)) == 1
    live.clock.advance(0.5)
    live.step(Tick())
    assert live.emitted(StatusChanged) == []
    live.step(ReconnectNow())
    live.lose()
    (again,) = live.emitted(StatusChanged)
    assert isinstance(again, StatusChanged)
    assert again.status == "reconnecting"


def test_how_many_are_unread_is_told_when_it_changes(live: Driver) -> None:
    live.hears(eg.arrived(1), eg.arrived(2))
    assert live.emitted(UnreadChanged) == [UnreadChanged(2)]
    live.hears(eg.arrived(1))
    assert live.emitted(UnreadChanged) == []


def test_what_files_may_be_sent_is_told_with_the_capabilities(live: Driver) -> None:
    rules = UploadRules(types=("image/png",), max_bytes=1)
    able = live.session.capabilities
    live.hears(CapabilitiesLearned(able, rules))
    assert live.emitted(CapabilitiesChanged) == [CapabilitiesChanged(able, rules)]
    live.hears(CapabilitiesLearned(able, None))
    assert live.emitted(CapabilitiesChanged) == []
    live.hears(CapabilitiesLearned(able - {"attachments"}))
    assert live.emitted(CapabilitiesChanged) == [CapabilitiesChanged(able - {"attachments"}, None)]


def test_the_status_counts_down_from_the_moment_that_is_asked_about(live: Driver) -> None:
    live.lose()
    told = live.told
    assert told.retry_in_s is not None
    now = live.clock.monotonic
    assert live.session.status_at(now + 0.5).retry_in_s == told.retry_in_s - 0.5
    assert live.session.status_at(now + 99.0).retry_in_s == 0.0
