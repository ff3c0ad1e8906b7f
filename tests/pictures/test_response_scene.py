"""What a picture of response times shows: how often an answer took how long, and what that comes to."""

from __future__ import annotations

import itertools
import math

import pytest

from ipygenesys._core.inbox.pools import Answered
from ipygenesys._pictures.response_scene import LEAST_S, answered_scene, response_scene
from tests.pictures.talking import LOST_PARCEL, said, talk


def test_agents_together_come_first_then_each_and_bots_apart() -> None:
    other = talk(said(0, "Cleo"), said(10, "Ben"), said(20, "Cleo"), said(50, "Ben"), title="Other")
    scene = response_scene([LOST_PARCEL, other], by="agent")

    assert [(row.label, row.role, row.n) for row in scene.rows] == [
        ("", None, 3),
        ("Ben", "agent", 2),
        ("Ann", "agent", 1),
        ("Robo", "bot", 1),
    ]
    everybody = scene.rows[0]
    assert (everybody.median_s, everybody.max_s) == (30.0, 40.0)
    assert everybody.p90_s == pytest.approx(38.0)
    assert everybody.mean_s == pytest.approx(80 / 3)
    assert scene.unanswered == 1


def test_by_conversation_who_waited_longest_comes_first_and_pooled_values_stay() -> None:
    quick = talk(said(0, "Cleo"), said(1, "Ben"), title="Quick")
    silent = talk(said(0, "Cleo"), title="Silent")
    scene = response_scene([quick, LOST_PARCEL, silent], by="conversation")

    assert [row.label for row in scene.rows] == ["", "Parcel", "Quick"]
    assert scene.unanswered == 2


@pytest.mark.parametrize(
    "seconds", [0.0, 0.05, 0.1, 0.9999, 1.0, 9.9, 10.0, 59.0, 60.0, 3_600.0, 100_000.0, 9e6]
)
def test_each_answer_is_counted_in_the_bin_that_holds_it(seconds: float) -> None:
    scene = response_scene([talk(said(0, "Cleo"), said(seconds, "Ann"))], by="agent")
    row, edges = scene.rows[0], scene.edges_s
    value = max(row.max_s, LEAST_S)

    assert sum(row.counts) == 1
    place = row.counts.index(1)
    assert edges[place] <= value * 1.0001 and value <= edges[place + 1] * 1.0001
    widths = [math.log10(high / low) for low, high in itertools.pairwise(edges)]
    assert max(widths) - min(widths) < 1e-9


def test_the_axis_has_ticks_that_people_say_within_what_it_shows() -> None:
    scene = response_scene(
        [talk(said(0, "Cleo"), said(40, "Ann"), said(50, "Cleo"), said(53, "Ann"))], by="agent"
    )

    assert scene.ticks_s == [1, 10, 60]
    assert scene.edges_s[0] <= 1 and scene.edges_s[-1] >= 60


def test_without_answers_there_is_an_axis_all_the_same() -> None:
    scene = response_scene([talk(said(0, "Cleo"))], by="agent")

    assert (scene.rows, scene.unanswered) == ([], 1)
    assert len(scene.edges_s) > 1 and scene.ticks_s


def test_of_an_inbox_agents_come_by_their_names_and_its_bots_together() -> None:
    answered = Answered([1.0, 2.0, 30.0], {"Ann": [30.0], "Ben": [1.0, 2.0]}, [0.2], 4)
    scene = answered_scene(answered, title="Now")

    assert [(row.label, row.role, row.n) for row in scene.rows] == [
        ("", None, 3),
        ("Ben", "agent", 2),
        ("Ann", "agent", 1),
        ("", "bot", 1),
    ]
    assert (scene.unanswered, scene.title, scene.by) == (4, "Now", "agent")
    assert scene.edges_s[0] <= 0.2 and scene.edges_s[-1] >= 30.0
    assert answered_scene(Answered([], {}, [], 0)).rows == []


def test_a_value_on_an_edge_is_counted_above_it() -> None:
    scene = answered_scene(Answered([0.05, 1.0, 10.0, 60.0, 100.0], {}, [], 0))
    (row,) = scene.rows
    edges = [round(edge_s, 9) for edge_s in scene.edges_s]

    assert row.counts[0] == 1, "shorter ones are counted with the shortest"
    assert [row.counts[edges.index(value)] for value in (1.0, 10.0, 100.0)] == [1, 1, 1]
    assert sum(row.counts) == row.n == 5
