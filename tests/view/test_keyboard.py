"""By keys alone: every stop can be seen, nothing is a trap, and the focus never falls back to the page."""

from __future__ import annotations

from typing import Literal, get_args

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from ipygenesys._core.model.messages import UploadRules
from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host
from tests.view.kernel import conversation, failure, message
from tests.view.states import talk

SEEN = """() => {
  const held = document.activeElement;
  if (held === document.body) return 'the page';
  const frame = held.closest('.ipg-composer-row') ?? held;
  const style = getComputedStyle(frame);
  const isSeen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  return (held.getAttribute('aria-label') ?? (held.title || held.textContent)) + (isSeen ? '' : ' (not seen)');
}"""


def button(host: Host, name: str) -> Locator:
    return host.page.get_by_role("button", name=name, exact=True)


def test_every_stop_can_be_seen_and_tab_leaves_the_view(host: Host) -> None:
    host.start(
        [*conversation(3), message(3, status="failed", draft_id="m3", error="No.")], uploads=UploadRules()
    )
    host.page.evaluate("""() => {
      for (const [name, where] of [['Before', 'afterbegin'], ['After', 'beforeend']]) {
        const button = document.createElement('button');
        button.textContent = name;
        document.body.insertAdjacentElement(where, button);
      }
    }""")
    button(host, "Before").focus()
    stops: list[str] = []
    while not stops or (stops[-1] != "After" and len(stops) < 20):
        host.page.keyboard.press("Tab")
        stops.append(host.page.evaluate(SEEN))
    wanted = ["Search", "More", "Messages", "Retry", "Discard"]
    assert [each for each in stops if each != "Copy message"] == [*wanted, "Attach files", "Message", "After"]


def test_who_begins_to_write_in_the_list_goes_on_in_the_composer(host: Host) -> None:
    host.start(conversation(10))
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Well, ")
    host.page.get_by_role("article").nth(-2).focus()
    host.page.keyboard.type("Thank you")
    expect(box).to_be_focused()
    expect(box).to_have_value("Well, Thank you")
    button(host, "More").click()
    host.page.get_by_role("menuitem", name="Select messages").click()
    host.page.keyboard.type("a b")
    expect(host.page.get_by_role("checkbox", checked=True)).to_have_count(1)
    expect(box).to_have_value("Well, Thank you")


def test_tab_leaves_a_menu_as_it_leaves_the_menus_button(host: Host) -> None:
    host.start(conversation(10))
    for key, stop in (("Tab", host.page.get_by_role("feed")), ("Shift+Tab", button(host, "Search"))):
        button(host, "More").click()
        expect(host.page.get_by_role("menuitem").first).to_be_focused()
        host.page.keyboard.press(key)
        expect(stop).to_be_focused()
        expect(host.page.get_by_role("menu")).to_have_count(0)


def test_from_an_empty_composer_the_way_up_leads_to_the_messages_and_escape_back(host: Host) -> None:
    host.start(conversation(60))
    box = host.page.get_by_role("textbox", name="Message")
    for key in ("ArrowUp", "PageUp"):
        box.press(key)
        expect(host.page.get_by_role("article").last).to_be_focused()
        host.page.keyboard.press("Escape")
        expect(box).to_be_focused()
    box.fill("One line\nand another")
    box.press("ArrowUp")
    expect(box).to_be_focused()
    box.fill("")
    host.page.get_by_role("feed").evaluate("list => { list.scrollTop = 0 }")
    host.at_rest()
    box.press("ArrowUp")
    assert host.page.evaluate("document.activeElement.matches('article')")
    # A row at a fraction of a pixel is clipped to whole ones.
    expect(host.page.locator("article:focus")).to_be_in_viewport(ratio=0.98)


def test_a_link_is_reached_and_opened_by_keyboard(host: Host) -> None:
    host.start([message(0, text="It is here: https://tracking.example.com/p/3348917502")])
    host.page.get_by_role("feed").focus()
    host.page.keyboard.press("PageDown")
    host.page.keyboard.press("Tab")
    expect(host.page.get_by_role("link")).to_be_focused()
    with host.context.expect_page() as opened:
        host.page.keyboard.press("Enter")
    opened.value.close()
    assert host.foreign_requests == ["https://tracking.example.com/p/3348917502"]
    expect(host.page.get_by_role("textbox", name="Message")).to_have_value("")


