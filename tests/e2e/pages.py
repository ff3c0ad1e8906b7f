"""A notebook in JupyterLab, Notebook 7 or Voilà, driven through the front end itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import nbformat
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.chat_view import ChatView
from tests.e2e.servers import Server

OPEN_LIMIT_MS = 60_000.0

OPEN_NOTEBOOK = """path => window.jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'})
  .then(() => undefined)"""

FORGET_DRAFTS = """() => {
  for (const box of document.querySelectorAll('.ipg-box')) box.value = '';
  for (const key of Object.keys(sessionStorage)) if (key.startsWith('ipygenesys-')) sessionStorage.removeItem(key); }"""
"""A tab keeps what is being written in a conversation, and the next test may meet the same one."""

CLOSE_NOTEBOOKS = (
    "() => { for (const widget of [...window.jupyterapp.shell.widgets('main')]) widget.dispose(); }"
)

# One evaluation that waits inside: a poll from outside takes the promise itself for a yes.
KERNEL_READY = """async ({name, limit}) => {
  let isLate = false;
  const late = new Promise((_, reject) => setTimeout(() => {
    isLate = true;
    reject(new Error(`${name} has no kernel after ${limit} ms`)); }, limit));
  const ready = async () => {
    while (!isLate) {
      const panel = window.jupyterapp?.shell?.currentWidget;
      if (panel?.context?.path === name) {
        await panel.context.ready; await panel.sessionContext.ready; await panel.revealed;
        const kernel = panel.sessionContext.session?.kernel;
        if (kernel) { await kernel.info; return; }
      }
      await new Promise(resolve => setTimeout(resolve, 50));
    } };
  await Promise.race([ready(), late]); }"""

EXECUTE = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const out = [];
  const future = kernel.requestExecute({code, store_history: false, stop_on_error: false});
  future.onIOPub = message => {
    const {content, header} = message;
    if (header.msg_type === 'stream') out.push(content.text);
    if (header.msg_type === 'error') out.push(`${content.ename}: ${content.evalue}`);
    if (header.msg_type === 'execute_result') out.push(content.data['text/plain']); };
  const reply = await future.done;
  return {ok: reply.content.status === 'ok', text: out.join('')}; }"""

# The promise is the front end's own: it survives a restart of the kernel, unlike a poll of the execution count.
START_CELL = """index => {
  const panel = window.jupyterapp.shell.currentWidget;
  panel.content.activeCellIndex = index;
  (window.__cells ??= {})[index] = window.jupyterapp.commands.execute('notebook:run-cell'); }"""

CELL_DONE = """async ({index, limit}) => {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('the cell still runs')), limit));
  await Promise.race([window.__cells[index], late]);
  const model = window.jupyterapp.shell.currentWidget.content.widgets[index].model;
  return model.outputs.toJSON(); }"""

CLEAR_CELL = """index => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
  return window.jupyterapp.commands.execute('notebook:clear-cell-output').then(() => undefined); }"""

CELL_RUNNING = """index => window.jupyterapp.shell.currentWidget.content.widgets[index].model.executionState === 'running'"""


HOLD = """\
import pathlib, time
while not pathlib.Path({name!r}).exists(): time.sleep(0.02)"""

HOLD_ASYNC = """\
import pathlib, asyncio
while not pathlib.Path({name!r}).exists(): await asyncio.sleep(0.02)"""


class Held:
    """A cell that runs until the test lets it go, however slow the machine is."""

    def __init__(self, code: str = HOLD) -> None:
        self._name = f"go-{uuid.uuid4().hex[:12]}"
        self.code = code.format(name=self._name)

    def let_go(self, server: Server) -> None:
        (server.folder / self._name).touch()


