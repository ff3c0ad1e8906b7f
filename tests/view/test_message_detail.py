"""The detail of a message: when it came, when it was read; by pointer and by keyboard. And code in its text."""

from __future__ import annotations

import re

import msgspec
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import FRAMES_MS, Host
from tests.view.kernel import START_MS, conversation, message


def read_message(host: Host) -> None:
    host.stop_time(START_MS + 240_000)
    read = message(1, is_own=True, status="read", status_time_ms=START_MS + 120_000)
    host.start([message(0), read, *conversation(1, start=2)])


def test_the_time_of_reading_shows_while_the_pointer_is_on_the_time(host: Host) -> None:
    read_message(host)
    detail = host.page.get_by_role("tooltip")
    article = host.page.get_by_role("article").nth(1)
    before = article.bounding_box()
    article.locator(".ipg-meta").hover()
    expect(detail).to_have_count(0)  # Passing over it shows nothing.
    host.pass_time(400)
    expect(detail).to_contain_text("14:14:20 UTC · 3 min ago")
    expect(detail).to_contain_text("Read: 14:15:20 · 2 min ago")
    assert article.bounding_box() == before
    host.pass_time(60_000)
    expect(detail).to_contain_text("Read: 14:15:20 · 3 min ago")
    # It may be pointed at itself, and goes with the pointer.
    detail.hover()
    host.pass_time(1_000)
    expect(detail).to_be_visible()
    host.page.mouse.move(2, 2)
    host.pass_time(1_000)
    expect(detail).to_have_count(0)


def test_how_long_ago_it_was_is_told_by_the_servers_clock_however_wrong_the_pages_is(host: Host) -> None:
    # Two days and three hours ahead.
    host.stop_time(START_MS + 51 * 3_600_000)
    read = message(1, is_own=True, status="read", status_time_ms=START_MS + 120_000)
    kernel = host.start([message(0), read], time_ms=START_MS + 240_000)
    recency = host.page.locator(".ipg-recency")
    expect(recency).to_have_text("Read 2 min ago")
    expect(host.page.locator(".ipg-day")).to_have_text("Today")
    host.page.get_by_role("article").nth(1).locator(".ipg-meta").hover()
    host.pass_time(400)
    expect(host.page.get_by_role("tooltip")).to_contain_text("2 min ago")
    # What was on its way for a while changes nothing; a clock that was set does.
    beat = vp.KernelHeartbeat(epoch=kernel.epoch, revision=kernel.revision)
    kernel.deliver(beat, msgspec.structs.replace(beat, time_ms=START_MS + 245_000))
    host.pass_time(FRAMES_MS)
    expect(recency).to_have_text("Read 2 min ago")
    kernel.deliver(msgspec.structs.replace(beat, time_ms=START_MS + 25 * 60_000))
    host.pass_time(FRAMES_MS)
    expect(recency).to_have_text("Read 23 min ago")
    # So is the time of what is written now.
    host.page.get_by_role("textbox").fill("Thank you")
    host.page.keyboard.press("Enter")
    host.pass_time(FRAMES_MS)
    expect(host.page.get_by_role("article").last.locator("time")).to_have_text("14:38")


def test_the_time_of_reading_shows_with_the_focus_and_is_said_on_enter(host: Host) -> None:
    read_message(host)
    host.page.get_by_role("feed").focus()
    for key in ("Home", "PageDown"):
        host.page.keyboard.press(key)
    article = host.page.get_by_role("article").nth(1)
    expect(article).to_be_focused()
    expect(host.page.get_by_role("tooltip")).to_contain_text("Read: 14:15:20")
    # Its description would be read out with each message, and twice when it changes.
    expect(article).to_have_accessible_description("")
    host.page.keyboard.press("Enter")
    host.pass_time(1_000)
    expect(host.page.locator(".ipg-announcer")).to_have_text(
        re.compile(r"^Monday,? 21 September 2026 at 14:14:20 UTC, 3 min ago\. Read: 14:15:20, 2 min ago$")
    )
    # What can be done with it is the next stop.
    host.page.keyboard.press("Tab")
    expect(article.get_by_role("button", name="Copy message")).to_be_focused()
    host.page.keyboard.press("Shift+Tab")
    article.focus()
    host.page.keyboard.press("Escape")
    expect(host.page.get_by_role("tooltip")).to_have_count(0)


def test_the_detail_stays_within_the_view(host: Host) -> None:
    read_message(host)
    for at in range(3):
        host.page.get_by_role("article").nth(at).focus()
        tip, view = (host.page.locator(name).bounding_box() for name in (".ipg-detail", ".ipg-root"))
        assert tip is not None
        assert view is not None
        assert view["x"] <= tip["x"]
        assert tip["x"] + tip["width"] <= view["x"] + view["width"]
        assert view["y"] <= tip["y"]
        assert tip["y"] + tip["height"] <= view["y"] + view["height"]


def test_code_is_set_in_its_own_type_and_stays_text(host: Host) -> None:
    text = "Run `pip <b>x</b>` or:\n```python\nprint('<i>')\n  x = 1\n```\nDone"
    host.start([message(0, text=text)])
    code = host.page.locator(".ipg-text code")
    expect(code).to_have_count(2)
    expect(code.nth(0)).to_have_text("pip <b>x</b>")
    assert code.nth(1).evaluate("element => element.textContent") == "print('<i>')\n  x = 1"
    expect(code.nth(1)).to_have_css("white-space", "pre-wrap")
    assert "mono" in code.nth(0).evaluate("element => getComputedStyle(element).fontFamily").lower()
    expect(host.page.locator(".ipg-text :is(b, i)")).to_have_count(0)


MARKDOWN = "**Opening hours**\n- Mon: *8 to 6*\n- [Map](https://maps.example/depot)\n`**code**`"


def test_what_agents_write_is_set_as_markdown_where_the_deployment_says_so(host: Host) -> None:
    kernel = host.start([message(0, text=MARKDOWN), message(1, text="**mine**")], capabilities=("markdown",))
    theirs, mine = host.page.locator(".ipg-text").all()
    expect(theirs).to_have_text("Opening hours • Mon: 8 to 6 • Map **code**")
    expect(theirs.locator("strong")).to_have_css("font-weight", "700")
    expect(theirs.locator("em")).to_have_css("font-style", "italic")
    expect(theirs.get_by_role("link", name="Map")).to_have_attribute("href", "https://maps.example/depot")
    expect(mine).to_have_text("**mine**")
    # Elsewhere it is what was written, to the letter.
    kernel.change(vp.CapabilitiesDelta(capabilities=()))
    expect(theirs).to_have_text(MARKDOWN.replace("\n", " ").replace("`", ""))
