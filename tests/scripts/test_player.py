"""What is done next, and how it ends: with a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from ipygenesys._core.model.content import QuickReplies, QuickReply
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.platform_events import MessageArrived, PresenceChanged, TypingNoticed
from ipygenesys._scripts.model.patterns import Pattern
from ipygenesys._scripts.model.place import Place
from ipygenesys._scripts.model.steps import (
    Expect,
    ExpectEnd,
    ExpectNothing,
    ExpectTyping,
    Pick,
    Say,
    Step,
    Type,
    Upload,
    Wait,
    Wanted,
)
from ipygenesys._scripts.play.ovotech import OvotechPlayer
from ipygenesys._scripts.play.player import SETTLE_S, Player
from tests.scripts.heard import said


def contains(text: str, **more: Any) -> Expect:
    return Expect(Wanted(contains=(text,)), **more)


class Play:
    """A player with a clock; what it asks for is done at once."""

    def __init__(self, *steps: Step, **more: Any) -> None:
        self.player = Player(steps, **more)
        self.now = 100.0
        self.done: list[Step] = []
        self.go()

    def go(self, after_s: float = 0.0) -> Player:
        self.now += after_s
        while (act := self.player.step(self.now)) is not None:
            self.done.append(act.step)
            self.player.acted(self.now)
        return self.player

    def hear(self, *messages: Message) -> Player:
        heard = [*self.player.situation.heard, *messages]
        self.player.situation.heard = sorted(heard, key=lambda message: message.time_ms)
        return self.go()

    @property
    def outcomes(self) -> list[str]:
        return [turn.outcome for turn in self.player.turns]


def test_what_is_expected_comes_and_the_next_thing_is_said() -> None:
    play = Play(Say("hi"), contains("hello"), Say("bye"))
    assert play.done == [Say("hi")]
    assert not play.hear(said("Well", 1)).done
    assert play.hear(said("Hello!", 2)).passed
    assert play.done == [Say("hi"), Say("bye")]


def test_what_came_before_it_was_asked_for_counts() -> None:
    play = Play(Wait(5), contains("hello"))
    play.hear(said("Hello", 1))
    assert play.player.next_deadline() == 105
    assert play.go(5).passed


def test_what_does_not_come_fails_at_its_time_with_what_came_instead_nearest_first() -> None:
    play = Play(contains("Hello Ann", within_s=3), Say("bye"), timeout_s=10)
    play.hear(said("Something else", 1), said("Hello Ben", 2))
    assert play.player.next_deadline() == 103
    assert not play.go(2.9).done
    player = play.go(0.1)
    assert player.done
    assert not player.passed
    assert play.outcomes == ["failed", "not played"]
    assert player.turns[0].words == "It did not come within 3 s."
    assert [message.text for message, _ in player.turns[0].instead] == ["Hello Ben", "Something else"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_messages_that_come_in_another_order_are_found_in_the_platforms(order: Sequence[int]) -> None:
    messages = [said("one a", 1), said("two a", 2), said("three a", 3)]
    play = Play(contains("a"), contains("a"), contains("three"), Say("bye"))
    for number in order:
        play.hear(messages[number])
    assert play.player.passed


def test_the_platforms_order_is_what_counts() -> None:
    play = Play(contains("first"), contains("second"))
    play.hear(said("second", 1), said("first", 2))
    assert not play.go(60).passed


def test_what_one_step_has_found_is_found_by_no_other() -> None:
    play = Play(contains("hello"), contains("hello"))
    assert not play.hear(said("Hello", 1)).done
    assert play.hear(said("Hello", 2)).passed


def test_the_next_one_has_to_be_it_but_may_be_overtaken_for_a_moment() -> None:
    play = Play(contains("first", is_next=True))
    assert not play.hear(said("second", 2)).done
    assert play.player.next_deadline() == 100 + SETTLE_S
    assert play.hear(said("first", 1)).passed

    play = Play(contains("first", is_next=True))
    play.hear(said("second", 2))
    assert play.go(SETTLE_S).turns[0].words == "Something else came next."


def test_what_must_not_come() -> None:
    play = Play(contains("sorry", is_not=True, within_s=2))
    assert not play.hear(said("All is well", 1)).done
    assert play.go(2).passed
    play = Play(contains("sorry", is_not=True, within_s=2))
    assert play.hear(said("Sorry!", 1)).turns[0].words == "It came, though it should not."


def test_what_need_not_come_is_passed_over() -> None:
    play = Play(contains("ad", is_optional=True, within_s=1), contains("hello"))
    play.hear(said("Hello", 1))
    assert play.go(1).passed


def test_nothing_more() -> None:
    play = Play(contains("hello"), ExpectNothing(2))
    play.hear(said("Hello", 1))
    assert play.player.next_deadline() == 102
    assert play.go(2).passed
    play = Play(contains("hello"), ExpectNothing(2))
    play.hear(said("Hello", 1))
    player = play.hear(said("And more", 2))
    assert player.turns[-1].words == "More was said within 2 s."
    assert [message.text for message, _ in player.turns[-1].instead] == ["And more"]


def test_typing_counts_since_we_last_did_something() -> None:
    play = Play(Say("hi"), ExpectTyping(within_s=4))
    play.player.situation.typed_at = 99
    assert not play.go().done
    play.player.situation.typed_at = 101
    assert play.go(1).passed
    play = Play(ExpectTyping(within_s=4))
    assert play.go(4).turns[0].words == "Nobody was seen typing within 4 s."


def test_the_end_of_a_conversation_is_expected_or_fails_at_once() -> None:
    play = Play(ExpectEnd(within_s=3))
    play.player.situation.ended = "it is over."
    assert play.go().passed
    play = Play(ExpectEnd(within_s=3))
    assert play.go(3).turns[0].words == "The conversation went on for 3 s."
    play = Play(contains("hello"), Say("bye"))
    play.player.situation.ended, play.player.situation.ended_at = "it is over.", 100.0
    assert not play.go().done
    assert play.player.next_deadline() == 100 + SETTLE_S
    assert play.go(SETTLE_S).turns[0].words == "The conversation ended before it came: it is over."
    play = Play(Wait(1), Say("bye"))
    play.player.situation.ended = "it is over."
    assert play.go(1).turns[1].words == "Nothing can be said any more: it is over."


def test_typing_counts_that_is_seen_before_what_was_said_is_acknowledged() -> None:
    player = Player((Say("hi"), ExpectTyping(within_s=4)))
    assert player.step(100.0) is not None
    player.situation.typed_at = 100.1
    player.acted(100.2)
    player.step(100.2)
    assert player.passed


def test_who_leaves_is_enough_only_where_it_is_asked_for() -> None:
    for or_left in (True, False):
        play = Play(ExpectEnd(within_s=3, or_left=or_left))
        assert not play.go().done
        play.player.situation.has_left = True
        assert play.go().passed is or_left
    play = Play(ExpectEnd(or_left=True))
    play.player.situation.ended = "it is over."
    assert play.go().passed


def test_a_check_that_fails_itself_is_said() -> None:
    def broken(message: Message) -> bool:
        raise LookupError(message.id)

    play = Play(Expect(Wanted(check=broken)))
    assert play.hear(said("hi", 1, id="m1")).turns[0].words == "broken has failed: LookupError: m1"


def test_what_was_said_before_the_end_can_come_after_it() -> None:
    play = Play(contains("bye"), ExpectEnd())
    play.player.situation.ended, play.player.situation.ended_at = "it is over.", 100.0
    play.go(SETTLE_S / 2)
    assert play.hear(said("Bye", 1)).passed


def test_a_pick_waits_until_it_is_offered() -> None:
    play = Play(Pick(("{what}",), within_s=5), variables={"what": "yes"})
    assert not play.hear(said("Which?", 1)).done
    reply = QuickReply(text="Yes", payload="y")
    assert play.hear(said("Which?", 2, content=(QuickReplies(replies=(reply,)),))).passed
    assert play.done == [Pick(("yes",), 5)]
    play = Play(Pick(("yes",), within_s=5))
    assert play.go(5).turns[0].words == "Nothing offered 'yes' within 5 s."


def test_what_is_found_can_be_said() -> None:
    step = Expect(Wanted(matches=Pattern(r"order (?P<order>\d+)")), let="all")
    play = Play(step, Say("{order} of {all}"), Upload("{order}.pdf", "{order}"), Type(1))
    assert play.hear(said("Your order 12.", 1)).passed
    assert play.done == [Say("12 of Your order 12."), Upload("12.pdf", "12"), Type(1)]


def test_a_variable_that_is_not_known_fails_with_its_place() -> None:
    play = Play(Say("{what}", Place("a.yml", 4)))
    assert play.player.turns[0].words == "a.yml:4: no variable 'what'."


def test_what_cannot_be_done_fails_in_its_words() -> None:
    player = Player([Say("hi"), Say("bye")])
    assert player.step(1.0) is not None
    player.acted(2.0, "DeliveryFailed: refused")
    assert [(turn.outcome, turn.words, turn.waited_s) for turn in player.turns] == [
        ("failed", "DeliveryFailed: refused", 1.0),
        ("not played", "", 0.0),
    ]
    assert player.step(3.0) is None
    assert player.next_deadline() is None


def test_a_text_that_is_not_there_yet_is_waited_for() -> None:
    play = Play(contains("hello"))
    assert not play.hear(said(None, 1, id="m")).done
    play.player.situation.heard = []
    assert play.hear(said("Hello", 1, id="m")).passed


def test_as_ovotech_it_pauses_and_forgets_what_comes_meanwhile() -> None:
    player = OvotechPlayer((Say("hi"), contains("hello")))
    assert player.step(100.0) is None
    assert player.next_deadline() == 103
    player.situation.heard = [said("Hello", 1, id="m1")]
    player.frames(101.0, (MessageArrived(id="m1", time_ms=1),), 1)
    assert player.next_deadline() == 102
    assert player.step(102.0) is None
    assert player.step(103.0) is not None
    player.acted(103.0)
    assert player.step(103.0) is None
    assert not player.done
    player.situation.heard = [*player.situation.heard, said("Hello again", 2, id="m2")]
    player.frames(104.0, (MessageArrived(id="m2", time_ms=2),), 2)
    player.step(105.0)
    assert player.passed


def test_a_script_without_steps_passes() -> None:
    assert Play().player.passed


def test_what_is_offered_by_nobody_any_more_fails_at_once() -> None:
    play = Play(Pick(("yes",), within_s=5))
    play.player.situation.ended, play.player.situation.ended_at = "it is over.", 100.0
    words = "The conversation ended before it was offered: it is over."
    assert play.go(SETTLE_S).turns[0].words == words


def test_what_was_found_is_found_by_no_later_step_either() -> None:
    play = Play(contains("a"), contains("b"), contains("b"))
    assert not play.hear(said("a", 1), said("b", 2)).done
    play = Play(contains("a"), Say("go on"), contains("a"))
    assert not play.hear(said("a", 5)).done
    assert not play.hear(said("a", 1)).done  # Late, and before what was found.
    assert play.hear(said("a", 6)).passed


def test_what_comes_late_takes_its_place_among_what_came_since_something_was_said_alone() -> None:
    play = Play(contains("x"), contains("y"), Say("go on"), contains("x"), contains("x"))
    assert not play.hear(said("x", 1), said("x", 2), said("y", 3), said("x", 4)).done
    assert play.hear(said("x", 5)).passed


def test_nothing_more_looks_at_what_was_late_too() -> None:
    play = Play(contains("a"), ExpectNothing(2))
    play.hear(said("a", 2))
    player = play.hear(said("a", 1))
    assert player.turns[-1].words == "More was said within 2 s."
    assert [message.time_ms for message, _ in player.turns[-1].instead] == [2]


def test_typing_at_the_very_moment_counts() -> None:
    play = Play(Say("hi"), ExpectTyping(within_s=4))
    play.player.situation.typed_at = 100.0
    assert play.go().passed


def test_a_failed_turn_tells_its_step_with_its_variables() -> None:
    play = Play(contains("{word}", within_s=1), variables={"word": "hello"})
    (turn,) = play.go(1).turns
    assert isinstance(turn.step, Expect)
    assert turn.step.wanted.contains == ("hello",)


def test_as_ovotech_frames_take_their_turns_whatever_they_are_and_an_end_fails_a_wait_at_once() -> None:
    player = OvotechPlayer((contains("bye"),))
    player.situation.heard = [said("Bye", 7, id="m1")]
    player.step(100.0)
    typing = TypingNoticed(participant_id=None, is_typing=True, duration_s=5.0)
    player.frames(100.0, (typing, typing, MessageArrived(id="m1", time_ms=7)), 7)
    assert not player.pool.was_disordered
    for now in (101.0, 102.0):
        player.step(now)
        assert not player.done
    player.step(103.0)
    assert player.passed
    assert player.turns[0].waited_s == 3.0

    player = OvotechPlayer((contains("bye"),))
    player.step(100.0)
    player.frames(100.0, (PresenceChanged(participant_id=None, has_joined=False),), 7)
    assert player.next_deadline() == 101
    player.step(101.0)
    assert player.done
    assert player.turns[0].words == "The conversation ended before it came: the other side has left."


def test_as_ovotech_a_frame_that_tells_no_time_has_that_of_its_coming() -> None:
    def typing(time_ms: int | None) -> TypingNoticed:
        return TypingNoticed(participant_id=None, is_typing=True, time_ms=time_ms)

    player = OvotechPlayer(())
    player.frames(1.0, (MessageArrived(id="m1"), typing(None)), 7)
    player.frames(1.0, (MessageArrived(id="m2", time_ms=8), typing(9)), 7)
    for _ in range(4):
        player.pool.give_out(5.0)
    given = [(frame.message_id, frame.time_ms) for frame in player.pool.given]
    assert given == [("m1", 7), (None, 7), ("m2", 8), (None, 9)]


def test_a_pattern_that_would_take_for_ever_fails_its_step_with_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ipygenesys._scripts.model.patterns.LIMIT_S", 0.01)
    place = Place("a.yml", 3)
    play = Play(Expect(Wanted(matches=Pattern("(a|a)+$", place=place)), place=place), Say("bye"))
    (turn, _) = play.hear(said("a" * 200 + "b", 1)).turns
    assert turn.words == "a.yml:3: '(a|a)+$' takes too long on a message: write it simpler."


def test_a_bot_that_answers_for_ever_fails_a_step_at_its_time() -> None:
    play = Play(Say("hi"), contains("bye", within_s=3))
    for second in range(1, 4):
        play.hear(*(said(f"la {second} {number}", 1_000 * second + number) for number in range(300)))
        play.go(1)
    (_, turn) = play.player.turns
    assert turn.words == "It did not come within 3 s."
    assert len(turn.instead) == 900
