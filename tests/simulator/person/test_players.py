"""Both sides of a conversation played, on a made-up clock."""

from __future__ import annotations

from random import Random

from ipygenesys.simulator.person.dialogue import parse_turns
from ipygenesys.simulator.person.person import Person, Say
from ipygenesys.simulator.person.players import Players
from ipygenesys.simulator.person.script import Script
from ipygenesys.simulator.state.conversation import Message, Participant, Played, Side

TURNS = parse_turns(
    [["customer", "Hello"], ["agent", "Hi"], ["agent", "Name?"], ["action", "x"], ["customer", "Bo"]],
    actions="system",
)


def players(played: Played) -> Players:
    return Players(played, lambda side: Person(Script(answers=False), Random(side), side=side))


def heard(number: int, side: Side, text: str) -> Message:
    return Message(f"m{number}", "k", Participant(side, side, side), text, 0.0, number)


def played_out(both: Players) -> list[tuple[Side, str, str]]:
    """Who said what, when each hears the other at once."""
    said: list[tuple[Side, str, str]] = []
    while (now := both.next_deadline()) is not None:
        for side, act in both.due(now):
            if isinstance(act, Say):
                said.append((side, act.role, act.text))
                if act.role != "system":
                    both.hear(now, heard(len(said), side, act.text))
    return said


def test_two_who_play_both_sides_say_each_turn_once_and_in_order() -> None:
    both = players("both")
    both.play(0.0, TURNS)
    both.arrive(0.0, "customer")
    said = [(role, text) for _, role, text in played_out(both)]
    assert [turn for turn in said if turn[0] != "system"] == [
        ("customer", "Hello"),
        ("agent", "Hi"),
        ("agent", "Name?"),
        ("customer", "Bo"),
    ]
    state = both.dialogue()
    assert state is not None
    assert (state.position, state.done, state.mismatches, state.turn) == (5, True, (), None)


def test_both_are_started_by_whoever_comes() -> None:
    for side in ("agent", "customer"):
        both = players("both")
        both.play(0.0, TURNS)
        assert both.next_deadline() is None
        both.arrive(0.0, side)
        assert both.next_deadline() is not None


def test_a_real_customer_takes_the_customers_part_alone_and_is_waited_for() -> None:
    both = players("both")
    both.play(0.0, TURNS)
    assert both.stand_down("customer")
    assert not both.stand_down("customer")
    both.arrive(0.0, "customer")
    assert played_out(both) == []
    both.hear(1.0, heard(1, "customer", "Something else"))
    assert [text for _, role, text in played_out(both) if role == "agent"] == ["Hi", "Name?"]
    state = both.dialogue()
    assert state is not None
    assert (state.mismatches, state.turn) == ((0,), TURNS[4])


def test_the_turn_that_is_next_is_told_only_once_what_comes_before_was_said() -> None:
    agent = players("agent")
    agent.play(0.0, TURNS)
    turns = [state.turn for state in [agent.dialogue()] if state]
    agent.arrive(0.0, "customer")
    agent.hear(1.0, heard(1, "customer", "Hello"))
    while (now := agent.next_deadline()) is not None:
        agent.due(now)
        turns += [state.turn for state in [agent.dialogue()] if state and state.turn != turns[-1]]
    assert turns == list(TURNS)


def test_a_dialogue_can_bring_the_other_side_in_and_send_it_away_again() -> None:
    one = players("agent")
    seen = []
    for played in ("both", "customer"):
        one.play(0.0, TURNS, played=played)
        seen.append(one.sides)
    assert seen == [("agent", "customer"), ("customer",)]
    one.arrive(0.0, "agent")
    assert [text for _, _, text in played_out(one)] == ["Hello"]


def test_the_line_that_nobody_plays_is_told_while_it_is_its_turn() -> None:
    agent = players("agent")
    assert agent.prompt == ""
    agent.play(0.0, TURNS)
    assert agent.prompt == "Hello"
    agent.arrive(0.0, "customer")
    agent.hear(1.0, heard(1, "customer", "Hello"))
    assert agent.prompt == "", "the agent is about to speak"
    while (now := agent.next_deadline()) is not None:
        agent.due(now)
    state = agent.dialogue()
    assert state is not None and state.turn is not None and state.turn.who == "customer"
    assert agent.prompt == state.turn.text
    agent.play(2.0, TURNS, played="both")
    assert agent.prompt == "", "both sides are played"
