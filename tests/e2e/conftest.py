"""Servers, browser and simulators once per session; a clean simulator and a fresh kernel per test."""

from __future__ import annotations

import itertools
import json
import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from ipygenesys.commands import demo
from tests.e2e.chat_view import TIMEOUT_MS
from tests.e2e.pages import NotebookPage, new_context, write_notebook
from tests.e2e.servers import Server, forking, running
from tests.e2e.sides import AGENT, EVENTS, GUEST, Other, Side
from tests.e2e.simulator_process import SimulatorProcess
from tests.tools import chromium
from tests.tools.paths import ARTIFACTS

expect.set_options(timeout=TIMEOUT_MS)

LOGS = ARTIFACTS / "e2e" / os.environ.get("PYTEST_XDIST_WORKER", "")


class Browsers:
    """The engine alone, and the whole browser for what is about its windows: each starts when a test asks for it."""

    def __init__(self, playwright: Playwright, stack: ExitStack) -> None:
        self._playwright = playwright
        self._stack = stack
        self._running: dict[bool, Browser] = {}

    def take(self, *, whole: bool) -> Browser:
        if whole not in self._running:
            path = chromium.find(shell=not whole)
            assert path, "no Chromium found; `uv run poe test-e2e` installs one"
            browser = self._playwright.chromium.launch(executable_path=path, args=chromium.LAUNCH_ARGS)
            self._stack.callback(browser.close)
            self._running[whole] = browser
        return self._running[whole]


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    with sync_playwright() as playwright, ExitStack() as stack:
        yield Browsers(playwright, stack)


@pytest.fixture(scope="session")
def browser(browsers: Browsers) -> Browser:
    return browsers.take(whole=False)


