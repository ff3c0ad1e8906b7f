"""A real Chromium with the built bundle in a blank page, in the themes of JupyterLab, and nothing else to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from ipygenesys._core.view_protocol import ViewMessage
from tests.tools.chromium import LAUNCH_ARGS
from tests.view.kernel import Kernel

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "ipygenesys" / "static"
HERE = Path(__file__).parent
ORIGIN = "https://view.test"
LIGHT = {
    "--jp-layout-color0": "white",
    "--jp-layout-color1": "white",
    "--jp-layout-color2": "#eee",
    "--jp-ui-font-color0": "rgba(0, 0, 0, 1)",
    "--jp-ui-font-color1": "rgba(0, 0, 0, 0.87)",
    "--jp-ui-font-color2": "rgba(0, 0, 0, 0.54)",
    "--jp-brand-color1": "#1976d2",
    "--jp-error-color1": "#d32f2f",
    "--jp-warn-color1": "#f57c00",
    "--jp-success-color1": "#388e3c",
}
DARK = {
    "--jp-layout-color0": "#111111",
    "--jp-layout-color1": "#212121",
    "--jp-layout-color2": "#424242",
    "--jp-ui-font-color0": "rgba(255, 255, 255, 1)",
    "--jp-ui-font-color1": "rgba(255, 255, 255, 0.87)",
    "--jp-ui-font-color2": "rgba(255, 255, 255, 0.54)",
    "--jp-brand-color1": "#2196f3",
    "--jp-error-color1": "#f44336",
    "--jp-warn-color1": "#ff9800",
    "--jp-success-color1": "#4caf50",
}
THEMES = {"light": LIGHT, "dark": DARK, "none": {}}


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=LAUNCH_ARGS)
        yield browser
        browser.close()


@dataclass
class Host:
    """A page with the bundle in it, and everything that the page asked for or complained of."""

    page: Page
    context: BrowserContext
    foreign_requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def start(
        self, messages: Sequence[ViewMessage] = (), *, newest: int | None = None, **fields: Any
    ) -> Kernel:
        """Start a widget with one view and answer its hello."""
        self.page.evaluate("harness.start()")
        self.page.evaluate("harness.open()")
        kernel = Kernel(self.page, messages, **fields)
        kernel.answer_hello(newest=newest)
        self.page.wait_for_selector('[data-link="live"]')
        return kernel


MakeHost = Callable[..., Host]


@pytest.fixture
def make_host(chromium: Browser) -> Iterator[MakeHost]:
    """Opens blank pages of a given theme and size."""
    hosts: list[Host] = []

    def make(
        theme: str = "light",
        width: int = 640,
        height: int = 720,
        locale: str = "en-GB",
        **context_options: Any,
    ) -> Host:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            timezone_id="UTC",
            **context_options,
        )
        context.set_default_timeout(5_000)
        host = Host(context.new_page(), context)
        hosts.append(host)

        def serve(route: Route) -> None:
            address = route.request.url
            files = {"/widget.js": STATIC, "/widget.css": STATIC, "/harness.js": HERE}
            path = address.removeprefix(ORIGIN)
            if path in files:
                route.fulfill(path=files[path] / path[1:])
            elif path == "/":
                route.fulfill(content_type="text/html", body=_blank_page(theme))
            else:
                host.foreign_requests.append(address)
                route.abort()

        context.route("**/*", serve)
        host.page.on("pageerror", lambda error: host.errors.append(str(error)))
        host.page.on("console", lambda said: host.errors.append(said.text) if said.type == "error" else None)
        host.page.goto(f"{ORIGIN}/")
        return host

    yield make
    for host in hosts:
        host.context.close()
        assert host.errors == [], host.errors


@pytest.fixture
def host(make_host: MakeHost) -> Host:
    return make_host()


def _blank_page(theme: str) -> str:
    variables = "".join(f"{name}: {value};" for name, value in THEMES[theme].items())
    background = "" if theme == "none" else "background: var(--jp-layout-color1);"
    return f"""<!doctype html><html lang="en"><head><title>View</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/widget.css">
<style>:root {{ {variables} }} body {{ margin: 16px; {background} }}</style></head>
<body><main id="host"></main><script src="/harness.js"></script></body></html>"""
