"""The list stays at its end when it is there, and where it is when it is not; it never moves the host's page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from ipygenesys._core.model.content import Card
from ipygenesys._core.view import protocol as vp
from tests.view.conftest import ROWS_KEPT, Host, MakeHost
from tests.view.kernel import conversation, failure, message

ROWS_MAX = 60
"""Of list-window.ts."""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="900"/>'


def metrics(host: Host) -> dict[str, Any]:
    """As a frame has shown it: the list is put in its place right before that, once its size is known."""
    found: dict[str, Any] = host.page.evaluate("""async () => {
      await harness.shown(1);
      const s = document.querySelector('.ipg-scroller');
      return {top: s.scrollTop, left: s.scrollHeight - s.clientHeight - s.scrollTop, rows: s.querySelectorAll('article').length};
    }""")
    return found


def place_shown(host: Host, message_id: str) -> float:
    """Where it stands in the frame that comes next: what was drawn before is in it, and nothing waits for more."""
    metrics(host)
    return place_of(host, message_id)


def scroll_to(host: Host, top: int) -> None:
    host.page.evaluate("top => { document.querySelector('.ipg-scroller').scrollTop = top }", top)
    host.at_rest()


def first_in_sight(host: Host) -> str:
    """The message whose beginning is the first in sight."""
    found: str = host.page.evaluate("""() => {
      const top = document.querySelector('.ipg-scroller').getBoundingClientRect().top;
      return [...document.querySelectorAll('article')].find(e => e.getBoundingClientRect().top >= top).dataset.messageId;
    }""")
    return found


def place_of(host: Host, message_id: str) -> float:
    """Where a message stands in the window, in px."""
    place: float = host.page.evaluate(
        'id => document.querySelector(`[data-message-id="${id}"]`).getBoundingClientRect().top', message_id
    )
    return place


def test_it_opens_at_the_end_and_stays_there(host: Host) -> None:
    kernel = host.start(conversation(40))
    assert metrics(host)["left"] <= 1
    for number in range(40, 50):
        kernel.say(message(number, text="A few more words " * (number % 7)))
    expect(host.page.get_by_role("article").last).to_have_attribute("data-message-id", "m49")
    assert metrics(host)["left"] <= 1
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)


def test_it_stays_at_the_end_when_what_is_around_it_changes(host: Host) -> None:
    kernel = host.start(conversation(40))
    kernel.set_status("reconnecting", "A reason that takes some room.", 60_000)
    kernel.change(vp.ErrorDelta(code="c", message="Something went wrong. " * 8))
    host.page.get_by_role("textbox", name="Message").fill("a\nb\nc\nd\ne\nf")
    host.page.set_viewport_size({"width": 360, "height": 720})
    host.at_rest()
    assert metrics(host)["left"] <= 1


def test_what_is_read_at_the_very_top_stays_where_it_is_when_earlier_messages_come(host: Host) -> None:
    kernel = host.start(conversation(250), newest=100)
    while metrics(host)["top"] > 0:  # What is held comes into the page by and by.
        scroll_to(host, 0)
    kernel.wait_for(vp.PageRequested)
    before = place_shown(
        host, "m151"
    )  # That before it has the day above it, until it is known to be no day's first.
    kernel.answer_page()
    assert abs(place_shown(host, "m151") - before) <= 1
    host.at_rest()
    assert abs(place_of(host, "m151") - before) <= 1


def test_away_from_the_end_it_stays_put_and_counts(host: Host) -> None:
    kernel = host.start(conversation(40))
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
    kernel = host.start(conversation(40))
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
    host.start(messages)
    order = host.page.locator(".ipg-new, article").evaluate_all(
        "all => all.map(e => e.dataset.messageId ?? 'new')"
    )
    assert order.index("new") == order.index("m10") - 1


def test_messages_that_come_to_an_unattended_window_are_marked(host: Host) -> None:
    kernel = host.start(conversation(40))
    host.page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    kernel.say(message(100), message(102))
    expect(host.page.get_by_text("New messages", exact=True)).to_be_visible()
    assert metrics(host)["left"] <= 1


def test_earlier_messages_are_fetched_near_the_top_and_nothing_moves(host: Host) -> None:
    kernel = host.start(conversation(250), newest=100)
    assert kernel.heard(vp.PageRequested) == []
    scroll_to(host, 0)
    scroll_to(host, 0)
    asked = kernel.wait_for(vp.PageRequested)
    assert (asked.where, asked.id) == ("before", "m150")
    expect(host.page.get_by_text("Loading earlier messages…")).to_be_visible()
    seen = first_in_sight(host)
    before = place_of(host, seen)
    kernel.answer_page()
    expect(host.page.get_by_text("Loading earlier messages…")).to_have_count(0)
    assert abs(place_of(host, seen) - before) <= 1
    scroll_to(host, 0)
    expect(host.page.locator('[data-message-id="m149"]')).to_have_attribute("aria-posinset", "150")
    assert len(kernel.heard(vp.PageRequested)) == 1


def test_beyond_what_the_kernel_holds_the_server_is_asked(host: Host) -> None:
    kernel = host.start(conversation(30, 100), has_older=True)
    scroll_to(host, 0)
    kernel.wait_for(vp.PageRequested)
    kernel.messages[:0] = conversation(40, 60)
    kernel.change(vp.HistoryPrependedDelta(count=40, has_older=False))
    before = place_of(host, "m102")
    kernel.answer_page()
    expect(host.page.locator('[data-message-id="m99"]')).to_have_count(1)
    assert abs(place_of(host, "m102") - before) <= 1
    host.page.get_by_role("feed").focus()
    host.page.keyboard.press("Home")
    expect(host.page.locator('[data-message-id="m60"]')).to_have_count(1)
    host.at_rest()
    assert [each.where for each in kernel.heard(vp.PageRequested)] in (["before"], ["before", "oldest"])


def test_a_page_that_cannot_be_had_says_so_and_can_be_asked_for_again(host: Host) -> None:
    kernel = host.start(conversation(30), has_older=True)
    scroll_to(host, 0)
    kernel.answer_page(has_older=True, messages=(), error=failure("The server is busy."))
    expect(host.page.get_by_text("Earlier messages could not be loaded: The server is busy.")).to_be_visible()
    scroll_to(host, 50)
    host.at_rest()
    assert len(kernel.heard(vp.PageRequested)) == 1
    host.page.get_by_role("button", name="Try again").click()
    kernel.wait_for(vp.PageRequested, 2)


APART = """() => { const box = of => document.querySelector(of).getBoundingClientRect();
  const list = box('.ipg-scroller'), said = box('.ipg-older'), button = box('.ipg-jump-up');
  return said.bottom <= button.top && button.bottom <= list.bottom && button.left >= list.left; }"""


def test_the_way_to_the_first_unread_message_stands_below_what_is_said_of_earlier_ones(
    make_host: MakeHost,
) -> None:
    host = make_host(width=320)
    kernel = host.start(conversation(30), has_older=True, unread_count=50)
    scroll_to(host, 0)
    expect(host.page.get_by_text("Loading earlier messages…")).to_be_visible()
    assert host.page.evaluate(APART)
    kernel.answer_page(has_older=True, messages=(), error=failure("The server is busy."))
    expect(host.page.get_by_text("Earlier messages could not be loaded: The server is busy.")).to_be_visible()
    assert host.page.evaluate(APART)


def test_a_short_page_of_a_long_conversation_is_filled_up(host: Host) -> None:
    kernel = host.start(conversation(20), newest=2)
    kernel.answer_page()
    expect(host.page.get_by_role("article")).to_have_count(20)
    assert metrics(host)["left"] <= 1


def test_the_host_page_never_moves(host: Host) -> None:
    spacer = "Object.assign(document.createElement('div'), {style: 'height: 1500px'})"
    host.page.evaluate(f"document.body.prepend({spacer}); document.body.append({spacer})")
    kernel = host.start(conversation(40))
    host.page.evaluate("scrollTo(0, 1200)")
    kernel.say(message(100), message(102))
    scroll_to(host, 300)
    kernel.say(message(104))
    host.page.evaluate("document.querySelector('.ipg-jump').click()")
    host.page.evaluate("document.querySelector('.ipg-scroller').focus({preventScroll: true})")
    for key in ("PageUp", "PageUp", "Home", "End", "Escape"):
        host.page.keyboard.press(key)
    assert host.page.evaluate("scrollY") == 1200


@pytest.mark.parametrize("count", [2, 40], ids=["short", "at its end"])
def test_the_wheel_goes_on_to_the_host_page_where_the_list_has_nothing_to_scroll(
    host: Host, count: int
) -> None:
    host.page.evaluate(
        "document.body.append(Object.assign(document.createElement('div'), {style: 'height: 3000px'}))"
    )
    host.start(conversation(count))
    host.page.locator(".ipg-scroller").hover()
    host.page.mouse.wheel(0, 300)
    host.page.wait_for_function("scrollY === 300")


def test_a_burst_keeps_the_page_small_and_the_count_right(host: Host) -> None:
    kernel = host.start(conversation(100))
    for start in range(100, 100 + 64 * 40, 64):
        kernel.say(*[message(number, is_own=False) for number in range(start, start + 64)])
    last = 100 + 64 * 40 - 1
    expect(host.page.locator(f'[data-message-id="m{last}"]')).to_be_visible()
    now = metrics(host)
    assert now["rows"] <= ROWS_KEPT + 12 and now["left"] <= 1
    expect(host.page.get_by_role("article").last).to_have_attribute("aria-posinset", str(last + 1))
    scroll_to(host, 0)
    scroll_to(host, 0)
    assert kernel.heard(vp.PageRequested) == [], "what is held is shown before more is asked for"
    assert metrics(host)["top"] > 300


def test_a_burst_while_the_user_reads_above_does_not_fill_the_page(host: Host) -> None:
    kernel = host.start(conversation(100))
    scroll_to(host, 300)
    seen = first_in_sight(host)
    before = place_of(host, seen)
    for start in range(100, 100 + 64 * 30, 64):
        kernel.say(*[message(number, is_own=False) for number in range(start, start + 64)])
    expect(host.page.get_by_role("button", name="Jump to latest 999+ new messages")).to_be_visible()
    assert abs(place_of(host, seen) - before) <= 1
    assert metrics(host)["rows"] <= ROWS_MAX
    host.page.get_by_role("button", name=re.compile("Jump")).click()
    assert kernel.answer_page().where == "latest"
    expect(host.page.locator('[data-message-id="m2019"]')).to_be_visible()
    assert metrics(host)["left"] <= 1


def test_what_grows_above_the_reader_moves_nothing_of_what_is_read(host: Host) -> None:
    """A long text that is unfolded, and an image that comes late; folded again there is less below than before."""
    held: list[Route] = []
    host.context.route("https://images.shop.example/**", lambda route: held.append(route))
    messages = conversation(50)
    messages[20] = message(20, text="A line of a long story.\n" * 80)
    messages[22] = message(
        22, content=(Card(title="Boots", image_url="https://images.shop.example/boots.jpg"),)
    )
    host.start(messages)
    article = host.page.locator('[data-message-id="m26"]')
    host.page.evaluate("id => document.querySelector(id).scrollIntoView()", '[data-message-id="m26"]')
    host.at_rest()
    before = place_of(host, "m26")
    tall = metrics(host)
    click = (
        "(article, name) => [...article.querySelectorAll('button')].find(b => b.textContent === name).click()"
    )

    def press(message_id: str, name: str) -> None:
        host.page.locator(f'[data-message-id="{message_id}"]').evaluate(click, name)

    press("m20", "Show more")
    expect(host.page.get_by_role("button", name="Show less")).to_have_count(1)
    assert abs(place_shown(host, "m26") - before) <= 1
    grown = metrics(host)
    assert grown["top"] - tall["top"] > 500, "it has grown above"
    press("m22", "Show image")
    expect(host.page.locator(".ipg-image img")).to_be_attached()
    assert abs(place_shown(host, "m26") - before) <= 1
    host.has_asked_for_all()
    assert len(held) == 1
    held[0].fulfill(content_type="image/svg+xml", body=PICTURE)
    host.page.wait_for_function("document.querySelector('.ipg-image img').naturalHeight === 900")
    assert abs(place_shown(host, "m26") - before) <= 1
    press("m20", "Show less")
    expect(host.page.get_by_role("button", name="Show less")).to_have_count(0)
    assert abs(place_shown(host, "m26") - before) <= 1
    expect(article).to_be_in_viewport()


def test_what_grows_above_while_the_list_is_scrolled_moves_nothing_of_what_is_read(host: Host) -> None:
    messages = conversation(60)
    messages[20] = message(20, text="A line of a long story.\n" * 80)
    host.start(messages)
    scroll_to(host, 0)
    host.page.evaluate("id => document.querySelector(id).scrollIntoView()", '[data-message-id="m26"]')
    before = place_shown(host, "m26")
    for _ in range(2):  # Unfolded, and folded again.
        host.page.evaluate("""() => { document.querySelector('[data-message-id="m20"] .ipg-more').click();
          document.querySelector('.ipg-scroller').scrollTop -= 5; }""")
        before += 5
        assert abs(place_shown(host, "m26") - before) <= 1


def test_at_the_end_it_stays_there_when_an_image_comes_late(host: Host) -> None:
    host.context.route(
        "https://images.shop.example/**",
        lambda route: route.fulfill(content_type="image/svg+xml", body=PICTURE),
    )
    card = Card(title="Boots", image_url="https://images.shop.example/boots.jpg")
    host.start([*conversation(40), message(60, content=(card,))])
    host.page.get_by_role("button", name="Show image").click()
    host.page.wait_for_function("document.querySelector('.ipg-image img').naturalHeight === 900")
    host.at_rest()
    assert metrics(host)["left"] <= 1


def test_a_view_that_opens_in_place_of_another_shows_what_was_read_there(host: Host) -> None:
    """As when a notebook's cell is moved: its view is taken out of the page, and closed, and another is opened."""
    kernel = host.start(conversation(300), newest=300)
    scroll_to(host, 0)
    scroll_to(host, 300)
    read = first_in_sight(host)
    before = place_of(host, read)
    host.page.evaluate("() => { const {el, closing} = harness.views[0]; el.remove(); closing.abort() }")
    host.page.evaluate("() => { harness.open() }")
    host.at_rest()
    assert abs(place_of(host, read) - before) <= 1
    asked = kernel.heard(vp.Hello)[-1]
    assert asked.around_id is not None
    kernel.deliver(kernel.snapshot(asked.client, 300))
    host.at_rest()
    assert abs(place_of(host, read) - before) <= 1
    expect(host.page.get_by_role("button", name="Jump to latest")).to_be_visible()
