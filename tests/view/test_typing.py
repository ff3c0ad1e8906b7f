"""Typing both ways: the visible line at once, the spoken one late and once; keystrokes seldom, their end exactly once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import FRAMES_MS, Host
from tests.view.kernel import Kernel, conversation


def reasons(kernel: Kernel) -> list[str]:
    return [each.reason for each in kernel.heard(vp.ComposingStopped)]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Ann",), "Ann is typing…"),
        (("Ann", "Ben"), "Ann and Ben are typing…"),
        (("Ann", "Ben", "Cleo"), "Several people are typing…"),
    ],
)
def test_who_is_typing_shows_at_once(host: Host, names: tuple[str, ...], words: str) -> None:
    host.stop_time()
    kernel = host.start(conversation(30))
    line = host.page.locator("[data-typing]")
    expect(line).to_have_attribute("data-typing", "false")
    box = line.bounding_box()
    kernel.typing(*names)
    host.pass_time(FRAMES_MS)
    expect(line).to_have_attribute("data-typing", "true")
    expect(line).to_have_text(words)
    assert line.bounding_box() == box, "the line is always there, so that nothing jumps"
    assert not line.evaluate("line => line.closest('.ipg-scroller')"), "the line stands outside the scroller"
    kernel.typing()
    host.pass_time(FRAMES_MS)
    expect(line).to_have_text("")
    expect(line).to_have_attribute("data-typing", "false")


def test_it_is_spoken_once_after_two_seconds_and_never_at_the_end(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(3))
    host.page.evaluate("""
        window.spoken = [];
        const region = [...document.querySelectorAll('[role=status]')].find(r => r.classList.contains('ipg-hidden'));
        const started = performance.now();
        new MutationObserver(() => spoken.push([region.textContent, performance.now() - started]))
          .observe(region, {childList: true, characterData: true, subtree: true});
    """)
    kernel.typing("Ann")
    host.pass_time(1_000)
    kernel.typing()
    host.pass_time(FRAMES_MS)
    kernel.typing("Ann")
    host.pass_time(2_300)
    kernel.typing("Ann", "Ben")
    host.pass_time(2_500)
    kernel.typing()
    host.pass_time(2_500)
    spoken = host.page.evaluate("spoken")
    loud = [(words, at) for words, at in spoken if words]
    assert [words for words, _ in loud] == ["Ann is typing…"]
    assert loud[0][1] >= 2_900


def test_the_first_key_is_noted_at_once_and_the_next_ones_seldom(host: Host) -> None:
    host.stop_time()
    kernel = host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    for letter in "a long sentence":  # At 0, 50, … 700 ms: every 300 ms one is noted.
        box.press_sequentially(letter)
        host.page.clock.run_for(50)
    assert len(kernel.heard(vp.KeystrokeNoted)) == 3


def test_clearing_leaving_and_hiding_end_it_exactly_once(host: Host) -> None:
    kernel = host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    box.press_sequentially("ab")
    box.press("Backspace")
    box.press("Backspace")
    assert reasons(kernel) == ["cleared"]
    box.press_sequentially("c")
    box.blur()
    host.page.evaluate("dispatchEvent(new Event('blur'))")
    assert reasons(kernel) == ["cleared", "blurred"]
    box.press_sequentially("d")
    host.page.evaluate("""
        Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    """)
    assert reasons(kernel) == ["cleared", "blurred", "hidden"]
    box.press_sequentially("e")
    host.page.evaluate("harness.close(0)")
    assert reasons(kernel) == ["cleared", "blurred", "hidden", "closed"]
    assert [type(each) for each in kernel.sent()[-2:]] == [vp.ComposingStopped, vp.Goodbye]


def test_sending_ends_it_without_another_word(host: Host) -> None:
    kernel = host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    box.press_sequentially("Hello")
    host.page.get_by_role("button", name="Send", exact=True).click()
    box.blur()
    assert reasons(kernel) == []
    assert kernel.wait_for(vp.SendRequested).text == "Hello"


def test_what_is_being_written_stays_in_the_page_until_it_is_sent(host: Host) -> None:
    kernel = host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    box.press_sequentially("ZQ between us")
    box.blur()
    assert {type(each) for each in kernel.sent()} >= {vp.KeystrokeNoted, vp.ComposingStopped}
    left = "[harness.model.sent, localStorage, document.cookie].map(each => JSON.stringify(each)).join()"
    assert "ZQ" not in host.page.evaluate(left)
    box.press("Enter")
    assert kernel.wait_for(vp.SendRequested).text == "ZQ between us"
    assert "ZQ" in host.page.evaluate(left), "it would have been found"


def test_without_the_capability_keys_stay_in_the_page(host: Host) -> None:
    kernel = host.start(conversation(1), capabilities=("send", "history"))
    host.page.get_by_role("textbox", name="Message").press_sequentially("Hello")
    assert kernel.heard(vp.KeystrokeNoted) == []


def test_an_open_composition_is_not_sent_by_enter(host: Host) -> None:
    kernel = host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    box.click()
    session = host.context.new_cdp_session(host.page)
    session.send("Input.imeSetComposition", {"text": "かんじ", "selectionStart": 3, "selectionEnd": 3})
    box.evaluate(
        "area => area.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert kernel.heard(vp.SendRequested) == []
    session.send("Input.insertText", {"text": "漢字"})
    box.press("Enter")
    assert kernel.wait_for(vp.SendRequested).text == "漢字"
