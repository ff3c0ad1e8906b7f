"""Who scrolls up has left the end from the first pixel on, however much comes; who does not stays there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import Kernel, conversation, message
from tests.view.test_scrolling import metrics, place_of, scroll_to

# A message a frame while the list is scrolled, and where a row of it stands in each frame.
STREAM = """([id, batches]) => { window.places = []; window.rest = batches;
  const next = () => { harness.nextFrame(next);
    const row = document.querySelector(`[data-message-id="${id}"]`);
    window.places.push(row.getBoundingClientRect().top);
    // Only once the user has begun: until then the list follows.
    if (window.places.at(-1) > window.places[0] && window.rest.length > 0) harness.model.deliver(window.rest.shift()); };
  harness.nextFrame(next); }"""
STREAMED = 12


def stream(host: Host, kernel: Kernel) -> None:
    """From now on, with each frame from the user's first pixel on, a message comes."""
    batches = [
        vp.encode_to_view(kernel.deltas(kernel.placed(message(700 + number, text="A few more words " * 9))))
        for number in range(STREAMED)
    ]
    host.page.evaluate(STREAM, ["m38", batches])


def places(host: Host) -> list[float]:
    """Where the row stood in each frame, when all have come."""
    host.page.wait_for_function("window.rest.length === 0")
    host.at_rest()
    found: list[float] = host.page.evaluate("window.places")
    return found


def by_wheel(host: Host) -> None:
    host.page.mouse.move(300, 250)
    for _ in range(STREAMED):
        host.page.mouse.wheel(0, -5)
        host.shown(1)


def by_key(host: Host) -> None:
    """The browser scrolls by arrow keys in many small steps."""
    host.page.get_by_role("feed").focus()
    for _ in range(4):
        host.page.keyboard.press("ArrowUp")
        host.shown(4)


def by_page_up(host: Host) -> None:
    host.page.get_by_role("feed").focus()
    for _ in range(14):
        host.page.keyboard.press("PageUp")
        host.shown(1)


def by_finger(host: Host) -> None:
    """A slow beginning, then a swing that goes on by itself."""
    touch = host.context.new_cdp_session(host.page)

    def send(kind: str, *at: int) -> None:
        points = [{"x": 300, "y": y} for y in at]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 200)
    for y in (*range(216, 260, 4), *range(260, 420, 20)):
        send("touchMove", y)
    send("touchEnd")


def by_script_in_a_frame(host: Host) -> None:
    """As extensions of a browser do: the event that tells of it comes with the next frame."""
    host.page.evaluate("""() => { let left = 20; const list = document.querySelector('.ipg-scroller');
      const up = () => { list.scrollTop -= 3; if (--left) harness.nextFrame(up); }; harness.nextFrame(up); }""")


@pytest.mark.parametrize("scroll", [by_wheel, by_key, by_page_up, by_finger, by_script_in_a_frame])
def test_who_scrolls_up_while_messages_come_is_never_taken_back(
    make_host: MakeHost, scroll: Callable[[Host], None]
) -> None:
    host = make_host(has_touch=True)
    kernel = host.start(conversation(40))
    host.at_rest()
    stream(host, kernel)
    scroll(host)
    seen = places(host)
    assert seen == sorted(seen)
    assert seen[-1] > seen[0] + 20
    expect(host.page.get_by_role("button", name="Jump to latest")).to_be_visible()


def test_rows_that_are_drawn_above_as_the_user_begins_to_scroll_move_nothing_of_what_is_read(
    host: Host,
) -> None:
    """After a burst the rows above follow when there is time, which is when a reader begins to scroll."""
    kernel = host.start(conversation(40))
    host.at_rest()
    kernel.say(*[message(number) for number in range(40, 100)])
    host.page.wait_for_selector('[data-message-id="m99"]')
    moved: Any = host.page.evaluate("""async () => {
      const row = document.querySelector('[data-message-id="m98"]');
      const list = document.querySelector('.ipg-scroller');
      await harness.shown(2);
      const before = row.getBoundingClientRect().top;
      // In the task that draws them, before the frame that shows them.
      await new Promise(done => new MutationObserver((_, watcher) => {
        watcher.disconnect(); list.scrollTop -= 100; done(); }).observe(row.closest('.ipg-rows'), {childList: true}));
      await harness.atRest();
      return row.getBoundingClientRect().top - before; }""")
    assert abs(moved - 100) <= 1


