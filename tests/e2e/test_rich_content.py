"""A real notebook: what is offered is picked, and a file's bytes travel through the kernel to the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.pages import NotebookPage
from tests.e2e.sides import Other
from tests.e2e.simulator_process import SimulatorProcess

BY_GUEST = pytest.mark.parametrize("setting", ["lab-guest"], indirect=True)


@BY_GUEST
def test_a_pick_and_a_file_of_several_pieces_reach_the_other_side(
    page: NotebookPage, simulator: SimulatorProcess, other: Other
) -> None:
    simulator.control("/agent/say", {"text": "Sure?", "content": "quick-replies"})
    page.chat.region.get_by_role("button", name="Exchange them").click()
    page.chat.expect_message("Exchange them", "sent")
    expect(page.chat.region.locator(".ipg-picked")).to_have_text("Chosen: Exchange them")

    data = bytes(range(256)) * 8_000
    with page.page.expect_file_chooser() as chooser:
        page.chat.region.get_by_role("button", name="Attach files").click()
    chooser.value.set_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": data})
    page.chat.send("My notes")

    article = page.chat.expect_message("My notes", "sent")
    expect(article).to_contain_text("notes.txt")
    truth = simulator.wait_for(lambda log: len(log.texts) == 2, "both messages")
    assert truth.texts == ["Exchange them", "My notes"]
    [upload] = truth.received_of("file")
    assert upload["size"] == len(data)
