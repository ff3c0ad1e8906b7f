"""The list stays at its end when it is there, and where it is when it is not; it never moves the host's page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from ipygenesys._core import view_protocol as vp
from tests.view.conftest import Host
from tests.view.kernel import Kernel, conversation, message


def metrics(host: Host) -> dict[str, Any]:
    found: dict[str, Any] = host.page.evaluate("""() => {
      const s = document.querySelector('.ipg-scroller');
      return {top: s.scrollTop, left: s.scrollHeight - s.clientHeight - s.scrollTop, rows: s.querySelectorAll('article').length};
    }""")
    return found


def scroll_to(host: Host, top: int) -> None:
    host.page.evaluate("top => { document.querySelector('.ipg-scroller').scrollTop = top }", top)
    host.page.wait_for_timeout(60)


def place_of(host: Host, message_id: str) -> float:
    """Where a message stands in the window, in px."""
    place: float = host.page.evaluate(
        'id => document.querySelector(`[data-message-id="${id}"]`).getBoundingClientRect().top', message_id
    )
    return place


def answer_page(
    kernel: Kernel, older: list[vp.ViewMessage], *, count: int = 1, has_older: bool = False
) -> None:
    asked = kernel.wait_for(vp.PageRequested, count)
    first = asked.before_index - len(older)
    kernel.deliver(
        vp.Page(
            to=asked.client,
            request_id=asked.request_id,
            epoch=kernel.epoch,
            revision=kernel.revision,
            first_index=first,
            messages=tuple(older),
            has_older=has_older,
        )
    )


def test_it_opens_at_the_end_and_stays_there(host: Host) -> None:
    kernel = host.start(conversation(60))
    assert metrics(host)["left"] <= 1
    for number in range(60, 70):
        kernel.say(message(number, text="A few more words " * (number % 7)))
    expect(host.page.get_by_role("article")).to_have_count(70)
    assert metrics(host)["left"] <= 1
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)


def test_it_stays_at_the_end_when_what_is_around_it_changes(host: Host) -> None:
    kernel = host.start(conversation(60))
    kernel.set_status("reconnecting", "A reason that takes some room.", 60_000)
    kernel.change(vp.ErrorDelta(code="c", message="Something went wrong. " * 8))
    host.page.get_by_role("textbox", name="Message").fill("a\nb\nc\nd\ne\nf")
    host.page.set_viewport_size({"width": 360, "height": 720})
    host.page.wait_for_timeout(150)
    assert metrics(host)["left"] <= 1


def test_away_from_the_end_it_stays_put_and_counts(host: Host) -> None:
    kernel = host.start(conversation(60))
    scroll_to(host, 600)
    before = place_of(host, "m20")
    for number in range(60, 63):
        kernel.say(message(number * 2))
    jump = host.page.get_by_role("button", name="Jump to latest 3 new messages")
    expect(jump).to_be_visible()
    assert abs(place_of(host, "m20") - before) <= 1
    expect(host.page.get_by_text("New messages", exact=True)).to_have_count(1)
    jump.click()
    expect(host.page.get_by_role("button", name=re.compile("Jump"))).to_have_count(0)
    assert metrics(host)["left"] <= 1
    expect(host.page.get_by_text("New messages", exact=True)).to_be_visible()
    expect(host.page.get_by_role("feed")).to_be_focused()


def test_sending_goes_to_the_end_and_takes_the_mark_away(host: Host) -> None:
    kernel = host.start(conversation(60))
    scroll_to(host, 600)
    kernel.say(message(100))
    expect(host.page.get_by_text("New messages", exact=True)).to_have_count(1)
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Here I am")
    box.press("Enter")
    expect(host.page.get_by_text("New messages", exact=True)).to_have_count(0)
    assert metrics(host)["left"] <= 1


def test_the_mark_stands_before_what_was_unread_at_first_sight(host: Host) -> None:
    messages = [*conversation(10), *conversation(4, 10, is_own=False, status="unread")]
    host.start(messages, first_unread_index=10)
    order = host.page.locator(".ipg-new, article").evaluate_all(
        "all => all.map(e => e.dataset.messageId ?? 'new')"
    )
    assert order.index("new") == order.index("m10") - 1


def test_messages_that_come_to_an_unattended_window_are_marked(host: Host) -> None:
    kernel = host.start(conversation(60))
    host.page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    kernel.say(message(100), message(102))
    expect(host.page.get_by_text("New messages", exact=True)).to_be_visible()
    assert metrics(host)["left"] <= 1


def test_earlier_messages_are_fetched_near_the_top_and_nothing_moves(host: Host) -> None:
    messages = conversation(250)
    kernel = host.start(messages, newest=100)
    assert kernel.heard(vp.PageRequested) == []
    scroll_to(host, 200)
    asked = kernel.wait_for(vp.PageRequested)
    assert (asked.before_index, asked.revision) == (150, kernel.revision)
    expect(host.page.get_by_text("Loading earlier messages…")).to_be_visible()
    before = place_of(host, "m155")
    answer_page(kernel, messages[50:150])
    expect(host.page.get_by_role("article")).to_have_count(200)
    assert abs(place_of(host, "m155") - before) <= 1
    expect(host.page.get_by_role("article").first).to_have_attribute("aria-posinset", "51")
    assert len(kernel.heard(vp.PageRequested)) == 1


def test_beyond_what_the_kernel_holds_the_server_is_asked(host: Host) -> None:
    kernel = host.start(conversation(60, 100), has_older=True)
    scroll_to(host, 0)
    kernel.wait_for(vp.PageRequested)
    older = conversation(40, 60)
    kernel.messages[:0] = older
    kernel.change(vp.HistoryPrependedDelta(count=40, has_older=False))
    before = place_of(host, "m102")
    asked = kernel.wait_for(vp.PageRequested)
    kernel.deliver(
        vp.Page(
            to=asked.client,
            request_id=asked.request_id,
            epoch=kernel.epoch,
            revision=kernel.revision,
            first_index=0,
            messages=tuple(older),
            has_older=False,
        )
    )
    expect(host.page.get_by_role("article")).to_have_count(100)
    assert abs(place_of(host, "m102") - before) <= 1
    scroll_to(host, 0)
    host.page.wait_for_timeout(200)
    assert len(kernel.heard(vp.PageRequested)) == 1


def test_a_page_that_cannot_be_had_says_so_and_can_be_asked_for_again(host: Host) -> None:
    kernel = host.start(conversation(60), has_older=True)
    scroll_to(host, 0)
    asked = kernel.wait_for(vp.PageRequested)
    kernel.deliver(
        vp.Page(
            to=asked.client,
            request_id=asked.request_id,
            epoch="e1",
            revision=7,
            first_index=0,
            messages=(),
            has_older=True,
            error="The server is busy.",
        )
    )
    expect(host.page.get_by_text("Earlier messages could not be loaded: The server is busy.")).to_be_visible()
    scroll_to(host, 50)
    host.page.wait_for_timeout(200)
    assert len(kernel.heard(vp.PageRequested)) == 1
    host.page.get_by_role("button", name="Try again").click()
    kernel.wait_for(vp.PageRequested, 2)


def test_a_short_page_of_a_long_conversation_is_filled_up(host: Host) -> None:
    messages = conversation(30)
    kernel = host.start(messages, newest=2)
    answer_page(kernel, messages[:28])
    expect(host.page.get_by_role("article")).to_have_count(30)
    assert metrics(host)["left"] <= 1


def test_the_host_page_never_moves(host: Host) -> None:
    spacer = "Object.assign(document.createElement('div'), {style: 'height: 1500px'})"
    host.page.evaluate(f"document.body.prepend({spacer}); document.body.append({spacer})")
    kernel = host.start(conversation(60))
    host.page.evaluate("scrollTo(0, 1200)")
    kernel.say(message(100), message(102))
    scroll_to(host, 300)
    kernel.say(message(104))
    host.page.evaluate("document.querySelector('.ipg-jump').click()")
    host.page.evaluate("document.querySelector('.ipg-scroller').focus({preventScroll: true})")
    for key in ("PageUp", "PageUp", "Home", "End", "Escape"):
        host.page.keyboard.press(key)
    assert host.page.evaluate("scrollY") == 1200


def test_a_burst_keeps_the_page_small_and_the_count_right(host: Host) -> None:
    kernel = host.start(conversation(100))
    batches = [
        kernel.deltas(*[kernel.placed(message(number, is_own=False)) for number in range(start, start + 64)])
        for start in range(100, 100 + 64 * 40, 64)
    ]
    for at in range(0, len(batches), 8):
        kernel.deliver(*batches[at : at + 8])
    last = 100 + 64 * 40 - 1
    expect(host.page.locator(f'[data-message-id="m{last}"]')).to_be_visible()
    now = metrics(host)
    assert now["rows"] <= 1_000 and now["left"] <= 1
    expect(host.page.get_by_role("article").last).to_have_attribute("aria-posinset", str(last + 1))
    scroll_to(host, 0)
    host.page.wait_for_timeout(200)
    assert kernel.heard(vp.PageRequested) == [], "what is held is shown before more is asked for"
    assert metrics(host)["top"] > 1_000


def test_a_burst_while_the_user_reads_above_does_not_fill_the_page(host: Host) -> None:
    kernel = host.start(conversation(100))
    scroll_to(host, 900)
    before = place_of(host, "m30")
    for start in range(100, 100 + 64 * 30, 64):
        kernel.say(*[message(number, is_own=False) for number in range(start, start + 64)])
    expect(host.page.get_by_role("button", name="Jump to latest 999+ new messages")).to_be_visible()
    assert abs(place_of(host, "m30") - before) <= 1
    assert metrics(host)["rows"] <= 1_000
    host.page.get_by_role("button", name=re.compile("Jump")).click()
    expect(host.page.locator('[data-message-id="m2019"]')).to_be_visible()
