"""Somebody who listens to a view: presses real keys in a real window, and hears what Orca makes of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from ipygenesys._core.view import protocol as vp
from tests.listening.desk import Desk
from tests.listening.windows import Window
from tests.view.kernel import Kernel

QUIET_S = 3.0
BEAT_S = 2.0
MOST_TABS = 20
AROUND = """() => { const host = document.getElementById('host');
  host.insertAdjacentHTML('beforebegin', '<button id="before">Before</button>');
  host.insertAdjacentHTML('afterend', '<textarea aria-label="After"></textarea>'); }"""
FOCUS = "selector => document.querySelector(selector).focus()"
SCROLL_UP = "() => { document.querySelector('.ipg-scroller').scrollTop = 0; }"
HAS_FOCUS = "selector => document.activeElement?.matches(selector) ?? false"


class Reader:
    """One view of one conversation, and what is heard of it."""

    def __init__(self, desk: Desk, window: Window) -> None:
        self._desk = desk
        self._window = window
        self._beat_at = 0.0
        self.kernel: Kernel

    def opens(self, messages: Sequence[vp.ViewMessage], **fields: Any) -> Kernel:
        """A page with a button before the view and a box after it; all that is said of its coming is let pass."""
        self.kernel = self._window.start(messages, **fields)
        self._window.page.evaluate(AROUND)
        self.focuses("#before")
        return self.kernel

    def focuses(self, selector: str) -> list[str]:
        """That place gets the focus, by no key."""
        return self.hears(lambda: self._window.page.evaluate(FOCUS, selector))

    def goes_to(self, selector: str) -> list[str]:
        """By Tab, as people do; what is said of the last one."""
        heard: list[str] = []
        for _ in range(MOST_TABS):
            if self._window.page.evaluate(HAS_FOCUS, selector):
                return heard
            heard = self.presses("Tab")
        raise AssertionError(f"no Tab leads to {selector}")

    def goes_to_write(self) -> None:
        """Orca then knows that keys are letters."""
        self.goes_to(".ipg-box")

    def hears(self, action: Callable[[], object] = lambda: None, quiet_s: float = QUIET_S) -> list[str]:
        return self._desk.hears(action, quiet_s, self._beat)

    def presses(self, *keys: str) -> list[str]:
        return self.hears(lambda: self._desk.press(*keys))

    def types(self, *keys: str) -> None:
        """Without a pause in which anything could be heard."""
        self._desk.press(*keys)

    def scrolls_up(self) -> None:
        """As far as it goes; in browse mode, keys would be Orca's."""
        self.hears(lambda: self._window.page.evaluate(SCROLL_UP))

    def waits_for_a_word(self) -> None:
        self._desk.until_it_speaks()

    def _beat(self) -> None:
        """A kernel that is silent would be said to be."""
        if time.monotonic() > self._beat_at + BEAT_S:
            self._beat_at = time.monotonic()
            self.kernel.deliver(vp.KernelHeartbeat(epoch=self.kernel.epoch, revision=self.kernel.revision))