def test_enter_does_what_the_button_in_the_search_says(host: Host) -> None:
    kernel = host.start(talk(), has_older=True)
    button(host, "Search").click()
    box = host.page.get_by_role("searchbox")
    box.fill("the")
    kernel.answer_search(has_older=True)
    assert kernel.answer_page().ordinal == 1
    button(host, "Previous match").press("Enter")
    assert kernel.wait_for(vp.PageRequested, 2).ordinal == len(kernel.hits)
    button(host, "Search them too").press("Enter")
    assert kernel.wait_for(vp.SearchRequested, 2).loads_older
    button(host, "Close").press("Enter")
    expect(box).to_have_count(0)
    assert len(kernel.heard(vp.PageRequested)) == 2


def test_the_way_to_a_day_gives_the_focus_back(host: Host) -> None:
    kernel = host.start(talk())
    for leave in ("Escape", "Close", "Enter"):
        button(host, "More").press("Enter")
        host.page.keyboard.press("Enter")
        field = host.page.get_by_label("Date", exact=True)
        expect(field).to_be_focused()
        if leave == "Enter":
            field.fill("2026-09-21")
            field.press("Enter")
            kernel.answer_page()
            expect(host.page.get_by_role("article").first).to_be_focused()
        else:
            button(host, "Close").press("Enter") if leave == "Close" else field.press(leave)
            expect(button(host, "More")).to_be_focused()
        expect(field).to_have_count(0)


Thing = Literal["banner", "error", "files", "older", "draft", "search"]


@pytest.mark.parametrize("thing", get_args(Thing))
def test_the_focus_does_not_fall_back_to_the_page_with_what_had_it(host: Host, thing: Thing) -> None:
    draft = message(40, id="d1", status="failed", draft_id="d1", error="No.")
    kernel = host.start([*conversation(40), draft], has_older=True, uploads=UploadRules())
    box, feed = host.page.get_by_role("textbox", name="Message"), host.page.get_by_role("feed")
    match thing:
        case "banner":
            kernel.set_status("reconnecting", "No route.", 9_000)
            button(host, "Reconnect now").press("Enter")
            kernel.set_status("connected")
            expect(box).to_be_focused()
        case "error":
            kernel.change(failure("Not allowed."))
            button(host, "Dismiss").press("Enter")
            expect(box).to_be_focused()
        case "files":
            with host.page.expect_file_chooser() as chooser:
                button(host, "Attach files").click()
            files = [FilePayload(name=name, mimeType="text/plain", buffer=b"x") for name in ("a", "b")]
            chooser.value.set_files(files)
            for name in ("a", "b"):
                button(host, f"Remove {name}").press("Enter")
                expect(box).to_be_focused()
        case "older":
            feed.press("Home")
            kernel.answer_page(has_older=True, messages=(), error=failure("No."))
            button(host, "Try again").press("Enter")
            expect(box).to_be_focused()
        case "draft":
            button(host, "Discard").press("Enter")
            kernel.change(vp.MessageRemovedDelta(id="d1", index=40))
            expect(feed).to_be_focused()
        case "search":
            button(host, "Search").click()
            field = host.page.get_by_role("searchbox")
            field.fill("nowhere")
            kernel.answer_search(has_older=True)
            button(host, "Search them too").press("Enter")
            kernel.answer_search(2, has_older=True, is_loading=True)
            expect(field).to_be_focused()


def test_a_user_who_has_left_is_not_called_back(host: Host) -> None:
    kernel = host.start(conversation(3))
    kernel.set_status("reconnecting", "No route.", 9_000)
    button(host, "Reconnect now").focus()
    host.page.evaluate("document.activeElement.blur()")
    kernel.set_status("connected")
    expect(button(host, "Reconnect now")).to_have_count(0)
    host.shown()
    assert host.page.evaluate("document.activeElement === document.body")
