"""Takes pictures: the README's in real hosts, and the view alone in every state and look that has a name."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.pages import NotebookPage, write_notebook
from tests.e2e.servers import Server, running
from tests.tools import chromium
from tests.tools.paths import ARTIFACTS, NOTEBOOKS, ROOT
from tests.view.conftest import open_host
from tests.view.kernel import START_MS
from tests.view.states import STATES

READERS = ROOT / "tests" / "notebooks" / "readers"
IMAGES = ROOT / ".github" / "images"
SIZE = {"width": 1080, "height": 860}
CHANGE_THEME = """async theme => {
  await window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }"""

VIEWS: dict[str, tuple[str, dict[str, Any]]] = {
    "light": ("thirty", {}),
    "dark": ("thirty", {"theme": "dark"}),
    "high-contrast": ("several", {"theme": "high-contrast"}),
    "vscode": ("failed", {"theme": "vscode"}),
    "vscode-light": ("several", {"theme": "vscode-light"}),
    "plain-page": ("ticks", {"theme": "none"}),
    "plain-page-dark": ("ticks", {"theme": "none", "color_scheme": "dark"}),
    "narrow-320": ("failed", {"width": 320}),
    "right-to-left": ("right_to_left", {"direction": "rtl"}),
    "right-to-left-text": ("right_to_left", {}),
    "cards": ("cards", {}),
    "pickers": ("pickers", {"theme": "dark"}),
    "code": ("code", {}),
    "code-dark": ("code", {"theme": "dark"}),
    "long-text": ("long_text", {}),
    "failed": ("failed", {}),
    "reconnecting": ("disconnected", {}),
    "read-only": ("read_only", {}),
    "watching": ("watching", {}),
    "watching-dark": ("watching", {"theme": "dark"}),
    "watching-low": ("watching_low", {"height": 332, "width": 460}),
    "watching-low-dark": ("watching_low", {"height": 332, "width": 460, "theme": "dark"}),
    "watching-lost-low": ("watching_lost", {"height": 292, "width": 420}),
    "empty": ("empty", {}),
    "new-messages": ("new_messages", {}),
    "unread": ("unread", {}),
    "typing": ("typing", {"theme": "dark"}),
    "selecting": ("selecting", {}),
    "selecting-narrow-dark": ("selecting", {"theme": "dark", "width": 320}),
    "time-of-reading": ("read_detail", {}),
    "german": ("german", {}),
    "japanese": ("japanese", {}),
    "kernel-stopped": ("stopped", {}),
    "without-kernel": ("without_kernel", {}),
    "without-kernel-dark": ("without_kernel", {"theme": "dark"}),
    "saved-copy": ("saved_copy", {}),
    "forced-colors": ("ticks", {"forced_colors": "active"}),
    "more-contrast": ("several", {"contrast": "more"}),
}
"""Name of the picture: the state, and the look."""


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    pictures = ARTIFACTS / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.LAUNCH_ARGS)
        view_alone(browser, "cards", IMAGES / "rich.png")
        for view in VIEWS if "--images" not in arguments else ():
            view_alone(browser, view, pictures / f"{view}.png")
        if "--views" in arguments:
            browser.close()
            return 0
        with running("jupyterlab", Path(name) / "lab", pictures / "jupyterlab.log") as server:
            shutil.copy(NOTEBOOKS / "01-quickstart.ipynb", server.folder)
            quickstart(browser, server, "JupyterLab Light", IMAGES / "quickstart.png")
            shutil.copy(NOTEBOOKS / "02-real-genesys.ipynb", server.folder)
            real_genesys(browser, server, IMAGES / "two-sides.png")
            shutil.copy(NOTEBOOKS / "03-events.ipynb", server.folder)
            events(browser, server, IMAGES / "events.png")
            shutil.copy(NOTEBOOKS / "04-analysis.ipynb", server.folder)
            analysis(browser, server, IMAGES / "analysis.png")
            shutil.copy(NOTEBOOKS / "05-bot-tests.ipynb", server.folder)
            bot_tests(browser, server, "JupyterLab Light", IMAGES / "run.png")
        with running("voila", Path(name) / "voila", pictures / "voila.log") as server:
            shutil.copy(NOTEBOOKS / "dashboards" / "supervisor.ipynb", server.folder)
            supervisor(browser, server, IMAGES / "inbox.png")
            write_notebook(server, "wall.ipynb", [(READERS / "wall.py").read_text("utf-8")])
            wall(browser, server, IMAGES / "wall.png")
        if "--images" in arguments:
            browser.close()
            return 0
        with running("jupyterlab", Path(name) / "dark", pictures / "jupyterlab-dark.log") as server:
            shutil.copy(NOTEBOOKS / "01-quickstart.ipynb", server.folder)
            quickstart(browser, server, "JupyterLab Dark", pictures / "quickstart-dark.png")
            contrast = "JupyterLab Dark High Contrast"
            quickstart(browser, server, contrast, pictures / "quickstart-high-contrast.png")
            shutil.copy(NOTEBOOKS / "05-bot-tests.ipynb", server.folder)
            bot_tests(browser, server, "JupyterLab Dark", pictures / "run-dark.png")
            bot_tests(browser, server, "JupyterLab Dark", pictures / "run-narrow-dark.png", width=760)
        browser.close()
    print(
        *sorted(str(path.relative_to(ROOT)) for path in [*IMAGES.glob("*.png"), *pictures.glob("*.png")]),
        sep="\n",
    )
    return 0


def view_alone(browser: Browser, name: str, file: Path) -> None:
    state, look = VIEWS[name]
    host = open_host(browser, **{"height": 452, "width": 560, "device_scale_factor": 2, **look})
    host.page.clock.set_fixed_time((START_MS + 45 * 60_000) / 1000)
    STATES[state](host)
    host.page.mouse.move(0, 0)
    host.page.wait_for_timeout(200)
    host.page.screenshot(path=file)
    host.context.close()


def quickstart(browser: Browser, server: Server, theme: str, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.open("01-quickstart.ipynb")
    # More room for the conversation, as a person would make it.
    notebook.page.evaluate(CHANGE_THEME, theme)
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


def events(browser: Browser, server: Server, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.page.set_viewport_size({"width": 1080, "height": 1400})
    notebook.open("03-events.ipynb")
    notebook.collapse_side_bars()
    for index in (1, 3, 5):
        notebook.run_cell(index)
    inspector = notebook.page.get_by_role("region", name="Inspector", exact=True)
    entries = inspector.get_by_role("listbox", name="Entries").get_by_role("option")
    entries.filter(has_text="MessageArrived").last.click(timeout=60_000)
    inspector.scroll_into_view_if_needed()
    notebook.page.mouse.move(0, 0)
    inspector.screenshot(path=file)
    notebook.page.context.close()


def analysis(browser: Browser, server: Server, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.open("04-analysis.ipynb")
    notebook.collapse_side_bars()
    for index in (1, 2, 3, 8):
        notebook.run_cell(index)
    timeline = notebook.page.get_by_role("region", name="Eleven conversations", exact=True)
    timeline.wait_for(timeout=120_000)
    timeline.scroll_into_view_if_needed()
    notebook.page.mouse.move(0, 0)
    notebook.page.wait_for_timeout(1_000)
    timeline.screenshot(path=file)
    notebook.page.context.close()


def bot_tests(browser: Browser, server: Server, theme: str, file: Path, width: int = 1080) -> None:
    notebook = page_in(browser, server)
    notebook.page.set_viewport_size({"width": width, "height": 1400})
    notebook.open("05-bot-tests.ipynb")
    notebook.page.evaluate(CHANGE_THEME, theme)
    notebook.collapse_side_bars()
    for index in (1, 2, 4):
        notebook.run_cell(index)
    region = notebook.page.get_by_role("region", name="Run of parcels", exact=True)
    expect(region).to_contain_text("12 of 12 played", timeout=60_000)
    region.get_by_role("button", name="a person, in one's own words").click()
    expect(region.get_by_role("article").last).to_contain_text("did not get that", timeout=60_000)
    region.scroll_into_view_if_needed()
    notebook.page.mouse.move(0, 0)
    notebook.page.wait_for_timeout(1_000)
    region.screenshot(path=file)
    notebook.page.context.close()


def supervisor(browser: Browser, server: Server, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.page.set_default_navigation_timeout(120_000)  # Voila runs the cells first.
    notebook.open("supervisor.ipynb")
    inbox = notebook.page.get_by_role("region", name="Inbox", exact=True)
    rows = inbox.get_by_role("listbox").get_by_role("option")
    expect(rows.nth(8)).to_be_attached(timeout=60_000)
    notebook.page.wait_for_timeout(20_000)  # Figures and their ways so far.
    rows.nth(2).click()
    expect(notebook.page.get_by_role("article").nth(1)).to_be_attached(timeout=60_000)
    notebook.page.set_viewport_size({"width": 1500, "height": 940})
    notebook.page.wait_for_timeout(3_000)
    notebook.page.screenshot(path=file)
    notebook.page.context.close()


def wall(browser: Browser, server: Server, file: Path) -> None:
    notebook = page_in(browser, server)
    notebook.page.set_default_navigation_timeout(120_000)  # Voila runs the cells first.
    notebook.page.set_viewport_size({"width": 1080, "height": 960})  # All three rows.
    notebook.open("wall.ipynb")
    regions = notebook.page.get_by_role("region", name="Conversation")
    expect(regions).to_have_count(9, timeout=60_000)
    for number in range(9):
        expect(regions.nth(number).get_by_role("article").nth(2)).to_be_attached(timeout=60_000)
    notebook.page.screenshot(path=file)
    notebook.page.context.close()


def page_in(browser: Browser, server: Server) -> NotebookPage:
    return NotebookPage(browser.new_context(viewport=SIZE, device_scale_factor=2, locale="en-GB"), server)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
