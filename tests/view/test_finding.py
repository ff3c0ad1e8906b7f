"""Finding and taking along: search, the way to a day and to what is unread, copying, transcripts."""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import START_MS, Kernel, conversation, failure, message
from tests.view.test_scrolling import metrics, scroll_to


def long_talk(count: int = 1_000) -> list[vp.ViewMessage]:
    return [
        message(n, text=f"Where is the Parcel {n}?" if n % 100 == 50 else f"Message {n}")
        for n in range(count)
    ]


def search(host: Host, kernel: Kernel, words: str, count: int = 1) -> None:
    host.page.get_by_role("searchbox", name="Search in the conversation").fill(words)
    kernel.answer_search(count)


def marked(host: Host) -> list[str]:
    found: list[str] = host.page.evaluate("[...(CSS.highlights.get('ipg-hit') ?? [])].map(r => r.toString())")
    return found


def test_search_counts_hits_and_goes_to_each_wherever_it_is(host: Host) -> None:
    kernel = host.start(long_talk(), newest=100)
    host.page.get_by_role("button", name="Search").click()
    search(host, kernel, "parcel")
    bar = host.page.get_by_role("search")
    assert kernel.answer_page().ordinal == 1
    expect(bar.get_by_role("status")).to_have_text("1 of 10")
    hit = host.page.locator('[data-hit="true"]')
    expect(hit).to_have_attribute("data-message-id", "m950")
    expect(hit).to_have_attribute("aria-posinset", "951")
    assert marked(host) == ["Parcel"]
    box = bar.get_by_role("searchbox")
    expect(box).to_be_focused()
    box.press("Enter")
    kernel.answer_page(2)
    expect(bar.get_by_role("status")).to_have_text("2 of 10")
    expect(hit).to_have_attribute("data-message-id", "m850")
    expect(hit).to_be_in_viewport()
    box.press("Shift+Enter")
    box.press("Shift+Enter")
    assert [each.ordinal for each in kernel.heard(vp.PageRequested)[-2:]] == [1, 1]
    bar.get_by_role("button", name="Next match").click()
    assert host.foreign_requests == []


def test_who_goes_on_before_the_first_hit_is_there_goes_on_from_it(host: Host) -> None:
    kernel = host.start(long_talk(), newest=100)
    host.page.get_by_role("button", name="Search").click()
    search(host, kernel, "parcel")
    expect(host.page.get_by_role("search").get_by_role("status")).to_have_text("1 of 10")
    host.page.get_by_role("button", name="Previous match").click()
    host.page.get_by_role("button", name="Next match").click()
    assert kernel.wait_for(vp.PageRequested, 3).ordinal == 2
    assert [each.ordinal for each in kernel.heard(vp.PageRequested)] == [1, 10, 2]


def test_a_hit_in_a_list_that_is_all_in_sight_offers_no_way_to_the_end(host: Host) -> None:
    kernel = host.start([message(1, text="Where is my parcel?"), message(2)])
    host.page.get_by_role("button", name="Search").click()
    search(host, kernel, "parcel")
    kernel.answer_page()
    expect(host.page.locator('[data-hit="true"]')).to_have_attribute("data-message-id", "m1")
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)


def test_escape_closes_the_search_and_gives_back_focus_and_place(host: Host) -> None:
    kernel = host.start(long_talk(), newest=100)
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("half a sentence")
    box.press("Control+f")
    search(host, kernel, "parcel")
    kernel.answer_page()
    expect(host.page.locator('[data-hit="true"]')).to_have_count(1)
    host.page.keyboard.press("Escape")
    expect(host.page.get_by_role("search")).to_have_count(0)
    expect(host.page.locator('[data-message-id="m999"]')).to_be_visible()
    assert metrics(host)["left"] <= 1
    expect(box).to_be_focused()
    expect(box).to_have_value("half a sentence")
    assert marked(host) == []
    assert kernel.heard(vp.SearchRequested)[-1].query == ""


