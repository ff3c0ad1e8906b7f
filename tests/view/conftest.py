"""A real Chromium with the built bundle in a blank page, in the themes of JupyterLab, and nothing else to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from ipygenesys._core.view.protocol import ViewMessage
from tests.tools.chromium import LAUNCH_ARGS, find, slow_down
from tests.view.kernel import Kernel
from tests.view.themes import IN_JUPYTERLAB, THEMES, jupyterlab_rules

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "ipygenesys" / "static"
HERE = Path(__file__).parent
BUNDLES = ("widget", "replay", "pictures", "inspector", "inbox", "runs")
ORIGIN = "https://view.test"
LAST_PATH = "/last.svg"
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' https: http: data:; "
    "font-src 'self' https:; connect-src https:; child-src https: data:"
)
"""What VS Code's notebooks allow where their policy is switched on (its backLayerWebView.ts); `self` has the bundles. What a
policy refuses is an error in the console, with which no test passes. `eval` is allowed for the tests' own waiting."""
PATIENCE_MS = 30_000
"""For what must come: only a test that fails waits so long, however slow the machine is."""
HOUR_MS = 3_600_000
FRAMES_MS = 32
"""Two frames of a stopped time."""
START_TAKES_MS = 64
"""Of a stopped time."""

OF_THE_DOCUMENT = {"theme", "width", "height", "direction"}
"""Of a look; whatever else it has belongs to the context."""
HAS_OWN_CLOCK = "() => /native code/.test(setTimeout)"
"""Another one stays for the documents to come."""
FORGET = "() => { sessionStorage.clear(); localStorage.clear(); }"

ROWS_KEPT = 24
"""Of list-window.ts."""
ALL_DRAWN = """count => document.querySelector('.ipg-scroller').clientHeight === 0
  || document.querySelectorAll('.ipg-row').length >= count"""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """What draws a page alone; `poe test` installs one where there is none."""
    path = find(shell=True)
    assert path, "no Chromium found; `uv run poe test-view` installs one"
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=LAUNCH_ARGS)
        yield browser
        browser.close()


# What reaches the host of the keys that are pressed in a view.
HEAR_KEYS = """() => { window.heardKeys = [];
  document.addEventListener('keydown', ({ key }) => { if (key.length === 1) heardKeys.push(key); }); }"""


@dataclass
class Host:
    """A page with the bundle in it, and everything that the page asked for or complained of."""

    page: Page
    foreign_requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    is_time_stopped: bool = False
    is_context_used: bool = False

    @property
    def context(self) -> BrowserContext:
        """What is set in it stays there, whatever the document."""
        self.is_context_used = True
        return self.page.context

    def blank(
        self, theme: str = "light", width: int = 640, height: int = 720, direction: str = "ltr"
    ) -> None:
        """Open a blank document of this look."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(f"{ORIGIN}/?{urlencode({'theme': theme, 'direction': direction})}")

    def leave(self) -> bool:
        """Leave the document; whether the next one may come into this page."""
        if self.is_context_used:
            return False
        has_own_clock: bool = self.page.evaluate(HAS_OWN_CLOCK)
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")
        self.foreign_requests.clear()
        return has_own_clock

    def start(
        self, messages: Sequence[ViewMessage] = (), *, newest: int | None = None, **fields: Any
    ) -> Kernel:
        """Start a widget with one view and answer its hello."""
        self.page.evaluate("harness.start()")
        self.page.evaluate("harness.open()")
        kernel = Kernel(self.page, messages, **fields)
        kernel.answer_hello(newest=newest)
        if self.is_time_stopped:
            self.pass_time(START_TAKES_MS)
        self.page.wait_for_selector('[data-link="live"]')
        # What is out of sight is drawn a frame or two later.
        self.page.wait_for_function(ALL_DRAWN, arg=min(ROWS_KEPT, len(messages), newest or len(messages)))
        # The list is put in its place by the frame that shows it.
        self.shown(1)
        return kernel

    def stop_time(self, at_ms: int = HOUR_MS) -> None:
        """From now on the page's time goes on only by `pass_time`, however fast the machine is."""
        # It runs until it is stopped, which must not have passed by then.
        self.page.clock.install(time=(at_ms - HOUR_MS) / 1000)
        self.page.clock.pause_at(at_ms / 1000)
        self.is_time_stopped = True

    def pass_time(self, ms: int) -> None:
        """So much passes of a stopped time; what waits for a frame at its beginning gets one."""
        self.shown()
        if ms > FRAMES_MS:
            self.page.clock.run_for(FRAMES_MS)
            self.shown()
        self.page.clock.run_for(ms - FRAMES_MS if ms > FRAMES_MS else ms)
        self.shown()

    @contextmanager
    def time_held(self) -> Iterator[None]:
        """The time of the page stands still meanwhile: what is said for a moment can be read."""
        self.page.clock.pause_at((self.page.evaluate("Date.now()") + HOUR_MS) / 1000)
        yield
        self.page.clock.resume()

    def shown(self, frames: int = 2) -> None:
        """Waits for so many frames of the browser, and until its observers have told what they saw in them."""
        self.page.evaluate("frames => harness.shown(frames)", frames)

    def at_rest(self) -> None:
        """Waits until nothing of the list changes any more."""
        self.page.evaluate("harness.atRest()")

    def wheel(self, dy: int) -> None:
        """Turns the wheel once, and waits until the list has followed."""
        before: int = self.page.evaluate("harness.wheels")
        self.page.mouse.wheel(0, dy)
        self.page.evaluate("wheels => harness.atRest(wheels)", before + 1)

    def has_asked_for_all(self) -> None:
        """Waits until the browser has asked for whatever the page has made it ask for."""
        self.shown()
        self.page.evaluate(f"""() => new Promise(done => {{
          const last = new Image(); last.onload = last.onerror = done; last.src = '{ORIGIN}{LAST_PATH}'; }})""")
        self.shown()

    def open_saved(self, copy: list[object] | None = None) -> None:
        """Open a view to which no kernel answers, and let it notice that."""
        self.page.clock.install()
        self.page.evaluate("state => harness.start({state})", {"_saved_content": copy})
        self.page.evaluate("harness.open()")
        self.page.clock.run_for(6_500)
        self.page.wait_for_selector('[data-link="absent"]')


