"""What has changed is said once."""

from __future__ import annotations

from ipygenesys._core.effects import Emit
from ipygenesys._core.events import MessageStatusChanged, TypingChanged
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
