"""Servers and browser once per session, a simulator and a fresh kernel per test."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ipygenesys import demo
from tests.e2e.pages import NotebookPage, new_context, write_notebook
from tests.e2e.servers import Server, running
from tests.e2e.simulator_process import SimulatorProcess
from tests.tools.chromium import LAUNCH_ARGS
from tests.tools.paths import ARTIFACTS

LOGS = ARTIFACTS / "e2e"

CONNECT = """\
import json, pathlib, time
import ipygenesys as ig
at = json.loads(pathlib.Path({name!r}).read_text())
chat = ig.Chat(ig.MessagingEvents(
    environment="us-east-1", base_url=at["base_url"], conversation_id=at["conversation_id"],
    credentials=ig.ClientCredentials(client_id=at["client_id"], client_secret=at["client_secret"])))
chat"""


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium_path, args=LAUNCH_ARGS)
        yield instance
        instance.close()


class Servers:
    """Each is started when the first test asks for it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._running: dict[str, Server] = {}

    def __getitem__(self, application: demo.Application) -> Server:
        if application not in self._running:
            server = running(application, self._folder / application, LOGS / f"{application}.log")
            self._running[application] = self._stack.enter_context(server)
        return self._running[application]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    LOGS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield Servers(tmp_path_factory.mktemp("notebooks"), stack)


class Hosts:
    """Opens notebooks. JupyterLab keeps one page for all tests: a new notebook in it takes a fifth of a new page."""

    def __init__(self, servers: Servers, browser: Browser) -> None:
        self.servers = servers
        self.browser = browser
        self._lab: NotebookPage | None = None
        self._ending: list[threading.Thread] = []

    def page(self, application: demo.Application) -> NotebookPage:
        if application != "jupyterlab":
            return NotebookPage(new_context(self.browser), self.servers[application])
        if self._lab is None or self._lab.page.is_closed():
            self._lab = NotebookPage(new_context(self.browser), self.servers["jupyterlab"])
        return self._lab

    def give_back(self, page: NotebookPage, intact: bool) -> None:
        if page is self._lab and intact:
            page.close_notebooks()
        else:
            page.page.context.close()
            self._lab = None if page is self._lab else self._lab
        if page.server.application != "voila":
            self._ending += page.server.end_kernels()

    def wait(self) -> None:
        for thread in self._ending:
            thread.join()


@pytest.fixture(scope="session")
def hosts(servers: Servers, browser: Browser) -> Iterator[Hosts]:
    opener = Hosts(servers, browser)
    yield opener
    opener.wait()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if getattr(report, "when", "") == "call":
        item.stash[PASSED] = getattr(report, "passed", False)
    return report


PASSED = pytest.StashKey[bool]()

Simulate = Callable[..., SimulatorProcess]


@pytest.fixture
def simulate(request: pytest.FixtureRequest) -> Iterator[Simulate]:
    """Start simulators; they end with the test."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:

        def start(**options: object) -> SimulatorProcess:
            log = LOGS / f"simulator-{_file_name(request)}.log"
            return stack.enter_context(SimulatorProcess(log, **options))  # type: ignore[arg-type]

        yield start


@pytest.fixture
def simulator(simulate: Simulate) -> SimulatorProcess:
    """One in which nobody acts by themselves."""
    return simulate(scenario="manual")


OpenNotebook = Callable[..., NotebookPage]


@pytest.fixture
def open_notebook(request: pytest.FixtureRequest, hosts: Hosts) -> Iterator[OpenNotebook]:
    """Open a notebook with these cells in a host; nothing of it is left after the test."""
    opened: list[NotebookPage] = []

    def open_(application: demo.Application, cells: list[str]) -> NotebookPage:
        page = hosts.page(application)
        opened.append(page)
        page.open(write_notebook(page.server, f"{_file_name(request)}.ipynb", cells))
        return page

    yield open_
    passed = request.node.stash.get(PASSED, False)
    for page in opened:
        if not passed:
            page.page.screenshot(path=LOGS / f"failed-{_file_name(request)}.png")
        hosts.give_back(page, passed)


OpenChat = Callable[..., NotebookPage]


@pytest.fixture
def open_chat(open_notebook: OpenNotebook, request: pytest.FixtureRequest, servers: Servers) -> OpenChat:
    """A notebook whose first cell connects to the simulator and shows the chat; further cells as given."""

    def open_(
        application: demo.Application,
        simulator: SimulatorProcess,
        *cells: str,
        connected: bool = True,
        addresses: dict[str, str] | None = None,
    ) -> NotebookPage:
        name = f"{_file_name(request)}.json"
        (servers[application].folder / name).write_text(json.dumps(addresses or simulator.addresses), "utf-8")
        page = open_notebook(application, [CONNECT.format(name=name), *cells])
        if application != "voila":
            page.run_cell(0)
        if not connected:
            return page
        page.chat.expect_usable()
        simulator.wait_for(lambda log: log.connections_of("authenticated"), "an authenticated stream")
        return page

    return open_


@pytest.fixture(params=["jupyterlab", "voila"])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(host: demo.Application, open_chat: OpenChat, simulator: SimulatorProcess) -> NotebookPage:
    """A connected chat in each host."""
    return open_chat(host, simulator)


@pytest.fixture
def lab(open_chat: OpenChat, simulator: SimulatorProcess) -> NotebookPage:
    """A connected chat in JupyterLab."""
    return open_chat("jupyterlab", simulator)


def _file_name(request: pytest.FixtureRequest) -> str:
    return re.sub(r"\W+", "-", request.node.name).strip("-")
