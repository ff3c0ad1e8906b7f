"""What a view shows where no kernel answers: a saved notebook, a dead kernel, a lost server."""

from __future__ import annotations

from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from ipygenesys._widget.languages import view_words
from tests.view.conftest import Host, MakeHost
from tests.view.kernel import Kernel, conversation, message, saved


def test_a_saved_notebook_says_in_time_how_to_connect(host: Host) -> None:
    host.open_saved()
    region = host.page.get_by_role("region", name="Messages")
    expect(region).to_contain_text("Run the cell to connect")
    expect(region).to_contain_text("What was said is not kept in the notebook.")
    expect(host.page.locator(".ipg-banner")).to_have_attribute("data-shown", "false")
    expect(host.page.get_by_role("textbox", name="Message")).to_be_disabled()
    expect(host.page.get_by_role("article")).to_have_count(0)


def test_that_is_said_in_the_browsers_language(make_host: MakeHost) -> None:
    host = make_host(locale="de-AT")
    host.open_saved()
    region = host.page.get_by_role("region", name="Unterhaltung")
    expect(region).to_have_attribute("lang", "de-AT")
    expect(region).to_contain_text("Zum Verbinden die Zelle ausführen")
    expect(region).to_contain_text("Was gesagt wurde, ist nicht im Notebook gespeichert.")
    expect(region).to_contain_text("Kein Kernel")
    expect(region.get_by_role("textbox", name="Nachricht")).to_be_disabled()


def test_a_saved_copy_brings_its_language(host: Host) -> None:
    host.open_saved(saved(message(0), locale="fr", words=view_words()["fr"]))
    region = host.page.get_by_role("region", name="Conversation")
    expect(region).to_have_attribute("lang", "fr")
    expect(region).to_contain_text("Copie enregistrée de la conversation")
    expect(region.locator(".ipg-day")).to_contain_text("lundi 21 septembre")


def test_a_saved_copy_is_shown_read_only(host: Host) -> None:
    hostile = "<img src=x onerror=alert(1)> & <b>bold</b>"
    failed = message(1, status="failed", error="Too many requests")
    host.open_saved(saved(message(0, text=hostile), failed, title="Ann Archer"))
    expect(host.page.get_by_role("article")).to_have_count(2)
    expect(host.page.locator(".ipg-text").first).to_have_text(hostile)
    expect(host.page.locator(".ipg-root :is(img[src], b)")).to_have_count(0)
    banner = host.page.locator(".ipg-banner")
    expect(banner).to_have_text("A saved copy of the conversation Run the cell to connect")
    expect(host.page.get_by_role("textbox", name="Message")).to_be_disabled()
    expect(host.page.get_by_role("button", name="Retry")).to_have_count(0)


def test_nothing_of_a_saved_copy_is_marked_read(host: Host) -> None:
    host.open_saved(saved(message(0, status="unread", is_own=False)))
    host.page.clock.run_for(5_000)
    assert Kernel(host.page).heard(vp.MessagesSeen) == []


def test_a_kernel_that_answers_late_takes_over(host: Host) -> None:
    host.open_saved(saved(message(0, text="Saved")))
    kernel = Kernel(host.page, conversation(3))
    kernel.answer_hello()
    expect(host.page.get_by_role("article")).to_have_count(3)
    expect(host.page.locator(".ipg-banner")).to_have_attribute("data-shown", "false")
    expect(host.page.get_by_role("textbox", name="Message")).to_be_enabled()


def test_a_kernel_that_stops_is_said_in_words_and_the_messages_stay(host: Host) -> None:
    host.start(conversation(3))
    host.page.evaluate("harness.model.die()")
    expect(
        host.page.get_by_role("status").filter(has_text="Kernel stopped: run the cell again")
    ).to_be_visible()
    expect(host.page.get_by_role("article")).to_have_count(3)
    expect(host.page.get_by_role("textbox", name="Message")).to_be_disabled()


def test_a_server_that_is_lost_is_said_in_words(host: Host) -> None:
    host.page.clock.install()
    host.start(conversation(3))
    host.page.clock.run_for(41_000)
    banner = host.page.locator(".ipg-banner")
    expect(banner).to_contain_text("The kernel is not answering")
    expect(banner).to_contain_text("the connection to it may be lost")
