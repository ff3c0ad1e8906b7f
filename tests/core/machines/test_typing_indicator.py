"""Typing both ways: per-person expiry of theirs; exact edges, spacing and refresh of ours."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ipygenesys._core.machines.typing_indicator import (
    DEFAULT_DURATION_S,
    GRACE_S,
    IDLE_S,
    MAX_DURATION_S,
    TypingNotifier,
    TypingStatus,
)
from ipygenesys._core.model.operations import SetTyping
from ipygenesys._core.model.profile import MIN_SPACING_S, REFRESH_S, TypingRules
from tests import examples as eg

ON, OFF = SetTyping(True), SetTyping(False)
ROUNDING = 1e-9


def typists(status: TypingStatus) -> tuple[str, ...]:
    return status.participant_ids


# --- theirs -----------------------------------------------------------------------------------------------


def test_a_typist_is_shown_until_the_default_duration_and_the_grace_are_over() -> None:
    status = TypingStatus()
    assert status.started("ann", 100.0)
    assert typists(status) == ("ann",)
    assert status.next_deadline() == 100.0 + DEFAULT_DURATION_S + GRACE_S
    assert not status.expire(106.4)
    assert status.expire(106.5)
    assert typists(status) == ()
    assert status.next_deadline() is None


def test_a_repeated_event_prolongs_the_indicator_and_is_nobody_new() -> None:
    status = TypingStatus()
    status.started("ann", 100.0)
    assert not status.started("ann", 104.0)
    assert not status.expire(107.0)
    assert typists(status) == ("ann",)


def test_a_repeated_event_keeps_the_order_in_which_people_began() -> None:
    status = TypingStatus()
    for who in ("ann", "ben", "ann"):
        status.started(who, 100.0)
    assert typists(status) == ("ann", "ben")


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        (None, DEFAULT_DURATION_S),
        (2.0, 2.0),
        (600.0, MAX_DURATION_S),
        (math.inf, MAX_DURATION_S),
        (math.nan, DEFAULT_DURATION_S),
        (0.0, DEFAULT_DURATION_S),
        (-3.0, DEFAULT_DURATION_S),
    ],
)
def test_the_platforms_duration_is_believed_within_reason(said: float | None, believed: float) -> None:
    status = TypingStatus()
    status.started("ann", 100.0, said)
    assert status.next_deadline() == 100.0 + believed + GRACE_S


def test_stopping_is_told_once() -> None:
    status = TypingStatus()
    status.started("ann", 100.0)
    assert status.stopped("ann")
    assert not status.stopped("ann")


def test_losing_the_stream_forgets_everybody() -> None:
    status = TypingStatus()
    assert not status.stopped_all()
    status.started("ann", 100.0)
    status.started("ben", 100.0)
    assert status.stopped_all()
    assert typists(status) == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["started", "stopped", "expire"]),
            st.sampled_from("abc"),
            st.floats(0.01, 10),
            st.one_of(st.none(), st.floats(allow_nan=True)),
        )
    )
)
def test_nobody_is_shown_longer_than_the_longest_duration_after_their_last_event(
    steps: list[tuple[str, str, float, float | None]],
) -> None:
    status, now, heard = TypingStatus(), 0.0, dict[str, float]()
    for what, who, pause, duration in steps:
        now += pause
        if what == "started":
            status.started(who, now, duration)
            heard[who] = now
        elif what == "stopped":
            status.stopped(who)
            heard.pop(who, None)
        else:
            status.expire(now)
            assert all(now - heard[who] < MAX_DURATION_S + GRACE_S for who in status.participant_ids)
            assert (status.next_deadline() or math.inf) > now
        assert set(status.participant_ids) <= set(heard)


# --- ours -------------------------------------------------------------------------------------------------


def test_the_first_key_is_told_at_once() -> None:
    notifier = TypingNotifier()
    assert notifier.pump(100.0) == []
    notifier.keystroke(100.0)
    assert notifier.pump(100.0) == [ON]
    assert notifier.pump(100.0) == []


def test_a_steady_typist_is_refreshed_every_four_seconds() -> None:
    notifier, sent = TypingNotifier(), list[float]()
    for tenth in range(301):
        now = 100.0 + tenth / 10
        notifier.keystroke(now)
        if notifier.pump(now) == [ON]:
            sent.append(now)
            notifier.succeeded()
    gaps = [b - a for a, b in pairwise(sent)]
    assert len(sent) == 8
    assert all(REFRESH_S <= gap < REFRESH_S + 0.11 for gap in gaps)


def test_off_is_told_once_after_five_idle_seconds() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.succeeded()
    assert notifier.next_deadline() == 100.0 + IDLE_S
    assert notifier.pump(104.9) == []
    assert notifier.pump(105.0) == [OFF]
    notifier.succeeded()
    assert notifier.next_deadline() is None
    assert notifier.pump(200.0) == []
    assert notifier.is_settled


def test_stopping_without_having_typed_says_nothing() -> None:
    notifier = TypingNotifier()
    notifier.stop()
    assert notifier.pump(100.0) == []
    assert notifier.next_deadline() is None
    assert notifier.is_settled


def test_an_edge_within_half_a_second_waits_for_the_spacing() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.succeeded()
    notifier.stop()
    assert notifier.pump(100.1) == []
    assert notifier.next_deadline() == 100.0 + MIN_SPACING_S
    assert notifier.pump(100.5) == [OFF]
    assert not notifier.is_settled


def test_while_a_call_is_in_flight_the_latest_state_waits_and_wins() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    assert notifier.pump(100.0) == [ON]
    notifier.stop()
    notifier.keystroke(101.0)
    notifier.stop()
    assert notifier.pump(103.0) == []
    assert notifier.next_deadline() is None
    notifier.succeeded()
    assert notifier.pump(103.0) == [OFF]


def test_typing_again_while_on_is_in_flight_says_nothing_more() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.stop()
    notifier.keystroke(101.0)
    notifier.succeeded()
    assert notifier.pump(101.0) == []


def test_a_failed_call_is_not_repeated_but_its_spell_still_ends_with_off() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.failed(eg.failure("unreachable"), 101.0)
    assert notifier.pump(101.0) == []
    notifier.stop()
    assert notifier.pump(101.0) == [OFF]
    notifier.failed(eg.failure("unreachable"), 102.0)
    assert notifier.pump(110.0) == []
    assert notifier.is_settled


def test_a_rate_limit_is_waited_out_and_then_the_current_state_is_told() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.failed(eg.failure("rate_limited", retry_after_s=3.0), 100.2)
    notifier.keystroke(103.0)
    assert notifier.pump(103.1) == []
    assert notifier.next_deadline() == pytest.approx(103.2)
    assert notifier.pump(103.2) == [ON]


def test_a_rate_limited_on_is_dropped_if_nobody_types_any_more() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.failed(eg.failure("rate_limited", retry_after_s=60.0), 100.2)
    assert notifier.pump(105.0) == []
    assert notifier.pump(161.0) == []
    assert notifier.next_deadline() is None


def test_a_rate_limit_without_a_time_waits_for_the_default() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.failed(eg.failure("rate_limited"), 100.0)
    assert notifier.next_deadline() == 102.0


@pytest.mark.parametrize("kind", ["permission", "unsupported", "not_found"])
def test_a_server_that_does_not_take_typing_is_not_told_again(kind: str) -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.failed(eg.failure(kind), 100.1)  # type: ignore[arg-type]
    assert not notifier.is_enabled
    assert notifier.pump(120.0) == []
    assert notifier.next_deadline() is None
    assert notifier.is_settled


def test_an_answer_to_nothing_changes_nothing() -> None:
    notifier = TypingNotifier()
    notifier.succeeded()
    assert notifier.is_settled


def test_a_program_that_holds_typing_is_refreshed_without_keys_until_it_stops() -> None:
    notifier = TypingNotifier()
    notifier.hold(100.0)
    assert notifier.pump(100.0) == [ON]
    assert notifier.next_deadline() is not None or notifier.pump(100.0) == []
    notifier.succeeded()
    for refresh_at in (104.0, 108.0, 112.0):
        assert notifier.next_deadline() == refresh_at
        assert notifier.pump(refresh_at - 0.1) == []
        assert notifier.pump(refresh_at) == [ON]
        notifier.succeeded()
    notifier.stop()
    assert notifier.pump(113.0) == [OFF]


class NotifierMachine(RuleBasedStateMachine):
    """Keys, pauses and answers in any order, against what the server would have heard."""

    def __init__(self) -> None:
        super().__init__()
        self.notifier = TypingNotifier()
        self.now = 1000.0
        self.in_flight: SetTyping | None = None
        self.last_call = -math.inf
        self.last_on = -math.inf
        self.barred_until = -math.inf
        self.heard = False
        self.has_typed = self.is_held = False
        self.last_key = -math.inf

    @property
    def wants(self) -> bool:
        return self.is_held or (self.has_typed and self.now < self.last_key + IDLE_S)

    def pump(self) -> None:
        calls = self.notifier.pump(self.now)
        assert len(calls) <= 1
        for call in calls:
            assert self.in_flight is None, "two calls in flight"
            assert self.now - self.last_call >= MIN_SPACING_S - ROUNDING, "two calls within half a second"
            assert self.now >= self.barred_until, "the rate limit was not waited out"
            assert call.is_typing == self.wants, "not the latest state"
            if call.is_typing and self.heard:
                assert self.now - self.last_on >= REFRESH_S - ROUNDING, "refreshed too early"
            if not call.is_typing:
                assert self.heard, "off without on, or twice"
            self.in_flight, self.last_call = call, self.now

    @rule()
    def key(self) -> None:
        self.has_typed, self.last_key = True, self.now
        self.notifier.keystroke(self.now)
        self.pump()

    @rule()
    def hold(self) -> None:
        self.is_held = True
        self.notifier.hold(self.now)
        self.pump()

    @rule()
    def stop(self) -> None:
        self.has_typed = self.is_held = False
        self.notifier.stop()
        self.pump()

    @rule(seconds=st.floats(0.01, 7))
    def wait(self, seconds: float) -> None:
        """Time passes as the shell lets it pass: each deadline gets its pump."""
        end = self.now + seconds
        for _ in range(20):
            deadline = self.notifier.next_deadline()
            if deadline is None or deadline > end:
                break
            self.now = max(self.now, deadline)
            self.pump()
            following = self.notifier.next_deadline()
            assert following is None or following > self.now, "a deadline that never passes"
        self.now = end
        self.pump()

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def answer(self) -> None:
        assert self.in_flight is not None
        self.heard = self.in_flight.is_typing
        if self.heard:
            self.last_on = self.last_call
        self.in_flight = None
        self.notifier.succeeded()
        self.pump()

    @precondition(lambda self: self.in_flight is not None)
    @rule(retry_after_s=st.one_of(st.none(), st.floats(0.5, 20)))
    def rate_limit(self, retry_after_s: float | None) -> None:
        self.in_flight = None
        self.barred_until = self.now + (retry_after_s or 2.0)
        self.notifier.failed(eg.failure("rate_limited", retry_after_s=retry_after_s), self.now)
        self.pump()

    @precondition(lambda self: self.in_flight is not None)
    @rule(kind=st.sampled_from(["unreachable", "lost", "unavailable", "authentication"]))
    def lose(self, kind: str) -> None:
        assert self.in_flight is not None
        self.heard = self.in_flight.is_typing
        if self.heard:
            self.last_on = self.last_call
        self.in_flight = None
        self.notifier.failed(eg.failure(kind), self.now)  # type: ignore[arg-type]
        self.pump()

    @invariant()
    def the_server_knows_as_soon_as_it_may(self) -> None:
        may_call = (
            self.in_flight is None
            and self.now >= self.last_call + MIN_SPACING_S
            and self.now >= self.barred_until
        )
        if may_call:
            assert self.heard == self.wants

    def teardown(self) -> None:
        self.stop()
        for _ in range(4):
            if self.in_flight:
                self.answer()
            self.wait(60.0)
        assert self.notifier.is_settled, "typing is stuck"
        assert self.notifier.next_deadline() is None


TestNotifier = NotifierMachine.TestCase


@given(
    pauses=st.lists(st.floats(0.02, 0.9), min_size=60, max_size=150),
    latency=st.floats(0.0, 0.3),
)
def test_a_steady_typist_is_shown_all_the_time(pauses: list[float], latency: float) -> None:
    notifier, now, heard_at, answer_at = TypingNotifier(), 0.0, list[float](), math.inf
    for pause in pauses:
        now += pause
        if now >= answer_at:
            notifier.succeeded()
            answer_at = math.inf
        notifier.keystroke(now)
        for call in notifier.pump(now):
            assert call == ON
            heard_at.append(now + latency)
            answer_at = now + latency
    gaps = [b - a for a, b in pairwise(heard_at)]
    assert all(gap < DEFAULT_DURATION_S for gap in gaps)
    assert now - heard_at[-1] < DEFAULT_DURATION_S


def test_a_rate_limited_refresh_is_made_up_for_as_soon_as_the_limit_is_over() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.succeeded()
    notifier.keystroke(104.0)
    assert notifier.pump(104.0) == [ON]
    notifier.failed(eg.failure("rate_limited", retry_after_s=1.0), 104.0)
    notifier.keystroke(105.0)
    assert notifier.pump(105.0) == [ON]


def test_a_rate_limited_refresh_is_made_up_for_without_another_key_if_it_is_still_true() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.succeeded()
    notifier.keystroke(104.0)
    assert notifier.pump(104.0) == [ON]
    notifier.failed(eg.failure("rate_limited", retry_after_s=1.0), 104.2)
    assert notifier.next_deadline() == 105.2
    assert notifier.pump(105.2) == [ON]
    notifier.succeeded()
    assert notifier.next_deadline() == 109.0  # The idle edge.


def test_a_rate_limited_refresh_of_what_is_over_is_not_made_up_for() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.succeeded()
    notifier.keystroke(104.0)
    notifier.pump(104.0)
    notifier.stop()
    notifier.failed(eg.failure("rate_limited", retry_after_s=1.0), 104.2)
    assert notifier.pump(105.2) == [OFF]


@pytest.mark.parametrize("is_held", [True, False])
def test_typing_that_is_refused_after_it_was_taken_for_heard_is_told_as_soon_as_the_limit_is_over(
    is_held: bool,
) -> None:
    notifier = TypingNotifier(TypingRules(refresh_s=5.0, spacing_s=5.0, has_off=False))
    (notifier.hold if is_held else notifier.keystroke)(100.0)
    assert notifier.pump(100.0) == [ON]
    notifier.succeeded()
    notifier.refused(eg.failure("rate_limited", retry_after_s=2.0), 100.1)
    assert notifier.next_deadline() == pytest.approx(102.1)
    assert notifier.pump(102.0) == []
    assert notifier.pump(102.1) == [ON]
    notifier.succeeded()
    assert notifier.pump(103.0) == []


def test_typing_that_is_refused_after_it_has_stopped_is_over() -> None:
    notifier = TypingNotifier(TypingRules(refresh_s=5.0, spacing_s=5.0, has_off=False))
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.succeeded()
    notifier.stop()
    notifier.refused(eg.failure("rate_limited", retry_after_s=2.0), 100.1)
    assert notifier.pump(102.1) == []
    assert notifier.next_deadline() is None


def test_even_a_tiny_retry_after_keeps_half_a_second_between_calls() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(100.0)
    notifier.pump(100.0)
    notifier.failed(eg.failure("rate_limited", retry_after_s=0.01), 100.0)
    assert notifier.pump(100.1) == []
    assert notifier.next_deadline() == 100.0 + MIN_SPACING_S


def test_of_several_typists_the_first_to_run_out_is_due() -> None:
    status = TypingStatus()
    status.started("ann", 100.0)
    status.started("bob", 102.0)
    assert status.next_deadline() == 100.0 + DEFAULT_DURATION_S + GRACE_S


def test_a_duration_below_a_second_is_a_duration() -> None:
    status = TypingStatus()
    status.started("ann", 100.0, 0.5)
    assert status.next_deadline() == 100.5 + GRACE_S


def test_at_the_beginning_of_time_nothing_holds_typing_up() -> None:
    notifier = TypingNotifier()
    notifier.keystroke(0.0)
    assert notifier.pump(0.0) == [ON]


def test_who_types_on_after_a_message_that_ended_the_indicator_is_shown_again_with_the_next_key() -> None:
    notifier = TypingNotifier(TypingRules(has_off=False))
    notifier.keystroke(100.0)
    assert notifier.pump(100.0) == [ON]
    notifier.succeeded()
    notifier.clear_cool_down()
    notifier.keystroke(100.1)
    assert notifier.pump(100.1) == [ON]


def test_no_more_calls_go_out_in_a_minute_than_are_allowed() -> None:
    notifier = TypingNotifier(TypingRules(refresh_s=1.0, spacing_s=1.0, per_minute=3, has_off=False))
    sent = []
    notifier.hold(100.0)
    for second in range(100, 165):
        notifier.clear_cool_down()
        if notifier.pump(float(second)):
            notifier.succeeded()
            sent.append(second)
    assert sent == [100, 101, 102, 160, 161, 162]