def test_who_comes_down_to_the_end_again_follows_it(host: Host) -> None:
    kernel = host.start(conversation(40))
    host.page.mouse.move(300, 250)
    host.wheel(-90)
    expect(host.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    host.wheel(70)  # Almost.
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)
    kernel.say(message(100, text="A few more words " * 20))
    expect(host.page.get_by_role("article").last).to_have_attribute("data-message-id", "m100")
    assert metrics(host)["left"] <= 1


def test_the_end_is_kept_at_every_size_and_zoom_and_while_the_last_message_grows(host: Host) -> None:
    kernel = host.start(conversation(40))
    size = host.context.new_cdp_session(host.page)
    for width, scale in ((400, 1.1), (333, 1.25), (700, 0.9), (640, 1.5), (500, 0.67), (640, 1.0)):
        metric = {"width": width, "height": 720, "deviceScaleFactor": scale, "mobile": False}
        size.send("Emulation.setDeviceMetricsOverride", metric)
        host.page.evaluate("zoom => { document.body.style.zoom = zoom }", scale)
        host.at_rest()
        assert metrics(host)["left"] <= 2, (width, scale)
    for words in range(1, 60, 7):
        kernel.replace("m39", message(39, text="word " * words))
        assert metrics(host)["left"] <= 1
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)


def test_out_of_sight_and_elsewhere_in_the_page_the_list_keeps_its_place(host: Host) -> None:
    """A tab is hidden, or a notebook takes a cell that is far away out of the page, or a cell is moved."""
    kernel = host.start(conversation(40))
    hide = "() => { document.querySelector('.ipg-root').parentElement.style.display = 'none' }"
    show = "() => { document.querySelector('.ipg-root').parentElement.style.display = '' }"
    remove = "() => { window.taken = document.querySelector('.ipg-root').parentElement; taken.remove() }"
    put_back = "() => { document.getElementById('host').append(window.taken) }"
    for away, back in ((hide, show), (remove, put_back)):
        host.page.evaluate(away)
        host.shown()
        host.page.evaluate(back)
        host.at_rest()
        assert metrics(host)["left"] <= 1
    scroll_to(host, 900)
    before = place_of(host, "m25")
    for away, back in ((hide, show), (remove, put_back)):
        host.page.evaluate(away)
        host.shown()
        host.page.evaluate(back)
        host.at_rest()
        assert abs(place_of(host, "m25") - before) <= 1
    host.page.get_by_role("button", name="Jump to latest").click()
    host.at_rest()
    host.page.evaluate(f"({remove})(); ({put_back})()")  # At once.
    kernel.say(message(100))
    expect(host.page.get_by_role("article").last).to_have_attribute("data-message-id", "m100")
    assert metrics(host)["left"] <= 1


# Before any frame, if the machine is not too slow: the part at the end is drawn, which is shorter, so that the browser takes
# the list back to what there is; and what an earlier scroll has called for makes it longer again.
JUMP_AND_GROW = """async from => {
  const list = document.querySelector('.ipg-scroller');
  list.dispatchEvent(new Event('scroll'));
  document.querySelector('.ipg-jump').click();
  for (let i = 0; i < 9; i++) await null;
  const isShorter = list.scrollTop < from;
  await new Promise(done => setTimeout(done));
  return isShorter;
}"""


def test_who_is_brought_to_the_end_has_not_left_it_by_what_is_drawn_there(host: Host) -> None:
    host.start(conversation(300), newest=300)
    scroll_to(host, 0)
    scroll_to(host, 100)
    left = metrics(host)["left"]
    scroll_to(host, 100 + left - 300)  # Far down in a part that is longer than the one at the end.
    top = metrics(host)["top"]
    assert host.page.evaluate(JUMP_AND_GROW, top), "the part at the end is no shorter: this shows nothing"
    expect(host.page.get_by_role("article").last).to_have_attribute("data-message-id", "m299")
    host.at_rest()
    assert metrics(host)["left"] <= 1
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)
