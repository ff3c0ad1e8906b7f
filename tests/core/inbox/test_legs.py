from __future__ import annotations

import pytest

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.legs import Legs
from ipygenesys._core.inbox.told import Part
from tests.core.inbox.examples import agent, bot, customer, queue


def legs_of(*parts: Part) -> Legs:
    legs = Legs()
    for part in parts:
        legs.told(part)
    return legs


@pytest.mark.parametrize(
    ("parts", "state", "holder"),
    [
        ([], "ended", None),
        ([customer()], "open", "c"),
        ([customer(), bot()], "bot", "b"),
        ([customer(), bot(), queue(5)], "waiting", "q"),
        ([customer(), queue(5), agent(6, None)], "waiting", "q"),
        ([customer(), queue(5, 6), agent(6, None)], "waiting", "a"),
        ([customer(), queue(5, 9), agent(6, 9)], "agent", "a"),
        ([customer(), queue(5, 9), agent(6, 9, parked_ms=10_000)], "parked", "a"),
        ([customer(), queue(5, 9), agent(6, 9, parked_ms=10_000), agent(11, 12, id="a2")], "agent", "a2"),
        ([customer(), queue(5, 9), agent(6, 9, ended_ms=20_000), queue(20, id="q2")], "waiting", "q2"),
        ([customer(ended_ms=30_000), queue(5)], "ended", None),
        ([customer(ended_ms=30_000), agent(6, 9)], "agent", "a"),
        ([agent(6, 9, ended_ms=20_000)], "ended", None),
    ],
)
def test_who_has_a_conversation(parts: list[Part], state: str, holder: str | None) -> None:
    found, leg = legs_of(*parts).holder

    assert (found, leg and leg.id) == (state, holder)


def test_what_it_is_called_and_when_it_was() -> None:
    legs = legs_of(
        customer(), queue(5, 9), agent(6, 9, ended_ms=20_000), queue(21, 22, id="q2", queue_id="tech")
    )

    assert (legs.customer, legs.queue_id, legs.began_ms, legs.ended_ms) == ("Ada", "tech", 0, 22_000)
    assert (legs_of().customer, legs_of().queue_id, legs_of().began_ms, legs_of().ended_ms) == (
        "",
        None,
        None,
        None,
    )
    last = legs.last_agent
    assert last is not None and last.id == "a"
    assert legs_of(agent(6, None)).last_agent is None


def test_each_wait_is_over_once_an_agent_has_come_or_the_customer_has_left() -> None:
    legs = legs_of(
        queue(5, 9),
        agent(6, 9.5),
        queue(20, 31, id="q2", queue_id="tech"),
        agent(25, 30, id="a2"),
        queue(40, 47, id="q3"),
        queue(50, id="q4"),
    )

    assert legs.waits() == [
        Value("answered_wait_s", 4500, None, "sales"),
        Value("answered_wait_s", 10_000, None, "tech"),
        Value("abandoned_wait_s", 7000, None, "sales"),
    ]


def test_each_agent_was_served_and_has_served() -> None:
    legs = legs_of(customer(), agent(6, 9, ended_ms=20_000), agent(20, 24, id="a2"), agent(30, None, id="a3"))

    assert legs.served() == [
        Value("time_to_engage_s", 3000, "user-a", "sales"),
        Value("handle_time_s", 11_000, "user-a", "sales"),
        Value("time_to_engage_s", 4000, "user-a2", "sales"),
    ]
    assert legs.connections() == [("a", 9000), ("a2", 24_000)]


def test_what_follows_from_parts_is_found_anew_when_one_is_told_something() -> None:
    legs = legs_of(customer(), queue(5))
    assert (legs.holder, legs.times, legs.users) == (("waiting", legs["q"]), (), frozenset())

    for part in (queue(5, 9), agent(6, 9)):
        legs.told(part)

    assert (legs.holder, legs.users) == (("agent", legs["a"]), frozenset({"user-a"}))
    assert legs.times == (*legs.served(), *legs.waits()) != ()


def test_who_answered_at_a_time_that_nobody_has_said_had_it_and_has_no_times() -> None:
    legs = legs_of(customer(), Part(id="a", role="agent", is_connected=True))

    assert legs.holder == ("agent", legs["a"])
    assert (legs.last_agent, legs.connections(), legs.served()) == (legs["a"], [], [])
