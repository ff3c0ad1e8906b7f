"""How a person uses a host: opens the page of the chat, loads it again, runs its cell again, goes."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser, Error, Page

from ipygenesys.commands import demo
from tests.e2e.pages import NotebookPage, new_context, write_notebook
from tests.e2e.servers import running

APPS = Path(__file__).with_name("apps")
PATIENCE_MS = 60_000.0
CELL = "import ipygenesys as ig\nfrom watched import watched\nchat = watched(ig.Chat.demo(seed=1))\nchat"


@dataclass(frozen=True)
class Place:
    """Where a host is served and visited."""

    python: Path
    """Of its environment."""
    folder: Path
    """Of its own, with its log."""
    variables: dict[str, str]
    """What `watched` needs."""
    browser: Browser


class Visit(Protocol):
    """One person's, of one page."""

    page: Page
    has_cells: bool
    is_shared: bool
    """Each page of it shows the same chat."""
    with_files: Callable[[], Page] | None
    """Another page, whose chat takes files; where there is one."""

    def open(self) -> None: ...

    def reload(self) -> None: ...

    def run_again(self) -> None:
        """The cell of the chat; where there are cells."""

    def look_on(self) -> Page:
        """Another page with the same chat in it; where it is shared."""

    def go(self) -> None:
        """Nothing of the chat is wanted any more."""


Visiting = Callable[[Place], contextlib.AbstractContextManager[Visit]]


class App:
    """Runs all there is for each page, and ends it with the page."""

    has_cells = False

    def __init__(self, place: Place, address: str, *, with_files: str = "", is_shared: bool = False) -> None:
        self.page = new_context(place.browser).new_page()
        self.is_shared = is_shared
        self._browser = place.browser
        self._address = address
        self.with_files = (lambda: self._another(with_files)) if with_files else None

    def open(self) -> None:
        end = time.monotonic() + PATIENCE_MS / 1000
        while True:
            try:
                self.page.goto(self._address, timeout=PATIENCE_MS)
                return
            except Error:  # It is not served yet.
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)

    def reload(self) -> None:
        self.page.reload(timeout=PATIENCE_MS)

    def run_again(self) -> None:
        raise NotImplementedError

    def look_on(self) -> Page:
        return self._another(self._address)

    def _another(self, address: str) -> Page:
        page = new_context(self._browser).new_page()
        page.goto(address, timeout=PATIENCE_MS)
        return page

    def go(self) -> None:
        self.page.goto("about:blank")  # As a person leaves: the page can say goodbye.
        self.page.context.close()


class MarimoNotebook(App):
    """marimo's editor: runs nothing before it is told to, and keeps what it runs for a page that comes back."""

    has_cells = True

    def open(self) -> None:
        super().open()
        run_all = self.page.get_by_test_id("chrome-controls-bottom-right").get_by_test_id("run-button")
        end = time.monotonic() + PATIENCE_MS / 1000
        # Until its kernel is there the button does nothing.
        while self.page.locator("marimo-anywidget").count() == 0 and time.monotonic() < end:
            run_all.click(timeout=PATIENCE_MS)
            self.page.wait_for_timeout(2_000)

    def run_again(self) -> None:
        self.page.locator(".cm-content").last.click(timeout=PATIENCE_MS)
        self.page.keyboard.press("Control+Enter")

    def go(self) -> None:
        """Its kernel goes on without a page; the cell comes to hold something else."""
        self.page.locator(".cm-content").last.click(timeout=PATIENCE_MS)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type("None")
        self.page.keyboard.press("Control+Enter")


class Notebook:
    """JupyterLab, or its like: a kernel goes on without a page, and `chat.close()` is said in a cell."""

    has_cells = True
    with_files: Callable[[], Page] | None = None

    def __init__(self, place: Place, notebook: NotebookPage, name: str, *, is_shared: bool) -> None:
        self.page = notebook.page
        self._browser = place.browser
        self._notebook = notebook
        self._name = name
        self.is_shared = is_shared

    def open(self) -> None:
        self._notebook.open(self._name)
        self._notebook.run_cell(0)

    def reload(self) -> None:
        self._notebook.save()
        self._notebook.reload()

    def run_again(self) -> None:
        self._notebook.run_cell(0)

    def look_on(self) -> Page:
        other = NotebookPage(new_context(self._browser), self._notebook.server)
        other.open(self._name)
        return other.page

    def go(self) -> None:
        self._notebook.execute("chat.close()")


def app(
    *command: str, path: str = "", with_files: str = "", is_shared: bool = False, visit: type[App] = App
) -> Visiting:
    """Served by a module of Python; ``{port}`` is its port's place."""

    @contextlib.contextmanager
    def visiting(place: Place) -> Iterator[Visit]:
        port = demo.free_port()
        line = [str(place.python), "-m", *(part.replace("{port}", str(port)) for part in command)]
        folder = place.folder / "apps"  # An editor writes in it.
        shutil.copytree(APPS, folder)
        with (
            (place.folder / "log").open("w") as log,
            demo.child(line, folder, place.variables, log),
        ):
            base = f"http://127.0.0.1:{port}/"
            files = with_files and base + with_files
            yield visit(place, base + path, with_files=files, is_shared=is_shared)

    return visiting


def jupyter(
    application: demo.Application, kernel: str = "python3", *options: str, is_shared: bool = False
) -> Visiting:
    """A notebook, by its front end."""

    @contextlib.contextmanager
    def visiting(place: Place) -> Iterator[Visit]:
        served = running(
            application,
            place.folder / "notebooks",
            place.folder / "log",
            python=str(place.python),
            options=options,
            variables=place.variables,
        )
        with served as server:
            name = write_notebook(server, "chat.ipynb", [CELL], kernel=kernel)
            notebook = NotebookPage(new_context(place.browser), server)
            if application == "voila":
                yield App(place, server.page_url(name, ""))
            else:
                yield Notebook(place, notebook, name, is_shared=is_shared)

    return visiting
