from __future__ import annotations

from ipygenesys._core.inbox.answers import Answers, Heard, Value
from ipygenesys._core.inbox.leg import Leg
from ipygenesys._core.inbox.told import Part
from ipygenesys._core.model.messages import Role


def answers_of(*messages: tuple[float, Role], connected_s: float | None = None) -> Answers:
    answers = Answers()
    if connected_s is not None:
        answers.clock.connected("agent", round(connected_s * 1000))
    for time_s, role in messages:
        leg = Leg(role)
        leg.told(Part(id=role, role=role, user_id=f"user-{role}", queue_id="sales"))
        answers.hear(Heard(round(time_s * 1000), f"m{time_s}", role, role, "text"), leg)
    return answers


def values(*given: tuple[str, int], role: str = "agent") -> list[Value]:
    return [Value(name, ms, f"user-{role}", "sales") for name, ms in given]


def test_an_agents_answer_counts_from_the_start_of_the_burst_and_from_the_hand_over() -> None:
    answers = answers_of((1, "customer"), (2, "customer"), (9, "agent"), connected_s=5)

    assert answers.values == values(
        ("response_time_s", 8000),
        ("handover_response_time_s", 4000),
        ("first_response_s", 8000),
        ("handover_first_response_s", 4000),
    )


def test_only_the_first_answer_is_the_first_response() -> None:
    answers = answers_of((1, "customer"), (9, "agent"), (10, "customer"), (12, "agent"), (13, "agent"))

    assert [value for value in answers.values if value.name == "first_response_s"] == values(
        ("first_response_s", 8000)
    )
    assert [value.ms for value in answers.values if value.name == "response_time_s"] == [8000, 2000]


def test_bots_have_values_of_their_own_and_answer_nothing_for_agents() -> None:
    answers = answers_of((1, "customer"), (3, "bot"), (4, "system"))

    assert answers.values == values(("bot_response_time_s", 2000), role="bot")
    assert answers.asked_ms == [1000]


def test_an_agent_who_says_something_first_answers_nothing() -> None:
    answers = answers_of((1, "agent"), (2, "customer"))

    assert answers.values == []
    assert answers.asked_ms == [2000]
