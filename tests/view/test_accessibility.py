"""What axe cannot tell: keyboard, focus, announcements, reflow, spacing, forced colours, motion."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import conversation, message
from tests.view.layout import overflowing
from tests.view.states import STATES

LISTEN = """() => {
  window.heard = [];
  const words = node => {
    const copy = node.cloneNode(true);
    if (copy.nodeType === 1) for (const each of copy.querySelectorAll('[aria-hidden=true]')) each.remove();
    return copy.textContent.replace(/^[ \\n]+|[ \\n]+$/g, '');
  };
  const note = node => {
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (element && !element.closest('[aria-hidden=true]') && words(node)) heard.push(words(node));
  };
  for (const region of document.querySelectorAll('[aria-live]:not([aria-live=off]), [role=status]:not([aria-live]), [role=alert]')) {
    new MutationObserver(changes => {
      for (const change of changes) {
        if (change.type === 'characterData') note(change.target);
        else change.addedNodes.forEach(note);
      }
    }).observe(region, {childList: true, subtree: true, characterData: true});
  }
}"""


def heard(host: Host) -> list[str]:
    said: list[str] = host.page.evaluate("heard")
    return said


# --- what is heard ----------------------------------------------------------------------------------------


def test_each_new_message_is_heard_once_in_order_and_many_are_counted(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(3))
    host.page.evaluate(LISTEN)
    kernel.say(message(10, text="one", is_own=False))
    kernel.say(message(11, text="two", is_own=False))
    host.pass_time(1_500)
    kernel.say(*(message(20 + n, text=f"more {n}", is_own=False) for n in range(5)))
    host.pass_time(1_500)
    kernel.say(message(30, text="mine", is_own=True))
    kernel.receipt("m10", "read")
    host.pass_time(10_000)
    assert (
        heard(host)
        == [
            "Ann Archer: one. Ann Archer: two",  # In one piece: of two, some screen readers speak the second first.
            "5 new messages. Ann Archer: more 4",
        ]
    )


def test_what_is_heard_while_one_writes_waits_and_comes_in_one_piece(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(3))
    host.page.evaluate(LISTEN)
    box = host.page.get_by_role("textbox", name="Message")
    box.press_sequentially("Wait")
    for number in (10, 11):
        kernel.say(message(number, text="OK", is_own=False))
    host.pass_time(1_000)
    box.press_sequentially("!")
    host.pass_time(1_000)
    assert heard(host) == []
    host.pass_time(300)
    assert heard(host) == ["Ann Archer: OK. Ann Archer: OK"]
    # Only a key that comes while it is being spoken has cut it off: it is said again, in words that differ.
    box.press("x")
    host.pass_time(1_300)
    box.press("y")
    host.pass_time(2_000)
    assert heard(host) == ["Ann Archer: OK. Ann Archer: OK", "Ann Archer: OK. Ann Archer: OK\u00a0"]


def test_typing_is_heard_once_a_spell_and_not_when_it_ends(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(1))
    host.page.evaluate(LISTEN)
    kernel.typing("Ann")
    host.pass_time(1_900)
    assert heard(host) == []  # A short spell is not worth an interruption.
    host.pass_time(200)
    for names in (("Ann",), ("Ann", "Ben"), ("Ben",)):
        kernel.typing(*names)
        host.pass_time(2_500)
    kernel.typing()
    host.pass_time(2_500)
    assert heard(host) == ["Ann is typing…"]
    kernel.typing("Ben")
    host.pass_time(2_500)
    assert heard(host) == ["Ann is typing…", "Ben is typing…"]


def test_a_lost_connection_and_an_error_are_heard_but_no_countdown(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(1))
    host.page.evaluate(LISTEN)
    kernel.set_status("reconnecting", "No route.", retry_in_ms=9_000)
    host.pass_time(5_000)
    kernel.change(vp.ErrorDelta(code="permission-denied", message="You may not do that."))
    host.pass_time(500)
    assert heard(host) == ["Connection lost. Reconnecting… No route.", "You may not do that."]
    kernel.set_status("connected")
    host.pass_time(2_000)
    assert heard(host)[2:] == ["Connected"]


def test_that_a_message_was_sent_or_not_is_heard_once(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(1))
    host.page.evaluate(LISTEN)
    kernel.say(message(1, status="sending", draft_id="m1"))
    host.pass_time(100)  # It is drawn before it fails.
    for status in ("failed", "failed", "sending", "sent", "read"):
        kernel.replace(
            "m1", message(1, status=status, draft_id="m1", error="Too many." if status == "failed" else None)
        )
        host.pass_time(1_500)
    assert heard(host) == ["Not sent: Message 1. Too many.", "Sent"]


# --- what is done by keyboard -----------------------------------------------------------------------------


def test_tab_goes_through_the_view_in_order_and_leaves_it(host: Host) -> None:
    failed = message(1, status="failed", draft_id="m1", error="No.")
    kernel = host.start([message(0), failed])
    kernel.set_status("reconnecting", None, retry_in_ms=60_000)
    expect(host.page.get_by_role("button", name="Reconnect now")).to_be_visible()
    host.page.get_by_role("textbox", name="Message").fill("Hi")
    host.page.get_by_role("button", name="Reconnect now").focus()
    names = []
    for _ in range(7):
        names.append(
            host.page.evaluate(
                "(e => e === document.body ? 'out' : e.ariaLabel ?? (e.title || e.textContent))(document.activeElement)"
            )
        )
        host.page.keyboard.press("Tab")
    stops = ["Reconnect now", "Messages", "Retry", "Discard", "Message", "Send"]
    assert names == [*stops, "out"]


STOPS = """() => [...document.querySelectorAll('.ipg-root :is(a, button, textarea, input, select, [tabindex])')]
  .filter(e => !e.disabled && e.getClientRects().length > 0)"""


@pytest.mark.parametrize(
    ("state", "look"),
    [
        ("failed", {}),
        ("failed", {"forced_colors": "active"}),
        ("disconnected", {"theme": "dark"}),
        ("new_messages", {"forced_colors": "active"}),
    ],
)
def test_the_focus_is_visible_wherever_it_is(make_host: MakeHost, state: str, look: dict[str, Any]) -> None:
    host = make_host(**look)
    STATES[state](host)
    host.page.keyboard.press("Tab")  # From now on the focus is that of a keyboard.
    unseen = host.page.evaluate(f"""() => ({STOPS})().filter(e => {{
      e.focus();
      const style = getComputedStyle(e);
      if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) return false;
      const around = getComputedStyle(e.closest('.ipg-composer-row') ?? e.parentElement);
      return around.boxShadow === 'none' && !(around.outlineStyle !== 'none' && parseFloat(around.outlineWidth) >= 2);
    }}).map(e => e.outerHTML.slice(0, 80))""")
    assert unseen == []


def test_what_a_control_is_called_is_said_once(host: Host) -> None:
    STATES["uploads"](host)
    host.page.get_by_role("button", name="Search").click()
    session = host.context.new_cdp_session(host.page)
    session.send("Accessibility.enable")
    nodes = [each for each in session.send("Accessibility.getFullAXTree")["nodes"] if not each["ignored"]]
    buttons = {
        node["name"]["value"]: node.get("description", {}).get("value", "")
        for node in nodes
        if node["role"]["value"] == "button"
    }
    assert {"Search", "More", "Next match", "Close", "Attach files", "Send"} <= buttons.keys()
    assert [name for name, description in buttons.items() if name == description] == []


def tree(host: Host) -> list[dict[str, Any]]:
    """What Chromium tells screen readers: role, name, description and properties of all that they can come to."""
    session = host.context.new_cdp_session(host.page)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {each["nodeId"]: each for each in nodes}

    def children(node: dict[str, Any]) -> list[dict[str, Any]]:
        """Through what only groups: what stands in its place."""
        below = [by_id[each] for each in node.get("childIds", ()) if each in by_id]
        return [found for each in below for found in (children(each) if each["ignored"] else [each])]

    def below(node: dict[str, Any]) -> list[dict[str, Any]]:
        return [found for each in children(node) for found in (each, *below(each))]

    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "description": node.get("description", {}).get("value", ""),
            "children": [each["role"]["value"] for each in children(node)],
            "below": {each["role"]["value"] for each in below(node)},
            **{each["name"]: each["value"].get("value") for each in node.get("properties", ())},
        }
        for node in nodes
        if not node["ignored"]
    ]


@pytest.mark.parametrize("state", sorted(STATES))
def test_what_chromium_tells_screen_readers_of_a_state(host: Host, state: str) -> None:
    STATES[state](host)
    nodes = tree(host)
    days = host.page.locator(".ipg-day").all_text_contents()
    empty = [each for each in nodes if each["role"] in ("status", "alert") and not each["children"]]
    assert empty == []  # Each would be a stop with nothing to say.
    for feed in (each for each in nodes if each["role"] == "feed"):
        assert feed["name"]
        assert feed["children"][0] == "article"  # Else some screen readers are silent about it.
    for article in (each for each in nodes if each["role"] == "article"):
        assert article["name"]
        assert ".." not in article["name"]
        assert "?." not in article["name"]
        assert article["description"] in ("", *days)
    regions = [each["name"] for each in nodes if each["role"] == "region"]
    assert len(set(regions)) == len(regions)
    assert all(regions)


WORDS_ALONE = {"StaticText", "InlineTextBox", "time", "image", "img", "generic", "none"}


def test_who_reads_from_message_to_message_meets_nothing_else_wherever_the_focus_is(host: Host) -> None:
    host.start(conversation(8))
    for number in (3, 4, 5):
        article = host.page.get_by_role("article").nth(number)
        article.focus()
        nodes = tree(host)
        [feed] = [each for each in nodes if each["role"] == "feed"]
        assert feed["children"] == ["article"] * 8
        assert [each["below"] - WORDS_ALONE for each in nodes if each["role"] == "article"] == [set()] * 8
        expect(article).to_be_focused()


@pytest.mark.parametrize("way", ["on to the next message", "the pointer leaves the list"])
def test_a_button_that_goes_while_it_is_met_leaves_its_reader_at_a_message(host: Host, way: str) -> None:
    host.start(conversation(8))
    article = host.page.get_by_role("article").nth(3)
    article.focus()
    host.page.keyboard.press("Enter")
    copy = host.page.get_by_role("button", name="Copy message")
    copy.focus()
    if way == "on to the next message":
        host.page.keyboard.press("PageDown")
        article = host.page.get_by_role("article").nth(4)
    else:
        host.page.get_by_role("feed").dispatch_event("mouseleave")
    expect(copy).to_have_count(0)
    expect(article).to_be_focused()


def test_the_size_of_the_list_is_told_as_it_is_wherever_its_reader_is(host: Host) -> None:
    host.start(conversation(300), newest=300)
    feed = host.page.get_by_role("feed")

    def of_last() -> tuple[str | None, str | None]:
        last = host.page.get_by_role("article").last
        return last.get_attribute("aria-posinset"), last.get_attribute("aria-setsize")

    assert of_last() == ("300", "-1")  # The browser counts what is in the page, which is right at the end.
    feed.press("Home")
    expect(host.page.get_by_role("article").first).to_be_focused()
    position, size = of_last()
    assert int(position or 0) < 300
    assert size == "300"
    first = host.page.get_by_role("article").first
    assert (first.get_attribute("aria-posinset"), first.get_attribute("aria-setsize")) == ("1", "300")


def test_a_message_that_comes_moves_no_focus(host: Host) -> None:
    kernel = host.start(conversation(20))
    article = host.page.get_by_role("article").nth(5)
    article.focus()
    kernel.say(message(30, is_own=False))
    expect(host.page.get_by_role("article")).to_have_count(21)
    expect(article).to_be_focused()


# --- what is seen -----------------------------------------------------------------------------------------


def test_nothing_is_cut_at_200_percent(make_host: MakeHost) -> None:
    # A window of 640 px at 200 % is one of 320 px with twice the device's pixels.
    host = make_host(width=320, height=360, device_scale_factor=2)
    STATES["failed"](host)
    assert overflowing(host) == []
    assert host.page.evaluate("document.documentElement.scrollWidth") <= 320


SPACING = """.ipg-root, .ipg-root * {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"""


@pytest.mark.parametrize("state", ["failed", "disconnected", "several", "right_to_left"])
def test_words_may_be_set_wider(make_host: MakeHost, state: str) -> None:
    """WCAG 1.4.12."""
    host = make_host(width=480)
    host.page.add_style_tag(content=SPACING)
    STATES[state](host)
    assert overflowing(host) == []
    cut = host.page.evaluate("""() => [...document.querySelectorAll('.ipg-root *')]
      .filter(e => e.getClientRects().length > 0 && !e.closest('.ipg-hidden') && getComputedStyle(e).overflowY === 'hidden')
      .filter(e => e.scrollHeight > e.clientHeight + 2 && e.tagName !== 'TEXTAREA').map(e => e.className)""")
    assert cut == []


def test_forced_colours_keep_the_bubbles_apart(make_host: MakeHost) -> None:
    host = make_host(forced_colors="active")
    STATES["ticks"](host)
    for bubble in host.page.locator(".ipg-bubble").all():
        expect(bubble).to_have_css("border-style", "solid")


def test_nothing_moves_where_motion_is_not_wanted(make_host: MakeHost) -> None:
    host = make_host(reduced_motion="reduce")
    STATES["typing"](host)
    running = host.page.evaluate("document.getAnimations().filter(a => a.playState === 'running').length")
    assert running == 0


@pytest.mark.parametrize("look", [{"contrast": "more"}, {"theme": "high-contrast"}])
def test_more_contrast_is_given_where_it_is_asked_for(make_host: MakeHost, look: dict[str, Any]) -> None:
    host = make_host(**look)
    STATES["thirty"](host)
    line = "element => getComputedStyle(element).borderTopColor"
    assert host.page.locator(".ipg-bubble").first.evaluate(line) != "rgba(0, 0, 0, 0)"


def test_the_name_of_a_control_holds_the_words_on_it(host: Host) -> None:
    STATES["failed"](host)
    wrong = host.page.evaluate("""() => [...document.querySelectorAll('.ipg-root button')]
      .filter(b => b.ariaLabel && b.textContent.trim() && !b.ariaLabel.includes(b.textContent.trim()))
      .map(b => b.outerHTML)""")
    assert wrong == []
