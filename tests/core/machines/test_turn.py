"""When the other side has said all of it, and what of it answers what."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.turn import EARLY_MS, Turn, is_known, said_after, said_from
from tests import examples as eg

OWN = {"is_own": True, "role": "customer", "status": "sent"}
GREETING, QUESTION = eg.message(1), eg.message(2, draft_id="d2", **OWN)
FIRST, SECOND = eg.message(3), eg.message(4)


def test_a_turn_is_over_once_something_was_said_and_all_is_quiet_for_a_while() -> None:
    turn = Turn(1.5)
    assert not turn.is_over(0, 100.0, is_going_on=False)
    assert turn.rest_s(100.0) is None, "nothing was said: silence is no answer"
    assert not turn.is_over(1, 101.0, is_going_on=False)
    assert turn.rest_s(101.5) == 1.0
    assert not turn.is_over(1, 102.4, is_going_on=False)
    assert turn.is_over(1, 102.5, is_going_on=False)
    assert turn.rest_s(103.0) == 0.0


def test_another_message_and_typing_begin_the_quiet_anew() -> None:
    turn = Turn(1.5)
    turn.is_over(1, 100.0, is_going_on=False)
    assert not turn.is_over(2, 101.5, is_going_on=False), "a second one"
    assert not turn.is_over(2, 102.9, is_going_on=True), "and a third is being written"
    assert turn.rest_s(103.0) is None
    assert not turn.is_over(2, 110.0, is_going_on=True)
    assert not turn.is_over(2, 110.0, is_going_on=False)
    assert turn.is_over(2, 111.5, is_going_on=False)


def test_only_what_comes_after_a_message_answers_it() -> None:
    there = (GREETING, QUESTION, FIRST, eg.message(5, **OWN), SECOND)
    assert said_after(there, "m2") == said_after(there, "d2") == (FIRST, SECOND)
    assert said_after(there, "m4") == ()
    assert said_after(there, "nobody") == ()


def test_nothing_answers_what_the_server_does_not_have() -> None:
    draft = eg.message(2, **{**OWN, "id": "d2", "draft_id": "d2", "status": "sending"})
    assert said_after((GREETING, draft, FIRST), "d2") == ()


@pytest.mark.parametrize(
    ("earlier_ms", "heard", "is_answer"),
    [(3, {"early"}, True), (EARLY_MS, {"early"}, True), (EARLY_MS + 1, {"early"}, False), (3, set(), False)],
)
def test_a_reply_that_is_stamped_before_what_it_replies_to_is_told_by_when_it_came(
    earlier_ms: int, heard: set[str], is_answer: bool
) -> None:
    early = eg.message(1, id="early", time_ms=QUESTION.time_ms - earlier_ms)
    assert said_after((early, QUESTION), "m2", heard) == ((early,) if is_answer else ())


def test_what_others_said_from_a_moment_on() -> None:
    there = (GREETING, QUESTION, FIRST, SECOND)
    assert said_from(there, GREETING.time_ms) == (GREETING, FIRST, SECOND)
    assert said_from(there, FIRST.time_ms) == (FIRST, SECOND)
    assert said_from(there, SECOND.time_ms + 1) == ()


def test_a_message_is_known_when_its_text_is_or_never_will_be() -> None:
    assert is_known(FIRST)
    assert not is_known(eg.message(3, text=None))
    assert is_known(eg.message(3, text=None, is_unavailable=True))
