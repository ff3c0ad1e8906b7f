"""What leaves the page otherwise than by being sent: on paper, and by copying what is selected."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.view.conftest import Host
from tests.view.kernel import conversation, message
from tests.view.test_scrolling import first_in_sight, place_of, scroll_to

SELECT = """ids => { const [first, last] = ids.map(id => document.querySelector(`[data-message-id="${id}"] .ipg-text`));
  getSelection().setBaseAndExtent(first.firstChild, 0, last.firstChild, last.firstChild.length); }"""


def test_on_paper_stands_all_that_is_held_and_no_button(host: Host) -> None:
    host.start(conversation(100))
    scroll_to(host, 0)
    scroll_to(host, 200)
    read = first_in_sight(host)
    before = place_of(host, read)
    host.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    host.page.emulate_media(media="print")
    host.shown()
    expect(host.page.get_by_role("article")).to_have_count(100)
    tall = "() => document.querySelector('.ipg-host').offsetHeight >= document.querySelector('.ipg-rows').offsetHeight"
    assert host.page.evaluate(tall)
    assert host.page.locator(".ipg-rows").evaluate("rows => rows.offsetHeight") > 3_000
    expect(host.page.get_by_role("textbox")).to_have_count(0)
    expect(host.page.get_by_role("button")).to_have_count(0)
    host.page.emulate_media(media="screen")
    host.page.evaluate("dispatchEvent(new Event('afterprint'))")
    host.at_rest()
    assert host.page.get_by_role("article").count() <= 60
    assert abs(place_of(host, read) - before) <= 1


def test_what_is_selected_stays_in_the_page_while_messages_come_and_the_list_is_scrolled(host: Host) -> None:
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    kernel = host.start(conversation(100))
    host.page.evaluate(SELECT, ["m95", "m97"])
    host.shown()
    for start in range(100, 160, 12):
        kernel.say(*[message(number) for number in range(start, start + 12)])
    expect(host.page.get_by_role("article").last).to_have_attribute("data-message-id", "m159")
    host.at_rest()
    scroll_to(host, 0)
    selected: str = host.page.evaluate("getSelection().toString()")
    assert all(f"Message {number}" in selected for number in (95, 96, 97))
    host.page.keyboard.press("Control+c")
    copied: str = host.page.evaluate("navigator.clipboard.readText()")
    assert all(f"Message {number}" in copied for number in (95, 96, 97))
    host.page.evaluate("getSelection().removeAllRanges()")
    host.page.get_by_role("button", name="Jump to latest").click()
    host.at_rest()
    expect(host.page.locator('[data-message-id="m95"]')).to_have_count(0)
