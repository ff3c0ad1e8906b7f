"""The view's own words, dates and numbers in the language that is asked for, or else the browser's."""

from __future__ import annotations

import re
import typing

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from ipygenesys._core.model.failures import Cause
from ipygenesys._core.model.messages import UploadRules
from ipygenesys._core.view import protocol as vp
from ipygenesys._widget.languages import view_words
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import START_MS, Kernel, conversation, failure, message
from tests.view.layout import overflowing

WORDS = {
    "en": ("Conversation", "Messages", "Message", "Send", "is typing…", "Monday 21 September", "Read"),
    "de": (
        "Unterhaltung",
        "Nachrichten",
        "Nachricht",
        "Senden",
        "schreibt…",
        "Montag, 21. September",
        "Gelesen",
    ),
    "es": (
        "Conversación",
        "Mensajes",
        "Mensaje",
        "Enviar",
        "escribiendo…",
        "lunes, 21 de septiembre",
        "Leído",
    ),
    "fr": (
        "Conversation",
        "Messages",
        "Message",
        "Envoyer",
        "en train d’écrire…",
        "lundi 21 septembre",
        "Lu",
    ),
    "ja": ("会話", "メッセージ一覧", "メッセージ", "送信", "さんが入力中…", "9月21日月曜日", "既読"),
}


def expect_language(host: Host, language: str) -> None:
    conversation_, messages, box, send, typing, day, read = WORDS[language]
    region = host.page.get_by_role("region", name=conversation_, exact=True)
    expect(region).to_have_attribute("lang", re.compile(f"^{language}\\b"))
    expect(region.get_by_role("feed", name=messages, exact=True)).to_be_visible()
    expect(region.get_by_role("textbox", name=box, exact=True)).to_be_visible()
    expect(region.get_by_role("button", name=send, exact=True)).to_be_visible()
    expect(region.locator(".ipg-typing")).to_contain_text(typing)
    expect(region.locator(".ipg-day").first).to_contain_text(day)
    expect(region.get_by_role("article").nth(1)).to_have_accessible_name(re.compile(f"{read}$"))


@pytest.mark.parametrize("language", WORDS)
def test_the_notebook_chooses_the_language(host: Host, language: str) -> None:
    locale = "en-GB" if language == "en" else language
    host.start(conversation(2), locale=locale, typing=("Ann",))
    expect_language(host, language)


@pytest.mark.parametrize(
    ("browsers", "spoken"), [("fr-CA", "fr"), ("ja-JP", "ja"), ("en-GB", "en"), ("pt-BR", "en")]
)
def test_else_the_browser_does(make_host: MakeHost, browsers: str, spoken: str) -> None:
    host = make_host(locale=browsers)
    host.start(conversation(2))
    region = host.page.locator(".ipg-root")
    expect(region).to_have_attribute("aria-label", WORDS[spoken][0])
    expect(region).to_have_attribute("lang", "en" if browsers == "pt-BR" else browsers)


def test_the_language_of_what_people_write_is_not_that_of_the_view(host: Host) -> None:
    host.start([message(0, is_own=False, text="Bonjour")], locale="de")
    text = host.page.locator(".ipg-text")
    expect(text).to_have_attribute("lang", "")
    assert text.evaluate("element => element.matches(':lang(de)')") is False


def test_why_something_failed_is_said_in_the_views_language_and_as_the_kernel_said_it(host: Host) -> None:
    words = "Sending a message: refused by the server (400)."
    kernel = host.start(
        [message(1, status="failed", draft_id="m1", error=words, cause="rejected")], locale="de"
    )
    kernel.set_status("reconnecting", "The server cannot be reached.", 9_000, cause="unreachable")
    kernel.change(vp.ErrorDelta(code="permission", message="Not allowed (403).", cause="permission"))
    trouble, banner = host.page.locator(".ipg-trouble-words"), host.page.locator(".ipg-banner-words")
    expect(trouble).to_have_text(f"Nicht gesendet: Es wurde abgelehnt. ({words})")
    expect(trouble.locator("[lang=en]")).to_have_text(f"({words})")
    expect(banner).to_contain_text("Es besteht keine Verbindung zum Server. (The server cannot be reached.)")
    expect(host.page.get_by_role("alert")).to_have_text("Dafür fehlt eine Berechtigung. (Not allowed (403).)")


def expect_in_german(place: Locator, own: str, headline: str = "") -> None:
    expect(place).to_have_text(f"{headline}{own} (In English.)")
    expect(place.locator("[lang=en]")).to_have_text("(In English.)")


