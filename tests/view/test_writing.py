"""What happens to the rest of the view while the user writes, and where what is typed in it goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import conversation, message
from tests.view.test_scrolling import metrics


def test_a_draft_of_several_lines_leaves_the_reader_at_the_end_where_what_comes_is_seen(host: Host) -> None:
    kernel = host.start(conversation(60))
    box = host.page.get_by_role("textbox", name="Message")
    heights = []
    for _ in range(4):
        box.press_sequentially("a line")
        box.press("Shift+Enter")
        assert metrics(host)["left"] <= 0.5
        heights.append(box.evaluate("box => box.offsetHeight"))
    assert heights == sorted(set(heights)), "the box grows with each line"
    kernel.say(message(60, is_own=False, status="unread"))
    assert kernel.wait_for(vp.MessagesSeen).ids == ("m60",)
    assert metrics(host)["left"] <= 0.5
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)
    for _ in range(4):
        box.press("Backspace")
        box.press("Control+Backspace")
        assert metrics(host)["left"] <= 0.5
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)


# What makes room and takes it back before a frame shows it; the browser lays out in between, as when it is asked for a size.
SQUEEZE = """() => {
  const list = document.querySelector('.ipg-scroller');
  const header = document.querySelector('.ipg-header');
  header.style.display = 'none';
  const roomy = list.clientHeight;
  header.style.display = '';
  header.style.paddingBlock = '20px';
  return roomy > list.clientHeight;
}"""


def test_what_changes_its_size_around_the_list_does_not_take_its_reader_from_the_end(host: Host) -> None:
    kernel = host.start(conversation(60))
    assert host.page.evaluate(SQUEEZE)
    host.at_rest()
    assert metrics(host)["left"] <= 0.5
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)
    kernel.say(message(60))
    assert metrics(host)["left"] <= 0.5


LAB_SHORTCUTS = """() => { window.shortcuts = [];
  // As JupyterLab's do: before anybody else hears of it, unless an element around says that it is not meant.
  document.addEventListener('keydown', event => {
    if (event.target.closest('[data-lm-suppress-shortcuts]')) return;
    window.shortcuts.push(event.key);
    if (event.ctrlKey && event.key === 's') event.preventDefault(); }, true); }"""
PREVENTED = """() => { let pressed = null; window.isPrevented = () => pressed.defaultPrevented;
  addEventListener('keydown', event => { if (event.isTrusted) pressed = event; }, true); }"""
NOTHING_OF_ITS_OWN = [".ipg-title", ".ipg-header", ".ipg-foot", ".ipg-composer", ".ipg-body"]


@pytest.mark.parametrize("place", NOTHING_OF_ITS_OWN)
def test_who_clicks_anywhere_in_the_view_and_types_writes_in_the_composer(host: Host, place: str) -> None:
    host.page.evaluate(LAB_SHORTCUTS)
    host.start(conversation(3))
    host.page.locator(place).click(position={"x": 40, "y": 3})
    host.page.keyboard.type("exit")
    box = host.page.get_by_role("textbox", name="Message")
    expect(box).to_have_value("exit")
    expect(box).to_be_focused()
    assert host.page.evaluate("window.shortcuts") == []


def test_a_button_keeps_its_keys_and_gives_letters_to_the_composer(host: Host) -> None:
    host.start(conversation(3))
    more = host.page.get_by_role("button", name="More")
    more.focus()
    host.page.keyboard.press("Space")
    expect(host.page.get_by_role("menu")).to_be_visible()
    host.page.keyboard.press("Escape")
    more.focus()
    host.page.keyboard.type("hi")
    expect(host.page.get_by_role("textbox", name="Message")).to_have_value("hi")


def test_what_is_typed_in_the_search_stays_there(host: Host) -> None:
    host.start(conversation(3))
    host.page.get_by_role("button", name="Search").click()
    host.page.keyboard.type("exit")
    expect(host.page.get_by_role("searchbox")).to_have_value("exit")


@pytest.mark.parametrize("place", [".ipg-title", ".ipg-box"])
def test_the_host_hears_of_the_key_that_saves_and_the_browser_does_not(host: Host, place: str) -> None:
    host.page.evaluate(LAB_SHORTCUTS)
    host.start(conversation(3))
    host.page.locator(place).click()
    host.page.evaluate(PREVENTED)
    host.page.keyboard.press("Control+s")
    assert host.page.evaluate("[window.shortcuts, window.isPrevented()]") == [["s"], True]


def phone(make_host: MakeHost) -> Host:
    return make_host(width=390, has_touch=True, is_mobile=True)


def test_on_a_phone_enter_starts_a_new_line_and_no_field_makes_it_zoom(make_host: MakeHost) -> None:
    host = phone(make_host)
    kernel = host.start(conversation(3))
    box = host.page.get_by_role("textbox", name="Message")
    expect(box).to_have_attribute("enterkeyhint", "enter")
    expect(box).to_have_css("font-size", "16px")
    box.tap()
    host.page.keyboard.type("one")
    host.page.keyboard.press("Enter")
    host.page.keyboard.type("two")
    expect(box).to_have_value("one\ntwo")
    host.page.get_by_role("button", name="Send").tap()
    assert kernel.wait_for(vp.SendRequested).text == "one\ntwo"
    host.page.get_by_role("button", name="Search").tap()
    expect(host.page.get_by_role("searchbox")).to_have_css("font-size", "16px")


def test_elsewhere_enter_sends_and_says_so(host: Host) -> None:
    host.start(conversation(3))
    expect(host.page.get_by_role("textbox", name="Message")).to_have_attribute("enterkeyhint", "send")


HINT = "Hello, I have a question about the order that I placed last Tuesday and that has not come yet"


def test_what_might_be_said_next_is_shown_whole_until_something_is_written(make_host: MakeHost) -> None:
    host = make_host(width=360)
    kernel = host.start(conversation(2), hint=HINT)
    box = host.page.get_by_role("textbox", name="Message")
    expect(box).to_have_attribute("placeholder", HINT)
    assert box.evaluate("box => box.scrollHeight <= box.clientHeight && box.clientHeight > 50")
    assert box.evaluate("box => getComputedStyle(box, '::placeholder').whiteSpace") == "pre-wrap"
    box.press_sequentially("Hi")
    assert box.evaluate("box => box.clientHeight < 50")
    box.press("Enter")
    kernel.change(vp.HintDelta(hint=""))
    expect(box).to_have_attribute("placeholder", "Write a message")
    assert box.evaluate("box => box.clientHeight < 50")
