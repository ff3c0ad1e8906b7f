"""The person on the other side, on a made-up clock."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from ipygenesys.simulator.person.dialogue import parse_turns
from ipygenesys.simulator.person.person import (
    REFRESH_TYPING_S,
    Act,
    Break,
    Deliver,
    Person,
    Read,
    Say,
    Typing,
)
from ipygenesys.simulator.person.scenarios import SCENARIOS
from ipygenesys.simulator.person.script import Script
from ipygenesys.simulator.person.small_talk import SmallTalk
from ipygenesys.simulator.state.conversation import Turn

SILENT = Script(answers=False)


def agent(script: Script = SILENT, seed: int = 1, speed: float = 1.0) -> Person:
    return Person(script, Random(seed), speed=speed)


def run(agent: Person, until: float = 1e9) -> list[tuple[float, Act]]:
    """Performs everything that becomes due, with the time of each act."""
    done = []
    while (deadline := agent.next_deadline()) is not None and deadline <= until:
        done += [(deadline, act) for act in agent.due(deadline)]
    return done


def turns(*pairs: tuple[str, str]) -> tuple[Turn, ...]:
    return parse_turns([list(p) for p in pairs])


def test_the_greeting_comes_within_two_seconds_and_after_typing() -> None:
    for seed in range(50):
        ann = agent(SCENARIOS["greeting"].script, seed)
        ann.start(0.0)
        acts = run(ann)
        assert [type(a) for _, a in acts] == [Typing, Say, Typing]
        assert acts[0][0] <= 1.0
        assert acts[1][0] <= 2.2
        assert acts[2][1] == Typing(False)


def test_only_the_first_viewer_starts_the_script() -> None:
    ann = agent(SCENARIOS["greeting"].script)
    ann.start(0.0)
    run(ann)
    ann.start(60.0)
    assert run(ann) == []


def test_a_message_is_delivered_then_read_after_a_plausible_time() -> None:
    ann = agent()
    ann.hear(10.0, "m1", "hello " * 20)
    [(delivered_at, delivered), (read_at, read)] = run(ann)
    assert (delivered, read) == (Deliver("m1"), Read("m1"))
    assert 10.0 < delivered_at < read_at < 14.0


def test_an_answer_is_thought_about_after_reading_and_typed_before_it_is_sent() -> None:
    ann = agent(Script())
    ann.hear(0.0, "m1", "Where is my order?")
    acts = run(ann)
    kinds = [type(a).__name__ for _, a in acts]
    assert kinds[:5] == ["Deliver", "Read", "Typing", "Say", "Typing"]
    assert acts[2][0] - acts[1][0] >= 0.4
    assert acts[3][0] - acts[2][0] >= 0.9


def test_several_messages_in_a_row_get_one_answer() -> None:
    ann = agent(Script(), seed=4)
    for n in range(3):
        ann.hear(n / 10, f"m{n}", "hm")
    said = [a for _, a in run(ann) if isinstance(a, Say)]
    assert len(said) in (1, 2)


def test_typing_is_refreshed_at_least_every_four_seconds_at_any_speed() -> None:
    for speed in (0.1, 1.0):
        ann = agent(SCENARIOS["slow_agent"].script, speed=speed)
        ann.start(0.0)
        times = [at for at, act in run(ann) if isinstance(act, Typing | Say)]
        gaps = [b - a for a, b in pairwise(times)]
        assert len(times) > 3
        assert max(gaps) == pytest.approx(REFRESH_TYPING_S)


def test_speed_makes_everything_faster() -> None:
    def takes(speed: float) -> float:
        ann = agent(Script(opening=("one line", "another line")), speed=speed)
        ann.start(0.0)
        return run(ann)[-1][0]

    assert takes(10) == pytest.approx(takes(1) / 10)


def test_the_same_seed_makes_the_same_schedule_and_another_seed_another_one() -> None:
    def schedule(seed: int) -> list[tuple[float, Act]]:
        ann = agent(SCENARIOS["greeting"].script, seed)
        ann.start(0.0)
        ann.hear(5.0, "m1", "Hello?")
        ann.hear(20.0, "m2", "My card is broken")
        return run(ann)

    assert schedule(7) == schedule(7)
    assert schedule(7) != schedule(8)


def test_a_dialogue_waits_for_each_of_the_customers_turns() -> None:
    ann = agent()
    ann.start(0.0)
    ann.play(
        0.0,
        turns(("agent", "Hi"), ("agent", "Name?"), ("customer", "Bo"), ("customer", "Bo B"), ("agent", "Ok")),
    )
    assert [a.text for _, a in run(ann) if isinstance(a, Say)] == ["Hi", "Name?"]
    state = ann.dialogue()
    assert state is not None
    assert (state.position, state.done) == (2, False)
    ann.hear(20.0, "m1", "Bo")
    assert not [a for _, a in run(ann) if isinstance(a, Say)]
    ann.hear(30.0, "m2", "Bob")
    acts = run(ann)
    assert [type(a) for _, a in acts] == [Deliver, Read, Typing, Say, Typing]
    state = ann.dialogue()
    assert state is not None
    assert (state.position, state.done, state.mismatches) == (5, True, (3,))


def test_every_turn_of_a_dialogue_has_its_own_typing() -> None:
    ann = agent()
    ann.start(0.0)
    ann.play(0.0, turns(*[("agent", f"line {n}") for n in range(5)]))
    acts = [a for _, a in run(ann)]
    for number, act in enumerate(acts):
        if isinstance(act, Say):
            assert acts[number - 1] == Typing(True)
            assert acts[number + 1] == Typing(False)


def test_a_dialogue_begins_only_when_somebody_watches() -> None:
    ann = agent()
    ann.play(0.0, turns(("agent", "Hi")))
    assert ann.next_deadline() is None
    ann.start(5.0)
    assert [a.text for _, a in run(ann) if isinstance(a, Say)] == ["Hi"]


def test_a_dialogue_takes_the_place_of_what_was_about_to_be_said() -> None:
    ann = agent(Script(opening=("never said",)))
    ann.start(0.0)
    first = ann.next_deadline()
    assert first is not None
    assert ann.due(first) == [Typing(True)]
    ann.play(first, turns(("agent", "Hi")))
    acts = [a for _, a in run(ann)]
    assert acts[0] == Typing(False)
    assert [a.text for a in acts if isinstance(a, Say)] == ["Hi"]


def test_after_a_dialogue_nothing_more_is_said() -> None:
    ann = agent(Script())
    ann.start(0.0)
    ann.play(0.0, turns(("agent", "Bye")))
    run(ann)
    ann.hear(60.0, "m1", "Wait!")
    assert [type(a) for _, a in run(ann)] == [Deliver, Read]


def test_action_turns_are_system_messages_without_typing() -> None:
    ann = agent()
    ann.start(0.0)
    ann.play(0.0, parse_turns([["action", "Account opened"], ["agent", "Hi"]], actions="system"))
    said = [a for _, a in run(ann) if isinstance(a, Say)]
    assert [(a.text, a.role) for a in said] == [("Account opened", "system"), ("Hi", "agent")]


def test_a_script_can_ask_for_faults_at_its_own_times() -> None:
    ann = agent(Script(faults=((4.0, {"kind": "drop"}),)), speed=2)
    ann.start(10.0)
    assert run(ann) == [(12.0, Break({"kind": "drop"}))]


def test_the_manual_scenario_does_nothing_by_itself() -> None:
    ann = agent(SCENARIOS["manual"].script)
    ann.start(0.0)
    ann.hear(1.0, "m1", "hello")
    assert ann.next_deadline() is None


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_that_is_not_positive_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        agent(speed=speed)


@pytest.mark.parametrize(
    ("text", "word"), [("I want a refund", "refund"), ("thanks!", "welcome"), ("MY ORDER??", "order")]
)
def test_small_talk_answers_to_what_was_said(text: str, word: str) -> None:
    talk = SmallTalk(Random(1))
    assert word in " ".join(line for _ in range(20) for line in talk.answer(text))


def test_small_talk_varies_and_never_repeats_itself_at_once() -> None:
    talk = SmallTalk(Random(1))
    lines = [line for _ in range(100) for line in talk.answer("lorem ipsum")]
    assert all(a != b for a, b in pairwise(lines))
    assert len(set(lines)) > 6
    assert 100 < len(lines) < 150
