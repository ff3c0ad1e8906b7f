"""A saved notebook that is opened again, in a real JupyterLab, with another kernel that knows nothing of it."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.simulator_process import SimulatorProcess

WRITE = """
import json
from ipywidgets import Widget
chat.save_content = {keep}
while chat.save_content and "kept words" not in str(chat._saved_content):
    time.sleep(0.05)
data, metadata = chat._repr_mimebundle_()
outputs = [dict(output_type="execute_result", execution_count=1, data=data, metadata=metadata)]
cell = dict(cell_type="code", id="c", execution_count=1, metadata=dict(), source="chat", outputs=outputs)
state = {{"application/vnd.jupyter.widget-state+json": Widget.get_manager_state()}}
kernel = dict(name="python3", display_name="Python 3", language="python")
notebook = dict(cells=[cell], metadata=dict(kernelspec=kernel, widgets=state), nbformat=4, nbformat_minor=5)
open({name!r}, "w").write(json.dumps(notebook))
"""
"""What JupyterLab writes when it saves the state of widgets, and nbclient always."""

# As for a notebook of one's own; the outputs of others are not run.
TRUST = """() => {
  for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) cell.model.trusted = true; }"""


def test_it_says_how_to_connect_and_shows_what_was_kept_and_nothing_else(
    open_chat: OpenChat, simulator: SimulatorProcess
) -> None:
    page = open_chat("jupyterlab", simulator)
    simulator.agent_says("kept words")
    page.chat.expect_message("kept words", "read")
    page.execute(WRITE.format(keep=True, name="kept.ipynb"))
    page.execute(WRITE.format(keep=False, name="bare.ipynb"))
    assert "kept words" not in (page.server.folder / "bare.ipynb").read_text("utf-8")
    (saved,) = json.loads((page.server.folder / "kept.ipynb").read_text("utf-8"))["cells"]
    assert "kept words" in saved["outputs"][0]["data"]["text/html"]

    page.close_notebooks()
    page.open("kept.ipynb")
    output = page.page.locator(".jp-OutputArea:visible").first
    # Untrusted: JupyterLab shows the words in plain HTML, and runs nothing.
    expect(output).to_contain_text("kept words")
    expect(page.page.get_by_role("region", name="Conversation").locator(".ipg-body")).to_have_count(0)
    page.page.evaluate(TRUST)
    kept = page.page.locator(".ipg-root:visible")
    expect(kept.get_by_role("article")).to_have_count(1)
    expect(kept.locator(".ipg-banner")).to_contain_text("A saved copy of the conversation")
    expect(kept.get_by_role("textbox", name="Message")).to_be_disabled()
