"""Pictures of conversations in a real Chromium: what they show, by pointer, by keyboard, in words, and as files."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from ipygenesys._pictures.languages import picture_words
from ipygenesys._pictures.response_scene import response_scene
from ipygenesys._pictures.talks import Span, Talk
from ipygenesys._pictures.timeline_scene import timeline_scene
from ipygenesys._pictures.wire import Reading
from tests.pictures.talking import START_MS, said
from tests.view.conftest import Host, MakeHost
from tests.view.drawn import SCENES, TALK, Drawn, many
from tests.view.kernel import conversation
from tests.view.layout import overflowing
from tests.view.test_states import AXE, LOOKS, PICTURES, violations

SHORT = Talk(
    "",
    (
        said(0, "Cleo", text="Where is my parcel?", id="m1"),
        said(30, "Ann", text="I will look.", id="m2", status="read", read_ms=START_MS + 36_000),
        said(40, "Cleo", text="Thanks", id="m3"),
    ),
    (Span("typing", "Ann", START_MS + 20_000, START_MS + 30_000),),
)


def short(*more: Any, now_ms: int | None = None, has_ids: bool = True) -> Any:
    said_so_far = (*SHORT.said, *more)
    return timeline_scene(
        [SHORT._replace(said=said_so_far)], since_start=True, now_ms=now_ms, has_ids=has_ids
    )


# --- looks ------------------------------------------------------------------------------------------------

LOOKED_AT = [
    *((scene, look) for scene in SCENES for look in ("light", "dark", "narrow")),
    *(
        ("timeline", look)
        for look in ("plain", "plain-dark", "high-contrast", "vscode", "forced", "right-to-left", "wide")
    ),
    *(("response-times", look) for look in ("plain-dark", "high-contrast", "vscode-light", "forced")),
]


@pytest.mark.parametrize(("scene", "look"), LOOKED_AT)
def test_a_picture_in_every_look(make_host: MakeHost, scene: str, look: str) -> None:
    host = make_host(**LOOKS[look])
    drawn = Drawn(host, SCENES[scene])
    drawn.page.get_by_text("Table", exact=True).click()
    host.shown()

    PICTURES.mkdir(parents=True, exist_ok=True)
    drawn.root.screenshot(path=PICTURES / f"picture-{scene}-{look}.png")
    assert violations(host, AXE.read_text("utf-8")) == []
    assert overflowing(host) == []


@pytest.mark.parametrize("locale", ["de", "es", "fr", "ja"])
@pytest.mark.parametrize("scene", ["timeline", "response-times"])
def test_a_picture_speaks_the_pages_language(make_host: MakeHost, scene: str, locale: str) -> None:
    host = make_host(width=480)
    drawn = Drawn(host, SCENES[scene], locale=locale)
    drawn.page.locator("summary").click()
    host.shown()

    name = "timeline" if scene == "timeline" else "responseTimes"
    expect(drawn.page.get_by_role("region", name=picture_words()[locale][name])).to_be_visible()
    said_words = drawn.root.inner_text()
    english = picture_words()["en"]
    for key in ("definition", "fit", "longest"):
        words = english[key].partition("{")[0]
        assert words not in said_words, words
    assert "{" not in said_words
    drawn.root.screenshot(path=PICTURES / f"picture-{scene}-{locale}.png")
    assert overflowing(host) == []


# --- by keyboard ------------------------------------------------------------------------------------------


def test_every_message_and_span_is_reached_by_keyboard_and_said(host: Host) -> None:
    drawn = Drawn(host, short())
    drawn.plot.focus()
    said_words = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "Home", "ArrowUp", "End"):
        drawn.page.keyboard.press(key)
        host.shown(1)
        said_words.append(drawn.status())

    first, waited, last, ann, typed, home, up, end = said_words
    assert first.startswith("Cleo, Message (Customer), 0:00:00") and "Where is my parcel?" in first
    assert waited.startswith("Cleo, Waiting for an answer, 0:00:00 · 30 sec")
    assert "Thanks" in last
    assert ann.startswith("Ann (You), Message (Agent), 0:00:30, Read 0:00:36, I will look.")
    assert "Typing" in typed and home == typed
    assert up.startswith("Cleo") and "Waiting" in end

    drawn.page.keyboard.press("Escape")
    host.shown(1)
    assert drawn.status() == ""


def test_keys_zoom_and_pan_and_show_all_again(host: Host) -> None:
    drawn = Drawn(host, short())
    ticks = drawn.root.locator(".ipg-axis text")
    all_ticks = ticks.all_text_contents()
    drawn.plot.focus()
    for _ in range(4):
        drawn.page.keyboard.press("+")
    expect(drawn.page.get_by_role("button", name="Show all")).to_be_enabled()
    zoomed = ticks.all_text_contents()
    assert zoomed != all_ticks
    for _ in range(8):
        drawn.page.keyboard.press("Shift+ArrowLeft")
    host.shown(1)
    assert ticks.all_text_contents() != zoomed
    drawn.page.keyboard.press("0")
    host.shown(1)
    assert ticks.all_text_contents() == all_ticks
    expect(drawn.page.get_by_role("button", name="Show all")).to_be_disabled()


def test_a_bar_is_reached_by_keyboard_and_said(host: Host) -> None:
    drawn = Drawn(host, SCENES["response-times"])
    drawn.plot.focus()
    drawn.page.keyboard.press("ArrowRight")
    host.shown(1)
    first = drawn.status()
    drawn.page.keyboard.press("ArrowDown")
    host.shown(1)

    assert re.fullmatch(r"All agents: .+ to .+, answers: \d+", first)
    assert re.match(r"(Ann|Ben): ", drawn.status())


def test_keys_that_are_not_for_the_picture_are_left_to_the_host(host: Host) -> None:
    drawn = Drawn(host, short())
    drawn.page.evaluate("addEventListener('keydown', event => (window.heard ??= []).push(event.key))")
    drawn.plot.focus()
    for key in ("ArrowRight", "Control+s", "q", "+"):
        drawn.page.keyboard.press(key)

    assert drawn.page.evaluate("heard.filter(key => key !== 'Control')") == ["s", "q"]


# --- by pointer -------------------------------------------------------------------------------------------


def marks_of(host: Host, role: str) -> list[dict[str, float]]:
    """Where the marks of a role stand in the page."""
    places: list[dict[str, float]] = host.page.evaluate(
        """role => {
          const path = document.querySelector(`.ipg-plot path[data-role=${role}]`);
          const area = path.ownerSVGElement.getBoundingClientRect();
          const size = role === 'agent' ? 0.5 : 0;
          return [...path.getAttribute('d').matchAll(/M([-\\d.]+) ([-\\d.]+)/g)]
            .map(([, x, y]) => ({x: area.left + Number(x) + 5, y: area.top + Number(y) + size * 10}));
        }""",
        role,
    )
    return places


def test_what_one_points_at_is_told_and_a_click_goes_to_it_in_the_chat(host: Host) -> None:
    drawn = Drawn(host, short())
    drawn.page.evaluate("document.addEventListener('ipygenesys-show-message', e => window.shown = e.detail)")
    [ann] = marks_of(host, "agent")
    drawn.page.mouse.move(ann["x"], ann["y"])
    tip = drawn.root.locator(".ipg-tip")
    expect(tip).to_contain_text("I will look.")
    assert drawn.status() == ""  # Who points sees it.
    drawn.page.mouse.click(ann["x"], ann["y"])
    assert drawn.page.evaluate("shown") == {"id": "m2"}
    drawn.page.mouse.move(1, 1)
    expect(tip).to_have_count(0)


def test_a_message_is_brought_into_sight_in_the_chat_of_the_same_page(make_host: MakeHost) -> None:
    host = make_host(height=1_100)
    kernel = host.start(conversation(400), newest=100)
    chat_model = host.page.evaluate_handle("harness.model")
    told = Talk("", tuple(said(at, "Cleo", id=f"m{at}") for at in range(400)))
    drawn = Drawn(host, timeline_scene([told], since_start=True, has_ids=True))
    drawn.plot.focus()
    drawn.page.keyboard.press("Home")
    for _ in range(24):  # The wait begins with the first message.
        drawn.page.keyboard.press("ArrowRight")
    drawn.page.keyboard.press("Enter")
    picture_model = host.page.evaluate_handle("harness.model")
    host.page.evaluate("model => { harness.model = model; }", chat_model)
    kernel.answer_page()

    article = host.page.locator('article[data-message-id="m23"]')
    expect(article).to_be_in_viewport()
    expect(article).to_be_focused()
    assert host.page.evaluate("model => model !== harness.model", picture_model)


def test_a_drag_pans_what_is_zoomed_and_is_no_click(host: Host) -> None:
    drawn = Drawn(host, short())
    drawn.page.evaluate("document.addEventListener('ipygenesys-show-message', () => window.shown = true)")
    for _ in range(3):
        drawn.page.get_by_role("button", name="Zoom in").click()
    ticks = drawn.root.locator(".ipg-axis text")
    before = ticks.all_text_contents()
    box = drawn.root.locator("svg.ipg-lanes").bounding_box()
    assert box is not None
    drawn.page.mouse.move(box["x"] + 400, box["y"] + 18)
    drawn.page.mouse.down()
    drawn.page.mouse.move(box["x"] + 300, box["y"] + 18, steps=4)
    drawn.page.mouse.up()

    assert ticks.all_text_contents() != before
    assert drawn.page.evaluate("window.shown") is None


def test_only_with_ctrl_does_the_wheel_zoom(host: Host) -> None:
    drawn = Drawn(host, short())
    drawn.root.locator("svg.ipg-lanes").hover()
    drawn.page.mouse.wheel(0, -300)
    host.shown()
    expect(drawn.page.get_by_role("button", name="Show all")).to_be_disabled()
    drawn.page.keyboard.down("Control")
    drawn.page.mouse.wheel(0, -300)
    drawn.page.keyboard.up("Control")
    expect(drawn.page.get_by_role("button", name="Show all")).to_be_enabled()


# --- live -------------------------------------------------------------------------------------------------


def test_a_live_picture_takes_what_is_new_and_keeps_its_readers_place(host: Host) -> None:
    drawn = Drawn(host, short(now_ms=START_MS + 41_000))
    drawn.plot.focus()
    drawn.page.keyboard.press("ArrowRight")
    drawn.page.keyboard.press("+")
    ticks = drawn.root.locator(".ipg-axis text").all_text_contents()
    drawn.next(short(said(50, "Ann", id="m4", text="Here it is."), now_ms=START_MS + 51_000))
    host.shown()

    expect(drawn.root.locator(".ipg-picture-summary")).to_contain_text("messages: 4")
    assert drawn.root.locator(".ipg-axis text").all_text_contents() == ticks


def test_a_page_that_missed_something_looks_again(host: Host) -> None:
    drawn = Drawn(host, short(now_ms=START_MS + 41_000))
    drawn.next(short(said(50, "Ann"), now_ms=START_MS + 51_000), base=7)
    host.shown()

    assert [look["revision"] for look in drawn.looks()] == [0, 0]


def test_what_goes_on_grows_by_the_pages_clock(host: Host) -> None:
    host.stop_time()
    drawn = Drawn(host, short(now_ms=START_MS + 41_000))
    before = drawn.root.locator(".ipg-picture-summary").inner_text()
    assert "to 0:00:41" in before
    host.pass_time(30_000)
    assert "to 0:01:1" in drawn.root.locator(".ipg-picture-summary").inner_text()


def test_until_the_kernel_answers_a_page_says_so_and_asks_again(make_host: MakeHost) -> None:
    host = make_host(locale="de-AT")
    host.stop_time()
    host.page.evaluate("harness.start({bundle: 'pictures'})")
    host.page.evaluate("harness.open()")
    host.shown()
    expect(host.page.get_by_text("Warten auf den Kernel…")).to_be_visible()
    host.pass_time(4_500)
    looks = host.page.evaluate("harness.model.sent")
    assert len(looks) == 3 and looks[0]["languages"][0] == "de-AT"
    host.page.evaluate("harness.close(0)")
    host.pass_time(60_000)
    assert len(host.page.evaluate("harness.model.sent")) == 3


# --- while a recording is read ----------------------------------------------------------------------------

SPOKEN = """() => { window.spoken = [];
  const line = document.querySelector('.ipg-picture > p[role=status]');
  new MutationObserver(() => spoken.push(line.textContent)).observe(line, {childList: true, characterData: true, subtree: true}); }"""


@pytest.mark.parametrize("scene", ["timeline", "response-times"])
def test_that_a_recording_is_still_being_read_shows_and_is_said_once(make_host: MakeHost, scene: str) -> None:
    host = make_host(width=480)
    drawn = Drawn(host, SCENES[scene])
    bar = drawn.root.get_by_role("progressbar", name="Still reading the recording")
    expect(bar).to_have_count(0)
    host.page.evaluate(SPOKEN)
    for share in (0.1, 0.34):
        drawn.deliver(Reading(share))
    expect(bar).to_be_visible()
    expect(drawn.root.locator(".ipg-picture-summary")).to_contain_text(
        "Still reading the recording: 34% so far"
    )
    host.shown()
    drawn.root.screenshot(path=PICTURES / f"picture-reading-{scene}.png")
    assert violations(host, AXE.read_text("utf-8")) == []
    assert overflowing(host) == []

    drawn.deliver(Reading(1.0, is_whole=True))
    expect(bar).to_have_count(0)
    host.shown()
    assert host.page.evaluate("spoken") == [
        "The recording is still being read: this is its beginning.",
        "All of the recording is here now.",
    ]


def test_how_far_a_recording_was_read_is_not_said_where_nobody_knows(host: Host) -> None:
    drawn = Drawn(host, SCENES["timeline"])
    drawn.deliver(Reading(None))
    expect(drawn.root.get_by_role("progressbar")).not_to_have_attribute("value", re.compile(".*"))
    expect(drawn.root.locator(".ipg-reading")).to_have_text("Still reading the recording")


@pytest.mark.parametrize("locale", ["de", "es", "fr", "ja"])
def test_the_reading_of_a_recording_is_told_in_the_pages_language(make_host: MakeHost, locale: str) -> None:
    drawn = Drawn(make_host(), SCENES["timeline"], locale=locale)
    drawn.deliver(Reading(0.5))
    words = picture_words()[locale]
    expect(drawn.root.get_by_role("progressbar", name=words["reading"])).to_be_visible()
    said_words = drawn.root.inner_text()
    assert "50" in said_words and words["readingShare"].partition("{")[0].strip() in said_words
    expect(drawn.root.locator("> p[role=status]").first).to_have_text(words["readingBegan"])


# --- the table and the files ------------------------------------------------------------------------------


def test_the_table_says_all_that_the_picture_shows_a_hundred_rows_at_a_time(host: Host) -> None:
    told = Talk("", tuple(said(at, "Cleo" if at % 2 else "Ann", id=f"m{at}") for at in range(150)))
    drawn = Drawn(host, timeline_scene([told], since_start=True))
    drawn.page.locator("summary").click()
    rows = drawn.root.locator("tbody tr")
    expect(rows).to_have_count(100)
    drawn.page.get_by_role("button", name="More rows").click()
    expect(rows).to_have_count(200)


def test_the_bots_of_an_inbox_are_called_so_and_are_no_agents(host: Host) -> None:
    drawn = Drawn(host, SCENES["of-an-inbox"])
    expect(drawn.root.get_by_text("Answers of agents: 2.")).to_be_visible()
    drawn.page.locator("summary").click()

    names = drawn.root.get_by_role("table").get_by_role("rowheader")
    expect(names).to_have_text(["All agents", "Ann", "Ben", "Bot"])


def test_the_table_of_response_times_holds_its_figures(host: Host) -> None:
    drawn = Drawn(host, SCENES["response-times"])
    drawn.page.locator("summary").click()
    table = drawn.root.get_by_role("table")

    expect(table.get_by_role("columnheader").nth(1)).to_have_text("Number")
    assert table.get_by_role("columnheader").all_text_contents()[:2] == ["Agent or bot", "Number"]
    row = table.get_by_role("row", name=re.compile("^All agents"))
    everybody = SCENES["response-times"].rows[0]  # type: ignore[union-attr]
    expect(row.get_by_role("cell").first).to_have_text(str(everybody.n))


@pytest.mark.parametrize("scene", ["timeline", "response-times"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_saved_as_it_is_shown(
    make_host: MakeHost, tmp_path: Path, scene: str, theme: str
) -> None:
    host = make_host(theme=theme)
    drawn = Drawn(host, SCENES[scene])
    for ending in ("SVG", "PNG"):
        with host.page.expect_download() as waiting:
            drawn.page.get_by_role("button", name=f"Save as {ending}").click()
        waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
    [svg], [png] = tmp_path.glob("*.svg"), tmp_path.glob("*.png")
    text = svg.read_text("utf-8")
    root = ElementTree.fromstring(text)

    assert svg.stem == ("timeline" if scene == "timeline" else "response-times")
    assert "var(" not in text and "class=" not in text
    fills = set(re.findall(r'fill="(?!none)([^"]+)"', text))
    assert len(fills) >= 3
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    assert (width, height) == (2 * int(root.get("width", "0")), 2 * int(float(root.get("height", "0"))))
    png.replace(PICTURES / f"saved-{scene}-{theme}.png")


def test_a_very_long_name_and_hostile_words_stay_words(host: Host) -> None:
    bad = "<img src=x onerror=alert(1)>" * 9
    hostile = Talk(bad, tuple(each._replace(sender=bad, text=bad) for each in TALK.said))
    drawn = Drawn(host, timeline_scene([hostile], since_start=False))
    drawn.page.locator("summary").click()
    drawn.plot.focus()
    drawn.page.keyboard.press("ArrowRight")
    host.shown()

    assert drawn.root.locator("img").count() == 0
    assert host.foreign_requests == []
    assert overflowing(host) == []


PLACES = "labels => labels.map(each => each.getAttribute('y'))"
MANY: dict[str, Any] = {
    "timeline": lambda: timeline_scene(many(200, 100), since_start=True),
    "response-times": lambda: response_scene(many(200, 100), by="conversation"),
}


@pytest.mark.parametrize(("scene", "most"), [("timeline", 160), ("response-times", 260)])
def test_two_hundred_conversations_are_few_elements_and_all_of_them_come_into_sight(
    host: Host, scene: str, most: int
) -> None:
    drawn = Drawn(host, MANY[scene]())
    elements, places = drawn.root.locator("*"), []
    for share in (0, 0.5, 1):
        drawn.plot.evaluate("(plot, share) => { plot.scrollTop = share * plot.scrollHeight }", share)
        host.shown()
        assert elements.count() < most
        drawn_at = drawn.plot.locator("svg .ipg-lane").evaluate_all(PLACES)
        assert len(drawn_at) < 100
        places += drawn_at
    plot = drawn.plot.bounding_box()
    lowest = drawn.plot.locator("svg .ipg-lane").last.bounding_box()
    assert lowest is not None and plot is not None
    assert plot["y"] < lowest["y"] < plot["y"] + plot["height"]
    assert len(set(places)) > 1.5 * len(drawn_at)


@pytest.mark.parametrize("scene", MANY)
def test_what_keys_go_to_is_brought_into_sight(host: Host, scene: str) -> None:
    drawn = Drawn(host, MANY[scene]())
    drawn.plot.focus()
    for _ in range(40):
        drawn.page.keyboard.press("ArrowDown")
    host.shown()
    at, plot = drawn.plot.locator("svg .ipg-at").bounding_box(), drawn.plot.bounding_box()

    assert at is not None and plot is not None
    assert drawn.plot.evaluate("plot => plot.scrollTop") > 0
    assert plot["y"] <= at["y"] and at["y"] + at["height"] <= plot["y"] + plot["height"]


@pytest.mark.parametrize("scene", MANY)
def test_what_is_saved_holds_the_rows_that_are_out_of_sight_too(
    host: Host, tmp_path: Path, scene: str
) -> None:
    drawn = Drawn(host, MANY[scene]())
    with host.page.expect_download() as waiting:
        drawn.page.get_by_role("button", name="Save as SVG").click()
    waiting.value.save_as(tmp_path / "saved.svg")
    root = ElementTree.fromstring((tmp_path / "saved.svg").read_text("utf-8"))
    words = [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]

    assert sum(each.startswith("Conv") for each in words) == 200
    host.shown()
    assert drawn.root.locator("*").count() < 260
