"""Somebody who listens to a view: presses real keys in a real window, and hears what Orca makes of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import BrowserContext

from ipygenesys._core.view import protocol as vp
from tests.listening.desk import Desk
from tests.view.conftest import ORIGIN, Host, furnish
from tests.view.kernel import Kernel

QUIET_S = 3.0
BEAT_S = 2.0


class Reader:
    """One view of one conversation, and what is heard of it."""

    def __init__(self, desk: Desk, context: BrowserContext) -> None:
        self._desk = desk
        self._host: Host = furnish(context)
        self._beat_at = 0.0
        self.kernel: Kernel

    def opens(self, messages: Sequence[vp.ViewMessage], **fields: Any) -> Kernel:
        """A page with a button before the view and a box after it; all that is said of its coming is let pass."""
        page = self._host.page
        page.goto(f"{ORIGIN}/?theme=light&direction=ltr")
        page.evaluate("""() => { const host = document.getElementById('host');
          host.insertAdjacentHTML('beforebegin', '<button id="before">Before</button>');
          host.insertAdjacentHTML('afterend', '<textarea aria-label="After"></textarea>'); }""")
        self.kernel = self._host.start(messages, **fields)
        page.bring_to_front()
        self.hears(lambda: page.locator("#before").focus())
        return self.kernel

    def goes_to_write(self) -> None:
        """By Tab, as people do: Orca then knows that keys are letters."""
        for _ in ("Search", "More", "Messages", "Message"):
            self.presses("Tab")

    def focuses(self, name: str) -> None:
        """The place of that name gets the focus, and what is said of that is let pass."""
        page = self._host.page
        place = page.get_by_role("textbox", name=name) if name == "Message" else page.locator(name).first
        self.hears(lambda: place.focus())

    def hears(self, action: Callable[[], object] = lambda: None, quiet_s: float = QUIET_S) -> list[str]:
        return self._desk.hears(action, quiet_s, self._beat)

    def presses(self, *keys: str) -> list[str]:
        return self.hears(lambda: self._desk.press(*keys))

    def _beat(self) -> None:
        """A kernel that is silent would be said to be."""
        if time.monotonic() > self._beat_at + BEAT_S:
            self._beat_at = time.monotonic()
            self.kernel.deliver(vp.KernelHeartbeat(epoch=self.kernel.epoch, revision=self.kernel.revision))
