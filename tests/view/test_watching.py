"""Watching looks like watching: who has no part in a conversation sees two sides, and nothing to write with."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host
from tests.view.kernel import ALL_CAPABILITIES, message
from tests.view.layout import overflowing
from tests.view.states import STATES, WATCHING, make_low, watched
from tests.view.test_looks import box_of, colour_of


def test_there_is_nothing_to_write_with_and_one_quiet_line(host: Host) -> None:
    host.start(watched(), **WATCHING)
    page = host.page
    for role in ("textbox", "form"):
        expect(page.get_by_role(role)).to_have_count(0)
    names = ["Search", "More"]
    for name in names:
        expect(page.get_by_role("button", name=name)).to_be_enabled()
    expect(page.get_by_role("button")).to_have_count(len(names))
    expect(page.get_by_text("You are watching this conversation")).to_be_visible()
    assert page.get_by_text("cannot be sent").count() == 0


def test_keys_that_lead_to_the_composer_lead_nowhere_and_the_focus_stays_in_the_view(host: Host) -> None:
    host.start(watched(), **WATCHING)
    page = host.page
    feed = page.get_by_role("feed")
    feed.press("End")
    page.keyboard.press("Escape")
    page.keyboard.type("a")
    page.get_by_role("button", name="Search").click()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('.ipg-root') !== null")


def test_the_customer_is_on_one_side_and_agents_and_bots_on_the_other(host: Host) -> None:
    host.start(watched(), **WATCHING)
    list_ = box_of(host.page.get_by_role("feed"))
    middle = (list_["left"] + list_["right"]) / 2
    colours = set()
    for role, word in (("customer", "Customer"), ("agent", "Agent"), ("bot", "Bot")):
        first = host.page.locator(f"article.ipg-starts[data-role={role}]").last
        name, face = box_of(first.locator(".ipg-sender")), box_of(first.locator(".ipg-bubble"))
        is_left = name["right"] < middle
        assert is_left == (role == "customer")
        assert (face["left"] - list_["left"] < list_["right"] - face["right"]) == (role == "customer")
        expect(first.locator(".ipg-role")).to_have_text(word)
        assert f", {word}, " in (first.get_attribute("aria-label") or "")
        colours.add(colour_of(first.locator(".ipg-bubble")))
    assert len(colours) == 3


def test_nothing_counts_as_new_while_it_can_be_seen_and_what_is_further_down_is_counted(host: Host) -> None:
    kernel = host.start(watched(), first_unread_id=None, **WATCHING)
    host.page.evaluate("document.hasFocus = () => false")
    kernel.say(message(200, is_own=False, status="unread"))
    expect(host.page.get_by_text("New messages", exact=True)).to_have_count(0)
    host.page.get_by_role("feed").press("Home")
    kernel.say(message(201, is_own=False, status="unread"))
    expect(host.page.get_by_role("button", name="Jump to latest 1 new message")).to_be_visible()


def test_who_is_given_a_part_can_write_and_who_loses_it_watches(host: Host) -> None:
    kernel = host.start(watched(), **WATCHING)
    box = host.page.get_by_role("textbox", name="Message")
    kernel.change(vp.CapabilitiesDelta(capabilities=("history", "receive_read")))
    expect(host.page.get_by_text("the conversation has not been answered yet")).to_be_visible()
    expect(box).to_be_disabled()
    kernel.change(vp.CapabilitiesDelta(capabilities=ALL_CAPABILITIES))
    box.fill("Half a sentence")
    kernel.change(vp.CapabilitiesDelta(capabilities=("history",), looks_on=True))
    expect(box).to_have_count(0)
    kernel.change(vp.CapabilitiesDelta(capabilities=ALL_CAPABILITIES))
    expect(box).to_have_value("Half a sentence")


def test_the_title_follows_what_becomes_known(host: Host) -> None:
    kernel = host.start(watched(4), **{**WATCHING, "title": "…89abcdef"})
    title = host.page.locator(".ipg-title")
    expect(title).to_have_text("…89abcdef")
    kernel.change(vp.TitleDelta(title="Crystal Minh"))
    expect(title).to_have_text("Crystal Minh")


@pytest.mark.parametrize("looks", [WATCHING, {}], ids=["watching", "taking part"])
@pytest.mark.parametrize("height", [240, 300, 345])
def test_in_a_low_view_the_way_to_the_latest_covers_no_message(
    host: Host, height: int, looks: dict[str, Any]
) -> None:
    make_low(host, height)
    kernel = host.start(watched(), **looks)
    host.page.get_by_role("feed").press("Home")
    kernel.typing("Ann Archer")
    jump, feed = host.page.get_by_role("button", name="Jump to latest"), host.page.get_by_role("feed")
    assert box_of(jump)["top"] >= box_of(feed)["bottom"] - 0.5
    assert box_of(jump)["bottom"] <= box_of(host.page.locator(".ipg-root"))["bottom"]
    assert box_of(jump)["bottom"] - box_of(jump)["top"] >= 24
    words = host.page.locator(".ipg-typing-words")
    assert box_of(words)["right"] <= box_of(jump)["left"]
    assert overflowing(host) == []
    jump.click()
    expect(jump).to_have_count(0)


def test_a_lost_connection_is_told_to_all_in_the_same_words(host: Host) -> None:
    STATES["watching_lost"](host)
    banner = host.page.locator(".ipg-banner")
    expect(banner).to_contain_text("Connection lost. Reconnecting… The event stream was closed (1006).")
    expect(banner.get_by_role("button", name="Reconnect now")).to_be_enabled()
    expect(host.page.locator(".ipg-presence")).to_have_text("Reconnecting")
