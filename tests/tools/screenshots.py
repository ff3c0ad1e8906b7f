"""Takes the README's pictures: the quickstart in a real JupyterLab, in light and dark, and the dashboard."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.pages import NotebookPage
from tests.e2e.servers import Server, running
from tests.tools import chromium
from tests.tools.paths import ARTIFACTS, NOTEBOOKS, ROOT

IMAGES = ROOT / ".github" / "images"
SIZE = {"width": 1080, "height": 860}


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    pictures = ARTIFACTS / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.LAUNCH_ARGS)
        with running("jupyterlab", Path(name) / "lab", pictures / "jupyterlab.log") as server:
            shutil.copy(NOTEBOOKS / "01-quickstart.ipynb", server.folder)
            quickstart(browser, server, "JupyterLab Light", IMAGES / "quickstart.png")
            shutil.copy(NOTEBOOKS / "02-real-genesys.ipynb", server.folder)
            real_genesys(browser, server, pictures / "real-genesys.png")
            quickstart(browser, server, "JupyterLab Dark", pictures / "quickstart-dark.png")
        with running("voila", Path(name) / "voila", pictures / "voila.log") as server:
            shutil.copy(NOTEBOOKS / "dashboards" / "conversation.ipynb", server.folder)
            dashboard(browser, server, pictures / "dashboard.png")
        browser.close()
    print(
        *sorted(str(path.relative_to(ROOT)) for path in [*IMAGES.glob("*.png"), *pictures.glob("*.png")]),
        sep="\n",
    )
    return 0


def quickstart(browser: Browser, server: Server, theme: str, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.open("01-quickstart.ipynb")
    # More room for the conversation, as a person would make it.
    notebook.page.evaluate(
        """async theme => {
          await window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }""",
        theme,
    )
    notebook.collapse_side_bars()
    notebook.run_cell(1)
    notebook.chat.articles.first.wait_for()
    notebook.chat.send("Hi Ann! I would like to return a jacket, it is too small.")
    notebook.chat.articles.nth(2).wait_for()
    notebook.chat.send("The order number is 3348917502.")
    notebook.chat.expect_message("The order number is 3348917502.", "read")
    # The cell with its output; the page had followed the composer.
    notebook.page.locator(".jp-CodeCell").first.evaluate("cell => cell.scrollIntoView({block: 'start'})")
    notebook.chat.expect_typing("Ann is typing…")
    notebook.page.screenshot(path=file)
    notebook.page.context.close()


def real_genesys(browser: Browser, server: Server, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.open("02-real-genesys.ipynb")
    notebook.collapse_side_bars()
    for index in (1, 2, 3, 4, 6, 7):
        notebook.run_cell(index)
    guest, agent = notebook.view(0), notebook.view(1)
    guest.send("Thank you!")
    agent.expect_message("Thank you!")
    agent.type("You are wel")
    guest.expect_typing("Ann is typing…")
    guest.region.evaluate("region => region.closest('.jp-Cell').scrollIntoView({block: 'start'})")
    notebook.page.screenshot(path=file)
    notebook.page.context.close()


def dashboard(browser: Browser, server: Server, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.open("conversation.ipynb")
    notebook.chat.articles.first.wait_for()
    notebook.chat.send("Hi! Where is my parcel?")
    expect(notebook.chat.articles.nth(2)).to_have_attribute("data-status", "read", timeout=30_000)
    notebook.page.screenshot(path=file)
    notebook.page.context.close()


def page_in(browser: Browser, server: Server) -> NotebookPage:
    return NotebookPage(browser.new_context(viewport=SIZE, device_scale_factor=2, locale="en-GB"), server)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
