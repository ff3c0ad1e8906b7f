from __future__ import annotations

from ipygenesys._core.inbox.talk import Talk
from ipygenesys._core.inbox.talks import REST_S, Talks
from tests.core.inbox.examples import agent, customer, told


def talks_of(*ids: str) -> Talks:
    talks = Talks()
    for id_ in ids:
        talk = Talk(id_)
        talk.told(told(customer(1, 3), agent(2, 2, 4), id=id_))
        talks.add(talk)
    return talks


def awake(talks: Talks) -> list[str]:
    return [talk.id for talk in talks.awake]


def test_they_are_packed_in_the_order_in_which_they_came_to_rest() -> None:
    talks = talks_of("1", "2", "3")
    talks.rest("2", 0.0)
    talks.rest("1", 1.0)
    talks.rest("2", 2.0)
    talks.rest("3", 2.0)
    talks.go_on("3")
    assert talks.next_deadline() == 1 + REST_S

    talks.tick(1 + REST_S)
    assert awake(talks) == ["2", "3"]
    talks.tick(2 + REST_S)
    assert (awake(talks), len(talks), talks.next_deadline()) == (["3"], 3, None)
    assert all(id_ in talks for id_ in "123")


def test_a_look_leaves_it_packed_and_whoever_gets_it_has_it_for_a_while() -> None:
    talks, plain = talks_of("1"), talks_of("1").get("1")
    talks.rest("1", 0.0)
    talks.tick(REST_S)
    looked_at, got = talks.look("1"), None
    assert awake(talks) == []

    got = talks.get("1")
    assert looked_at is not None and got is not None and plain is not None
    for each in (looked_at, got):
        assert (each.values, each.last, each.unread) == (plain.values, plain.last, plain.unread)
    assert (talks.get("1") is got, talks.look("1") is got, awake(talks)) == (True, True, ["1"])
    talks.tick(2 * REST_S)
    assert awake(talks) == []


def test_what_is_not_known_or_not_of_interest_any_more_is_nothing() -> None:
    talks = talks_of("1", "2")
    talks.rest("1", 0.0)
    talks.tick(REST_S)
    for id_ in ("1", "2", "3"):
        talks.forget(id_)

    assert (len(talks), talks.get("1"), talks.look("2"), "3" in talks) == (0, None, None, False)
