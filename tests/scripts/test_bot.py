"""Scripts against a bot of the simulator."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest

from ipygenesys import Script, Simulator, WebMessaging
from tests.simulator.person.test_flow import SHOP

Factory = functools.partial[WebMessaging]


@pytest.fixture(scope="module")
def guest() -> Iterator[Factory]:
    deployment = {"conversation_disconnect": "ReadOnly"}
    with Simulator(bot=SHOP, speed=20, deployment=deployment) as simulator:
        yield functools.partial(
            WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id
        )


def test_a_bot_is_tested_from_its_greeting_to_its_end(guest: Factory) -> None:
    scenario = (
        Script.scenario("return")
        .say("hello")
        .expect(equals="What?", quick_replies=("Return", "Person"))
        .pick("return")
        .expect("which order")
        .say("12345")
        .expect(matches=r"order (?P<order>\d+)")
        .expect(cards=("Red", "Blue"), buttons=("Take red",))
        .pick("Take red")
        .expect_end(within=5)
    )
    (result,) = Script(scenario).run(guest).scenarios
    assert result.passed, result.words
    assert {message.role for message in result.messages if not message.is_own} == {"bot"}


def test_what_comes_in_the_wrong_order_or_twice_fails_nothing(guest: Factory) -> None:
    odd = (
        Script.scenario("odd")
        .say("hello")
        .expect("what")
        .pick("Odd")
        .expect("one")
        .expect("two")
        .expect("three")
        .expect("four")
    )
    run = Script(*(odd for _ in range(10))).run(guest, parallel=5)
    assert run.passed, [result.words for result in run.scenarios]


def test_a_person_takes_over(guest: Factory) -> None:
    scenario = (
        Script.scenario("person")
        .say("hello")
        .pick("Person", within=5)
        .expect(json={"sender": "Ann", "role": "agent"})
    )
    (result,) = Script(scenario).run(guest).scenarios
    assert result.passed, result.words


@pytest.mark.parametrize("may_go_on", [False, True])
def test_who_leaves_is_seen_whether_or_not_the_guest_may_go_on_writing(may_go_on: bool) -> None:
    bot = {
        "start": "a",
        "nodes": {"a": [{"collect": "order", "ask": "Which order?"}, {"say": "Bye."}, {"end": "true"}]},
    }
    deployment = {"conversation_disconnect": "Send" if may_go_on else "ReadOnly"}
    begun = (
        Script.scenario("left").say("hi").expect("which").say("12").expect("bye").expect_disconnect(within=5)
    )
    over = begun.expect_end(within=0.5)
    with Simulator(bot=bot, speed=20, deployment=deployment) as simulator:
        guest = functools.partial(
            WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id
        )
        run = Script(begun, over, begun.say("more")).run(guest)
    assert [one.passed for one in run.scenarios] == [True, not may_go_on, may_go_on]
