"""Read means seen: 60 % of the message in the list and in the page, tab visible, window focused, for 800 ms."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import START_TAKES_MS, Host
from tests.view.kernel import Kernel, conversation, message

DWELL_MS = 800
LONG_ENOUGH_MS = 1_300


@pytest.fixture(autouse=True)
def stopped_time(host: Host) -> None:
    host.stop_time()


def unread(count: int, start: int = 0) -> list[vp.ViewMessage]:
    return conversation(count, start, is_own=False, status="unread")


def seen(kernel: Kernel) -> list[str]:
    return [each for said in kernel.heard(vp.MessagesSeen) for each in said.ids]


def scroll_list(host: Host, top: int) -> None:
    host.page.evaluate("top => { document.querySelector('.ipg-scroller').scrollTop = top }", top)


def test_a_message_in_sight_is_seen_once_after_800_ms(host: Host) -> None:
    kernel = host.start(unread(1))
    host.pass_time(DWELL_MS - START_TAKES_MS - 1)
    assert seen(kernel) == []
    host.pass_time(START_TAKES_MS + 2)
    assert seen(kernel) == ["m0"]
    host.page.evaluate("dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus'))")
    scroll_list(host, 0)
    host.pass_time(LONG_ENOUGH_MS)
    kernel.receipt("m0", "read")
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == ["m0"]


def test_messages_in_sight_together_are_one_report(host: Host) -> None:
    kernel = host.start(unread(3))
    host.pass_time(LONG_ENOUGH_MS)
    assert set(seen(kernel)) == {"m0", "m1", "m2"}
    assert len(kernel.heard(vp.MessagesSeen)) == 1


def test_messages_that_are_seen_shortly_after_each_other_are_reported_together(host: Host) -> None:
    kernel = host.start(unread(1))
    for number in range(1, 6):
        host.pass_time(50)
        kernel.say(message(number, is_own=False, status="unread"))
    host.pass_time(LONG_ENOUGH_MS)
    assert sorted(seen(kernel)) == [f"m{number}" for number in range(6)]
    assert len(kernel.heard(vp.MessagesSeen)) == 3


def test_what_is_scrolled_away_is_not_seen_until_it_comes_into_sight(host: Host) -> None:
    kernel = host.start(unread(24))
    host.pass_time(LONG_ENOUGH_MS)
    at_end = set(seen(kernel))
    assert "m23" in at_end
    assert not at_end & {"m0", "m12"}
    scroll_list(host, 0)
    host.pass_time(LONG_ENOUGH_MS)
    assert "m0" in seen(kernel)
    assert "m12" not in seen(kernel)
    assert len(seen(kernel)) == len(set(seen(kernel)))


def test_what_the_host_page_has_scrolled_away_is_not_seen(host: Host) -> None:
    host.page.evaluate(
        "document.body.prepend(Object.assign(document.createElement('div'), {style: 'height: 3000px'}))"
    )
    kernel = host.start(unread(2))
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == []
    host.page.evaluate("scrollTo(0, 1e6)")
    host.pass_time(LONG_ENOUGH_MS)
    assert set(seen(kernel)) == {"m0", "m1"}


def test_what_a_panel_of_the_host_clips_is_not_seen(host: Host) -> None:
    host.page.evaluate("document.getElementById('host').style = 'height: 45px; overflow: hidden'")
    kernel = host.start(unread(2))
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == []


HIDE = "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
SHOW = "delete document.visibilityState;"
TELL = "document.dispatchEvent(new Event('visibilitychange'))"
LOSE_FOCUS = "document.hasFocus = () => false; dispatchEvent(new Event('blur'))"
GET_FOCUS = "delete document.hasFocus; dispatchEvent(new Event('focus'))"


@pytest.mark.parametrize(
    ("lose", "get"), [(HIDE, SHOW + TELL), (LOSE_FOCUS, GET_FOCUS)], ids=["tab", "window"]
)
def test_a_hidden_tab_and_an_unfocused_window_see_nothing(host: Host, lose: str, get: str) -> None:
    host.page.evaluate(lose)
    kernel = host.start(unread(1))
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == []
    host.page.evaluate(get)
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == ["m0"]


def test_attention_that_is_lost_on_the_way_starts_the_clock_anew(host: Host) -> None:
    kernel = host.start(unread(1))
    host.pass_time(DWELL_MS - START_TAKES_MS - 100)
    host.page.evaluate(LOSE_FOCUS)
    host.pass_time(700)
    host.page.evaluate(GET_FOCUS)
    host.pass_time(DWELL_MS - 1)
    assert seen(kernel) == []
    host.pass_time(2)
    assert seen(kernel) == ["m0"]


@pytest.mark.parametrize(
    "quiet",
    [
        message(0, is_own=False, status="read"),
        message(1, is_own=True, status="sent"),
        message(0, is_own=False, status="unread", text=None),
        message(0, is_own=False, status="unread", text=None, unavailable=True),
    ],
    ids=["already read", "own", "text not there yet", "text not to be had"],
)
def test_messages_that_are_never_reported(host: Host, quiet: vp.ViewMessage) -> None:
    kernel = host.start([quiet])
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"status": vp.StatusDelta(status="read_only")},
        {"status": vp.StatusDelta(status="closed")},
        {"capabilities": ("history", "send_read"), "looks_on": True},
    ],
    ids=["read_only", "closed", "watching"],
)
def test_a_viewer_who_only_looks_on_marks_nothing_read(host: Host, fields: dict[str, Any]) -> None:
    kernel = host.start(unread(1), **fields)
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == []


def test_a_tall_message_is_seen_when_it_fills_60_percent_of_the_list(host: Host) -> None:
    tall = message(0, is_own=False, status="unread", text="line\n" * 400)
    kernel = host.start([tall, *conversation(6, 1, is_own=False)])
    host.page.get_by_role("button", name="Show more").click()
    host.pass_time(100)
    scroll_list(host, 1_000_000)
    host.pass_time(200)  # A tall message is looked at again when the scrolling is over.
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == []
    scroll_list(host, 2_000)
    host.pass_time(200)  # A tall message is looked at again when the scrolling is over.
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == ["m0"]


def test_a_detached_view_sees_nothing(host: Host) -> None:
    kernel = host.start(unread(1))
    host.page.evaluate("harness.close(0)")
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == []


def test_two_views_report_a_message_once(host: Host) -> None:
    kernel = host.start(unread(1))
    host.page.evaluate("document.getElementById('host').style = 'display: flex'; harness.open()")
    host.pass_time(LONG_ENOUGH_MS)
    assert seen(kernel) == ["m0"]
