"""Places of messages, as numbers."""

from __future__ import annotations

from ipygenesys._core.relay.places import STEP, Places


def test_a_place_is_between_those_of_its_neighbours() -> None:
    places = Places()
    places.renumber(["a", "c"])
    assert places.put_in([("b", "a", "c")])
    assert places["a"] < places["b"] < places["c"]


def test_the_first_one_the_last_one_and_the_only_one() -> None:
    places = Places()
    assert places.put_in([("b", None, None), ("c", "b", None), ("a", None, "b")])
    assert places["a"] < places["b"] < places["c"]
    assert places["b"] == STEP


def test_there_is_no_number_between_two_for_ever() -> None:
    places = Places()
    places.renumber(["a", "z"])
    low, halvings = "a", 0
    while places.put_in([(f"m{halvings}", low, "z")]):
        low, halvings = f"m{halvings}", halvings + 1
    assert halvings > 40
    places.renumber(["a", "z"])
    assert places.put_in([("m", "a", "z")])


def test_what_is_gone_has_none() -> None:
    places = Places()
    places.renumber(["a"])
    places.drop(["a", "unknown"])
    assert "a" not in places
