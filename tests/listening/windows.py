"""The browsers that are listened to: each in a window on the desk, with one page that is opened again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import BrowserContext, sync_playwright

from ipygenesys._core.view import protocol as vp
from tests.engines.bench import Bench, served
from tests.engines.browsers import Firefox
from tests.listening.desk import Desk
from tests.tools import chromium
from tests.view.conftest import ORIGIN, furnish
from tests.view.kernel import Driven, Kernel

SHOWN = ("--force-renderer-accessibility", "--test-type", "--window-size=1000,860", "--window-position=0,0")


class Window(Protocol):
    """A window with one page."""

    @property
    def page(self) -> Driven: ...

    def start(
        self, messages: Sequence[vp.ViewMessage], *, newest: int | None = None, **fields: Any
    ) -> Kernel:
        """The page is opened anew, with a view in it."""


class ChromiumsWindow:
    """Of the browser that the view's tests have."""

    def __init__(self, context: BrowserContext) -> None:
        self._host = furnish(context)
        self.page = self._host.page

    def start(
        self, messages: Sequence[vp.ViewMessage], *, newest: int | None = None, **fields: Any
    ) -> Kernel:
        self.page.goto(f"{ORIGIN}/?theme=light&direction=ltr")
        return self._host.start(messages, newest=newest, **fields)


@contextmanager
def in_chromium(desk: Desk, folder: Path) -> Iterator[Window]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=chromium.ensure(),
            headless=False,
            no_viewport=True,
            locale="en-GB",
            timezone_id="UTC",
            env={**desk.environment},
            ignore_default_args=["--enable-automation"],
            args=[*chromium.LAUNCH_ARGS, *SHOWN],
        )
        window = ChromiumsWindow(browser)
        window.page.bring_to_front()
        yield window
        browser.close()


@contextmanager
def in_firefox(desk: Desk, folder: Path) -> Iterator[Window]:
    engine = Firefox()
    with served() as address:
        engine.start(desk, folder)
        yield Bench(engine, desk, address, folder)
        engine.end()


WINDOWS: dict[str, Callable[[Desk, Path], AbstractContextManager[Window]]] = {
    "chromium": in_chromium,
    "firefox": in_firefox,
}
