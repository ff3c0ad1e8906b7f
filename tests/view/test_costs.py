"""What a view costs in the page, counted: its nodes do not grow with the conversation, nor with a burst."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import ROWS_KEPT, Host, MakeHost
from tests.view.kernel import START_MS, Kernel, conversation, message
from tests.view.test_scrolling import metrics

MAX_NODES = 1_500
BURST, BATCH = 1_024, 64
ONE_FRAME_MS = 16

NODES = """() => { let count = 0; const walk = node => { count += 1; node.childNodes.forEach(walk); };
  walk(document.querySelector('.ipg-root')); return count; }"""


def nodes(host: Host) -> int:
    host.at_rest()
    count: int = host.page.evaluate(NODES)
    return count


def burst(kernel: Kernel) -> None:
    """As many messages at once as ever come, in the batches in which they come."""
    for _ in range(BURST // BATCH):
        start = len(kernel.messages)
        kernel.say(*[message(start + number, is_own=False, status="unread") for number in range(BATCH)])


@pytest.mark.parametrize("held", [100, 100_000])
def test_a_view_has_few_nodes_however_long_the_conversation_and_however_many_come(
    host: Host, held: int
) -> None:
    kernel = host.start([message(0)] * (held - 100) + conversation(100, held - 100), newest=100)
    assert nodes(host) <= MAX_NODES
    burst(kernel)
    assert nodes(host) <= MAX_NODES
    host.page.locator(".ipg-scroller").evaluate("list => { list.scrollTop -= 2000 }")
    assert nodes(host) <= MAX_NODES


def test_a_message_that_comes_is_drawn_once_and_touches_no_other_row_but_the_one_before(host: Host) -> None:
    host.page.clock.install()
    kernel = host.start(conversation(100))
    host.page.clock.run_for(1_000)
    host.at_rest()
    host.page.evaluate(
        """() => { window.touched = new Set(); window.batches = 0;
        new MutationObserver(changes => { window.batches += 1; for (const { target, addedNodes } of changes)
          for (const node of [target, ...addedNodes]) {
            const row = node.closest?.('.ipg-row') ?? node.parentElement?.closest('.ipg-row');
            if (row) window.touched.add(row.querySelector('article').dataset.messageId); } })
          .observe(document.querySelector('.ipg-rows'), {subtree: true, childList: true, attributes: true}); }"""
    )
    kernel.change(kernel.placed(message(100, is_own=False, status="unread")), vp.UnreadDelta(count=1))
    host.page.wait_for_selector('[data-message-id="m100"]')
    host.page.clock.run_for(1_000)
    host.at_rest()
    assert set(host.page.evaluate("[...window.touched]")) <= {"m99", "m100"}
    assert host.page.evaluate("window.batches") == 1


def test_a_message_that_comes_is_laid_out_once_and_nobody_waits_for_the_count_of_what_is_unread_above(
    host: Host,
) -> None:
    host.stop_time()
    kernel = host.start(conversation(100, is_own=False, status="unread"), unread_count=100)
    host.pass_time(1_000)
    session = host.context.new_cdp_session(host.page)
    session.send("Performance.enable")

    def layouts() -> int:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(int(each["value"]) for each in metrics if each["name"] == "LayoutCount")

    host.page.evaluate(WATCH_UNREAD)
    before = layouts()
    kernel.change(kernel.placed(message(100, is_own=False, status="unread")), vp.UnreadDelta(count=101))
    host.page.wait_for_selector('[data-message-id="m100"]')
    host.shown()
    # One for the message, one for Playwright, which asks whether it is visible.
    assert (layouts() - before <= 2, host.page.evaluate("window.counted")) == (True, 0)
    # With the next frame, so that no frame of its own is in the way of the next message.
    host.pass_time(2 * ONE_FRAME_MS)
    assert (layouts() - before <= 3, host.page.evaluate("window.counted")) == (True, 1)


WATCH_UNREAD = """() => { window.counted = 0;
  new MutationObserver(all => { window.counted += all.length; })
    .observe(document.querySelector('.ipg-jump-up'), {subtree: true, childList: true, characterData: true}); }"""


WATCH_AROUND = """() => { window.around = 0;
  new MutationObserver(all => { window.around += all.filter(({target}) =>
      !(target.closest ? target : target.parentElement).closest('.ipg-body')).length; })
    .observe(document.querySelector('.ipg-root'), {subtree: true, childList: true, attributes: true, characterData: true}); }"""


def test_what_stands_around_the_list_is_drawn_after_the_frame_that_shows_a_message(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(30))
    host.pass_time(1_000)
    host.page.evaluate(WATCH_AROUND)
    kernel.change(kernel.placed(message(30, is_own=False)), vp.TypingDelta(names=("Ann",)))
    host.page.wait_for_selector('[data-message-id="m30"]')
    assert host.page.evaluate("window.around") == 0
    host.pass_time(ONE_FRAME_MS)
    assert host.page.evaluate("window.around") > 0
    expect(host.page.get_by_text("Ann is typing…")).to_be_visible()


OPENED_AT_ONCE = """async snapshot => {
  const rows = () => document.querySelectorAll('.ipg-row').length;
  window.draws = [];
  new MutationObserver(() => window.draws.push(rows()))
    .observe(document, {subtree: true, childList: true});
  harness.open();
  // The kernel's answer to a page that has had no frame yet.
  harness.model.deliver(snapshot);
  for (let i = 0; i < 8; i++) await null;
  return rows(); }"""


def test_opening_draws_what_fills_the_sight_in_the_task_that_brings_it_and_the_rest_when_that_is_shown(
    host: Host,
) -> None:
    host.page.evaluate("harness.start()")
    host.page.evaluate("harness.close(harness.open())")
    kernel = Kernel(host.page, conversation(100))
    snapshot = kernel.snapshot(kernel.wait_for(vp.Hello).client)
    at_once = host.page.evaluate(OPENED_AT_ONCE, vp.encode_to_view(snapshot))
    assert at_once == 16
    host.page.wait_for_function(f"document.querySelectorAll('.ipg-row').length >= {ROWS_KEPT}")
    drawn = [rows for rows in host.page.evaluate("window.draws") if rows > 0]
    assert drawn[0] == 16 and drawn[-1] == ROWS_KEPT
    assert all(after - before <= 16 for before, after in itertools.pairwise(drawn))
    assert metrics(host)["left"] <= 1


FRAMES = """async snapshot => {
  const list = document.querySelector('.ipg-scroller');
  const metronome = document.createElement('i');
  const frames = [];
  // Observers of sizes are told last before a frame is painted, in the order of their making.
  new ResizeObserver(() => { const { clientHeight, scrollHeight, scrollTop } = list;
    const rows = list.querySelectorAll('.ipg-row').length;
    if (rows) frames.push({rows, filled: scrollHeight > clientHeight, left: scrollHeight - clientHeight - scrollTop}); })
    .observe(document.body.appendChild(metronome));
  metronome.style.display = 'block';
  harness.model.deliver(snapshot);
  for (let i = 0; i < 40; i++) {
    metronome.style.height = `${1 + i % 2}px`;
    await new Promise(done => harness.nextFrame(done));
  }
  return frames; }"""


@pytest.mark.parametrize("height", [1_100, 2_000])
def test_a_tall_list_is_filled_in_the_frame_that_shows_it_and_comes_to_rest(
    make_host: MakeHost, height: int
) -> None:
    host = make_host(height=height)
    host.page.evaluate(
        "height => document.documentElement.style.setProperty('--ipg-height', height + 'px')", height
    )
    host.page.evaluate("harness.start()")
    host.page.evaluate("harness.open()")
    # Of the lowest rows there are: each follows another of the same sender.
    kernel = Kernel(host.page, conversation(100, is_own=False, time_ms=START_MS))
    snapshot = kernel.snapshot(kernel.wait_for(vp.Hello).client)
    frames = host.page.evaluate(FRAMES, vp.encode_to_view(snapshot))
    assert all(frame["filled"] and frame["left"] <= 1 for frame in frames), frames
    assert len({frame["rows"] for frame in frames[-10:]}) == 1, frames
    kernel.say(message(100, is_own=False))
    host.at_rest()
    assert metrics(host)["left"] <= 1


ROWS_A_FRAME = """() => { window.most = 0; let added = 0;
  new MutationObserver(all => { for (const { addedNodes } of all) added += addedNodes.length; })
    .observe(document.querySelector('.ipg-rows'), {childList: true});
  const next = () => { window.most = Math.max(window.most, added); added = 0; harness.nextFrame(next); };
  harness.nextFrame(next); }"""


def test_a_burst_draws_what_is_in_sight_and_the_rest_in_steps_when_it_is_over(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(100))
    host.pass_time(1_000)
    articles = host.page.get_by_role("article")
    in_sight = host.page.evaluate("""() => { const list = document.querySelector('.ipg-scroller');
        const top = list.getBoundingClientRect().top;
        return [...list.querySelectorAll('.ipg-row')].filter(row => row.getBoundingClientRect().bottom > top).length; }""")
    host.page.evaluate(ROWS_A_FRAME)
    burst(kernel)
    host.pass_time(ONE_FRAME_MS)
    expect(articles.last).to_have_attribute("data-message-id", f"m{100 + BURST - 1}")
    # A frame may hold a draw and what was missing to fill the sight, for the new messages may be lower.
    assert host.page.evaluate("window.most") <= in_sight + 4 + 16
    # Nothing new for 200 ms: then there is time for more, a step a frame.
    for ms in (*[ONE_FRAME_MS] * 3, 100, *[ONE_FRAME_MS] * 7):
        host.pass_time(ms)
    assert articles.count() >= ROWS_KEPT
    assert host.page.evaluate("window.most") <= in_sight + 4 + 16
    assert metrics(host)["left"] <= 1


WATCH_ROWS = """() => { window.added = 0; window.changes = 0;
  new MutationObserver(all => { for (const each of all) { window.changes += 1; window.added += each.addedNodes.length; } })
    .observe(document.querySelector('.ipg-rows'), {subtree: true, childList: true, attributes: true}); }"""


def test_the_wheel_draws_nothing_until_the_part_in_the_page_must_slide_and_then_lays_out_once(
    host: Host,
) -> None:
    host.start(conversation(300), newest=300)
    host.page.mouse.move(300, 250)
    host.wheel(-300)  # The list leaves its end, and what is under the pointer stands out: that is drawn.
    expect(host.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    host.at_rest()
    host.page.evaluate(WATCH_ROWS)
    session = host.context.new_cdp_session(host.page)
    session.send("Performance.enable")

    def layouts() -> int:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(int(each["value"]) for each in metrics if each["name"] == "LayoutCount")

    costs = []
    before = layouts()
    for _ in range(24):
        host.wheel(-150)
        now = layouts()
        added, changes = host.page.evaluate("() => [window.added, window.changes]")
        costs.append((now - before, added, changes))
        host.page.evaluate("window.added = window.changes = 0")
        before = now
    still = [each for each in costs if each[1] == 0]
    slides = [each for each in costs if each[1] > 0]
    assert len(still) > len(slides) > 0, costs
    assert all(each == (0, 0, 0) for each in still), costs
    assert all(laid <= 2 and added <= 45 for laid, added, _ in slides), costs


SCROLL_A_FRAME = """async ([frames, pixels]) => {
  const list = document.querySelector('.ipg-scroller');
  const rows = document.querySelector('.ipg-rows');
  const cost = {slides: 0, added: 0, blank: 0, inFrames: 0};
  // Told of in the task of an event or of a frame, before its callbacks: what it draws is drawn within the frame.
  let inFrame = false;
  new MutationObserver(all => { const added = all.reduce((sum, each) => sum + each.addedNodes.length, 0);
    if (added > 0) { cost.slides += 1; cost.added += added; cost.inFrames += inFrame; } }).observe(rows, {childList: true});
  const channel = new MessageChannel();
  channel.port1.onmessage = () => { inFrame = false; };
  list.addEventListener('scroll', () => { inFrame = true; channel.port2.postMessage(null); }, true);
  for (let i = 0; i < frames; i++) {
    await new Promise(done => harness.nextFrame(done));
    const seen = list.getBoundingClientRect();
    if (rows.getBoundingClientRect().top > seen.top) cost.blank += 1;
    list.scrollTop -= pixels;
  }
  return cost; }"""


@pytest.mark.parametrize("pixels", [60, 180])
def test_scrolling_draws_seldom_between_the_frames_and_leaves_no_space_empty(host: Host, pixels: int) -> None:
    host.start(conversation(900), newest=900)
    host.page.mouse.move(300, 250)
    host.wheel(-300)
    height: float = host.page.evaluate(
        "document.querySelector('.ipg-rows').clientHeight / document.querySelectorAll('.ipg-row').length"
    )
    frames = 18_000 // pixels
    cost = host.page.evaluate(SCROLL_A_FRAME, [frames, pixels])
    rows = 18_000 / height
    assert 0 < cost["slides"] <= rows / 28, cost
    assert cost["added"] <= rows, cost
    assert cost["blank"] == 0, cost
    # On a busy machine a task may have to wait for longer than the rows last that are left.
    assert cost["inFrames"] <= cost["slides"] / 2, cost


def test_a_text_is_looked_through_once_for_what_is_searched(host: Host) -> None:
    kernel = host.start(conversation(24))
    host.page.get_by_role("button", name="Search").click()
    host.page.get_by_role("searchbox").fill("message")
    kernel.answer_search()
    kernel.answer_page()
    host.page.wait_for_function("CSS.highlights.get('ipg-hit')?.size === 24")
    host.page.evaluate("""() => { window.marked = 0; const { add } = Highlight.prototype;
      Highlight.prototype.add = function (range) { window.marked += 1; return add.call(this, range); }; }""")
    host.page.get_by_role("article").last.hover()
    kernel.receipt("m23", "delivered")
    kernel.say(message(24))
    host.page.wait_for_function("CSS.highlights.get('ipg-hit').size === 25")
    assert host.page.evaluate("window.marked") == 1
    host.page.keyboard.press("Escape")
    host.page.wait_for_function("CSS.highlights.get('ipg-hit').size === 0")
