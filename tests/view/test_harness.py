"""The page under test: another test may get the same one, and meets nothing of the first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.view.conftest import Host, Hosts
from tests.view.kernel import conversation

STATE = """() => [document.querySelector('#host').childElementCount, typeof harness.model, window.mine ?? null,
  sessionStorage.length, localStorage.length, document.activeElement.localName, document.dir, innerWidth, innerHeight,
  document.body.querySelectorAll(':hover').length, getComputedStyle(document.documentElement).getPropertyValue('--jp-layout-color1')]"""


def leave_traces(host: Host) -> None:
    host.start(conversation(3))
    host.page.get_by_role("textbox").fill("A draft")
    host.page.get_by_role("article").last.hover()
    host.page.evaluate("window.mine = sessionStorage.s = localStorage.l = 1")
    host.page.evaluate("fetch('https://elsewhere.test/').catch(() => {})")
    host.errors.clear()  # It says so.


def test_a_page_that_served_another_test_is_as_a_new_one(chromium: Browser) -> None:
    hosts = Hosts(chromium)
    first = hosts.open()
    as_new = first.page.evaluate(STATE)
    hosts.give_back(first, passed=True)
    first = hosts.open(theme="dark", direction="rtl", width=320, height=300)
    leave_traces(first)
    assert all(was != new for was, new in zip(first.page.evaluate(STATE), as_new, strict=True))
    hosts.give_back(first, passed=True)
    second = hosts.open()
    assert (second.page is first.page, second.page.evaluate(STATE)) == (True, as_new)
    assert second.foreign_requests == []
    hosts.give_back(second, passed=False)


@pytest.mark.parametrize(
    "use",
    [
        lambda host: host.stop_time(),
        lambda host: host.page.clock.set_fixed_time(0),
        lambda host: host.context.grant_permissions(["clipboard-read"]),
    ],
)
def test_one_whose_clock_or_context_was_used_serves_no_other(
    chromium: Browser, use: Callable[[Host], object]
) -> None:
    hosts = Hosts(chromium)
    host = hosts.open()
    use(host)
    hosts.give_back(host, passed=True)
    assert host.page.is_closed()


def test_nor_does_one_of_a_test_that_failed_nor_one_that_is_not_as_most(chromium: Browser) -> None:
    hosts = Hosts(chromium)
    for host, passed in ((hosts.open(), False), (hosts.open(locale="de-DE"), True)):
        hosts.give_back(host, passed)
        assert host.page.is_closed()