def open_host(browser: Browser, **look: Any) -> Host:
    """A blank page of a given theme and size, in a context of its own."""
    of_document = {name: look.pop(name) for name in OF_THE_DOCUMENT & look.keys()}
    context = browser.new_context(**{"locale": "en-GB", "timezone_id": "UTC", **look})
    host = furnish(context, is_context_used=bool(look))
    host.blank(**of_document)
    return host


def furnish(context: BrowserContext, **of_host: Any) -> Host:
    """A new page of a context in which there is nothing but the bundles and blank documents."""
    context.set_default_timeout(PATIENCE_MS)
    host = Host(context.new_page(), **of_host)

    def serve(route: Route) -> None:
        address = route.request.url
        files = {f"/{bundle}.{ending}": STATIC for bundle in BUNDLES for ending in ("js", "css")}
        files["/harness.js"] = HERE
        path, _, query = address.removeprefix(ORIGIN).partition("?")
        if path in files:
            route.fulfill(path=files[path] / path[1:])
        elif path == LAST_PATH:
            route.fulfill(content_type="image/svg+xml", body="<svg xmlns='http://www.w3.org/2000/svg'/>")
        elif path == "/":
            route.fulfill(
                content_type="text/html",
                headers={"Content-Security-Policy": POLICY},
                body=blank_page(**dict(parse_qsl(query))),
            )
        else:
            host.foreign_requests.append(address)
            route.abort()

    context.route("**/*", serve)
    host.page.on("pageerror", lambda error: host.errors.append(str(error)))
    host.page.on("console", lambda said: host.errors.append(said.text) if said.type == "error" else None)
    return host


class Hosts:
    """Opens blank pages. One of which only the document was used serves the next test: a new process costs more."""

    def __init__(self, browser: Browser, times_slower: float = 1.0) -> None:
        self._browser = browser
        self._times_slower = times_slower
        self._spare: Host | None = None

    def open(self, **look: Any) -> Host:
        if self._spare and look.keys() <= OF_THE_DOCUMENT:
            host, self._spare = self._spare, None
            host.blank(**look)
            host.page.evaluate(FORGET)
        else:
            host = open_host(self._browser, **look)
            slow_down(host.page, self._times_slower)
        return host

    def give_back(self, host: Host, passed: bool) -> None:
        if passed and host.leave() and not self._spare:
            self._spare = host
        else:
            host.context.close()
        assert host.errors == [], host.errors


@pytest.fixture(scope="session")
def hosts(chromium: Browser, slow_machine: float) -> Hosts:
    return Hosts(chromium, slow_machine)


MakeHost = Callable[..., Host]


@pytest.fixture
def make_host(hosts: Hosts, has_passed: Callable[[], bool]) -> Iterator[MakeHost]:
    """Opens blank pages of a given theme and size."""
    opened: list[Host] = []

    def make(**look: Any) -> Host:
        host = hosts.open(**look)
        opened.append(host)
        return host

    yield make
    for host in opened:
        hosts.give_back(host, has_passed())


@pytest.fixture
def host(make_host: MakeHost) -> Host:
    return make_host()


def blank_page(theme: str, direction: str) -> str:
    variables = "".join(f"{name}: {value};" for name, value in THEMES[theme].items())
    background = "background: var(--jp-layout-color1, var(--vscode-editor-background));" if variables else ""
    is_lab = theme in IN_JUPYTERLAB
    attributes = "data-jp-theme-name='JupyterLab High Contrast'" if theme == "high-contrast" else ""
    return f"""<!doctype html><html lang="en" dir="{direction}"><head><title>View</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/widget.css">
<style>:root {{ {variables} }} body {{ margin: 16px; {background} }} {jupyterlab_rules() if is_lab else ""}</style></head>
<body {attributes}><div {"class='jp-ThemedContainer'" if is_lab else ""}><main id="host"></main></div>
<script src="/harness.js"></script></body></html>"""