def test_so_is_why_earlier_messages_a_search_or_a_day_could_not_be_had(host: Host) -> None:
    kernel = host.start(conversation(40), has_older=True, locale="de")
    why = failure("In English.", "unavailable")
    own = "Der Server ist zurzeit nicht verfügbar."
    headline = "Frühere Nachrichten konnten nicht geladen werden: "
    host.page.get_by_role("feed").press("Home")
    kernel.answer_page(has_older=True, messages=(), error=why)
    expect_in_german(host.page.locator(".ipg-older > span"), own, headline)
    host.page.get_by_role("button", name="Suchen", exact=True).click()
    host.page.get_by_role("searchbox").fill("nirgends")
    kernel.answer_search(has_older=True, error=why)
    rows = host.page.locator(".ipg-search-row.ipg-quiet")
    expect(rows).to_contain_text(f"nicht durchsucht.{own} (In English.)")
    expect(rows.locator("[lang=en]")).to_have_text("(In English.)")
    host.page.keyboard.press("Escape")
    host.page.get_by_role("button", name="Mehr", exact=True).click()
    host.page.get_by_role("menuitem", name="Zu einem Tag…").click()
    host.page.get_by_label("Tag", exact=True).fill("2020-01-01")
    before = len(kernel.heard(vp.PageRequested))
    host.page.keyboard.press("Enter")
    assert kernel.answer_page(before + 1, has_older=True, error=why).where == "time"
    expect_in_german(rows, own, headline)


def test_so_is_why_there_is_no_transcript_and_why_a_file_was_refused(host: Host) -> None:
    kernel = host.start(conversation(3), locale="de", uploads=UploadRules())
    host.page.get_by_role("button", name="Mehr", exact=True).click()
    host.page.get_by_role("menuitem", name="Als CSV exportieren").click()
    asked = kernel.wait_for(vp.ExportRequested)
    error = failure("In English.", "too_large")
    kernel.deliver(
        vp.ExportPart(to=asked.client, request_id=asked.request_id, number=0, count=0, error=error)
    )
    headline = "Das Protokoll konnte nicht gespeichert werden: "
    expect_in_german(host.page.locator(".ipg-note"), "Es ist zu groß für den Browser.", headline)
    file = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"abc")
    with host.page.expect_file_chooser() as chooser:
        host.page.get_by_role("button", name="Dateien anhängen", exact=True).click()
    chooser.value.set_files(file)
    host.page.get_by_role("button", name="Senden", exact=True).click()
    offer = kernel.wait_for(vp.FileOffered)
    kernel.deliver(
        vp.FileRefused(to=offer.client, draft_id=offer.draft_id, error=failure("In English.", "not_kept"))
    )
    expect_in_german(
        host.page.get_by_role("listitem").get_by_role("status"), "Im Kernel ist dafür kein Platz."
    )


def test_every_language_has_words_for_every_cause() -> None:
    causes = {each for part in typing.get_args(Cause) for each in (typing.get_args(part) or (part,))}
    for words in view_words().values():
        said = words["causes"]
        assert isinstance(said, dict) and set(said) == causes and all(said.values())


def test_a_kernel_of_another_version_is_said_before_it_has_sent_any_words(make_host: MakeHost) -> None:
    host = make_host(locale="de-DE")
    host.page.evaluate("harness.start()")
    host.page.evaluate("harness.open()")
    kernel = Kernel(host.page)
    hello = kernel.wait_for(vp.Hello)
    kernel.deliver(kernel.snapshot(hello.client, protocol_version=99))
    expect(host.page.locator(".ipg-banner-words")).to_contain_text("verschiedene Versionen")
    expect(host.page.get_by_text("Der Kernel hat eine andere Version")).to_be_visible()


def test_dates_and_numbers_follow_the_region(make_host: MakeHost) -> None:
    host = make_host(locale="en-US")
    host.start(conversation(1), locale="en-GB")
    expect(host.page.get_by_role("article")).to_have_accessible_name(re.compile("Ann Archer, 14:13:"))
    expect(host.page.locator("time")).to_have_attribute("datetime", "2026-09-21T14:13:20.000Z")


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("width", [320, 640])
def test_the_words_fit(make_host: MakeHost, language: str, width: int) -> None:
    host = make_host(width=width)
    kernel = host.start(
        [message(0), message(1, status="failed", error="Too many requests")],
        locale=language,
        typing=("Maximiliane", "Bartholomäus"),
    )
    kernel.set_status("reconnecting", "No route to the server.", retry_in_ms=9_000)
    expect(host.page.locator(".ipg-banner")).to_have_attribute("data-shown", "true")
    assert overflowing(host) == []


def test_how_long_ago_the_newest_message_was_is_said_below_the_list(host: Host) -> None:
    host.page.clock.install(time=(START_MS + 180_000) / 1000)
    host.start([message(0), message(1, status="sent")])
    line = host.page.locator(".ipg-recency")
    expect(line).to_have_text("Sent 2 min ago")
    host.page.clock.run_for(61_000)
    expect(line).to_have_text("Sent 3 min ago")
