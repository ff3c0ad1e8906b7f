"""The widget as a person meets it: found by its accessible names only, which are its contract."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

TIMEOUT_MS = 45_000.0
"""For what must come: only a test that fails waits so long, however slow the machine is."""


@dataclass(frozen=True)
class Shown:
    """One message on screen."""

    id: str
    status: str
    is_own: bool
    text: str


READ_ALL = """region => [...region.querySelectorAll('article[data-message-id], [role=article][data-message-id]')].map(a => ({
  id: a.dataset.messageId, status: a.dataset.status, is_own: a.dataset.own === 'true',
  text: (a.querySelector('.ipg-text') ?? a).textContent }))"""


class ChatView:
    """One view of a chat; ``region`` is its outermost element."""

    def __init__(self, page: Page, region: Locator) -> None:
        self.page = page
        self.region = region
        self.composer = region.get_by_role("textbox", name="Message")
        self.send_button = region.get_by_role("button", name="Send", exact=True)
        self.typing_line = region.locator("[data-typing]")
        self.articles = region.get_by_role("article")
        self.banner = region.locator("[data-tone]")
        self.error = region.get_by_role("alert")
        self.feed = region.get_by_role("feed", name="Messages")
        self.jump = region.get_by_role("button", name=re.compile("^Jump to latest"))

    def type(self, text: str, delay_ms: float = 20) -> None:
        self.composer.press_sequentially(text, delay=delay_ms)

    def send(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def message(self, text: str) -> Locator:
        """The messages whose whole text this is."""
        # Not re.escape: the browser's expressions do not know an escaped space.
        literal = re.sub(r"[.*+?^${}()|\[\]\\]", r"\\\g<0>", text)
        return self.articles.filter(has=self.page.locator(".ipg-text", has_text=re.compile(f"^{literal}$")))

    def messages(self) -> list[Shown]:
        """All of them, from the top."""
        return [Shown(**entry) for entry in self.region.evaluate(READ_ALL)]

    def texts(self) -> list[str]:
        return [message.text for message in self.messages()]

    def expect_message(self, text: str, status: str | None = None, timeout_ms: float = TIMEOUT_MS) -> Locator:
        """Wait until it is there once, in the given state."""
        found = self.message(text)
        expect(found).to_have_count(1, timeout=timeout_ms)
        if status:
            expect(found).to_have_attribute("data-status", status, timeout=timeout_ms)
        return found

    def expect_typing(self, words: str | re.Pattern[str], timeout_ms: float = TIMEOUT_MS) -> None:
        expect(self.typing_line).to_have_text(words, timeout=timeout_ms)

    def expect_usable(self, timeout_ms: float = TIMEOUT_MS) -> None:
        expect(self.composer).to_be_editable(timeout=timeout_ms)
