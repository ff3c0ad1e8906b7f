"""Measures from the simulator's send to the pixel in a real JupyterLab: idle and under a blocking cell."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.e2e.pages import NotebookPage, new_context, write_notebook
from tests.e2e.servers import running
from tests.e2e.sides import EVENTS
from tests.e2e.simulator_process import SimulatorProcess
from tests.tools import chromium
from tests.tools.paths import ARTIFACTS

MESSAGES = 100
RATE_PER_S = 10

# A task that is posted in an animation frame runs when that frame has been painted.
WATCH = """region => {
  const times = window.__pixels = {};
  new MutationObserver(() => {
    for (const article of region.querySelectorAll('article[data-message-id]')) {
      const id = article.dataset.messageId;
      if (id in times) continue;
      times[id] = null;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { times[id] = performance.timeOrigin + performance.now(); };
        port2.postMessage(null); });
    }
  }).observe(region, {childList: true, subtree: true}); }"""


def measure(notebook: NotebookPage, simulator: SimulatorProcess, label: str, messages: int) -> dict[str, Any]:
    before = len(simulator.truth().sent_of("message"))
    simulator.agent_says(f"{label} message", count=messages, rate_per_s=RATE_PER_S)
    simulator.wait_for(lambda log: len(log.sent_of("message")) == before + messages, "all sent", 60)
    notebook.page.wait_for_function(
        "count => Object.values(window.__pixels).filter(Boolean).length >= count",
        arg=before + messages,
        timeout=30_000,
    )
    pixels: dict[str, float] = notebook.page.evaluate("window.__pixels")
    sent = simulator.truth().sent_of("message")[before:]
    delays = sorted(pixels[entry["message_id"]] - entry["time"] * 1000 for entry in sent)
    cuts = statistics.quantiles(delays, n=100)
    return {
        "case": label,
        "messages": len(delays),
        "p50_ms": round(statistics.median(delays), 1),
        "p99_ms": round(cuts[98], 1),
        "max_ms": round(delays[-1], 1),
    }


def main() -> int:
    seconds = MESSAGES / RATE_PER_S + 5
    cells = {
        "idle": None,
        "under a blocking cell": f"time.sleep({seconds})",
        "under a busy cell": busy(seconds),
    }
    results = []
    logs = ARTIFACTS / "latency"
    logs.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running("jupyterlab", Path(folder), logs / "jupyterlab.log") as server,
        SimulatorProcess(logs / "simulator.log") as simulator,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.LAUNCH_ARGS)
        (server.folder / "at.json").write_text(json.dumps(simulator.addresses), "utf-8")
        notebook = NotebookPage(new_context(browser), server)
        code = [EVENTS.connect("at.json"), *(cell for cell in cells.values() if cell)]
        notebook.open(write_notebook(server, "latency.ipynb", code))
        notebook.run_cell(0)
        simulator.wait_for(lambda log: log.connections_of("authenticated"), "an authenticated stream")
        notebook.chat.region.evaluate(WATCH)
        measure(notebook, simulator, "warm-up", 10)
        blocking = 0
        for label, cell in cells.items():
            blocking += cell is not None
            if cell:
                notebook.start_cell(blocking)
            results.append(measure(notebook, simulator, label, MESSAGES))
            print(json.dumps(results[-1]), flush=True)
            if cell:
                notebook.finish_cell(blocking)
        browser.close()
    (ARTIFACTS / "latency.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    return 0


def busy(seconds: float) -> str:
    return f"end = time.monotonic() + {seconds}\nwhile time.monotonic() < end:\n    sum(range(1000))"


if __name__ == "__main__":
    sys.exit(main())
