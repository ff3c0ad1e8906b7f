"""The player below a replay in a real Chromium: its looks and languages, by pointer and by keyboard."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

import ipygenesys
from ipygenesys._core.view import protocol as vp
from ipygenesys._player.wire import PlayerState, encode
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import Kernel, conversation
from tests.view.layout import overflowing
from tests.view.test_states import AXE, LOOKS, PICTURES, violations

WORDS = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in (Path(ipygenesys.__file__).parent / "_player" / "words").glob("*.json")
}
BEGAN_MS = 1_780_000_000_000


class PlayedKernel(Kernel):
    """Of a replay: pages speak to its player, too."""

    def sent(self) -> list[vp.ViewToKernel]:
        raw: list[Any] = self.page.evaluate("harness.model.sent")
        return [vp.decode_from_view(each) for each in raw if not each["kind"].startswith("player-")]


class Played:
    """A chat of a replay in a page, with its kernel."""

    def __init__(self, host: Host, *, locale: str = "en", **state: Any) -> None:
        self.host, self.page = host, host.page
        self.page.evaluate("harness.start({bundle: 'replay'})")
        self.page.evaluate("harness.open()")
        self.kernel = PlayedKernel(
            self.page, conversation(12), locale=locale, capabilities=(), looks_on=False
        )
        self.kernel.answer_hello()
        self.page.wait_for_function("harness.model.sent.some(each => each.kind === 'player-look')")
        self.state: dict[str, Any] = {
            "position": 72.0,
            "duration": 3_725.0,
            "speed": 1.0,
            "is_playing": False,
            "is_over": False,
            **state,
        }
        self.tell(words=WORDS[locale.partition("-")[0]], locale=locale)
        self.bar.wait_for()
        host.shown()

    def tell(self, *, words: dict[str, str] | None = None, locale: str = "en", **state: Any) -> None:
        """The kernel says where it is."""
        self.state |= state
        told = PlayerState(began_ms=BEGAN_MS, locale=locale, words=words or {}, **self.state)
        self.page.evaluate("content => harness.model.deliver(content)", encode(told))

    def wishes(self) -> list[dict[str, Any]]:
        """What the page has asked for."""
        sent: list[dict[str, Any]] = self.page.evaluate("harness.model.sent")
        return [each for each in sent if each["kind"].startswith("player-") and each["kind"] != "player-look"]

    @property
    def bar(self) -> Locator:
        return self.page.locator(".ipg-player")

    @property
    def slider(self) -> Locator:
        return self.bar.get_by_role("slider")


@pytest.mark.parametrize(
    "look", ["light", "dark", "narrow", "plain-dark", "high-contrast", "vscode", "forced", "right-to-left"]
)
def test_a_player_in_every_look(make_host: MakeHost, look: str) -> None:
    played = Played(make_host(**LOOKS[look]))

    PICTURES.mkdir(parents=True, exist_ok=True)
    played.page.locator("#host").screenshot(path=PICTURES / f"player-{look}.png")
    assert violations(played.host, AXE.read_text("utf-8")) == []
    assert overflowing(played.host) == []
    expect(played.page.locator(".ipg-composer")).to_be_hidden()
    boxes = [played.page.locator(each).bounding_box() for each in (".ipg-scroller", ".ipg-player")]
    assert boxes[0] and boxes[1] and boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_it_speaks_the_pages_language(make_host: MakeHost, locale: str) -> None:
    assert WORDS[locale].keys() == WORDS["en"].keys()
    played = Played(make_host(width=480), locale=locale)
    expect(played.bar.get_by_role("button", name=WORDS[locale]["play"])).to_be_visible()
    expect(played.slider).to_have_accessible_name(WORDS[locale]["position"])
    spoken = played.slider.get_attribute("aria-valuetext") or ""
    assert "1:12" in spoken and "1:02:05" in spoken and "{" not in spoken
    played.page.locator("#host").screenshot(path=PICTURES / f"player-{locale}.png")
    assert overflowing(played.host) == []


def test_all_of_it_is_reached_and_done_by_keyboard(host: Host) -> None:
    played = Played(host)
    played.bar.get_by_role("button", name="Play").focus()
    press = played.page.keyboard.press
    press("Enter")
    expect(played.bar.get_by_role("button", name="Pause")).to_be_focused()
    press("Space")
    expect(played.bar.get_by_role("button", name="Play")).to_be_focused()
    for name in ("Back 10 seconds", "Forward 10 seconds"):
        press("Tab")
        expect(played.bar.get_by_role("button", name=name)).to_be_focused()
        press("Enter")
        played.page.wait_for_timeout(150)  # Jumps are told at most ten times a second.
    press("Tab")
    expect(played.slider).to_be_focused()
    for key in ("ArrowRight", "ArrowLeft", "PageUp", "PageDown", "End", "Home"):
        press(key)
        played.page.wait_for_timeout(150)
    press("Tab")
    expect(played.bar.get_by_role("combobox", name="Speed")).to_be_focused()
    press("ArrowDown")
    press("Enter")

    kinds = [each["kind"] for each in played.wishes()]
    assert kinds[:2] == ["player-play", "player-play"]
    assert [each["on"] for each in played.wishes()[:2]] == [True, False]
    sought = [each["seconds"] for each in played.wishes() if each["kind"] == "player-seek"]
    steps = [after - before for before, after in itertools.pairwise(sought[-7:-2])]
    assert steps == [pytest.approx(each, abs=1) for each in (5, -5, 60, -60)]
    assert sought[-2:] == [3_725.0, 0.0] and played.wishes()[-1] == {"kind": "player-speed", "speed": 2}


def test_letters_play_and_jump_wherever_the_focus_is_in_the_view(host: Host) -> None:
    played = Played(host)
    played.page.locator(".ipg-scroller").focus()
    for key in ("k", "l", ">", "<", "<"):
        played.page.keyboard.press(key)
        played.page.wait_for_timeout(120)
    wishes = played.wishes()
    assert [each["kind"].removeprefix("player-") for each in wishes] == [
        *("play", "seek", "speed", "speed", "speed")
    ]
    assert 82.0 <= wishes[1]["seconds"] < 92.0
    assert [each["speed"] for each in wishes[2:]] == [2, 1, 0.5]
    # A field of the chat's own takes its letters.
    played.page.keyboard.press("Control+f")
    played.page.get_by_role("searchbox").fill("")
    played.page.keyboard.type("kjl")
    expect(played.page.get_by_role("searchbox")).to_have_value("kjl")
    assert len(played.wishes()) == len(wishes)


def test_the_position_is_pulled_and_what_is_said_meanwhile_does_not_move_it(host: Host) -> None:
    played = Played(host, is_playing=True, duration=1_000.0, position=0.0)
    box = played.slider.bounding_box()
    assert box is not None
    mouse, middle = played.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * 0.25, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.5, middle, steps=4)
    played.tell(position=3.0)
    host.shown()
    held = float(played.slider.input_value())
    assert 450 < held < 550
    mouse.up()
    played.page.wait_for_timeout(150)
    last = played.wishes()[-1]
    assert last["kind"] == "player-seek" and last["seconds"] == pytest.approx(held, abs=30)
    played.tell(position=500.0)
    host.shown()
    assert float(played.slider.input_value()) >= 500


def test_it_goes_on_by_itself_and_ends(host: Host) -> None:
    host.stop_time()
    played = Played(host, is_playing=True, speed=10.0)
    host.pass_time(3_000)
    assert float(played.slider.input_value()) == pytest.approx(102, abs=5)
    played.tell(is_playing=False, is_over=True, position=3_725.0)
    host.pass_time(300)
    expect(played.bar.get_by_role("button", name="Play again")).to_be_visible()
    expect(played.bar.locator(".ipg-times")).to_have_text("1:02:05 / 1:02:05")
    played.bar.get_by_role("button", name="Play again").click()
    host.pass_time(300)
    assert float(played.slider.input_value()) < 10


def test_a_speed_that_was_set_elsewhere_is_shown(host: Host) -> None:
    played = Played(host, speed=3.0)
    expect(played.bar.get_by_role("combobox")).to_have_value("3")
    expect(played.bar.get_by_role("combobox").locator("option:checked")).to_have_text("3×")
    played.tell(speed=0.0)
    host.shown()
    expect(played.bar.get_by_role("combobox").locator("option:checked")).to_have_text("Max")


def test_its_end_is_whole(host: Host) -> None:
    played = Played(host)
    played.page.evaluate("harness.close(0)")
    assert played.page.locator("#host").inner_html() == ""
    played.page.keyboard.press("k")
    assert played.wishes() == []
