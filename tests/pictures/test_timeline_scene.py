"""What a timeline shows: lanes, marks and spans in them, from when to when."""

from __future__ import annotations

import pytest

from ipygenesys._pictures import timeline_scene as scenes
from ipygenesys._pictures.talks import Span
from ipygenesys._pictures.timeline_scene import timeline_scene
from tests.pictures.talking import LOST_PARCEL, START_MS, said, talk


def test_one_conversation_has_a_lane_a_participant_who_came_first_stands_first() -> None:
    scene = timeline_scene([LOST_PARCEL], since_start=False)

    assert [(lane.label, lane.role, lane.is_own, lane.messages) for lane in scene.lanes] == [
        ("Cleo", "customer", False, 4),
        ("Robo", "bot", False, 1),
        ("Ann", "agent", True, 1),
    ]
    assert scene.messages.lane == [0, 1, 0, 2, 0, 0]
    assert (scene.begin_ms, scene.end_ms) == (START_MS, START_MS + 65_000)
    assert (scene.talks, scene.now_ms) == (1, None)


def test_several_have_a_lane_each_and_count_from_their_beginnings() -> None:
    other = talk(said(1000, "Cleo"), said(1030, "Ben"), title="Other")
    scene = timeline_scene([LOST_PARCEL, other], since_start=True)

    assert [lane.label for lane in scene.lanes] == ["Parcel", "Other"]
    assert scene.messages.time_ms[-2:] == [0, 30_000]
    assert scene.messages.lane[-2:] == [1, 1]
    assert [scene.senders[at].name for at in scene.messages.sender[-2:]] == ["Cleo", "Ben"]
    assert (scene.begin_ms, scene.end_ms, scene.is_relative) == (0, 65_000, True)


def test_spans_stand_in_the_lane_of_whose_they_are_and_what_goes_on_comes_last() -> None:
    spans = (
        Span("typing", "Zoe", START_MS + 5_000, None),
        Span("typing", "Ann", START_MS + 30_000, START_MS + 40_000),
        Span("offline", None, START_MS + 41_000, START_MS + 50_000),
    )
    scene = timeline_scene([LOST_PARCEL._replace(spans=spans)], since_start=False, now_ms=START_MS + 90_000)

    assert [lane.label for lane in scene.lanes] == ["Cleo", "Robo", "Ann", "Zoe"]
    assert list(zip(scene.spans.kind, scene.spans.lane, strict=True)) == [
        ("typing", 2),
        ("offline", -1),
        ("waiting", 0),
        ("typing", 3),
        ("waiting", 0),
    ]
    assert scene.end_ms == START_MS + 90_000


def test_a_live_one_in_which_nothing_goes_on_ends_with_what_was_last() -> None:
    over = talk(said(0, "Cleo"), said(5, "Ann"))

    assert timeline_scene([over], since_start=False, now_ms=START_MS + 90_000).end_ms == START_MS + 5_000


def test_nothing_is_a_second_of_nothing() -> None:
    for given in ([], [talk()]):
        scene = timeline_scene(given, since_start=False, now_ms=START_MS)
        assert (scene.begin_ms, scene.end_ms, scene.messages.time_ms) == (START_MS, START_MS + 1_000, [])


def test_texts_are_cut_and_left_out_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    long = talk(said(0, "Cleo", text="x" * 500), said(1, "Ann", text="short"))
    assert [len(text or "") for text in timeline_scene([long], since_start=False).messages.text] == [120, 5]

    monkeypatch.setattr(scenes, "MAX_TEXTS", 1)
    assert timeline_scene([long], since_start=False).messages.text == [None, None]


def test_ids_are_there_only_where_a_message_can_be_shown() -> None:
    assert timeline_scene([LOST_PARCEL], since_start=False).messages.id[0] == ""
    assert timeline_scene([LOST_PARCEL], since_start=False, has_ids=True).messages.id[0] == "m0"