def test_a_search_without_hits_says_so_and_offers_what_the_server_holds(host: Host) -> None:
    kernel = host.start(conversation(5), has_older=True)
    host.page.get_by_role("button", name="Search").click()
    host.page.get_by_role("searchbox").fill("nowhere")
    kernel.answer_search(has_older=True)
    bar = host.page.get_by_role("search")
    expect(bar).to_contain_text("No matches")
    expect(bar).to_contain_text("Older messages on the server were not searched.")
    bar.get_by_role("button", name="Search them too").click()
    assert kernel.wait_for(vp.SearchRequested, 2).loads_older
    asked = kernel.heard(vp.SearchRequested)[1]
    kernel.answer_search(2, has_older=True, is_loading=True)
    expect(bar).to_contain_text("Older messages are being fetched and searched…")
    kernel.answer_search(2, has_older=True, error=failure("The server is busy."))
    expect(bar).to_contain_text("The server is busy.")
    assert asked.search_id == kernel.heard(vp.SearchRequested)[0].search_id


def test_accents_are_marked_as_they_are_written(host: Host) -> None:
    kernel = host.start([message(0, text="Crème brûlée, CREME and https://example.com/creme")])
    host.page.get_by_role("button", name="Search").click()
    host.page.get_by_role("searchbox").fill("creme")
    asked = kernel.wait_for(vp.SearchRequested)
    kernel.deliver(
        vp.SearchFound(
            to=asked.client,
            search_id=asked.search_id,
            count=1,
            searched=1,
            is_complete=True,
            has_older=False,
        )
    )
    host.page.wait_for_function("CSS.highlights.get('ipg-hit')?.size === 3")
    assert marked(host) == ["Crème", "CREME", "creme"]


