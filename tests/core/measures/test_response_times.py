"""What answers what, and how long it took."""

from __future__ import annotations

import pytest

from ipygenesys._core.measures.response_times import (
    DEFINITIONS,
    Response,
    ResponseClock,
    quantile,
    responses,
    summary,
)
from ipygenesys._core.model.messages import Message, Role
from tests import examples as eg


def said(role: Role, second: float, sender: str = "Ann") -> Message:
    return eg.message(1, role=role, sender=sender, time_ms=int(second * 1000))


def times(*messages: Message) -> list[float]:
    return [response.response_time_s for response in responses(messages)]


def test_a_burst_is_one_question_and_its_first_message_starts_the_clock() -> None:
    assert times(said("customer", 10), said("customer", 14), said("customer", 19), said("agent", 25)) == [
        15.0
    ]


def test_only_the_first_answer_to_a_burst_counts() -> None:
    assert times(said("customer", 1), said("agent", 3), said("agent", 9), said("customer", 10)) == [2.0]


def test_bots_have_a_clock_of_their_own_and_do_not_stop_the_agents() -> None:
    heard = responses(
        [
            said("customer", 0),
            said("bot", 1, "Bot"),
            said("customer", 5),
            said("bot", 7, "Bot"),
            said("agent", 60),
            said("bot", 61, "Bot"),
        ]
    )

    assert [(each.role, each.response_time_s) for each in heard] == [
        ("bot", 1.0),
        ("bot", 2.0),
        ("agent", 60.0),
    ]


def test_an_agent_who_speaks_first_answers_nothing_and_notices_are_nobodys() -> None:
    assert times(
        said("agent", 0), said("system", 1), said("customer", 5), said("system", 6), said("agent", 8)
    ) == [3.0]


def test_each_answer_is_the_agents_who_gave_it() -> None:
    heard = responses(
        [said("customer", 0), said("agent", 4, "Ann"), said("customer", 10), said("agent", 11, "Ben")]
    )

    assert heard == [
        Response(time_ms=4_000, sender="Ann", role="agent", response_time_s=4.0),
        Response(time_ms=11_000, sender="Ben", role="agent", response_time_s=1.0),
    ]


def test_messages_in_any_order_are_heard_in_order_of_time() -> None:
    assert times(said("agent", 8), said("customer", 5)) == [3.0]


def test_from_the_hand_over_counts_what_the_agent_was_there_for() -> None:
    clock = ResponseClock()
    clock.hear(said("customer", 0))
    clock.hear(said("bot", 1, "Bot"))
    clock.connected("Ann", 30_000)
    first = clock.hear(said("agent", 42))
    clock.hear(said("customer", 50))
    second = clock.hear(said("agent", 53))
    clock.hear(said("customer", 60))
    clock.connected("Ben", 80_000)
    clock.connected("Ann", 95_000)
    third = clock.hear(said("agent", 85, "Ben"))

    assert first is not None and (first.response_time_s, first.handover_response_time_s) == (42.0, 12.0)
    assert second is not None and (second.response_time_s, second.handover_response_time_s) == (3.0, 3.0)
    assert third is not None and (third.response_time_s, third.handover_response_time_s) == (25.0, 5.0)
    assert (clock.first_response_s, clock.handover_first_response_s) == (42.0, 12.0)


def test_an_agent_who_greets_has_a_first_response_from_the_hand_over_alone() -> None:
    clock = ResponseClock()
    clock.connected("Ann", 1_000)
    clock.hear(said("agent", 3))

    assert (clock.first_response_s, clock.handover_first_response_s) == (None, 2.0)


def test_the_customer_waits_since_the_first_message_that_no_agent_has_answered() -> None:
    clock = ResponseClock()
    assert clock.unanswered_s(9_000) is None

    for message in (said("agent", 0), said("customer", 2), said("customer", 5), said("bot", 6)):
        clock.hear(message)

    assert clock.unanswered_since_ms == 2_000
    assert clock.unanswered_s(9_500) == 7.5
    assert clock.unanswered_s(1_000) == 0.0


def test_a_summary_says_the_median_and_the_ninetieth_percentile_before_the_mean() -> None:
    found = summary([100.0, 1.0, 2.0, 3.0])

    assert found is not None
    assert (found.n, found.median, found.max, found.mean) == (4, 2.5, 100.0, 26.5)
    assert found.p90 == pytest.approx(70.9)
    assert summary([]) is None


def test_a_quantile_of_one_value_is_that_value() -> None:
    assert [quantile([7.0], share) for share in (0.0, 0.5, 1.0)] == [7.0, 7.0, 7.0]


def test_each_figure_is_defined_in_a_sentence() -> None:
    assert all(
        words.startswith(("Seconds", "The same")) and words.endswith(".") for words in DEFINITIONS.values()
    )
