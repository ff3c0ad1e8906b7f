"""Pictures as files: well-formed, told in words too, in each theme and language, with nothing from outside."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import ipygenesys as ig
from ipygenesys._core.inbox.pools import Answered
from ipygenesys._pictures.durations import clock, duration, time_step
from ipygenesys._pictures.languages import picture_words
from ipygenesys._pictures.response_scene import answered_scene, response_scene
from ipygenesys._pictures.svg import svg
from ipygenesys._pictures.talks import Span, Talk
from ipygenesys._pictures.timeline_scene import timeline_scene
from ipygenesys._pictures.wire import Scene, TimelineScene
from tests.pictures.talking import LOST_PARCEL, START_MS, message, said, talk

SVG = "{http://www.w3.org/2000/svg}"
SPANS = (
    Span("typing", "Ann", START_MS + 30_000, START_MS + 40_000),
    Span("offline", None, START_MS + 41_000, START_MS + 50_000),
)
NASTY = talk(said(0, "Cleo", read_ms=START_MS + 9), title="<script>&\x00\x1b]]>")
PICTURES: dict[str, Scene] = {
    "timeline": timeline_scene([LOST_PARCEL._replace(spans=SPANS)], since_start=False),
    "many": timeline_scene([LOST_PARCEL, NASTY], since_start=True),
    "empty timeline": timeline_scene([], since_start=False),
    "response times": response_scene([LOST_PARCEL], by="agent"),
    "by conversation": response_scene([LOST_PARCEL, NASTY], by="conversation", title="a < b"),
    "no response times": response_scene([NASTY], by="agent"),
    "response times of an inbox": answered_scene(Answered([4.0], {"Ann & Co": [4.0]}, [0.2], 1)),
    "response times of bots": answered_scene(Answered([], {}, [0.2], 0)),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("language", picture_words())
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_an_svg_of_its_own_with_titles_on_its_axes(name: str, language: str, theme: str) -> None:
    words = picture_words()[language]
    drawn = svg(PICTURES[name], words, theme=theme)
    root = ElementTree.fromstring(drawn)
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]

    assert root.find(f"{SVG}title") is not None and root.findtext(f"{SVG}desc")
    axis = words[
        "responseTime"
        if "response" in name or "by" in name
        else "sinceStart"
        if name == "many"
        else "timeOfDay"
    ]
    assert any(text.startswith(axis.partition("{")[0]) for text in texts), texts
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(|<script", drawn)
    assert "nan" not in drawn and "{" not in drawn


@pytest.mark.parametrize("name", ["timeline", "many", "empty timeline"])
@pytest.mark.parametrize("language", picture_words())
@pytest.mark.parametrize("width", [320, 400, 519])
def test_a_narrow_timeline_names_its_lanes_above_them_and_has_all_its_words_in_it(
    name: str, language: str, width: int
) -> None:
    scene = PICTURES[name]
    root = ElementTree.fromstring(svg(scene, picture_words()[language], width=width))
    texts = list(root.iter(f"{SVG}text"))

    assert isinstance(scene, TimelineScene)
    assert {lane.label.split("<")[0] for lane in scene.lanes} <= {
        (text.text or "").split(" (")[0].split("<")[0] for text in texts
    }
    for text in texts:
        long = len(text.text or "") * 6.0
        before = {"start": 0.0, "middle": long / 2, "end": long}[text.get("text-anchor", "start")]
        assert 0 <= float(text.get("x", "nan")) - before <= width - long, text.text
    lines = [(text.get("y"), text.get("text-anchor")) for text in texts if text.get("x") == "16.0"]
    assert len(lines) == len(set(lines))


def test_a_name_that_xml_cannot_hold_costs_no_picture() -> None:
    named = talk(said(0, "Cleo")._replace(sender="a\uffff\ud800\x1b\u202eb"), title="\ufffe")
    drawn = svg(timeline_scene([named], since_start=False), picture_words()["en"])
    texts = [element.text or "" for element in ElementTree.fromstring(drawn.encode()).iter(f"{SVG}text")]
    assert "a" + "\ufffd" * 4 + "b" in texts


def test_marks_tell_roles_by_their_shape_too() -> None:
    root = ElementTree.fromstring(svg(PICTURES["timeline"], picture_words()["en"]))
    fills = {
        path.get("fill"): path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill") != "none"
    }

    shapes = {re.sub(r"[-\d. ]+", "", d.split("z")[0]) for d in fills.values()}
    assert len(shapes) >= 3


def test_two_hundred_conversations_take_little_room() -> None:
    talks = [
        talk(*(said(at, "Cleo" if at % 2 else "Ann") for at in range(100)), title=f"{n}") for n in range(200)
    ]
    drawn = svg(timeline_scene(talks, since_start=True), picture_words()["en"])

    assert drawn.count("<path") < 700 and len(drawn) < 3_000_000


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0 s"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),
        (59, "59 s"),
        (60, "1 min"),
        (90, "1.5 min"),
        (5_400, "1.5 h"),
        (200_000, "2.3 d"),
    ],
)
def test_durations_are_said_in_the_unit_that_people_use(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("span_ms", "most", "step"),
    [
        (10, 10, 1),
        (10_000, 10, 1_000),
        (65_000, 8, 10_000),
        (86_400_000, 8, 10_800_000),
        (1e12, 5, 220_752_000_000),
    ],
)
def test_ticks_stand_at_round_times_and_are_few(span_ms: float, most: int, step: int) -> None:
    assert time_step(span_ms, most) == step
    assert span_ms / step <= most


def test_ticks_say_as_much_as_tells_them_apart() -> None:
    at = START_MS + 3_723_004
    assert [clock(at, step, is_relative=False) for step in (100, 1_000, 60_000, 86_400_000)] == [
        "11:55:23.004",
        "11:55:23",
        "11:55",
        "2025-11-30",
    ]
    assert [clock(3_723_004, step, is_relative=True) for step in (100, 1_000)] == ["1:02:03.004", "1:02:03"]


def test_the_bots_of_an_inbox_are_called_so_and_are_no_agents() -> None:
    words = picture_words()["en"]
    both, alone = (
        svg(PICTURES["response times of an inbox"], words),
        svg(PICTURES["response times of bots"], words),
    )

    assert ">Bot</text>" in both and "(Bot)" not in both and ">All agents</text>" in both
    assert "<desc>Answers of agents: 1." in both
    assert ">Bot</text>" in alone and f"<desc>{words['noAnswers']}</desc>" in alone


# --- files ------------------------------------------------------------------------------------------------


def test_savefig_needs_no_page(tmp_path: Path) -> None:
    path = ig.timeline([message(0, "Cleo"), message(9, "Ann")]).savefig(
        tmp_path / "t.svg", width=700, theme="dark", locale="de"
    )

    root = ElementTree.fromstring(path.read_text("utf-8"))
    assert root.get("width") == "700"
    assert root.findtext(f"{SVG}title") == "Zeitverlauf"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("t.pdf", {}, "use .svg or .png"),
        ("t.svg", {"width": 10}, "320"),
        ("t.svg", {"theme": "red"}, "'light', 'dark'"),
        ("t.svg", {"locale": "xx"}, "not known"),
    ],
)
def test_what_cannot_be_saved_is_said(
    tmp_path: Path, name: str, options: dict[str, object], words: str
) -> None:
    picture = ig.response_times([message(0, "Cleo")])
    with pytest.raises(ValueError, match=re.escape(words)):
        picture.savefig(tmp_path / name, **options)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_a_png_without_a_renderer_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    with pytest.raises(ImportError, match="pip install resvg-py"):
        ig.timeline([message(0, "Cleo")]).savefig(tmp_path / "t.png")


def test_a_png_is_drawn_twice_as_large(tmp_path: Path) -> None:
    data = ig.timeline([message(0, "Cleo")]).savefig(tmp_path / "t.PNG").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 2 * 960


def test_the_words_of_the_last_tick_stay_in_the_picture() -> None:
    for end_ms in (4_010, 61_000, 3_600_100):
        scene = timeline_scene([talk(said(0, "Cleo"), said(end_ms, "Cleo"))], since_start=True)
        drawn = svg(scene, picture_words()["en"])
        ticks = re.findall(r'<text x="([\d.]+)" [^>]*text-anchor="(\w+)">([\d:.]+)<', drawn)
        assert len(ticks) > 2
        for x, anchor, words in ticks:
            assert anchor == "end" or float(x) + len(words) * 6 / 2 <= 960


# --- words ------------------------------------------------------------------------------------------------


def test_every_language_says_everything_with_the_same_places() -> None:
    english = picture_words()["en"]
    for language, words in picture_words().items():
        assert words.keys() == english.keys(), language
        for name, text in words.items():
            places = set(re.findall(r"\{\w+\}", english[name]))
            assert set(re.findall(r"\{\w+\}", text)) == places, (language, name)


def test_a_talk_of_nobody_is_no_error() -> None:
    assert svg(timeline_scene([Talk("", ())], since_start=False), picture_words()["en"])
