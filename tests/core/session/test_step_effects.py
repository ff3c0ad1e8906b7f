"""Which failures are shown, which are counted, and for how long the last one stands."""

from __future__ import annotations

from collections import Counter

from ipygenesys._core.model.effects import Emit
from ipygenesys._core.model.events import ErrorRaised, MessageReceived, TypingChanged
from ipygenesys._core.model.inputs import Connect, NoteKeystroke, NoteSeen
from ipygenesys._core.model.operations import FetchHistory, MarkRead, SetTyping
from ipygenesys._core.session.step_effects import StepEffects
from tests import examples as eg
from tests.core.driver import Driver


def test_an_old_error_is_not_shown_to_views_of_a_new_stream(live: Driver) -> None:
    live.hears(eg.arrived(1))
    live.step(NoteSeen(("m1",)))
    live.wait(1.0)
    live.fail(MarkRead, eg.failure("permission"))
    assert live.session.last_error is not None
    live.lose()
    live.wait(3.0)
    live.open()
    assert live.session.last_error is None


def test_a_passing_failure_of_history_is_counted_and_a_refusal_is_shown(driver: Driver) -> None:
    driver.step(Connect())
    driver.open()
    assert driver.fail(FetchHistory, eg.failure("unavailable")) == []
    assert driver.session.conversation.counters["unavailable"] == 1
    driver.wait(3.0)
    driver.fail(FetchHistory, eg.failure("permission"))
    assert driver.emitted(ErrorRaised) == [ErrorRaised(eg.failure("permission"))]
    assert driver.session.last_error == eg.failure("permission")


def test_a_rate_limited_typing_call_is_only_counted(live: Driver) -> None:
    live.step(NoteKeystroke())
    assert live.fail(SetTyping, eg.failure("rate_limited", retry_after_s=1.0)) == []
    assert live.session.conversation.counters["rate_limited"] == 1


def test_what_handlers_are_to_hear_later_is_held_and_all_that_follows_it() -> None:
    effects, heard = StepEffects(Counter()), MessageReceived(eg.message(1))
    effects.emit(heard)
    assert (effects.take(), effects.held) == ([Emit(heard)], [])
    effects.holds_received = lambda: not effects.held
    effects.emit(heard, heard, TypingChanged(()))
    assert effects.take() == [Emit(TypingChanged(()))]
    assert (effects.take_held(), effects.take_held()) == ([eg.message(1)] * 2, [])
