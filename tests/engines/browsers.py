"""The browsers: their packages of Debian, how each is started, and what it is called."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from ipygenesys.commands.demo import free_port
from tests.engines.drivers import DrivenPage, Marionette, OverHttp
from tests.tools.screen import Screen

PREFERENCES: dict[str, bool | int | str] = {
    "focusmanager.testmode": False,  # Else a page always believes that it has the focus.
    "remote.prefs.recommended": False,
    "dom.file.createInChild": True,  # One of those: else no page can be given a file.
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "intl.accept_languages": "en-GB, en",
    "accessibility.force_disabled": 0,
}
COMPOSE = """const [text, isDone, done] = arguments;
const composer = window.composer ??= Cc['@mozilla.org/text-input-processor;1'].createInstance(Ci.nsITextInputProcessor);
if (!window.isComposing) { composer.beginInputTransactionForTests(window); window.isComposing = true; }
composer.setPendingCompositionString(text);
composer.appendClauseToPendingComposition(text.length, composer.ATTR_RAW_CLAUSE);
composer.setCaretInPendingComposition(text.length);
composer.flushPendingComposition();
if (isDone) { composer.commitComposition(); window.isComposing = false; }
setTimeout(done, 200);"""


class Engine(ABC):
    """A browser with one window, which has the focus."""

    name: str
    packages: tuple[str, ...]
    page: DrivenPage
    remark = ""
    """What else a user should know of it."""

    @property
    def version(self) -> str:
        return self.page.connection.version

    @abstractmethod
    def start(self, screen: Screen, folder: Path) -> None:
        """Opens the window; the screen ends it with itself."""

    @abstractmethod
    def compose(self, text: str, *, is_done: bool) -> bool:
        """Compose a text where the focus is, as an input method does; False: this engine lets nobody do so."""

    def end(self) -> None:
        self.page.connection.end()


class Firefox(Engine):
    """By Marionette, which is part of it."""

    name = "Firefox ESR"
    packages = ("firefox-esr",)

    def start(self, screen: Screen, folder: Path) -> None:
        port = free_port()
        profile = folder / "firefox"
        profile.mkdir()
        lines = {**PREFERENCES, "marionette.port": port}
        (profile / "user.js").write_text(
            "".join(f'user_pref("{name}", {_literal(value)});\n' for name, value in lines.items())
        )
        line = ("firefox-esr", "--marionette", "--remote-allow-system-access", "--new-instance")
        screen.start(*line, "--profile", str(profile))
        self.page = DrivenPage(Marionette(port))

    def compose(self, text: str, *, is_done: bool) -> bool:
        connection = self.page.connection
        connection.command("Marionette:SetContext", value="chrome")
        try:
            connection.command("ExecuteAsyncScript", script=COMPOSE, args=[text, is_done])
        finally:
            connection.command("Marionette:SetContext", value="content")
        return True


class WebKit(Engine):
    """By the driver that comes with it, in its own small browser."""

    name = "WebKitGTK"
    packages = ("webkit2gtk-driver",)
    remark = "gives a page no pasted pictures: drop or attach them"

    def start(self, screen: Screen, folder: Path) -> None:
        port = free_port()
        [browser] = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))[-1:]
        screen.start("WebKitWebDriver", f"--port={port}")
        options = {"binary": str(browser), "args": ["--automation"]}
        self.page = DrivenPage(OverHttp(port, {"webkitgtk:browserOptions": options}))

    def compose(self, text: str, *, is_done: bool) -> bool:
        return False


ENGINES: tuple[type[Engine], ...] = (Firefox, WebKit)


def _literal(value: bool | int | str) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