def write_notebook(server: Server, name: str, cells: Sequence[str], kernel: str = "python3") -> str:
    """Returns its name in the server's folder."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    (server.folder / name).write_text(nbformat.writes(notebook), "utf-8")
    return name


class NotebookPage:
    """One notebook in its own browser page and workspace."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.server = server
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.workspace = f"w{uuid.uuid4().hex[:12]}"
        self.name = ""
        self.addresses = ""
        """The file that tells its cells where the simulator is."""

    @property
    def chat(self) -> ChatView:
        """The first view of a chat on the page."""
        return self.view(0)

    def view(self, number: int) -> ChatView:
        return ChatView(self.page, self.page.get_by_role("region", name="Conversation").nth(number))

    def open(self, name: str) -> None:
        self.name = name
        if self.page.url == "about:blank":
            # Voilà's page is there when the notebook's cells have run.
            self.page.goto(self.server.page_url(name, self.workspace), timeout=OPEN_LIMIT_MS)
        else:
            self.page.evaluate(OPEN_NOTEBOOK, name)
        self.wait_until_ready()

    def close_notebooks(self) -> None:
        """Without the question whether to save; in JupyterLab only."""
        self.page.evaluate(FORGET_DRAFTS)
        self.page.evaluate(CLOSE_NOTEBOOKS)
        self.problems.clear()

    def leave(self) -> None:
        """As a person does: the page can say goodbye."""
        self.page.goto("about:blank")

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        if self.server.application == "voila":
            expect(self.page.locator(".ipg-root").first).to_be_visible(timeout=OPEN_LIMIT_MS)
            return
        self.page.wait_for_function("() => window.jupyterapp", timeout=OPEN_LIMIT_MS)
        self.page.evaluate(KERNEL_READY, {"name": self.name, "limit": OPEN_LIMIT_MS})
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=OPEN_LIMIT_MS)

    def execute(self, code: str) -> str:
        """Run code in the kernel without a cell; what it printed."""
        answer: dict[str, Any] = self.page.evaluate(EXECUTE, code)
        assert answer["ok"], answer["text"]
        text: str = answer["text"]
        return text

    def start_cell(self, index: int) -> None:
        self.page.evaluate(START_CELL, index)

    def cell_is_running(self, index: int) -> bool:
        return bool(self.page.evaluate(CELL_RUNNING, index))

    def finish_cell(self, index: int, limit_ms: float = 90_000) -> list[dict[str, Any]]:
        """Wait for a started cell; its outputs. An error in the cell is an error here."""
        outputs: list[dict[str, Any]] = self.page.evaluate(CELL_DONE, {"index": index, "limit": limit_ms})
        errors = [f"{out['ename']}: {out['evalue']}" for out in outputs if out["output_type"] == "error"]
        assert not errors, errors
        return outputs

    def run_cell(self, index: int) -> list[dict[str, Any]]:
        self.start_cell(index)
        return self.finish_cell(index)

    def clear_cell(self, index: int) -> None:
        """Take its outputs away."""
        self.page.evaluate(CLEAR_CELL, index)

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").nth(index)

    def activate(self) -> None:
        """Bring the notebook's tab to the front."""
        self.page.evaluate(OPEN_NOTEBOOK, self.name)

    def collapse_side_bars(self) -> None:
        self.page.evaluate(
            "() => { window.jupyterapp.shell.collapseLeft(); window.jupyterapp.shell.collapseRight(); }"
        )

    def save(self) -> None:
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def restart_kernel(self) -> None:
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")

    def set_focus_emulation(self, on: bool) -> None:
        """Off, the page knows when another window is in front, as for a person."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setFocusEmulationEnabled", {"enabled": on})

    def set_hidden(self, hidden: bool) -> None:
        """What a page sees when its tab goes to the back: headless Chromium itself never hides one."""
        self.page.evaluate(
            """hidden => {
              Object.defineProperty(document, 'visibilityState', {value: hidden ? 'hidden' : 'visible', configurable: true});
              Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
              document.dispatchEvent(new Event('visibilitychange')); }""",
            hidden,
        )


def new_context(browser: Browser) -> BrowserContext:
    return browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/Berlin"
    )
