"""What happens to the rest of the view while the user writes, and where what is typed in it goes."""

from __future__ import annotations

from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host
from tests.view.kernel import conversation, message
from tests.view.test_scrolling import metrics


def test_a_draft_of_several_lines_leaves_the_reader_at_the_end_where_what_comes_is_seen(host: Host) -> None:
    kernel = host.start(conversation(60))
    box = host.page.get_by_role("textbox", name="Message")
    heights = []
    for _ in range(4):
        box.press_sequentially("a line")
        box.press("Shift+Enter")
        assert metrics(host)["left"] <= 0.5
        heights.append(box.evaluate("box => box.offsetHeight"))
    assert heights == sorted(set(heights)), "the box grows with each line"
    kernel.say(message(60, is_own=False, status="unread"))
    assert kernel.wait_for(vp.MessagesSeen).ids == ("m60",)
    assert metrics(host)["left"] <= 0.5
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)
    for _ in range(4):
        box.press("Backspace")
        box.press("Control+Backspace")
        assert metrics(host)["left"] <= 0.5
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)


# What makes room and takes it back before a frame shows it; the browser lays out in between, as when it is asked for a size.
SQUEEZE = """() => {
  const list = document.querySelector('.ipg-scroller');
  const header = document.querySelector('.ipg-header');
  header.style.display = 'none';
  const roomy = list.clientHeight;
  header.style.display = '';
  header.style.paddingBlock = '20px';
  return roomy > list.clientHeight;
}"""


def test_what_changes_its_size_around_the_list_does_not_take_its_reader_from_the_end(host: Host) -> None:
    kernel = host.start(conversation(60))
    assert host.page.evaluate(SQUEEZE)
    host.at_rest()
    assert metrics(host)["left"] <= 0.5
    expect(host.page.get_by_role("button", name="Jump to latest")).to_have_count(0)
    kernel.say(message(60))
    assert metrics(host)["left"] <= 0.5
