"""What lies on what, what ends where, and in which order words read: measured, since axe and a test of words miss it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import pytest
from playwright.sync_api import Locator, expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import conversation, failure, message
from tests.view.layout import overflowing
from tests.view.states import STATES, talk


class Box(TypedDict):
    """In pixels of the page."""

    left: float
    right: float
    top: float
    bottom: float


def box_of(place: Locator) -> Box:
    box: Box = place.evaluate("element => element.getBoundingClientRect().toJSON()")
    return box


def box_of_words(place: Locator, words: str) -> Box:
    """Of the first place in its text that reads so."""
    box: Box = place.evaluate(
        """(element, words) => {
          const range = document.createRange();
          const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const at = node.data.indexOf(words);
            if (at === -1) continue;
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            return range.getBoundingClientRect().toJSON();
          }
          throw new Error(`${words} is not there`);
        }""",
        words,
    )
    return box


def colour_of(place: Locator) -> str:
    colour: str = place.evaluate("element => getComputedStyle(element).backgroundColor")
    return colour


def test_that_earlier_messages_could_not_be_loaded_covers_no_message(make_host: MakeHost) -> None:
    host = make_host(width=320)
    kernel = host.start(conversation(40), has_older=True)
    host.page.get_by_role("feed").press("Home")
    words = "reading history: the server is not available (503)."
    kernel.answer_page(has_older=True, messages=(), error=failure(words))
    bar = host.page.locator(".ipg-older-failed")
    expect(bar).to_be_visible()
    first = host.page.locator('[data-message-id="m0"]')
    expect(first).to_be_in_viewport(ratio=1)
    assert box_of(bar)["bottom"] <= box_of(host.page.get_by_role("feed"))["top"] + 1
    again = box_of(host.page.get_by_role("button", name="Try again"))
    assert again["bottom"] - again["top"] < 32, "its words are in one line"


def test_the_search_is_one_line_and_its_focus_ring_lies_on_nothing(make_host: MakeHost) -> None:
    host = make_host(width=320)
    kernel = host.start(talk(), has_older=True)
    host.page.get_by_role("button", name="Search").click()
    box = host.page.get_by_role("searchbox")
    box.fill("nowhere")
    kernel.answer_search(has_older=True)
    expect(host.page.locator(".ipg-hits")).to_have_text("No matches")
    close = box_of(host.page.get_by_role("button", name="Close"))
    field = box_of(box)
    assert close["top"] < field["bottom"] and close["bottom"] > field["top"]
    ring = box.evaluate(
        "e => parseFloat(getComputedStyle(e).outlineWidth) + parseFloat(getComputedStyle(e).outlineOffset)"
    )
    note = host.page.get_by_text("Older messages on the server were not searched.")
    assert field["bottom"] + ring <= box_of(note)["top"]


def test_a_chosen_message_of_ours_stands_out_from_its_mark(host: Host) -> None:
    STATES["selecting"](host)
    ours = host.page.locator('.ipg-own[data-selected="true"]').last
    assert colour_of(ours) != colour_of(ours.locator(".ipg-bubble"))


def test_the_browsers_own_controls_are_dark_where_the_view_is(make_host: MakeHost) -> None:
    for look, scheme in (({"theme": "dark"}, "dark"), ({"theme": "light"}, "normal")):
        host = make_host(**look)
        STATES["date_open"](host)
        expect(host.page.get_by_label("Date", exact=True)).to_have_css("color-scheme", scheme)


def test_they_follow_jupyterlab_when_its_theme_changes_while_the_view_is_shown(host: Host) -> None:
    host.start(conversation(1))
    root = host.page.locator(".ipg-root")
    for is_light, scheme in (("false", "dark"), ("true", "light")):
        host.page.evaluate("isLight => { document.body.dataset.jpThemeLight = isLight }", is_light)
        expect(root).to_have_css("color-scheme", scheme)


def test_what_can_be_done_about_a_failed_message_ends_where_its_words_end(host: Host) -> None:
    words = "The server refused it: the text is longer than what this deployment takes (400)."
    host.start([message(1, status="failed", draft_id="d1", id="d1", error=words)])
    why = box_of_words(host.page.locator(".ipg-trouble-words"), "(400).")
    discard = host.page.get_by_role("button", name="Discard")
    assert abs(why["right"] - box_of_words(discard, "Discard")["right"]) <= 1


def test_the_views_words_read_in_their_own_direction_in_a_page_of_the_other(make_host: MakeHost) -> None:
    host = make_host(direction="rtl")
    STATES["search_open"](host)
    hits = host.page.locator(".ipg-hits")
    expect(hits).to_have_text("1 of 12")
    assert box_of_words(hits, "1")["right"] <= box_of_words(hits, "of")["left"]
    note = host.page.get_by_text("Older messages on the server were not searched.")
    assert box_of_words(note, "searched.")["right"] >= box_of_words(note, "were")["right"]
    # And they stay on the side where the page has its beginnings.
    title = host.page.locator(".ipg-title")
    assert box_of(title)["right"] - box_of_words(title, "Archer")["right"] <= 1


def test_what_failed_and_what_is_in_the_way_reads_well_in_a_page_of_the_other_direction(
    make_host: MakeHost,
) -> None:
    host = make_host(direction="rtl", width=480)
    STATES["failed"](host)
    why = box_of_words(host.page.locator(".ipg-trouble-words").first, "(400)")
    assert why["left"] - box_of(host.page.locator(".ipg-own .ipg-bubble").last)["left"] <= 8
    notice = host.page.locator(".ipg-error")
    assert box_of(notice)["right"] - box_of(notice.locator(".ipg-error-words"))["right"] >= 12
    host = make_host(direction="rtl")
    STATES["read_only"](host)
    obstacle = host.page.locator(".ipg-obstacle")
    assert box_of_words(obstacle, "only.")["left"] > box_of_words(obstacle, "is")["right"]


def test_of_long_typing_names_the_names_are_cut_and_not_what_they_do(make_host: MakeHost) -> None:
    host = make_host(width=320)
    kernel = host.start(conversation(3))
    line = host.page.locator("[data-typing]")
    for names in (
        ("Maximiliane Oberhuber-Wagenknecht of the returns department",),
        ("Maximiliane Oberhuber", "Constantin von Hohenstein"),
    ):
        kernel.typing(*names)
        expect(line).to_contain_text(names[-1])
        verb = box_of_words(line, " typing…")
        assert verb["right"] <= box_of(host.page.locator(".ipg-rows"))["right"]
        assert box_of(line.locator("bdi bdi"))["right"] <= verb["left"]
        assert line.locator("bdi bdi").evaluate("names => names.scrollWidth > names.clientWidth")
    kernel.typing("Ann")
    expect(line).to_have_text("Ann is typing…")
    assert box_of(line.locator("bdi bdi"))["right"] + 40 < box_of_words(line, "typing…")["right"]


def test_on_a_very_wide_screen_the_conversation_is_a_column_in_its_middle(make_host: MakeHost) -> None:
    host = make_host(width=1_600)
    kernel = host.start(conversation(4))
    kernel.typing("Ann")
    column = [
        box_of(host.page.locator(place))
        for place in (".ipg-own .ipg-bubble >> nth=-1", ".ipg-send", ".ipg-recency")
    ]
    assert all(1_300 < box["right"] < 1_400 for box in column), column
    starts = [box_of(host.page.locator(place)) for place in (".ipg-avatar >> nth=0", ".ipg-box", ".ipg-dots")]
    assert all(200 < box["left"] < 300 for box in starts), starts
    assert box_of(host.page.locator(".ipg-header"))["right"] > 1_500


def test_that_a_transcript_failed_stays_until_it_is_dismissed_by_keyboard(host: Host) -> None:
    host.page.clock.install()
    kernel = host.start(conversation(3))
    note = host.page.locator(".ipg-note")
    assert note.is_hidden() is False, "a live region that is not there tells nobody"
    host.page.get_by_role("button", name="More").click()
    host.page.get_by_role("menuitem", name="Export as CSV").click()
    asked = kernel.wait_for(vp.ExportRequested)
    kernel.deliver(
        vp.ExportPart(
            to=asked.client,
            request_id=asked.request_id,
            number=0,
            count=0,
            error=failure("The disk is full."),
        )
    )
    words = "The transcript could not be saved: The disk is full."
    expect(note).to_have_text(words)
    host.page.clock.run_for(7_000)
    expect(note).to_have_text(words)
    # The way there from the menu's button, where the focus is after a choice.
    for _ in range(2):
        host.page.keyboard.press("Shift+Tab")
    expect(host.page.get_by_role("button", name="Dismiss")).to_be_focused()
    host.page.keyboard.press("Enter")
    expect(note).to_be_empty()
    assert host.page.evaluate("document.activeElement.closest('.ipg-root') !== null")


def test_a_lone_output_in_a_view_of_its_own_fills_it(host: Host) -> None:
    host.start(conversation(3))
    place = host.page.locator(".ipg-host")
    place.evaluate("""place => {
      const view = document.createElement('div');
      view.className = 'jp-LinkedOutputView';
      view.innerHTML = '<div style="height: 300px"><div style="height: 100%"><div style="height: 100%"></div></div></div>';
      view.querySelector('div > div > div > div').append(place);
      document.querySelector('#host').append(view); }""")
    assert place.evaluate("place => place.clientHeight") == 300
    place.evaluate("place => { place.style.height = '500px' }")
    assert place.evaluate("place => place.clientHeight") == 500, "what chat.layout says has the last word"
    place.evaluate("""place => {
      place.style.height = '';
      place.parentElement.parentElement.after(document.createElement('div')); }""")
    assert place.evaluate("place => place.clientHeight") == 420, (
        "beside other output it is as tall as in a cell"
    )


# Of every element and of what is before, after and behind it.
STYLES = """() => { const names = ['color', 'background', 'border', 'border-radius', 'outline', 'box-shadow', 'box-sizing',
    'display', 'width', 'height', 'margin', 'padding', 'font', 'letter-spacing', 'text-decoration', 'text-transform', 'cursor'];
  return [...document.querySelectorAll('.ipg-root, .ipg-root *:not(.ipg-hidden *)')].flatMap(element =>
    [null, '::before', '::after', '::placeholder'].map(part => { const style = getComputedStyle(element, part);
      return [element.className.baseVal ?? element.className, part, ...names.map(name => style.getPropertyValue(name))]; })); }"""
OUT_OF_JUPYTERLAB = "() => { document.querySelector('.jp-ThemedContainer').className = 'themed' }"


@pytest.mark.parametrize("state", ["code", "pickers", "search_open", "uploads"])
def test_the_rules_of_jupyterlab_for_links_buttons_and_code_change_nothing_of_the_view(
    host: Host, state: str
) -> None:
    STATES[state](host)
    host.at_rest()
    host.page.evaluate("document.getAnimations().forEach(each => each.cancel())")
    inside = host.page.evaluate(STYLES)
    host.page.evaluate(OUT_OF_JUPYTERLAB)
    outside = host.page.evaluate(STYLES)
    assert [here for here, there in zip(inside, outside, strict=True) if here != there] == []


def test_a_link_looks_like_one_in_jupyterlab_also_under_the_pointer_and_with_the_focus(host: Host) -> None:
    host.start([message(0, text="See https://example.com/a")])
    link = host.page.get_by_role("link")
    text = host.page.locator(".ipg-text")
    looks: list[Callable[[], object]] = [link.hover, link.focus, text.hover]
    for look in looks:
        look()
        expect(link).to_have_css("text-decoration-line", "underline")
        colours = [each.evaluate("e => getComputedStyle(e).color") for each in (link, text)]
        assert colours[0] != colours[1]
    host.page.keyboard.press("Tab")
    host.page.keyboard.press("Shift+Tab")
    button = host.page.locator("button:focus-visible, a:focus-visible").first
    expect(button).to_have_css("outline-width", "2px")


def test_a_few_emoji_alone_are_large(host: Host) -> None:
    host.start([message(0, text="🎉"), message(1, text="Thanks 🎉"), message(2, text="👩‍👩‍👧‍👦❤️")])
    sizes = [
        each.evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
        for each in host.page.locator(".ipg-text").all()
    ]
    assert sizes[0] == sizes[2] > 2 * sizes[1]


def test_a_double_click_selects_a_word_and_the_copy_is_that_word(host: Host) -> None:
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.start([message(0, text="The order number is 3348917502.")])
    word = box_of_words(host.page.locator(".ipg-text"), "3348917502")
    host.page.mouse.dblclick((word["left"] + word["right"]) / 2, (word["top"] + word["bottom"]) / 2)
    assert host.page.evaluate("getSelection().toString()") == "3348917502"
    host.page.keyboard.press("Control+c")
    assert host.page.evaluate("navigator.clipboard.readText()") == "3348917502"


def test_what_is_written_from_right_to_left_is_written_from_the_right(host: Host) -> None:
    host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    for text, direction in (("שלום", "rtl"), ("Hello", "ltr")):
        box.fill(text)
        expect(box).to_have_css("direction", direction)


def test_in_a_small_part_of_a_grid_nothing_sticks_out_and_the_messages_keep_some_room(host: Host) -> None:
    host.start(conversation(5))
    host.page.locator(".ipg-host").evaluate(
        "host => { host.style.width = '160px'; host.style.height = '240px' }"
    )
    box = host.page.get_by_role("textbox", name="Message")
    for _ in range(8):
        box.press_sequentially("line")
        box.press("Shift+Enter")
    host.at_rest()
    assert overflowing(host) == []
    assert box_of(host.page.locator(".ipg-root"))["right"] <= box_of(host.page.locator(".ipg-host"))["right"]
    feed = box_of(host.page.get_by_role("feed"))
    assert feed["bottom"] - feed["top"] >= 60


def test_a_host_that_clips_at_whole_pixels_clips_no_border(host: Host) -> None:
    host.start(conversation(1))
    host.page.add_style_tag(content=".lm-Widget { overflow: hidden; }")
    place = host.page.locator(".ipg-host")
    place.evaluate("place => place.classList.add('lm-Widget')")
    host.page.evaluate(
        "() => document.head.prepend(document.head.lastElementChild)"
    )  # As JupyterLab's, before ours.
    assert place.evaluate("place => getComputedStyle(place).overflow") == "visible"
