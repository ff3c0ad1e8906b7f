"""What messages offer, in a real browser: picked by mouse and by keyboard, shown but inactive where it must be."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, Route, expect

from ipygenesys._core.model.content import Card
from ipygenesys._core.view import protocol as vp
from tests.view import rich
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import Kernel

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005"
    "0001ff89993d1d0000000049454e44ae426082"
)


def start(host: Host, *messages: vp.ViewMessage, **fields: Any) -> Kernel:
    return host.start(messages, **{"can_answer": True, **fields})


def asked(kernel: Kernel) -> tuple[str, int, tuple[int, ...], str]:
    request = kernel.wait_for(vp.AnswerRequested)
    return request.message_id, request.part, request.picks, request.text


def answered(kernel: Kernel, message: vp.ViewMessage, part: int, *picks: int) -> None:
    content = list(message.content)
    content[part] = rich.picked(content[part], *picks)
    kernel.replace(message.id, msgspec.structs.replace(message, content=tuple(content)))


# --- quick replies ----------------------------------------------------------------------------------------


def test_a_quick_reply_is_picked_once_and_stays_marked(host: Host) -> None:
    offer = rich.bot(1, rich.REPLIES, text="Anything else?")
    kernel = start(host, offer)

    host.page.get_by_role("button", name="Get the money back").click()

    assert asked(kernel) == ("m1", 0, (1,), "Get the money back")
    replies = host.page.get_by_role("list", name="Answers to choose from")
    expect(replies.get_by_role("button")).to_have_count(0)
    answered(kernel, offer, 0, 1)
    expect(replies.locator(".ipg-picked")).to_have_text("Chosen: Get the money back")
    expect(replies.get_by_role("listitem")).to_have_count(3)


def test_the_focus_stays_in_the_conversation_when_the_buttons_go(host: Host) -> None:
    kernel = start(host, rich.bot(1, rich.REPLIES, text="Anything else?"))

    host.page.get_by_role("button", name="Exchange it").focus()
    host.page.keyboard.press("Tab")
    host.page.keyboard.press("Enter")

    assert asked(kernel)[2] == (1,)
    assert host.page.evaluate("document.activeElement.dataset.messageId") == "m1"


def test_a_pick_that_nobody_confirms_can_be_made_again_as_the_same_answer(host: Host) -> None:
    host.page.clock.install()
    kernel = start(host, rich.bot(1, rich.REPLIES))
    host.page.get_by_role("button", name="Exchange it").click()
    first = kernel.wait_for(vp.AnswerRequested)

    host.page.clock.run_for(11_000)
    host.page.get_by_role("button", name="Exchange it").click()

    assert kernel.wait_for(vp.AnswerRequested, 2).draft_id == first.draft_id


def test_an_answer_that_was_given_up_leaves_the_offer_open_again(host: Host) -> None:
    offer = rich.bot(1, rich.REPLIES)
    kernel = start(host, offer)
    answered(kernel, offer, 0, 1)
    expect(host.page.locator(".ipg-picked")).to_have_count(1)

    kernel.replace("m1", offer)

    expect(host.page.get_by_role("button", name="Exchange it")).to_be_visible()


@pytest.mark.parametrize("why", ["an agent", "read only", "stopped"])
def test_who_cannot_answer_sees_what_is_offered_and_no_controls(host: Host, why: str) -> None:
    content = (rich.REPLIES, rich.BOOTS, rich.DATES, rich.LIST)
    kernel = start(host, rich.bot(1, *content), can_answer=why != "an agent")
    if why == "read only":
        kernel.set_status("read_only")
    if why == "stopped":
        host.page.evaluate("harness.model.die()")

    article = host.page.get_by_role("article")
    expect(article.get_by_role("button", name="Choose")).to_have_count(0)
    expect(article.get_by_role("button")).to_have_text(["Show image"])
    assert article.locator("input:not(:disabled)").count() == 0
    for words in ("Exchange it", "Take these", "Leather wax", "11:00"):
        expect(article.get_by_text(words, exact=True).first).to_be_visible()


# --- cards and carousels ----------------------------------------------------------------------------------


def test_a_cards_button_answers_and_its_link_opens_a_page(host: Host) -> None:
    kernel = start(host, rich.bot(1, rich.BOOTS))

    link = host.page.get_by_role("link", name="See the details")
    assert [link.get_attribute(name) for name in ("href", "rel", "target")] == [
        "https://shop.example/boots",
        "noopener noreferrer",
        "_blank",
    ]
    host.page.get_by_role("button", name="Take these").click()

    assert asked(kernel) == ("m1", 0, (0,), "Take these")
    expect(link).to_be_visible()


def test_a_carousel_counts_its_buttons_through_all_cards(host: Host) -> None:
    kernel = start(host, rich.bot(1, rich.CAROUSEL))

    host.page.get_by_role("listitem", name="Card 3 of 3").get_by_role("button", name="Take these").click()

    assert asked(kernel)[2] == (3,)


def place(page: Page) -> int:
    left: int = page.locator(".ipg-track").evaluate("e => Math.round(e.scrollLeft)")
    return left


def test_a_carousel_is_moved_by_its_buttons_and_by_arrow_keys(host: Host) -> None:
    start(host, rich.bot(1, rich.CAROUSEL))
    shown = host.page.locator(".ipg-carousel-place")
    forward = host.page.get_by_role("button", name="Next card")
    back = host.page.get_by_role("button", name="Previous card")
    expect(back).to_have_attribute("aria-disabled", "true")

    forward.click()
    expect(shown).to_have_text("2 / 3")
    assert place(host.page) > 100
    back.click()
    expect(shown).to_have_text("1 / 3")
    host.page.locator(".ipg-track").focus()
    host.page.keyboard.press("ArrowRight")
    expect(shown).to_have_text("2 / 3")
    host.page.keyboard.press("ArrowLeft")
    expect(shown).to_have_text("1 / 3")


def test_a_card_that_gets_the_focus_by_keyboard_comes_into_sight(host: Host) -> None:
    start(host, rich.bot(1, rich.CAROUSEL))
    host.page.locator(".ipg-track").focus()
    for shown in ("1 / 3", "1 / 3", "1 / 3", "2 / 3"):
        host.page.keyboard.press("Tab")
        expect(host.page.locator(".ipg-carousel-place")).to_have_text(shown)
    expect(host.page.get_by_role("listitem", name="Card 2 of 3").get_by_text("Show image")).to_be_focused()


def test_a_carousel_comes_to_its_last_card_however_wide_the_view(make_host: MakeHost) -> None:
    host = make_host(width=1_600)
    start(host, rich.bot(1, rich.CAROUSEL))
    forward = host.page.get_by_role("button", name="Next card")
    for shown in ("2 / 3", "3 / 3"):
        forward.click()
        expect(host.page.locator(".ipg-carousel-place")).to_have_text(shown)
    expect(forward).to_have_attribute("aria-disabled", "true")
    host.page.get_by_role("button", name="Previous card").click()
    expect(host.page.locator(".ipg-carousel-place")).to_have_text("2 / 3")


def test_a_carousel_reads_from_the_right_where_the_page_does(host: Host) -> None:
    host.page.evaluate("document.documentElement.dir = 'rtl'")
    start(host, rich.bot(1, rich.CAROUSEL))

    host.page.locator(".ipg-track").focus()
    host.page.keyboard.press("ArrowLeft")

    expect(host.page.locator(".ipg-carousel-place")).to_have_text("2 / 3")
    assert place(host.page) < -100


# --- pickers ----------------------------------------------------------------------------------------------


def test_a_time_is_picked_by_keyboard(host: Host) -> None:
    offer = rich.bot(1, rich.DATES)
    kernel = start(host, offer)
    choose = host.page.get_by_role("button", name="Choose")
    expect(choose).to_be_disabled()

    host.page.get_by_role("group", name="Tuesday 22 September").get_by_role("radio").first.focus()
    for _ in range(5):  # Beyond the day: the times are one group.
        host.page.keyboard.press("ArrowRight")
    host.page.keyboard.press("Tab")
    expect(choose).to_be_focused()
    host.page.keyboard.press("Enter")

    assert asked(kernel) == ("m1", 0, (5,), "Wed 23 September at 11:00 UTC")
    answered(kernel, offer, 0, 5)
    expect(host.page.locator(".ipg-picked")).to_have_text("Chosen: Wed 23 September at 11:00 UTC")


def test_several_items_are_picked_where_the_section_takes_several(host: Host) -> None:
    offer = rich.bot(1, rich.LIST)
    kernel = start(host, offer)
    expect(host.page.get_by_role("button", name="Choose")).to_be_disabled()

    host.page.get_by_role("checkbox", name="Spare laces").check()
    host.page.get_by_role("checkbox", name="Brush").focus()
    host.page.keyboard.press("Space")
    host.page.get_by_role("radio", name="Standard").check()
    host.page.get_by_role("radio", name="Express").check()
    host.page.get_by_role("button", name="Choose").click()

    assert asked(kernel) == ("m1", 0, (1, 2, 4), "Brush, Spare laces, Express")
    answered(kernel, offer, 0, 1, 2, 4)
    expect(host.page.locator(".ipg-item.ipg-picked")).to_have_count(3)


# --- forms ------------------------------------------------------------------------------------------------


def test_a_form_is_filled_in_by_keyboard_and_says_what_was_written(host: Host) -> None:
    offer = rich.bot(1, rich.FORM)
    kernel = start(host, offer)
    form = host.page.get_by_role("group", name="How was it?")
    send = form.get_by_role("button", name="Send")
    expect(form.get_by_text("Three short questions.")).to_be_visible()
    expect(send).to_be_disabled()

    form.get_by_role("textbox", name="Your name").focus()
    host.page.keyboard.type("Ann")
    host.page.keyboard.press("Tab")
    host.page.keyboard.press("Space")
    form.get_by_label("When may we call?").fill("2026-12-01")
    form.get_by_role("textbox", name="What else?").fill("Nothing.")
    send.focus()
    host.page.keyboard.press("Enter")

    request = kernel.wait_for(vp.AnswerRequested)
    assert (request.message_id, request.part, request.picks) == ("m1", 0, ())
    assert (
        request.text
        == "Your name: Ann\nWhat did you like?: The boots\nWhen may we call?: 2026-12-01\nWhat else?: Nothing."
    )
    assert {each.field: each.values for each in request.filled} == {
        "name": ("Ann",),
        "likes": ("boots",),
        "day": ("2026-12-01",),
        "more": ("Nothing.",),
    }
    answered(kernel, offer, 0)
    expect(form.locator(".ipg-picked")).to_have_text("Filled in")
    expect(send).to_have_count(0)


def test_a_form_of_others_is_shown_and_cannot_be_filled_in(host: Host) -> None:
    start(host, rich.bot(1, rich.FORM), can_answer=False)
    form = host.page.get_by_role("group", name="How was it?")

    expect(form.get_by_role("textbox", name="Your name")).to_be_disabled()
    expect(form.get_by_role("button")).to_have_count(0)


# --- images, places, the rest -----------------------------------------------------------------------------


def serve_images(host: Host) -> list[str]:
    fetched: list[str] = []

    def serve(route: Route) -> None:
        fetched.append(route.request.url)
        assert route.request.headers.get("referer") is None
        if "broken" in route.request.url:
            route.fulfill(status=404)
        else:
            route.fulfill(content_type="image/png", body=PIXEL)

    host.context.route("https://images.shop.example/**", serve)
    return fetched


def test_an_image_is_fetched_when_it_is_asked_for_and_moves_nothing(host: Host) -> None:
    fetched = serve_images(host)
    start(host, rich.bot(1, rich.BOOTS), rich.mine(2, "Nice"))
    article = host.page.get_by_role("article").first
    expect(article).to_contain_text("images.shop.example")
    height = article.evaluate("e => e.offsetHeight")
    host.has_asked_for_all()
    assert fetched == []

    host.page.get_by_role("button", name="Show image").click()

    image = host.page.get_by_role("img", name="Trail boots, size 42")
    expect(image).to_be_visible()
    assert fetched == ["https://images.shop.example/boots.jpg"]
    assert article.evaluate("e => e.offsetHeight") == height


def test_an_image_that_is_gone_is_said_and_can_be_asked_for_again(host: Host) -> None:
    fetched = serve_images(host)
    card = Card(title="Boots", image_url="https://images.shop.example/broken.jpg")
    start(host, rich.bot(1, card))

    host.page.get_by_role("button", name="Show image").click()
    expect(host.page.get_by_text("The image could not be loaded.")).to_be_visible()
    host.page.get_by_role("button", name="Show image").click()

    expect(host.page.get_by_text("The image could not be loaded.")).to_be_visible()
    assert len(fetched) == 2
    host.errors.clear()  # The browser's own words about the 404.


def test_a_place_and_what_cannot_be_shown_are_said(host: Host) -> None:
    start(host, rich.bot(1, rich.PLACE, rich.HOLOGRAM))

    expect(host.page.get_by_text("6821 1st Avenue")).to_be_visible()
    expect(host.page.get_by_role("link", name="Open map")).to_have_attribute(
        "href", "https://maps.example/depot"
    )
    expect(host.page.get_by_text("Unsupported content: Hologram")).to_be_visible()


def test_a_screen_reader_hears_what_a_message_offers(host: Host) -> None:
    kernel = start(host)
    kernel.say(rich.bot(1, rich.CAROUSEL, rich.REPLIES))

    name = host.page.get_by_role("article").get_attribute("aria-label") or ""
    for words in ("3 cards", "Trail boots, size 42", "Rain boots", "Exchange it, Get the money back"):
        assert words in name
    expect(host.page.locator("[aria-live]").filter(has_text="3 cards")).to_have_count(1)


def test_everything_to_press_is_large_enough(make_host: MakeHost) -> None:
    host = make_host(width=320)
    content = (rich.REPLIES, rich.CAROUSEL, rich.DATES, rich.LIST, rich.PLACE)
    start(host, rich.bot(1, *content))

    sizes = host.page.locator("article :is(button, a.ipg-option, label)").evaluate_all(
        "all => all.map(e => [e.textContent, e.offsetWidth, e.offsetHeight])"
    )
    assert len(sizes) > 20
    assert [each for each in sizes if min(each[1:]) < 24] == []
    wide = host.page.evaluate("document.querySelector('.ipg-scroller').scrollWidth")
    assert wide <= host.page.evaluate("document.querySelector('.ipg-scroller').clientWidth")
