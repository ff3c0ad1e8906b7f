"""Files from the page: chosen, dropped or pasted, checked before they are sent, sent in pieces, stopped, tried again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from ipygenesys._core.model.messages import UploadRules
from ipygenesys._core.view import protocol as vp
from tests.view.conftest import ROOT, Host
from tests.view.kernel import Kernel, failure, message
from tests.view.test_rich import PIXEL

RULES = UploadRules(types=("image/*", "text/plain"), max_bytes=2_000_000, blocked_extensions=(".exe",))
DROP = """([kind, files]) => {
  const data = new DataTransfer();
  for (const [name, type, size] of files) data.items.add(new File([new Uint8Array(size)], name, {type}));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
  document.querySelector(kind === "paste" ? ".ipg-box" : ".ipg-scroller").dispatchEvent(event);
  return event.defaultPrevented;
}"""


def start(host: Host, **fields: Any) -> Kernel:
    return host.start([message(0)], **{"can_answer": True, "uploads": RULES, **fields})


def choose(host: Host, *files: tuple[str, str, bytes]) -> None:
    with host.page.expect_file_chooser() as chooser:
        host.page.get_by_role("button", name="Attach files").click()
    chosen: list[FilePayload] = [
        {"name": name, "mimeType": type_, "buffer": data} for name, type_, data in files
    ]
    chooser.value.set_files(chosen)


def waiting(host: Host) -> Locator:
    return host.page.get_by_role("list", name="Files to send").get_by_role("listitem")


def pieces(host: Host) -> list[int]:
    sizes: list[int] = host.page.evaluate("harness.model.buffers.map(each => each.byteLength)")
    return sizes


def ask(kernel: Kernel, offer: vp.FileOffered, offset: int, nth: int) -> vp.FileChunk:
    kernel.deliver(vp.FileWanted(to=offer.client, draft_id=offer.draft_id, offset=offset))
    return kernel.wait_for(vp.FileChunk, nth)


def taken(kernel: Kernel, offer: vp.FileOffered, **fields: Any) -> vp.ViewMessage:
    file = vp.ViewAttachment(name=offer.name, media_type=offer.media_type, size_bytes=offer.size_bytes)
    new = message(
        7,
        id=offer.draft_id,
        draft_id=offer.draft_id,
        text=offer.text,
        is_own=True,
        **{"status": "sending", "attachments": (file,), **fields},
    )
    kernel.say(new)
    return new


def test_a_file_is_chosen_sent_in_pieces_and_becomes_a_message(host: Host) -> None:
    kernel = start(host)
    choose(host, ("notes.txt", "text/plain", bytes(1_200_000)))
    expect(waiting(host)).to_have_count(1)
    expect(waiting(host)).to_contain_text("notes.txt")
    host.page.get_by_role("textbox", name="Message").fill("My notes")
    host.page.keyboard.press("Enter")

    offer = kernel.wait_for(vp.FileOffered)
    assert (offer.name, offer.media_type, offer.size_bytes) == ("notes.txt", "text/plain", 1_200_000)
    assert offer.text == "My notes"
    expect(host.page.get_by_role("textbox", name="Message")).to_have_value("")
    sent = 0
    for nth in (1, 2, 3):
        chunk = ask(kernel, offer, sent, nth)
        assert chunk.offset == sent
        sent += pieces(host)[nth - 1]
    assert sent == 1_200_000
    bar = host.page.get_by_role("progressbar", name="Sending notes.txt")
    expect(bar).to_have_attribute("aria-valuenow", "44")

    own = taken(kernel, offer)
    expect(waiting(host)).to_have_count(0)
    kernel.deliver(vp.UploadProgress(draft_id=own.id, sent_bytes=600_000, total_bytes=1_200_000))
    expect(bar).to_have_attribute("aria-valuenow", "75")
    kernel.replace(
        own.id, message(7, is_own=True, draft_id=own.id, attachments=own.attachments, text="My notes")
    )
    expect(bar).to_have_count(0)
    assert kernel.heard(vp.SendRequested) == []


def test_pieces_that_get_lost_are_asked_for_again(host: Host) -> None:
    host.page.clock.install()
    kernel = start(host)
    choose(host, ("notes.txt", "text/plain", bytes(600_000)))
    host.page.get_by_role("button", name="Send").click()
    offer = kernel.wait_for(vp.FileOffered)

    host.page.clock.run_for(6_000)  # The kernel's answer was lost: the page says again what it has.
    assert kernel.wait_for(vp.FileOffered, 2).draft_id == offer.draft_id
    ask(kernel, offer, 0, 1)
    host.page.clock.run_for(6_000)  # The piece was lost.
    kernel.wait_for(vp.FileOffered, 3)
    assert ask(kernel, offer, 0, 2).offset == 0


@pytest.mark.parametrize(
    ("name", "type_", "size", "words"),
    [
        ("virus.exe", "image/png", 10, "files of this type are not allowed"),
        ("page.html", "text/html", 10, "files of this type are not allowed"),
        ("big.txt", "text/plain", 2_000_001, "is too large: 2 MB at most"),
        ("nothing.txt", "text/plain", 0, "is empty"),
        ("n" * 260, "text/plain", 5, "its name is too long"),
    ],
)
def test_what_the_deployment_does_not_take_is_said_before_anything_is_sent(
    host: Host, name: str, type_: str, size: int, words: str
) -> None:
    kernel = start(host)

    choose(host, (name, type_, bytes(size)))

    expect(waiting(host).get_by_role("status")).to_contain_text(words)
    expect(host.page.get_by_role("button", name="Send")).to_be_disabled()
    host.page.get_by_role("button", name="Remove").click()
    expect(host.page.get_by_role("list", name="Files to send")).to_have_count(0)
    assert kernel.heard(vp.FileOffered) == []


def test_files_are_dropped_where_it_is_said_that_they_may_be(host: Host) -> None:
    start(host)
    files = [["a.txt", "text/plain", 5], ["b.png", "image/png", 5]]

    assert host.page.evaluate(DROP, ["dragover", files])
    expect(host.page.get_by_text("Drop files to attach them")).to_be_visible()
    assert host.page.evaluate(DROP, ["drop", files])

    expect(host.page.get_by_text("Drop files to attach them")).to_have_count(0)
    expect(waiting(host)).to_have_count(2)
    expect(host.page.get_by_role("textbox", name="Message")).to_be_focused()


def test_a_picture_is_pasted(host: Host) -> None:
    kernel = start(host)

    assert host.page.evaluate(DROP, ["paste", [["image.png", "image/png", 5]]])
    expect(waiting(host)).to_have_count(1)
    host.page.get_by_role("textbox", name="Message").press("Enter")

    assert kernel.wait_for(vp.FileOffered).text == ""


def test_a_picture_of_our_own_shows_before_and_after_it_is_sent_and_is_fetched_from_nowhere(
    host: Host,
) -> None:
    kernel = start(host)
    choose(host, ("boots.png", "image/png", PIXEL))
    expect(waiting(host).locator("img")).to_be_visible()
    host.page.get_by_role("button", name="Send").click()
    offer = kernel.wait_for(vp.FileOffered)

    taken(kernel, offer, status="sent")

    image = host.page.get_by_role("img", name="boots.png")
    expect(image).to_be_visible()
    assert (image.get_attribute("src") or "").startswith("data:image/")
    assert host.foreign_requests == []


def test_a_large_picture_is_kept_as_small_as_it_is_shown_and_in_its_shape(host: Host) -> None:
    kernel = start(host)
    choose(host, ("wall.png", "image/png", (ROOT / ".github" / "images" / "wall.png").read_bytes()))
    host.page.get_by_role("button", name="Send").click()
    taken(kernel, kernel.wait_for(vp.FileOffered), status="sent")

    image = host.page.get_by_role("img", name="wall.png")
    expect(image).to_be_visible()
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [800, 712]
    assert len(image.get_attribute("src") or "") < 200_000
    box = image.locator("xpath=..").bounding_box()
    assert box and abs(box["width"] / box["height"] - 2160 / 1920) < 0.02


def test_a_file_on_its_way_is_cancelled(host: Host) -> None:
    kernel = start(host)
    choose(host, ("notes.txt", "text/plain", b"abc"))
    host.page.get_by_role("button", name="Send").click()
    offer = kernel.wait_for(vp.FileOffered)

    host.page.get_by_role("button", name="Cancel: notes.txt").click()

    assert kernel.wait_for(vp.DiscardRequested).draft_id == offer.draft_id
    expect(waiting(host)).to_have_count(0)

    choose(host, ("other.txt", "text/plain", b"abc"))
    host.page.get_by_role("button", name="Send").click()
    taken(kernel, kernel.wait_for(vp.FileOffered, 2))
    host.page.get_by_role("button", name="Cancel: other.txt").click()
    assert kernel.wait_for(vp.DiscardRequested, 2).draft_id != offer.draft_id


def test_a_refusal_is_said_and_can_be_tried_again(host: Host) -> None:
    kernel = start(host)
    choose(host, ("notes.txt", "text/plain", b"abc"))
    host.page.get_by_role("button", name="Send").click()
    offer = kernel.wait_for(vp.FileOffered)

    kernel.deliver(
        vp.FileRefused(to=offer.client, draft_id=offer.draft_id, error=failure("The disk may be full."))
    )
    expect(waiting(host).get_by_role("status")).to_have_text("The disk may be full.")
    host.page.get_by_role("button", name="Retry").click()

    assert kernel.wait_for(vp.FileOffered, 2).draft_id == offer.draft_id


def test_a_kernel_that_stops_leaves_the_file_to_be_tried_again(host: Host) -> None:
    start(host)
    choose(host, ("notes.txt", "text/plain", b"abc"))
    host.page.evaluate("harness.model.live = false")
    host.page.get_by_role("button", name="Send").click()

    expect(waiting(host).get_by_role("status")).to_have_text("The file did not reach the kernel.")
    expect(waiting(host)).to_contain_text("notes.txt")


def test_where_no_files_can_be_sent_this_is_said_and_the_browser_does_not_open_them(host: Host) -> None:
    kernel = start(host, uploads=None)
    words = host.page.get_by_text("Files cannot be sent here")
    file = [["a.png", "image/png", 5]]

    expect(host.page.get_by_role("button", name="Attach files")).to_have_count(0)
    assert host.page.evaluate(DROP, ["dragover", file])
    expect(words).to_be_visible()
    assert host.page.evaluate(DROP, ["drop", file])
    expect(words).to_have_count(0)
    assert host.page.evaluate(DROP, ["paste", file])
    expect(host.page.get_by_role("alert").filter(has=words)).to_be_visible()
    host.page.get_by_role("textbox", name="Message").press_sequentially("so")
    expect(words).to_have_count(0)
    assert kernel.heard(vp.FileOffered) == []
    kernel.change(vp.CapabilitiesDelta(capabilities=("send", "history", "attachments"), uploads=RULES))
    expect(host.page.get_by_role("button", name="Attach files")).to_be_visible()


def test_more_files_than_can_wait_are_said(host: Host) -> None:
    start(host)

    host.page.evaluate(DROP, ["drop", [[f"{n}.txt", "text/plain", 1] for n in range(12)]])

    expect(waiting(host).get_by_text("10 files at a time.")).to_be_visible()


def test_files_of_others_say_what_they_are_and_are_fetched_by_a_click(host: Host) -> None:
    files = (
        vp.ViewAttachment(
            name="invoice", media_type="application/pdf", size_bytes=52_000, url="https://files.example/1"
        ),
        vp.ViewAttachment(name="boots.png", media_type="image/png", url="https://files.example/2.png"),
    )
    host.start([message(0, text="", is_own=False, attachments=files)])

    link = host.page.get_by_role("link", name="invoice")
    expect(link).to_have_text("invoice pdf 52 kB")
    assert link.get_attribute("href") == "https://files.example/1"
    expect(host.page.get_by_role("button", name="Show image")).to_be_visible()
    expect(host.page.get_by_text("files.example", exact=True)).to_be_visible()
    host.has_asked_for_all()
    assert host.foreign_requests == []


def test_a_link_that_is_old_can_be_made_new(host: Host) -> None:
    def with_url(url: str) -> vp.ViewMessage:
        file = vp.ViewAttachment(name="a.pdf", url=url, can_refresh=True)
        return message(0, is_own=False, attachments=(file,))

    kernel = host.start([with_url("https://files.example/old")])

    host.page.get_by_role("button", name="Get a new link").click()

    assert kernel.wait_for(vp.LinksRequested).message_id == "m0"
    kernel.replace("m0", with_url("https://files.example/new"))
    expect(host.page.get_by_role("button", name="Get a new link")).to_have_count(0)
    expect(host.page.get_by_role("link", name="a.pdf")).to_have_attribute("href", "https://files.example/new")


def test_a_files_name_is_only_ever_text(host: Host) -> None:
    start(host)
    name = "<img src=x onerror=window.owned=1>\u202egnp.exe"

    host.page.evaluate(DROP, ["drop", [[name, "image/png", 5], [name, "text/html", 5]]])

    expect(waiting(host).first.locator(".ipg-file-name")).to_have_text(
        "<img src=x onerror=window.owned=1>gnp.exe"
    )
    assert host.page.evaluate("window.owned") is None
    assert host.foreign_requests == []