class Servers:
    """Each is started when the first test asks for it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._running: dict[str, Server] = {}
        self._variables = stack.enter_context(forking())

    def __getitem__(self, application: demo.Application) -> Server:
        if application not in self._running:
            folder, log = self._folder / application, LOGS / f"{application}.log"
            server = running(application, folder, log, variables=self._variables)
            self._running[application] = self._stack.enter_context(server)
        return self._running[application]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    LOGS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield Servers(tmp_path_factory.mktemp("notebooks"), stack)


class Hosts:
    """Opens notebooks. JupyterLab keeps one page for all tests, and the kernel of the next one starts meanwhile."""

    def __init__(self, servers: Servers, browsers: Browsers, times_slower: float) -> None:
        self.servers = servers
        self._browsers = browsers
        self._times_slower = times_slower
        self._lab: NotebookPage | None = None
        self._names = (f"notebook-{number}.ipynb" for number in itertools.count(1))
        self._spare = ""
        self._left: list[BrowserContext] = []
        self._threads: list[threading.Thread] = []

    def open(self, page: NotebookPage, cells: list[str]) -> None:
        is_lab = page.server.application == "jupyterlab"
        name = self._spare if is_lab and self._spare else next(self._names)
        page.open(write_notebook(page.server, name, cells))
        if is_lab:
            self._spare = next(self._names)
            self._start(page.server.start_kernel, self._spare)

    def page(self, application: demo.Application, *, in_window: bool) -> NotebookPage:
        if in_window or application != "jupyterlab":
            return self._new_page(application, in_window)
        if self._lab is None or self._lab.page.is_closed():
            self._lab = self._new_page("jupyterlab")
        return self._lab

    def _new_page(self, application: demo.Application, in_window: bool = False) -> NotebookPage:
        browser = self._browsers.take(whole=in_window)
        page = NotebookPage(new_context(browser), self.servers[application])
        chromium.slow_down(page.page, self._times_slower)
        return page

    def give_back(self, page: NotebookPage, intact: bool) -> None:
        if page is self._lab and intact:
            page.close_notebooks()
        elif page.server.application == "voila" and not page.page.is_closed():
            # The page's goodbye ends its kernel; with the context it would be cut off.
            page.leave()
            self._left.append(page.page.context)
            for context in self._left[:-1]:
                context.close()
            self._left = self._left[-1:]
        else:
            page.page.context.close()
            self._lab = None if page is self._lab else self._lab
        if page.server.application != "voila":
            self._threads += page.server.end_kernels(keep=self._spare)

    def _start(self, work: Callable[[str], None], argument: str) -> None:
        thread = threading.Thread(target=work, args=(argument,))
        thread.start()
        self._threads.append(thread)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="session")
def hosts(servers: Servers, browsers: Browsers, slow_machine: float) -> Iterator[Hosts]:
    opener = Hosts(servers, browsers, slow_machine)
    yield opener
    opener.wait()


class Simulators:
    """Processes that serve one test after the other; none comes back before the clients of its last test are gone."""

    MOST = 4

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._idle: deque[SimulatorProcess] = deque()
        self._started = 0

    def take(self) -> SimulatorProcess:
        end = time.monotonic() + 10
        # One always rests, so that a client that waits to reconnect has time to end with its kernel.
        while len(self._idle) > 1:
            for simulator in list(self._idle)[:-1]:
                if simulator.truth().open_streams <= 0:
                    self._idle.remove(simulator)
                    simulator.reset()
                    return simulator
            if self._started < self.MOST or time.monotonic() > end:
                break
            time.sleep(0.05)
        self._started += 1
        return self._stack.enter_context(SimulatorProcess(LOGS / f"simulator-{self._started}.log"))

    def give_back(self, simulator: SimulatorProcess) -> None:
        self._idle.append(simulator)


@pytest.fixture(scope="session")
def simulators() -> Iterator[Simulators]:
    LOGS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield Simulators(stack)


@pytest.fixture
def simulator(simulators: Simulators) -> Iterator[SimulatorProcess]:
    """One in which nobody acts by themselves."""
    simulator = simulators.take()
    yield simulator
    simulators.give_back(simulator)


OpenNotebook = Callable[..., NotebookPage]


@pytest.fixture
def open_notebook(
    request: pytest.FixtureRequest, hosts: Hosts, has_passed: Callable[[], bool]
) -> Iterator[OpenNotebook]:
    """Open a notebook with these cells in a host; nothing of it is left after the test."""
    opened: list[NotebookPage] = []
    in_window = request.node.get_closest_marker("window") is not None

    def open_(application: demo.Application, cells: list[str]) -> NotebookPage:
        page = hosts.page(application, in_window=in_window)
        opened.append(page)
        hosts.open(page, cells)
        return page

    yield open_
    for page in opened:
        if not has_passed():
            page.page.screenshot(path=LOGS / f"failed-{_file_name(request)}.png")
        hosts.give_back(page, has_passed())


OpenChat = Callable[..., NotebookPage]


@pytest.fixture
def open_chat(open_notebook: OpenNotebook, request: pytest.FixtureRequest, servers: Servers) -> OpenChat:
    """A notebook whose first cell connects to the simulator and shows the chat; further cells as given."""

    def open_(
        application: demo.Application,
        simulator: SimulatorProcess,
        *cells: str,
        side: Side = EVENTS,
        connected: bool = True,
        addresses: dict[str, str] | None = None,
    ) -> NotebookPage:
        name = f"{_file_name(request)}.json"
        (servers[application].folder / name).write_text(json.dumps(addresses or simulator.addresses), "utf-8")
        page = open_notebook(application, [side.connect(name), *cells])
        page.addresses = name
        if application != "voila":
            page.run_cell(0)
        if not connected:
            return page
        page.chat.expect_usable()
        simulator.wait_for(lambda log: log.connections_of("authenticated"), "an authenticated stream")
        return page

    return open_


class Setting(NamedTuple):
    """Where a chat is shown, and whose side it is on."""

    application: demo.Application
    side: Side


SETTINGS = {
    "lab-events": Setting("jupyterlab", EVENTS),
    "lab-guest": Setting("jupyterlab", GUEST),
    "lab-agent": Setting("jupyterlab", AGENT),
    "voila-events": Setting("voila", EVENTS),
}


@pytest.fixture(params=list(SETTINGS))
def setting(request: pytest.FixtureRequest) -> Setting:
    return SETTINGS[request.param]


@pytest.fixture
def side(setting: Setting) -> Side:
    return setting.side


@pytest.fixture
def other(side: Side, simulator: SimulatorProcess) -> Other:
    """The person on the other side."""
    return Other(simulator, side)


@pytest.fixture
def page(setting: Setting, open_chat: OpenChat, simulator: SimulatorProcess) -> NotebookPage:
    """A connected chat, in each host and by each protocol."""
    return open_chat(setting.application, simulator, side=setting.side)


@pytest.fixture
def lab(open_chat: OpenChat, simulator: SimulatorProcess) -> NotebookPage:
    """A connected chat in JupyterLab, by the tutorial's contract."""
    return open_chat("jupyterlab", simulator)


def _file_name(request: pytest.FixtureRequest) -> str:
    return re.sub(r"\W+", "-", request.node.name).strip("-")