def test_the_menu_is_used_by_keyboard(host: Host) -> None:
    host.start(conversation(5))
    button = host.page.get_by_role("button", name="More")
    button.focus()
    host.page.keyboard.press("ArrowDown")
    items = host.page.get_by_role("menuitem")
    expect(items).to_have_text(
        [
            "Go to date…",
            "Select messages",
            "Export as JSON",
            "Export as CSV",
            "Export as Markdown",
            "Export as HTML",
        ]
    )
    expect(items.nth(0)).to_be_focused()
    for key, at in (("ArrowDown", 1), ("End", 5), ("ArrowDown", 0), ("ArrowUp", 5), ("Home", 0)):
        host.page.keyboard.press(key)
        expect(items.nth(at)).to_be_focused()
    host.page.keyboard.press("Escape")
    expect(host.page.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()


def test_a_day_is_gone_to(host: Host) -> None:
    messages = [message(n, time_ms=START_MS + n * 3_600_000) for n in range(500)]
    kernel = host.start(messages, newest=100)
    host.page.get_by_role("button", name="More").click()
    host.page.get_by_role("menuitem", name="Go to date…").click()
    field = host.page.get_by_label("Date", exact=True)
    expect(field).to_be_focused()
    field.fill("2026-09-25")
    host.page.keyboard.press("Enter")
    asked = kernel.answer_page()
    assert (asked.where, asked.time_ms) == ("time", 1_790_294_400_000)
    first = next(each for each in messages if each.time_ms >= 1_790_294_400_000)
    article = host.page.locator(f'[data-message-id="{first.id}"]')
    expect(article).to_be_focused()
    expect(article).to_be_in_viewport()
    expect(field).to_have_count(0)


def test_a_day_too_far_back_says_so_and_can_be_looked_for_further(host: Host) -> None:
    kernel = host.start(conversation(5), has_older=True)
    host.page.get_by_role("button", name="More").click()
    host.page.get_by_role("menuitem", name="Go to date…").click()
    host.page.get_by_label("Date", exact=True).fill("2020-01-01")
    host.page.get_by_role("button", name="Go", exact=True).click()
    expect(host.page.get_by_text("Looking for that day…")).to_be_visible()
    assert kernel.answer_page(2, has_older=True, stopped_early=True).where == "time"
    expect(host.page.get_by_text("That day lies further back")).to_be_visible()
    host.page.get_by_role("button", name="Look further").click()
    expect(host.page.get_by_text("Looking for that day…")).to_be_visible()
    last = len(kernel.heard(vp.PageRequested))
    assert kernel.answer_page(last, has_older=True, error=failure("The server is busy.")).where == "time"
    expect(host.page.get_by_text("Earlier messages could not be loaded: The server is busy.")).to_be_visible()
    host.page.keyboard.press("Escape")


@pytest.mark.parametrize("of_composing", ["{keyCode: 229}", "{isComposing: true}"])
def test_keys_of_a_composition_neither_go_to_a_hit_nor_close_the_search(
    host: Host, of_composing: str
) -> None:
    """Safari ends a composition before it tells of the Enter that did: only the code says what it was."""
    kernel = host.start(conversation(5))
    host.page.get_by_role("button", name="Search").click()
    box = host.page.get_by_role("searchbox")
    box.fill("Message")
    kernel.answer_search()
    kernel.answer_page()
    expect(host.page.get_by_text("1 of 5")).to_be_visible()
    for key in ("Enter", "Escape"):
        box.evaluate(f"""field => field.dispatchEvent(new KeyboardEvent('keydown',
          {{key: '{key}', bubbles: true, cancelable: true, ...{of_composing}}}))""")
    box.press("Enter")
    assert kernel.answer_page(2).ordinal == 2
    assert len(kernel.heard(vp.PageRequested)) == 2


def test_the_first_unread_message_is_gone_to(host: Host) -> None:
    messages = [*conversation(200), *conversation(150, 200, is_own=False, status="unread")]
    kernel = host.start(messages, newest=100, unread_count=150)
    button = host.page.get_by_role("button", name=re.compile("Jump to first unread"))
    expect(button).to_be_visible()
    button.click()
    assert kernel.answer_page().where == "first-unread"
    article = host.page.locator('[data-message-id="m200"]')
    expect(article).to_be_focused()
    expect(article).to_be_in_viewport()
    expect(host.page.get_by_text("New messages", exact=True)).to_be_visible()


def test_one_message_is_copied_by_button_and_by_keyboard(host: Host) -> None:
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.page.clock.install()
    host.start(conversation(3))
    article = host.page.get_by_role("article").nth(1)
    article.hover()
    with host.time_held():
        article.get_by_role("button", name="Copy message").click()
        expect(host.page.locator(".ipg-announcer")).to_have_text("Copied")
    assert host.page.evaluate("navigator.clipboard.readText()") == "Message 1"
    host.page.get_by_role("article").nth(2).focus()
    host.page.keyboard.press("Control+c")
    assert host.page.evaluate("navigator.clipboard.readText()") == "Message 2"


def test_what_is_selected_across_messages_is_copied_without_words_of_the_view(host: Host) -> None:
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.start(conversation(4))
    host.page.evaluate("""() => {
      const texts = document.querySelectorAll('.ipg-text');
      const range = document.createRange();
      range.setStart(texts[0].firstChild, 3);
      range.setEnd(texts[2].firstChild, 7);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }""")
    host.page.get_by_role("feed").focus()
    host.page.keyboard.press("Control+c")
    copied = host.page.evaluate("navigator.clipboard.readText()")
    parts = [part.split("\n")[1] for part in copied.split("\n\n")]
    assert parts == ["sage 0", "Message 1", "Message"]
    assert "Read" not in copied


COPY_IN_THE_PAGE = """() => { const data = new DataTransfer();
  const event = new ClipboardEvent('copy', {clipboardData: data, bubbles: true, cancelable: true});
  document.body.dispatchEvent(event); return [event.defaultPrevented, data.getData('text/plain')]; }"""


def test_a_copy_that_the_browser_tells_the_page_of_is_ours_only_while_the_focus_is_in_the_list(
    host: Host,
) -> None:
    """As in Firefox, where nothing is selected."""
    host.start(conversation(3))
    host.page.get_by_role("article").nth(1).focus()
    is_ours, text = host.page.evaluate(COPY_IN_THE_PAGE)
    assert is_ours and text == "Message 1"
    host.page.keyboard.press("Shift+ArrowDown")
    is_ours, text = host.page.evaluate(COPY_IN_THE_PAGE)
    assert is_ours and text.count("Message") == 2
    host.page.get_by_role("textbox", name="Message").focus()
    assert host.page.evaluate(COPY_IN_THE_PAGE) == [False, ""]


def clipboard(host: Host) -> list[str]:
    """The texts of the messages that were copied."""
    copied: str = host.page.evaluate("navigator.clipboard.readText()")
    return [part.split("\n", 1)[1] for part in copied.split("\n\n")]


def begin_selecting(host: Host) -> None:
    host.page.get_by_role("button", name="More").click()
    host.page.get_by_role("menuitem", name="Select messages").click()


def test_messages_are_selected_by_mouse_and_copied_together(host: Host) -> None:
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.page.clock.install()
    kernel = host.start(conversation(8))
    begin_selecting(host)
    bar = host.page.get_by_role("region", name="Select messages")
    copy = bar.get_by_role("button", name="Copy")
    expect(bar.get_by_role("status")).to_have_text("0 messages selected")
    expect(copy).to_be_disabled()
    host.page.get_by_text("Message 6", exact=True).click()
    host.page.get_by_text("Message 3", exact=True).click(modifiers=["Shift"])
    row = host.page.get_by_role("article", name=re.compile("Message 4"))
    row.get_by_role("checkbox", name="Select").uncheck()
    expect(row).to_have_attribute("data-selected", "false")
    host.page.get_by_role("checkbox", name="Select").first.check()
    expect(bar.get_by_role("status")).to_have_text("4 messages selected")
    expect(host.page.get_by_role("article", name=re.compile(r"Message 3\. Read\. Selected$"))).to_be_visible()
    kernel.say(message(8))
    with host.time_held():
        copy.click()
        expect(bar.get_by_role("status")).to_have_text("Copied")
    assert clipboard(host) == ["Message 0", "Message 3", "Message 5", "Message 6"]
    bar.get_by_role("button", name="Cancel").click()
    expect(bar).to_have_count(0)
    expect(host.page.get_by_role("checkbox")).to_have_count(0)
    expect(host.page.get_by_role("feed")).to_be_focused()


def test_messages_are_selected_by_keyboard_alone(host: Host) -> None:
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.start(conversation(8))
    more = host.page.get_by_role("button", name="More")
    more.focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        more.page.keyboard.press(key)
    expect(host.page.get_by_role("article").last).to_be_focused()
    press = host.page.keyboard.press
    press("Space")
    press("Shift+ArrowUp")
    press("Shift+ArrowUp")
    press("Shift+ArrowUp")
    press("Shift+ArrowDown")
    said = host.page.get_by_role("region", name="Select messages").get_by_role("status")
    expect(said).to_have_text("3 messages selected")
    press("PageUp")
    press("PageUp")
    press("Space")
    expect(said).to_have_text("4 messages selected")
    press("Control+c")
    assert clipboard(host) == ["Message 3", "Message 5", "Message 6", "Message 7"]
    press("Escape")
    expect(said).to_have_count(0)
    host.page.get_by_role("article").nth(2).focus()
    press("Shift+ArrowDown")
    expect(said).to_have_text("2 messages selected")


def test_a_selection_holds_what_is_not_in_the_page_and_says_what_it_cannot_hold(host: Host) -> None:
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.page.clock.install()
    kernel = host.start(conversation(1_000), newest=100)
    begin_selecting(host)
    host.page.get_by_text("Message 999", exact=True).click()
    far = host.page.get_by_text("Message 920", exact=True)
    for _ in range(40):
        if far.count():
            break
        host.page.locator(".ipg-scroller").evaluate("list => { list.scrollTop -= 300 }")
        host.at_rest()
    far.click(modifiers=["Shift"])
    bar = host.page.get_by_role("region", name="Select messages")
    expect(bar.get_by_role("status")).to_have_text("80 messages selected")
    assert host.page.get_by_role("article").count() <= 60
    with host.time_held():
        bar.get_by_role("button", name="Copy").click()
        expect(bar.get_by_role("status")).to_have_text("Copied")
    assert clipboard(host) == [f"Message {number}" for number in range(920, 1_000)]
    host.page.get_by_role("feed").focus()
    host.page.keyboard.press("Home")
    kernel.answer_page(len(kernel.heard(vp.PageRequested)))
    host.page.get_by_text("Message 2", exact=True).click(modifiers=["Shift"])
    expect(host.page.get_by_text("Messages in between that are not loaded here are not")).to_be_visible()


@pytest.mark.parametrize(("name", "ending"), [("JSON", "json"), ("Markdown", "md")])
def test_a_transcript_is_downloaded(host: Host, tmp_path: Path, name: str, ending: str) -> None:
    kernel = host.start(conversation(3))
    words = "all that was said ✓\n" * 40
    data = gzip.compress(words.encode())
    host.page.get_by_role("button", name="More").click()
    with host.page.expect_download() as download:
        host.page.get_by_role("menuitem", name=f"Export as {name}").click()
        asked = kernel.wait_for(vp.ExportRequested)
        expect(host.page.get_by_text("The transcript is being made…")).to_be_visible()
        for number, piece in enumerate((data[:20], data[20:]), 1):
            part = vp.ExportPart(
                to=asked.client,
                request_id=asked.request_id,
                number=number,
                count=2,
                data=base64.b64encode(piece).decode(),
            )
            kernel.deliver(part)
    assert asked.format == ending
    assert download.value.suggested_filename == f"conversation.{ending}"
    download.value.save_as(tmp_path / "t")
    assert (tmp_path / "t").read_text() == words
    expect(host.page.get_by_text(f"Saved as conversation.{ending}")).to_be_visible()


def test_a_transcript_that_cannot_be_had_says_why(host: Host) -> None:
    kernel = host.start(conversation(3))
    host.page.get_by_role("button", name="More").click()
    host.page.get_by_role("menuitem", name="Export as CSV").click()
    asked = kernel.wait_for(vp.ExportRequested)
    kernel.deliver(
        vp.ExportPart(
            to=asked.client, request_id=asked.request_id, number=0, count=0, error=failure("It is too large.")
        )
    )
    expect(host.page.get_by_text("The transcript could not be saved: It is too large.")).to_be_visible()


def test_a_hundred_thousand_messages_are_opened_and_walked_through_by_wheel_and_keys(
    make_host: MakeHost,
) -> None:
    host = make_host(height=600)
    kernel = host.start(conversation(100_000), newest=100)
    nodes = "document.querySelectorAll('.ipg-root *').length"
    counts = [host.page.evaluate(nodes)]
    host.page.evaluate("""() => {
      window.long = [];
      new PerformanceObserver(l => window.long.push(...l.getEntries().map(e => e.duration))).observe({type: 'longtask'});
    }""")
    host.page.mouse.move(300, 250)
    answered = 0
    for _ in range(25):
        host.wheel(-900)
        while len(kernel.heard(vp.PageRequested)) > answered:
            answered += 1
            kernel.answer_page(answered)
        counts.append(host.page.evaluate(nodes))
    assert answered >= 2
    positions = host.page.locator("article").evaluate_all(
        "all => all.map(e => [Number(e.getAttribute('aria-posinset')), Number(e.dataset.messageId.slice(1))])"
    )
    assert all(position == number + 1 for position, number in positions)
    assert max(counts) <= 1_500, counts
    host.page.get_by_role("feed").focus()
    host.page.keyboard.press("Home")
    kernel.answer_page(len(kernel.heard(vp.PageRequested)))
    expect(host.page.locator('[data-message-id="m0"]')).to_be_focused()
    host.page.keyboard.press("End")
    kernel.answer_page(len(kernel.heard(vp.PageRequested)))
    expect(host.page.locator('[data-message-id="m99999"]')).to_be_focused()
    assert metrics(host)["left"] <= 1
    print(f"\nnodes at most {max(counts)}; long tasks {host.page.evaluate('window.long')}")


def test_a_burst_of_ten_thousand_ends_with_the_right_order_count_and_unread_number(host: Host) -> None:
    kernel = host.start(conversation(100))
    scroll_to(host, 900)
    host.page.evaluate("""() => {
      window.long = []; window.work = 0;
      new PerformanceObserver(l => window.long.push(...l.getEntries().map(e => e.duration))).observe({type: 'longtask'});
      new MutationObserver(all => { for (const each of all) window.work += each.addedNodes.length })
        .observe(document.querySelector('.ipg-rows'), {childList: true});
    }""")
    for start in range(100, 10_100, 1_000):
        news = [message(n, is_own=False, status="unread") for n in range(start, start + 1_000)]
        kernel.messages += news
        kernel.change(
            vp.MessagesSkippedDelta(index=start, count=940, others=940, first_other_id=news[0].id),
            *[
                vp.MessagePlacedDelta(message=each, index=start + n)
                for n, each in enumerate(news)
                if n >= 940
            ],
            vp.UnreadDelta(count=start + 900),
        )
    expect(host.page.get_by_role("button", name="Jump to latest 999+ new messages")).to_be_visible()
    assert host.page.evaluate("window.work") <= 100, "who reads above draws nothing of it"
    host.page.get_by_role("button", name=re.compile("Jump to latest")).click()
    assert kernel.answer_page(len(kernel.heard(vp.PageRequested))).where == "latest"
    expect(host.page.locator('[data-message-id="m10099"]')).to_be_visible()
    shown = host.page.locator("article").evaluate_all(
        "all => all.map(e => [e.getAttribute('aria-posinset'), e.dataset.messageId])"
    )
    first = int(shown[0][0])
    assert shown == [[str(first + i), f"m{first + i - 1}"] for i in range(len(shown))]
    assert first + len(shown) - 1 == 10_100
    print(f"\nrows added {host.page.evaluate('window.work')}; long tasks {host.page.evaluate('window.long')}")
