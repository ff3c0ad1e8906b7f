"""The accessible names and attributes that users, docs and outside checks rely on."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import conversation, message


def test_regions_list_and_messages(host: Host) -> None:
    host.start(conversation(3))
    region = host.page.get_by_role("region", name="Conversation")
    feed = region.get_by_role("feed", name="Messages")
    articles = feed.get_by_role("article")
    expect(articles).to_have_count(3)
    second = articles.nth(1)
    expect(second).to_have_attribute("aria-posinset", "2")
    expect(second).to_have_attribute("aria-setsize", "-1")
    expect(second).to_have_attribute("data-message-id", "m1")
    expect(second).to_have_attribute("data-status", "read")
    expect(second).to_have_attribute("data-own", "true")
    expect(feed.get_by_role("article", name="Crystal Minh, 14:14: Message 1. Read")).to_have_count(1)
    expect(feed.get_by_role("article", name=re.compile("^Ann Archer, .*Message 2"))).to_have_count(1)


def test_the_hosts_element_says_how_high_it_is(host: Host) -> None:
    host.start(conversation(30))
    region = host.page.get_by_role("region", name="Conversation")
    assert height(region) == 420
    host.page.evaluate("harness.views[0].el.style.height = '600px'")  # as chat.layout.height does
    assert height(region) == 600
    host.page.evaluate("harness.views[0].el.style.height = '100px'")
    assert height(region) == 240


def height(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["height"]


def test_a_message_that_was_inferred_to_be_seen_is_labelled_and_moves_nothing(host: Host) -> None:
    kernel = host.start([message(0, is_own=True, status="sent"), message(1, is_own=True, status="sent")])
    first, second = (host.page.get_by_role("article").nth(at) for at in (0, 1))
    box = first.bounding_box()
    kernel.receipt("m0", "sent", seen_inferred=True)
    expect(first).to_have_attribute("data-seen", "inferred")
    expect(first).to_have_attribute("data-status", "sent")
    expect(first.get_by_role("img", name="Sent, seen (inferred)")).to_be_visible()
    expect(first).to_have_accessible_name(re.compile(r"Message 0\. Sent, seen \(inferred\)$"))
    expect(second).not_to_have_attribute("data-seen", "inferred")
    assert first.bounding_box() == box
    kernel.receipt("m0", "read", seen_inferred=True)
    expect(first).not_to_have_attribute("data-seen", "inferred")
    expect(first.get_by_role("img", name="Read", exact=True)).to_be_visible()


def test_the_empty_list_is_a_plain_region(host: Host) -> None:
    kernel = host.start()
    expect(host.page.get_by_role("region", name="Messages")).to_contain_text("No messages yet")
    expect(host.page.get_by_role("feed")).to_have_count(0)
    kernel.say(message(0))
    expect(host.page.get_by_role("feed", name="Messages").get_by_role("article")).to_have_count(1)


def test_the_list_is_not_live_and_one_polite_region_says_new_messages_once(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(3))
    feed = host.page.get_by_role("feed", name="Messages")
    assert feed.get_attribute("aria-live") is None
    announcer = host.page.locator(".ipg-announcer")
    expect(announcer).to_have_text("")
    host.page.evaluate("""
        window.said = [];
        new MutationObserver(changes => {
          for (const change of changes) for (const node of change.addedNodes) said.push(node.textContent);
        }).observe(document.querySelector('.ipg-announcer'), {childList: true, subtree: true});
    """)
    kernel.say(message(4, text="Your refund is on its way"))
    host.pass_time(1_100)
    expect(announcer).to_have_text("Ann Archer: Your refund is on its way")
    kernel.say(message(5, is_own=True))
    kernel.receipt("m4", "read")
    host.pass_time(9_000)
    expect(announcer).to_have_text("")
    assert host.page.evaluate("said") == ["Ann Archer: Your refund is on its way"]


def test_the_composer(host: Host) -> None:
    kernel = host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    send = host.page.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_disabled()
    expect(box).to_have_js_property("tagName", "TEXTAREA")
    box.click()
    page_keys = host.page.keyboard
    page_keys.type("First line")
    page_keys.press("Shift+Enter")
    page_keys.type("second line")
    expect(send).to_be_enabled()
    page_keys.press("Enter")
    assert kernel.wait_for(vp.SendRequested).text == "First line\nsecond line"
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    box.fill("By the button")
    send.click()
    assert kernel.wait_for(vp.SendRequested, 2).text == "By the button"
    expect(box).to_be_focused()


def test_the_composer_grows_to_six_lines(host: Host) -> None:
    host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    heights = []
    for lines in (1, 3, 6, 30):
        box.fill("\n".join(["line"] * lines))
        heights.append(box.bounding_box()["height"])  # type: ignore[index]
    assert heights[0] < heights[1] < heights[2] == heights[3]
    box.fill("")
    assert box.bounding_box()["height"] == heights[0]  # type: ignore[index]


def test_the_composer_is_closed_with_a_reason(host: Host) -> None:
    kernel = host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Half a sentence")
    for status, reason in (("read_only", "read-only"), ("closed", "closed"), ("failed", "no connection")):
        kernel.set_status(status)
        expect(box).to_be_disabled()
        expect(
            host.page.get_by_text(
                f"Messages cannot be sent: the conversation is {reason}."
                if status != "failed"
                else f"Messages cannot be sent: there is {reason}."
            )
        ).to_be_visible()
        expect(host.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    # The focus is where it was, and what was begun can be taken elsewhere.
    expect(box).to_be_focused()
    host.page.keyboard.type("!")
    host.page.keyboard.press("Control+a")
    assert host.page.evaluate("getSelection().toString()") == "Half a sentence"
    host.page.keyboard.press("Enter")
    assert kernel.heard(vp.SendRequested) == []
    kernel.set_status("connected")
    expect(box).to_be_enabled()
    expect(box).to_have_value("Half a sentence")


def test_the_banner_counts_down_and_reconnects(host: Host) -> None:
    kernel = host.start(conversation(1))
    banner = host.page.locator(".ipg-banner[role=status]")
    expect(banner).to_have_text("")
    expect(host.page.get_by_role("status")).to_have_count(0)  # It would be a stop with nothing to say.
    kernel.set_status("reconnecting", "The server closed the stream.", 8_000)
    expect(banner).to_contain_text("Connection lost. Reconnecting… The server closed the stream.")
    expect(host.page.get_by_role("status").and_(banner)).to_be_visible()
    expect(banner).to_contain_text(re.compile("Next try in [78] s"))
    expect(banner).to_contain_text(re.compile("Next try in [56] s"))
    host.page.get_by_role("button", name="Reconnect now").click()
    kernel.wait_for(vp.ReconnectRequested)
    kernel.set_status("connected")
    expect(banner).to_have_text("")


def test_failed_and_unknown_messages_can_be_retried_and_discarded(host: Host) -> None:
    failed = message(1, status="failed", draft_id="d1", error="The server refused it (400).")
    unknown = message(3, id="d3", status="unknown", draft_id="d3", error="The answer was lost.")
    kernel = host.start([message(0), failed, unknown])
    articles = host.page.get_by_role("article")
    expect(articles.nth(1)).to_contain_text("Not sent: The server refused it (400).")
    expect(articles.nth(2)).to_contain_text("It is not known whether this was sent: The answer was lost.")
    expect(articles.nth(1).get_by_role("button", name="Discard")).to_have_count(0)  # The server has it.
    articles.nth(1).get_by_role("button", name="Retry").click()
    articles.nth(2).get_by_role("button", name="Discard").click()
    assert kernel.wait_for(vp.RetryRequested).draft_id == "d1"
    assert kernel.wait_for(vp.DiscardRequested).draft_id == "d3"
    kernel.change(vp.MessageRemovedDelta(id="d3", index=2))
    expect(articles).to_have_count(2)


def test_ticks_and_trouble_free_receipts_never_move_the_layout(host: Host) -> None:
    kernel = host.start([message(0), message(1, status="sending"), message(2)])
    tops = "[...document.querySelectorAll('article, .ipg-meta')].map(e => JSON.stringify(e.getBoundingClientRect()))"
    before = host.page.evaluate(tops)
    for status in ("sent", "delivered", "read"):
        kernel.receipt("m1", status)
        expect(host.page.get_by_role("article").nth(1)).to_have_attribute("data-status", status)
        expect(
            host.page.get_by_role("article").nth(1).get_by_role("img", name=status.capitalize())
        ).to_be_visible()
        assert host.page.evaluate(tops) == before


def test_an_error_is_shown_until_it_is_dismissed(host: Host) -> None:
    kernel = host.start(conversation(2))
    kernel.change(
        vp.ErrorDelta(
            code="permission-denied", message="The client lacks messaging:write.", correlation_id="c-17"
        )
    )
    alert = host.page.get_by_role("alert")
    expect(alert).to_have_text("The client lacks messaging:write. Reference c-17")
    host.page.get_by_role("button", name="Dismiss").click()
    expect(alert).to_have_count(0)


def test_missing_texts(host: Host) -> None:
    gone = message(3, text="", withdrawn=True)
    kernel = host.start([message(0, text=None), message(2, text=None, unavailable=True), gone])
    articles = host.page.get_by_role("article")
    expect(articles.nth(0)).to_contain_text("Loading message…")
    expect(articles.nth(1)).to_contain_text("Message unavailable")
    expect(articles.nth(2)).to_contain_text("Message withdrawn")
    kernel.replace("m0", message(0, text="Here it is"))
    expect(articles.nth(0)).to_contain_text("Here it is")


def test_a_cut_text_is_fetched_when_it_is_opened(host: Host) -> None:
    whole = "word " * 6_000
    kernel = host.start([message(0, text=whole[: vp.MAX_SHOWN_CHARACTERS], full_length=len(whole))])
    host.page.get_by_role("button", name="Show more").click()
    asked = kernel.wait_for(vp.TextRequested)
    kernel.deliver(vp.FullText(to=asked.client, id=asked.id, text=whole))
    expect(host.page.get_by_role("button", name="Show less")).to_be_visible()
    assert host.page.locator(".ipg-text").text_content() == whole


def test_attachments_open_only_by_a_click(host: Host) -> None:
    pdf = vp.ViewAttachment(name="invoice.pdf", size_bytes=52_300, url="https://files.test/invoice.pdf")
    host.start([message(0, text="", attachments=(pdf,))])
    link = host.page.get_by_role("link", name="invoice.pdf 52 kB")
    expect(link).to_be_visible()
    assert host.foreign_requests == []
    with host.context.expect_page() as opened:
        link.click()
    opened.value.close()
    assert "https://files.test/invoice.pdf" in host.foreign_requests


def test_all_by_keyboard(make_host: MakeHost) -> None:
    host = make_host()
    host.start(conversation(24))
    page = host.page
    for name in ("Search", "More"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("feed", name="Messages")).to_be_focused()
    page.keyboard.press("PageUp")
    expect(page.get_by_role("article").nth(23)).to_be_focused()
    for _ in range(12):
        page.keyboard.press("PageUp")
    expect(page.get_by_role("article").nth(11)).to_be_focused()
    expect(page.get_by_role("article").nth(11)).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    page.keyboard.type("x")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body"), "Tab leaves the widget"


def test_every_target_is_at_least_24_px(host: Host) -> None:
    failed = message(1, status="failed", draft_id="d1", error="No.")
    kernel = host.start([*conversation(30), failed, message(40, text="x" * 5_000)])
    kernel.set_status("reconnecting", None, 60_000)
    kernel.change(vp.ErrorDelta(code="c", message="m"))
    expect(host.page.get_by_role("button", name="Dismiss")).to_be_visible()
    sizes = host.page.evaluate(
        "[...document.querySelectorAll('.ipg-root button')].map(b => b.getBoundingClientRect())"
        ".map(r => [r.width, r.height])"
    )
    assert len(sizes) >= 5
    assert all(width >= 24 and height >= 24 for width, height in sizes), sizes


def test_a_page_gives_the_view_its_own_theme(host: Host) -> None:
    host.page.add_style_tag(
        content=""":root { --ipg-theme-background: #fdf6e3; --ipg-theme-text: #073642; --ipg-theme-accent: #6c3fb4;
        --ipg-theme-radius: 4px; --ipg-theme-font: serif; --ipg-theme-code-font: fantasy }"""
    )
    host.start([message(0, text="Run `this`"), message(1)])
    root = host.page.locator(".ipg-root")
    expect(root).to_have_css("background-color", "rgb(253, 246, 227)")
    expect(root).to_have_css("font-family", "serif")
    expect(root.locator("code")).to_have_css("font-family", "fantasy")
    expect(root.locator(".ipg-bubble").first).to_have_css("border-top-right-radius", "4px")
    expect(root.locator(".ipg-own .ipg-bubble")).not_to_have_css("background-color", "rgb(253, 246, 227)")
    colour = "color-mix(in srgb, #6c3fb4 17%, #fdf6e3)"
    own = root.locator(".ipg-own .ipg-bubble")
    assert own.evaluate(
        """(bubble, colour) => {
          const probe = bubble.appendChild(document.createElement('i'));
          probe.style.background = colour;
          return getComputedStyle(probe).backgroundColor === getComputedStyle(bubble).backgroundColor;
        }""",
        colour,
    )
